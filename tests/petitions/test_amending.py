"""The next version of a signed text: everybody is asked, nobody is moved, each is counted once."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ExpertProfile, Verification
from outbox.models import Message
from petitions.actions import (
    accept_signature,
    amending,
    ask_signatories,
    close_statement,
    cosign_statement,
    keep_version,
    record_second_channel,
    sign_new_version,
    version_to_answer,
    watch_name,
    withdraw_signature,
)
from petitions.actions.watching import NameToWatch
from petitions.counts.counting import count_signatures, figures_of
from petitions.errors import NotVerifiedError, StateChangedError, StatementClosedError, TextChangedError
from petitions.models import Amendment, Consultation, Signature, Statement
from petitions.news.stopping import unsubscribe_token
from petitions.signatories.receipts import build_receipt
from tests.accounts.factories import UserFactory
from tests.petitions.desk import amended, editor, opened
from tests.petitions.factories import SignatureFactory, StatementFactory, verified_expert

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def a_signed_statement(number: int = 3) -> tuple[Statement, list[Signature]]:
    statement = opened(editor(), editor())
    return statement, [SignatureFactory.accepted(statement=statement) for _ in range(number)]


def asked() -> int:
    return Message.objects.filter(kind="version_asks").count()


def new_text(statement: Statement) -> Any:
    version = statement.current_version()
    assert version is not None
    return version.text_to_sign("en")


def sign(signature: Signature) -> Signature:
    return sign_new_version(signature=signature, text=new_text(signature.statement), now=timezone.now())


def test_s5_everybody_who_signed_is_asked_once_in_batches_that_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    statement, signatures = a_signed_statement(5)
    withdraw_signature(signature=signatures[0], now=timezone.now())
    SignatureFactory.create(statement=statement)  # waits for a moderator: asked too
    SignatureFactory.create(statement=statement, state="refused")
    amended(statement, editor(), editor())
    monkeypatch.setattr(amending, "BATCH", 2)
    assert ask_signatories(now=timezone.now(), batches=1) == 2
    assert (asked(), Consultation.objects.count()) == (2, 2)
    # The database goes away in a batch: nothing of it is there, and the next one goes on where the last commit was.
    written = []

    def dies(execute: Any, sql: str, *rest: Any) -> Any:
        if 'INSERT INTO "outbox_message"' in sql:
            written.append(sql)
            if len(written) == 2:
                raise OperationalError
        return execute(sql, *rest)

    with pytest.raises(OperationalError), transaction.atomic(), connection.execute_wrapper(dies):
        ask_signatories(now=timezone.now())
    assert asked() == 2
    assert ask_signatories(now=timezone.now()) == 3
    assert ask_signatories(now=timezone.now()) == 0
    assert (asked(), Amendment.objects.get().asked) == (5, 5)
    assert Amendment.objects.get().finished_at is not None


def test_s5_a_signature_that_was_written_late_is_asked_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    statement, signatures = a_signed_statement(2)
    amended(statement, editor(), editor())
    Amendment.objects.update(last_signature=signatures[1].pk + 100)
    assert ask_signatories(now=timezone.now()) == 2


def test_s5_two_workers_ask_nobody_twice() -> None:
    statement, signatures = a_signed_statement(1)
    version = amended(statement, editor(), editor())
    Consultation.objects.create(version=version, signature=signatures[0], mailed_at=timezone.now())
    assert ask_signatories(now=timezone.now()) == 0
    with pytest.raises(IntegrityError, match="consultation_once"), transaction.atomic():
        Consultation.objects.create(version=version, signature=signatures[0])


def test_s5_a_statement_without_signatures_asks_nobody() -> None:
    statement = opened(editor(), editor())
    amended(statement, editor(), editor())
    assert not Amendment.objects.exists()


def test_s5_signing_the_new_version_leaves_the_old_row_and_counts_once() -> None:
    statement, signatures = a_signed_statement(3)
    old, now = signatures[0], timezone.now()
    before = Signature.objects.filter(pk=old.pk).values("text", "text_sha256", "version_number", "name").get()
    amended(statement, editor(), editor())
    new = sign(old)
    assert sign(old) == new
    count_signatures()
    statement.tally.refresh_from_db()
    assert (statement.tally.counted, statement.tally.by_version) == (3, {"1": 2, "2": 1})
    assert Signature.objects.filter(pk=old.pk).values("text", "text_sha256", "version_number", "name").get() == before
    old.refresh_from_db()
    assert (old.state, new.state, new.replaces, new.name) == ("superseded", "accepted", old, old.name)
    assert new.accepted_at is not None
    assert old.accepted_at is None
    receipt = build_receipt(new)
    assert (receipt["version"], receipt["replaces"], receipt["text_sha256"]) == (2, old.pk, new_text(statement).sha256)
    assert version_to_answer(new) is None
    withdraw_signature(signature=old, now=now)  # nothing more happens to the old one
    old.refresh_from_db()
    assert old.state == "superseded"
    withdraw_signature(signature=new, now=now)
    assert figures_of(statement.pk)["counted"] == 2


def test_s5_one_live_signature_per_mailbox_and_statement_stays_the_rule() -> None:
    statement, signatures = a_signed_statement(1)
    amended(statement, editor(), editor())
    new = sign(signatures[0])
    with pytest.raises(IntegrityError, match="one_per_mailbox"), transaction.atomic():
        SignatureFactory.accepted(statement=statement, address=signatures[0].email)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Signature.objects.filter(pk=signatures[0].pk).update(state="accepted", superseded_at=None)
    other = SignatureFactory.accepted(statement=statement)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Signature.objects.filter(pk=new.pk).update(replaces=other)
    with pytest.raises(IntegrityError, match="replaces an older one"), transaction.atomic():
        SignatureFactory.accepted(statement=statement, replaces=signatures[0])


def test_s5_keeping_the_old_version_changes_nothing_but_is_remembered(client: Client) -> None:
    statement, signatures = a_signed_statement(1)
    version = amended(statement, editor(), editor())
    first = keep_version(signature=signatures[0], version=version, now=timezone.now())
    assert keep_version(signature=signatures[0], version=version, now=timezone.now()).kept_at == first.kept_at
    assert ask_signatories(now=timezone.now()) == 0  # answered before the mail left
    assert figures_of(statement.pk)["by_version"] == {"1": 1}
    assert sign(signatures[0]).version_number == 2
    with pytest.raises(StateChangedError):
        keep_version(signature=signatures[0], version=version, now=timezone.now())


def test_s5_on_the_own_page_all_three_ways_are_open(client: Client) -> None:
    statement = opened(editor(), editor())
    people = [UserFactory.create(), UserFactory.create()]
    signatures = [SignatureFactory.accepted(statement=statement, user=person) for person in people]
    amended(statement, editor(), editor(), body="We ask loudly.")
    page = reverse("petitions:signature_version", args=[signatures[0].pk])
    assert client.get(page).status_code == 404
    client.force_login(people[0])
    assert page in client.get(reverse("petitions:signature_receipt", args=[signatures[0].pk])).content.decode()
    html = client.get(page).content.decode()
    assert "<ins>" in html
    assert reverse("petitions:signature_withdraw", args=[signatures[0].pk]) in html
    assert client.post(page, {"sign": "1", "fingerprint": "0" * 64}).status_code == 422
    read = {"fingerprint": new_text(statement).sha256}
    client.post(page, {**read, "keep": "1"})
    assert "you chose to keep" in client.get(page).content.decode()
    assert Signature.objects.count() == 2


def test_s5_anybody_without_an_account_signs_the_new_version_in_the_proved_browser(client: Client) -> None:
    statement, signatures = a_signed_statement(1)
    amended(statement, editor(), editor())
    session = client.session
    session["signatures"] = {str(signatures[0].pk): "2999-01-01T00:00:00+00:00"}
    session.save()
    page = reverse("petitions:signature_version", args=[signatures[0].pk])
    answer = client.post(page, {"sign": "1", "fingerprint": new_text(statement).sha256}, follow=True)
    assert "counted once, as before" in answer.content.decode()
    count_signatures()
    listed = Client().get(reverse("petitions:statement_signatories", args=[statement.slug])).content.decode()
    assert "version 2" in listed
    old = client.get(reverse("petitions:signature_receipt", args=[signatures[0].pk])).content.decode()
    assert "You signed a newer version since." in old


def an_accepted_expert() -> tuple[Statement, Signature]:
    statement, user = StatementFactory.open(kind="expert"), verified_expert(title="Professor of law")
    now = timezone.now()
    version = statement.current_version()
    assert version is not None
    text = version.text_to_sign("en")
    assert text is not None
    signature = cosign_statement(statement=statement, text=text, language="en", by=user, now=now)
    accept(signature)
    amended(statement, editor(), editor())
    return statement, signature


def accept(signature: Signature) -> None:
    if signature.review_reason == "watched":
        record_second_channel(
            signature=signature,
            channel="switchboard",
            finding="confirmed",
            what="Rang the printed number; she said yes.",
            by=UserFactory.with_role("moderator"),
            now=timezone.now(),
        )
    moderator = UserFactory.with_role("moderator")
    accept_signature(signature=signature, seen_state="pending", by=moderator, now=timezone.now())
    signature.refresh_from_db()


def watch(name: str) -> None:
    entry = NameToWatch(name=name, spellings="", why="laureate", source="https://prize.example/ada")
    watch_name(entry=entry, by=UserFactory.with_role("moderator"), now=timezone.now())


def test_s5_an_expert_who_is_the_same_keeps_the_acceptance() -> None:
    _statement, signature = an_accepted_expert()
    assert sign(signature).state == "accepted"


def test_s5_an_expert_whose_office_changed_is_looked_at_again() -> None:
    statement, signature = an_accepted_expert()
    ExpertProfile.objects.filter(user=signature.user).update(title="Dean of law")
    new = sign(signature)
    assert (new.state, new.title, new.accepted_at) == ("pending", "Dean of law", None)
    assert figures_of(statement.pk)["counted"] == 0


def test_s5_who_was_confirmed_over_a_second_channel_is_not_held_again() -> None:
    statement, user = StatementFactory.open(kind="expert"), verified_expert()
    watch(ExpertProfile.objects.get(user=user).printed_name)
    version = statement.current_version()
    assert version is not None
    text = version.text_to_sign("en")
    assert text is not None
    signature = cosign_statement(statement=statement, text=text, language="en", by=user, now=timezone.now())
    assert signature.review_reason == "watched"
    accept(signature)
    amended(statement, editor(), editor())
    new = sign(signature)
    assert (new.state, new.review_reason, new.name) == ("accepted", "expert", signature.name)


def test_s5_a_public_signature_that_was_confirmed_over_a_second_channel_is_not_held_again() -> None:
    statement = opened(editor(), editor())
    signature = SignatureFactory.create(statement=statement, state="pending", review_reason="watched")
    accept(signature)
    amended(statement, editor(), editor())
    new = sign(signature)
    assert (new.state, new.review_reason) == ("accepted", "")


def test_s5_an_expert_who_takes_a_watched_name_is_held_for_it() -> None:
    _statement, signature = an_accepted_expert()
    watch("Ada Laureate")
    ExpertProfile.objects.filter(user=signature.user).update(printed_name="Ada Laureate")
    new = sign(signature)
    assert (new.state, new.review_reason) == ("pending", "watched")


def test_s5_an_expert_without_a_valid_proof_signs_nothing_new_and_loses_nothing() -> None:
    statement, signature = an_accepted_expert()
    Verification.objects.filter(user=signature.user).update(revoked_at=timezone.now())
    with pytest.raises(NotVerifiedError):
        sign(signature)
    assert figures_of(statement.pk)["counted"] == 1


def test_s5_old_texts_closed_statements_and_withdrawn_signatures_are_refused() -> None:
    statement, signatures = a_signed_statement(2)
    old_text = signatures[0].text
    amended(statement, editor(), editor())
    with pytest.raises(TextChangedError):
        sign_new_version(signature=signatures[0], text=old_text, now=timezone.now())
    withdraw_signature(signature=signatures[1], now=timezone.now())
    with pytest.raises(StateChangedError):
        sign(signatures[1])
    close_statement(statement=statement, note="x", by=editor(), now=timezone.now())
    with pytest.raises(StatementClosedError):
        sign(signatures[0])


def test_s5_the_page_says_who_signed_which_and_old_versions_stay_readable(client: Client) -> None:
    statement, signatures = a_signed_statement(2)
    amended(statement, editor(), editor(), body="We ask again.")
    sign(signatures[0])
    count_signatures()
    html = client.get(statement.get_absolute_url()).content.decode()
    assert "1 signed version 2." in html
    assert "1 signed version 1." in html
    first = client.get(reverse("petitions:statement_version", args=[statement.slug, 1]))
    assert "This is an older version." in first.content.decode()
    assert first["X-Robots-Tag"] == "noindex"
    second = client.get(reverse("petitions:statement_version", args=[statement.slug, 2])).content.decode()
    assert "<ins> again</ins>" in second
    listed = client.get(reverse("petitions:statement_signatories", args=[statement.slug])).content.decode()
    assert "version 1" in listed
    assert "version 2" in listed


@pytest.mark.django_db(transaction=True)
def test_s5_signing_the_new_version_from_eight_tabs_makes_one_signature() -> None:
    statement, signatures = a_signed_statement(1)
    amended(statement, editor(), editor())
    made: list[int] = []

    def press() -> None:
        try:
            made.append(sign(signatures[0]).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert figures_of(statement.pk)["counted"] == 1


def test_an_older_tab_withdraws_nothing_and_says_so(client: Client) -> None:
    user = verified_expert()
    statement = opened(editor(), editor())
    old = SignatureFactory.accepted(statement=statement, user=user)
    amended(statement, editor(), editor())
    new = sign(old)
    client.force_login(user)
    page = client.post(reverse("petitions:signature_withdraw", args=[old.pk]), follow=True)
    assert page.redirect_chain == [(reverse("petitions:signature_withdraw", args=[new.pk]), 302)]
    said = page.content.decode()
    assert ("it still stands" in said, "Your name is off the list" in said) == (True, False)
    client.post(reverse("petitions:signature_withdraw", args=[new.pk]))
    new.refresh_from_db()
    assert new.state == "withdrawn"


def test_the_stop_link_of_an_older_mail_reaches_the_newest_signature(client: Client) -> None:
    statement = opened(editor(), editor())
    old = SignatureFactory.accepted(statement=statement, wants_updates=True, address="ada@people.example")
    other = SignatureFactory.accepted(statement=statement, wants_updates=True)
    amended(statement, editor(), editor())
    new = sign(old)
    assert new.wants_updates
    page = client.post(reverse("petitions:updates_stop", args=[unsubscribe_token(old)]))
    assert "No more news" in page.content.decode()
    for row in (new, other):
        row.refresh_from_db()
    assert (new.wants_updates, other.wants_updates) == (False, True)
