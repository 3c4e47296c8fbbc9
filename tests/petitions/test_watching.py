"""The watch list: whom it finds across scripts and slips, whom it leaves alone, and what holds a find back."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from petitions.actions import (
    accept_signature,
    confirm_code,
    cosign_statement,
    import_names,
    record_second_channel,
    refuse_signature,
    retire_watched_name,
    undo_decision,
    watch_name,
    withdraw_signature,
)
from petitions.actions.watching import NameToWatch, NotHeldError, counted_under
from petitions.errors import OwnConfirmationError, OwnSignatureError, SecondChannelMissingError
from petitions.models import ModerationDecision, SecondChannel, Signature, WatchedName
from petitions.moderation.importing_names import UnreadableFileError, read_names
from petitions.moderation.watching import find_watched
from tests.accounts.factories import UserFactory
from tests.petitions.factories import SignatureFactory, StatementFactory, verified_expert
from tests.petitions.mail import last_code
from tests.petitions.signing import ADDRESS, request
from tests.petitions.signing import sign as sign_form

pytestmark = pytest.mark.django_db


def watch(name: str = "Ada Laureate", spellings: str = "") -> WatchedName:
    entry = NameToWatch(name=name, spellings=spellings, why="laureate", source="https://prize.example/ada")
    return watch_name(entry=entry, by=UserFactory.with_role("moderator"), now=timezone.now())


def sign(**fields: Any) -> Signature:
    ticket = request(StatementFactory.open(), **fields)
    return confirm_code(ticket=ticket, code=last_code(ADDRESS), now=timezone.now())


def find(signature: Signature, by: User | None = None, finding: str = "confirmed") -> SecondChannel:
    return record_second_channel(
        signature=signature,
        channel="switchboard",
        finding=finding,
        what="Rang the number in the printed directory; she said yes.",
        by=by or UserFactory.with_role("moderator"),
        now=timezone.now(),
    )


def accept(signature: Signature, by: User | None = None) -> ModerationDecision:
    by = by or UserFactory.with_role("moderator")
    return accept_signature(signature=signature, seen_state=signature.state, by=by, now=timezone.now())


class TestFinding:
    def test_t19_persian_name_is_found_by_a_latin_entry_and_the_reverse(self) -> None:
        latin = watch("Shirin Ebadi")
        assert find_watched(["شیرین عبادی"]) == [latin]
        retire_watched_name(watched=latin, by=UserFactory.create(), now=timezone.now())
        assert find_watched(["شیرین عبادی"]) == []
        persian = watch("شیرین عبادی")
        assert find_watched(["Shirin Ebadi"]) == [persian]

    def test_either_name_and_every_spelling_is_looked_at(self) -> None:
        row = watch("Ada Laureate", spellings="Countess Adelaide\nآدا برنده")
        assert [find_watched([name]) for name in ("Countess Adelaide", "آدا برنده", "Ada L. Laureate")] == [[row]] * 3
        assert find_watched(["Somebody Else", "ادا برنده"]) == [row]

    def test_a_name_that_was_added_is_found_at_once(self) -> None:
        assert find_watched(["Ada Laureate"]) == []
        row = watch()
        assert find_watched(["Ada Laureate"]) == [row]


class TestHolding:
    def test_t19_public_signature_under_a_watched_name_is_held(self) -> None:
        watch("Shirin Ebadi")
        held, free = sign(name="شيرين عبادى"), sign(name="Somebody Else")
        assert (held.state, held.review_reason, free.state) == ("pending", "watched", "accepted")

    def test_t19_expert_under_a_watched_original_name_is_held(self) -> None:
        watch("Shirin Ebadi")
        statement = StatementFactory.open(kind="expert")
        text = statement.current_version().text_to_sign("en")  # type: ignore[union-attr]  # there is one
        users = [
            verified_expert(printed_name="Sh. Ebady"),
            verified_expert(original_name="شیرین عبادی"),
            verified_expert(),
        ]
        rows = [
            cosign_statement(statement=statement, text=text, language="en", by=user, now=timezone.now())  # type: ignore[arg-type]  # there is one
            for user in users
        ]
        assert [row.review_reason for row in rows] == ["watched", "watched", "expert"]

    def test_a_link_in_the_comment_does_not_hide_the_watched_name(self) -> None:
        watch()
        assert sign(name="Ada Laureate", comment="see www.evil.example").review_reason == "watched"

    def test_t14_the_answer_before_the_code_is_the_same(self, client: Client) -> None:
        watch()
        statement = StatementFactory.open()
        pages = []
        for number, name in enumerate(["Ada Laureate", "Ada Invented"]):
            first = sign_form(Client(), statement, name=name, email=f"t14-{number}@people.example")
            pages.append((first.status_code, first["Location"].replace(first["Location"].split("/")[-2], "ticket")))
        assert pages[0] == pages[1]

    def test_the_signatory_is_told_why_in_fair_words(self, client: Client) -> None:
        watch()
        location = sign_form(client, StatementFactory.open(), name="Ada Laureate")["Location"]
        page = client.post(location, {"code": last_code(ADDRESS)}, follow=True).content.decode()
        assert "This says nothing against you" in page
        assert "You are counted" not in page

    def test_a_new_name_holds_those_that_wait_and_shows_those_that_count(self) -> None:
        waiting, counted = SignatureFactory.create(name="Ada Laureate"), SignatureFactory.accepted(name="Laureate Ada")
        other = SignatureFactory.create(name="Somebody Else")
        row = watch()
        for signature in (waiting, counted, other):
            signature.refresh_from_db()
        assert [waiting.review_reason, counted.state, other.review_reason] == ["watched", "accepted", ""]
        assert counted_under(row) == [counted]

    def test_a_name_off_the_list_lets_nothing_go(self) -> None:
        row = watch()
        held = sign(name="Ada Laureate")
        retire_watched_name(watched=row, by=UserFactory.create(), now=timezone.now())
        with pytest.raises(SecondChannelMissingError):
            accept(held)

    def test_signing_again_is_held_again(self) -> None:
        watch()
        statement = StatementFactory.open()
        for _ in range(2):
            ticket = request(statement, name="Ada Laureate")
            held = confirm_code(ticket=ticket, code=last_code(ADDRESS), now=timezone.now())
            assert held.state == "pending"
            withdraw_signature(signature=held, now=timezone.now())


class TestSecondChannel:
    @pytest.mark.parametrize("finding", ["confirmed", "namesake"])
    def test_accepted_by_another_after_a_second_channel(self, finding: str) -> None:
        watch()
        held, by = sign(name="Ada Laureate"), UserFactory.with_role("moderator")
        with pytest.raises(SecondChannelMissingError):
            accept(held, by=by)
        find(held, by=by, finding=finding)
        with pytest.raises(OwnConfirmationError):
            accept(held, by=by)
        accept(held)
        held.refresh_from_db()
        assert held.state == "accepted"

    def test_who_denied_it_is_not_accepted(self) -> None:
        watch()
        held = sign(name="Ada Laureate")
        find(held)
        find(held, finding="denied")
        with pytest.raises(SecondChannelMissingError):
            accept(held)

    def test_undo_of_a_refusal_cannot_count_what_nobody_confirmed(self) -> None:
        held = SignatureFactory.accepted(name="Ada Laureate")
        decision = refuse_signature(
            signature=held,
            seen_state="accepted",
            reason="abusive",
            note="",
            by=UserFactory.create(),
            now=timezone.now(),
        )
        Signature.objects.filter(pk=held.pk).update(review_reason="watched")
        with pytest.raises(SecondChannelMissingError):
            undo_decision(decision=decision, by=UserFactory.create(), now=timezone.now())

    def test_only_what_is_held_and_not_ones_own_is_recorded(self) -> None:
        watch()
        with pytest.raises(NotHeldError):
            find(SignatureFactory.create())
        user = UserFactory.create()
        with pytest.raises(OwnSignatureError):
            find(SignatureFactory.create(user=user, review_reason="watched"), by=user)
        refused = SignatureFactory.create(review_reason="watched", state="refused")
        with pytest.raises(NotHeldError):
            find(refused)

    def test_database_refuses_to_count_without_a_second_channel(self) -> None:
        held = SignatureFactory.create(review_reason="watched")
        counted = {"state": "accepted", "accepted_at": timezone.now()}
        rows = Signature.objects.filter(pk=held.pk)
        with pytest.raises(IntegrityError, match="second channel"), transaction.atomic():
            rows.update(**counted)
        with pytest.raises(IntegrityError, match="second channel"), transaction.atomic():
            SignatureFactory.accepted(review_reason="watched")
        find(held, finding="denied")
        with pytest.raises(IntegrityError, match="second channel"), transaction.atomic():
            rows.update(**counted)
        find(held)
        assert rows.update(**counted) == 1

    def test_database_refuses_to_forget_why_it_is_held(self) -> None:
        held = SignatureFactory.create(review_reason="watched")
        with pytest.raises(IntegrityError, match="stays held"):
            Signature.objects.filter(pk=held.pk).update(review_reason="")

    def test_database_refuses_the_same_person_twice(self) -> None:
        held, by = SignatureFactory.create(review_reason="watched"), UserFactory.create()
        find(held, by=by)
        fields: dict[str, Any] = {
            "signature": held,
            "kind": "accept",
            "reason": "nothing_against",
            "state_before": "pending",
            "state_after": "accepted",
            "at": timezone.now(),
        }
        with pytest.raises(IntegrityError, match="does not accept as well"), transaction.atomic():
            ModerationDecision.objects.create(**fields, by=by)
        assert ModerationDecision.objects.create(**fields, by=UserFactory.create()).pk


FILE = """name,spellings,why,source,note
Ada Laureate,آدا برنده|Adele Laureate,laureate,https://prize.example/,
Bea Minister,,office,https://state.example/,in office
,,office,https://state.example/,
Cy Nobody,,famous,https://state.example/,
Dan\u202eEvil,,other,https://state.example/,
Ada Laureate,,laureate,https://prize.example/,
"""


class TestDesk:
    @pytest.fixture(autouse=True)
    def at_the_desk(self, client: Client) -> None:
        self.moderator = UserFactory.with_role("moderator")
        client.force_login(self.moderator)

    def test_import_shows_before_it_takes(self, client: Client) -> None:
        url = reverse("petitions:watch_list_import")
        page = client.post(url, {"rows": FILE})
        assert not WatchedName.objects.exists()
        assert [bool(row.problem) for row in page.context["read"]] == [False, False, True, True, True, False]
        assert [row.is_new for row in page.context["read"]][-1] is False
        client.post(url, {"rows": FILE, "take": "yes"})
        client.post(url, {"rows": FILE, "take": "yes"})
        assert sorted(WatchedName.objects.values_list("name", "why")) == [
            ("Ada Laureate", "laureate"),
            ("Bea Minister", "office"),
        ]
        assert WatchedName.objects.get(name="Ada Laureate").all_spellings[1:] == ["آدا برنده", "Adele Laureate"]

    @pytest.mark.parametrize("content", ["", "a,b\n1,2\n", 'name,why,source\n"open', "x" * 500_001])
    def test_a_file_that_is_none_is_said_beside_the_field(self, client: Client, content: str) -> None:
        page = client.post(reverse("petitions:watch_list_import"), {"rows": content})
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["rows"])

    def test_unreadable_file_is_an_error(self) -> None:
        with pytest.raises(UnreadableFileError):
            read_names("nothing")
        assert import_names(rows=[], by=self.moderator, now=timezone.now()) == 0

    def test_trying_a_name_changes_nothing_and_says_what_it_is_like(self, client: Client) -> None:
        watch("Shirin Ebadi")
        url = reverse("petitions:watch_list")
        assert "It would wait, because of:" in client.get(url, {"name": "S. Ebadi"}).content.decode()
        assert "It would not wait for its name." in client.get(url, {"name": "Ali Karimi"}).content.decode()
        assert client.get(url, {"name": ""}).status_code == 200

    def test_a_name_is_added_once_and_kept(self, client: Client) -> None:
        url, typed = reverse("petitions:watched_name_add"), {"name": "Ada Laureate", "why": "laureate", "source": "x"}
        assert client.post(url, {**typed, "source": ""}).status_code == 422
        assert client.post(url, typed).status_code == 302
        page = client.post(url, typed)
        assert "This name is on the list." in page.content.decode()
        row = WatchedName.objects.get()
        client.post(reverse("petitions:watched_name_retire", args=[row.pk]))
        row.refresh_from_db()
        assert row.retired_by == self.moderator

    def test_moderator_reads_why_and_records_and_a_colleague_accepts(self, client: Client) -> None:
        watch()
        held = sign(name="Ada Laureate")
        review = reverse("petitions:signature_review", args=[held.pk])
        assert "Nobody has asked over a second channel yet" in client.get(review).content.decode()
        accept_url = reverse("petitions:signature_accept", args=[held.pk])
        page = client.post(accept_url, {"seen_state": "pending"}, follow=True).content.decode()
        assert "First somebody asks over a second channel" in page
        url = reverse("petitions:second_channel", args=[held.pk])
        typed = {"channel": "letter", "finding": "confirmed", "what": "Wrote to the address in the directory."}
        assert client.post(url, {**typed, "what": "yes"}).status_code == 422
        client.post(url, typed)
        page = client.post(accept_url, {"seen_state": "pending"}, follow=True).content.decode()
        assert "a colleague accepts it" in page
        client.force_login(UserFactory.with_role("moderator"))
        client.post(accept_url, {"seen_state": "pending"})
        held.refresh_from_db()
        assert held.state == "accepted"

    @pytest.mark.parametrize("role", ["case_editor", "letter_author"])
    def test_others_do_not_read_the_list(self, client: Client, role: str) -> None:
        row = watch()
        client.force_login(UserFactory.with_role(role))
        for url in ("watch_list", "watched_name_add", "watch_list_import"):
            assert client.get(reverse(f"petitions:{url}")).status_code == 403
        assert client.get(reverse("petitions:watched_name_detail", args=[row.pk])).status_code == 403
