"""A dossier's life: asked for, built, approved, handed over, confirmed, acknowledged; and who may do what."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from petitions import actions, tasks
from petitions.errors import DossierStaleError, DossierStateError, HandoverChangedError, SecondPersonError
from petitions.handover import steps
from petitions.handover.store import folder_of
from petitions.models import Handover, HandoverEvent, Signature, Statement
from tests.accounts.factories import UserFactory
from tests.accounts.proving import sign_in
from tests.petitions.dossiers import approved, asked_for, built, handed_over, told
from tests.petitions.factories import SignatureFactory, StatementFactory
from tests.petitions.mail import last_code
from tests.petitions.signing import ADDRESS, sign

pytestmark = pytest.mark.django_db


def moderator() -> User:
    return UserFactory.with_role("moderator")


def signed(**fields: Any) -> Statement:
    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement, name="Ada Invented", **fields)
    return statement


def as_(user: User) -> Client:
    return sign_in(Client(), user)


def confirm(handover: Handover, *, by: User, ends_signing: bool = False) -> Handover:
    """Confirms what `handover` said when it was read."""
    seen = handover.said_fingerprint()
    return actions.confirm_handover(handover=handover, seen=seen, ends_signing=ends_signing, by=by, now=timezone.now())


def seen_on(page: Any) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page.content.decode())
    return found[1] if found else ""


def test_task_builds_what_was_asked_for_and_ringing_twice_changes_nothing() -> None:
    handover = asked_for(signed())
    tasks.build_dossiers()
    handover.refresh_from_db()
    files = list(handover.files.values_list("name", "sha256"))
    assert (handover.state, len(files), handover.steps_done) == ("built", 5, 5)
    tasks.build_dossiers()
    assert list(handover.files.values_list("name", "sha256")) == files
    assert [event.what for event in handover.events.order_by("pk")] == ["requested", "built"]


def test_another_worker_goes_on_where_one_died(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for(signed())
    claimed = actions.claim_dossier(now=timezone.now())
    assert claimed is not None
    for _step in range(3):
        steps.take_step(claimed, now=timezone.now())
    before = {file.name: file.pk for file in claimed.files.all()}
    assert 2 <= len(before) < 5
    assert actions.claim_dossier(now=timezone.now()) is None
    later = timezone.now() + Handover.LEASE + timedelta(seconds=1)
    again = actions.claim_dossier(now=later)
    assert again is not None
    actions.build_dossier(handover=again)
    assert again.state == "built"
    assert before.items() <= {file.name: file.pk for file in again.files.all()}.items()


def test_build_that_fails_leaves_a_readable_row_that_can_be_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = signed(may_be_annexed=True, display="hidden")
    handover = asked_for(statement)
    with monkeypatch.context() as broken:
        broken.setattr(steps, "make", lambda *_args, **_kwargs: 1 // 0)
        for _time in range(3):
            with pytest.raises(ZeroDivisionError):
                tasks.build_dossiers()
    handover.refresh_from_db()
    assert (handover.state, handover.events.get(what="failed").note) == ("failed", "ZeroDivisionError")
    assert not handover.lines.exists()
    actions.retry_dossier(handover=handover, by=moderator(), now=timezone.now())
    tasks.build_dossiers()
    handover.refresh_from_db()
    assert (handover.state, handover.as_of) == ("built", handover.as_of)


def test_name_that_changes_while_it_is_built_starts_it_anew() -> None:
    statement = signed()
    other = SignatureFactory.accepted(statement=statement, name="Gone Invented")
    asked_for(statement)
    claimed = actions.claim_dossier(now=timezone.now())
    assert claimed is not None
    for _step in range(2):
        steps.take_step(claimed, now=timezone.now())
    actions.withdraw_signature(signature=other, now=timezone.now())
    built_ = actions.build_dossier(handover=claimed)
    assert (built_.state, built_.restarts, built_.figures["counted"], built_.is_fresh) == ("built", 1, 1, True)
    assert b"Gone Invented" not in (folder_of(built_) / "signatories.json").read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"display": "hidden"},
        {"display": "initials"},
        {"name": "", "anonymised_at": timezone.now()},
        {"may_be_annexed": True},
    ],
)
def test_changed_name_ages_the_dossier_and_our_copy_goes_but_hashes_stay(change: dict[str, Any]) -> None:
    handover = built(signed())
    assert actions.destroy_stale_files(now=timezone.now()) == 0
    Signature.objects.update(**change)
    handover.refresh_from_db()
    assert not handover.is_fresh
    with pytest.raises(DossierStaleError):
        actions.approve_dossier(handover=handover, by=moderator(), now=timezone.now())
    folder = folder_of(handover)
    assert actions.destroy_stale_files(now=timezone.now()) == 1
    assert actions.destroy_stale_files(now=timezone.now()) == 0
    assert not folder.exists()
    assert handover.files.count() == 5


def test_comment_or_another_statement_ages_nothing() -> None:
    handover = built(signed())
    Signature.objects.update(comment="Other words", wants_updates=True)
    Signature.objects.filter(pk=SignatureFactory.accepted().pk).update(display="hidden")
    handover.refresh_from_db()
    assert handover.is_fresh


def test_second_person_approves_and_second_person_confirms() -> None:
    handover = built(signed(), by=(asker := moderator()))
    with pytest.raises(SecondPersonError):
        actions.approve_dossier(handover=handover, by=asker, now=timezone.now())
    with pytest.raises(DossierStateError):
        actions.record_handover(handover=handover, told=told(), by=asker, now=timezone.now())
    actions.approve_dossier(handover=handover, by=moderator(), now=timezone.now())
    handover = actions.record_handover(handover=handover, told=told(), by=asker, now=timezone.now())
    with pytest.raises(SecondPersonError):
        confirm(handover, by=asker, ends_signing=True)
    confirm(handover, by=moderator(), ends_signing=True)
    assert Statement.objects.get(pk=handover.statement_id).state == "handed_over"
    with pytest.raises(DossierStateError):
        actions.record_handover(handover=handover, told=told(recipient="Other"), by=moderator(), now=timezone.now())


def recorded(statement: Statement) -> Handover:
    """Written down, and waiting for a second person."""
    handover = approved(statement)
    return actions.record_handover(handover=handover, told=told(), by=moderator(), now=timezone.now())


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "Somebody else"},
        {"handed_over_on": "2020-01-01"},
        {"figures": {}},
        {"as_of": "2020-01-01T00:00:00Z"},
        {"confirmed_at": None, "confirmed_by": None},
    ],
)
def test_database_keeps_what_was_confirmed(change: dict[str, Any]) -> None:
    handover = handed_over(signed())
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        handover.files.update(sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        handover.files.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        HandoverEvent.objects.all().delete()


def test_database_refuses_one_person_for_both() -> None:
    handover = built(signed())
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(approved_by=handover.requested_by, approved_at=timezone.now())


def test_nobody_confirms_words_they_never_saw_nor_words_they_wrote() -> None:
    handover, first, second, third = approved(signed()), moderator(), moderator(), moderator()
    detail, confirm_ = (
        reverse(f"petitions:{name}", args=[handover.pk]) for name in ("dossier_detail", "handover_confirm")
    )
    actions.record_handover(handover=handover, told=told(recipient="To X"), by=first, now=timezone.now())
    seen = seen_on(as_(second).get(detail))
    actions.record_handover(handover=handover, told=told(recipient="To Y"), by=third, now=timezone.now())
    answer = as_(second).post(confirm_, {"seen": seen}, follow=True).content.decode()
    assert "was changed after you opened this page" in answer
    assert "To Y" in answer
    handover.refresh_from_db()
    assert handover.confirmed_at is None
    for writer in (first, third):
        assert "somebody else must confirm it" in as_(writer).get(detail).content.decode()
        with pytest.raises(SecondPersonError):
            confirm(handover, by=writer)
        with pytest.raises(DatabaseError), transaction.atomic():
            Handover.objects.filter(pk=handover.pk).update(confirmed_by=writer, confirmed_at=timezone.now())
    # The same words written down once more are not what was seen either: somebody thought about them again.
    read = Handover.objects.get(pk=handover.pk)
    actions.record_handover(handover=handover, told=told(recipient="To Y"), by=third, now=timezone.now())
    with pytest.raises(HandoverChangedError):
        confirm(read, by=second)
    as_(second).post(confirm_, {"seen": seen_on(as_(second).get(detail))})
    handover.refresh_from_db()
    assert (handover.confirmed_by, handover.recipient) == (second, "To Y")


def test_mending_without_a_file_keeps_the_proof_and_a_new_file_replaces_it() -> None:
    handover, by = approved(signed()), as_(moderator())
    record = reverse("petitions:handover_record", args=[handover.pk])
    words = {"handed_over_on": timezone.localdate().isoformat(), "channel": "post", "recipient": "UN"}
    kept: list[str] = []
    for file in (b"first", None, b"second"):
        assert ("The fingerprint of a proof is kept here." in by.get(record).content.decode()) == bool(kept)
        by.post(record, {**words, **({"proof_file": SimpleUploadedFile("a.jpg", file)} if file else {})})
        handover.refresh_from_db()
        kept.append(handover.proof_sha256)
    first, second = (hashlib.sha256(content).hexdigest() for content in (b"first", b"second"))
    assert kept == [first, first, second]


def test_public_page_opens_once_confirmed_and_says_nothing_private() -> None:
    statement = signed()
    handover = approved(statement)
    url = handover.get_absolute_url()
    handover = actions.record_handover(handover=handover, told=told(), by=moderator(), now=timezone.now())
    assert Client().get(url).status_code == 404
    assert "Handed over" not in Client().get(statement.get_absolute_url()).content.decode()
    confirm(handover, by=moderator())
    page = Client().get(url).content.decode()
    assert "This is the text and the count delivered on" in page
    assert "Invented High Commissioner" in page
    for sha256 in [
        *handover.files.values_list("sha256", flat=True),
        *handover.version.texts.values_list("sha256", flat=True),
    ]:
        assert sha256 in page
    for private in ("Secret Courier", "Receipt in the safe", "Ada Invented", str(handover.folder)):
        assert private not in page
    assert url in Client().get(statement.get_absolute_url()).content.decode()
    other = StatementFactory.open()
    assert Client().get(url.replace(statement.slug, other.slug)).status_code == 404
    Statement.objects.filter(pk=statement.pk).update(state="draft")
    assert Client().get(url).status_code == 404


def test_file_is_compared_by_its_fingerprint_and_by_itself() -> None:
    handover = handed_over(signed())
    url = handover.get_absolute_url()
    paper = (folder_of(handover) / "statement.pdf").read_bytes()
    sha256 = hashlib.sha256(paper).hexdigest()
    for sent in ({"sha256": f" {sha256.upper()}  statement.pdf"}, {"file": SimpleUploadedFile("x.pdf", paper)}):
        page = Client(enforce_csrf_checks=True).post(url, sent).content.decode()
        assert "exactly as it was delivered" in page
        assert "statement.pdf" in page
    for sent in ({"sha256": "0" * 64}, {"file": SimpleUploadedFile("x.pdf", paper + b" ")}):
        assert "No file of this dossier has this fingerprint" in Client().post(url, sent).content.decode()
    for wrong in ({}, {"sha256": "not a hash"}):
        answer = Client().post(url, wrong)
        assert (answer.status_code, "There is something to correct" in answer.content.decode()) == (422, True)


def test_pages_are_for_moderators_and_public_ones_for_everybody() -> None:
    handover = built(signed())
    urls = [
        reverse("petitions:dossier_desk"),
        reverse("petitions:dossier_create", args=[handover.statement.slug]),
        *(reverse(f"petitions:{name}", args=[handover.pk]) for name in ("dossier_detail", "handover_record")),
    ]
    posts = [
        *(
            reverse(f"petitions:{name}", args=[handover.pk])
            for name in ("dossier_retry", "dossier_approve", "dossier_check", "handover_confirm")
        ),
        reverse("petitions:dossier_file", args=[handover.pk, "signatories.csv"]),
    ]
    for role in ("case_editor", "letter_author", "verifier"):
        stranger = as_(UserFactory.with_role(role))
        assert {url: stranger.get(url).status_code for url in urls} == dict.fromkeys(urls, 403)
        assert {url: stranger.post(url).status_code for url in posts} == dict.fromkeys(posts, 403)
    assert {Client().get(url).status_code for url in urls} == {302}
    assert {Client().post(url).status_code for url in posts} == {302}
    assert {as_(moderator()).get(url).status_code for url in urls} == {200}
    assert [event.what for event in handover.events.order_by("pk")] == ["requested", "built"]


def test_file_is_taken_out_by_a_button_and_that_is_written_down() -> None:
    handover, by = built(signed()), moderator()
    url = reverse("petitions:dossier_file", args=[handover.pk, "signatories.csv"])
    assert as_(by).get(url).status_code == 302
    assert not handover.events.filter(what="opened").exists()
    answer = as_(by).post(url)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a FileResponse
    assert hashlib.sha256(content).hexdigest() == handover.files.get(name="signatories.csv").sha256
    assert (handover.events.get(what="opened").note, handover.events.get(what="opened").by) == ("signatories.csv", by)
    wrong = reverse("petitions:dossier_file", args=[handover.pk, "..%2Fsettings.py"])
    assert as_(by).post(wrong).status_code == 404
    Signature.objects.update(display="hidden")
    assert as_(by).post(url).status_code == 302


def test_whole_way_over_the_pages() -> None:
    statement = signed()
    first, second = moderator(), moderator()
    create = reverse("petitions:dossier_create", args=[statement.slug])
    wrong = as_(first).post(create, {"addressee": "UN", "language": "en", "pinned": "Nobody", "annex_key": "no key"})
    assert (wrong.status_code, "is not a counted name" in wrong.content.decode()) == (422, True)
    assert "This is not an OpenPGP public key." in wrong.content.decode()
    asked = as_(first).post(create, {"addressee": "UN", "language": "en", "pinned": "Ada  Invented"})
    handover = Handover.objects.get()
    assert asked["Location"] == reverse("petitions:dossier_detail", args=[handover.pk])
    assert "The names are being put in order" in as_(first).get(asked["Location"]).content.decode()
    tasks.build_dossiers()
    own = as_(first).get(asked["Location"]).content.decode()
    assert "You asked for this dossier" in own
    as_(second).post(reverse("petitions:dossier_approve", args=[handover.pk]))
    record = reverse("petitions:handover_record", args=[handover.pk])
    future = {"handed_over_on": "2999-01-01", "channel": "post", "recipient": "UN"}
    assert "This day has not come yet." in as_(first).post(record, future).content.decode()
    early = {**future, "handed_over_on": "2020-01-01"}
    assert "The dossier was not built yet on this day." in as_(first).post(record, early).content.decode()
    proof = SimpleUploadedFile("receipt.jpg", b"invented receipt")
    as_(first).post(record, {**future, "handed_over_on": timezone.localdate().isoformat(), "proof_file": proof})
    handover.refresh_from_db()
    assert handover.proof_sha256 == hashlib.sha256(b"invented receipt").hexdigest()
    detail, confirm_ = asked["Location"], reverse("petitions:handover_confirm", args=[handover.pk])
    seen = seen_on(as_(second).get(detail))
    as_(first).post(confirm_, {"seen": seen})
    as_(second).post(confirm_, {"ends_signing": "1"})
    assert Handover.objects.public().count() == 0
    as_(second).post(confirm_, {"ends_signing": "1", "seen": seen})
    assert Statement.objects.get(pk=statement.pk).state == "handed_over"
    check = as_(first).post(reverse("petitions:dossier_check", args=[handover.pk])).content.decode()
    assert "Some files came out" not in check or "signatories" not in check
    words = {
        "received_on": timezone.localdate().isoformat(),
        "said_by": "A spokesperson",
        "quote": "We have it.",
        "source": "https://un.example/1",
    }
    as_(first).post(reverse("petitions:handover_acknowledge", args=[handover.pk]), words)
    page = handover.get_absolute_url()
    assert "We have it." not in Client().get(page).content.decode()
    row = handover.acknowledgements.get()
    as_(first).post(reverse("petitions:acknowledgement_confirm", args=[row.pk]))
    assert "We have it." not in Client().get(page).content.decode()
    as_(second).post(reverse("petitions:acknowledgement_confirm", args=[row.pk]))
    assert "We have it." in Client().get(page).content.decode()


def test_signatory_may_agree_to_be_named_in_confidence_and_take_it_back(client: Client) -> None:
    response = sign(client, StatementFactory.open(), display="hidden", may_be_annexed="on")
    client.post(response["Location"], {"code": last_code(ADDRESS)})
    signature = Signature.objects.get()
    assert (signature.display, signature.may_be_annexed) == ("hidden", True)
    client.post(reverse("petitions:signature_display", args=[signature.pk]), {"display": "hidden"})
    signature.refresh_from_db()
    assert signature.may_be_annexed is False


def test_nobody_is_named_in_confidence_unless_ticked(client: Client) -> None:
    response = sign(client, StatementFactory.open())
    client.post(response["Location"], {"code": last_code(ADDRESS)})
    assert Signature.objects.get().may_be_annexed is False
