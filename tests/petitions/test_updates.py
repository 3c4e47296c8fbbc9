"""Updates: four eyes, fixed words, each reader once, a cap per week, a stop, failures."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from itertools import pairwise
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from cases.models import Case
from outbox.models import Message
from petitions.actions import (
    forget_readers,
    release_update,
    resume_update,
    return_update,
    send_test,
    stop_following,
    stop_update,
    stop_updates,
    submit_update,
    update_sending,
    withdraw_signature,
    write_update_text,
)
from petitions.errors import (
    NotPublishedError,
    OwnUpdateError,
    TextChangedError,
    UpdateIncompleteError,
    UpdateStateError,
)
from petitions.models import Signature, Statement, Update, UpdateDelivery, UpdateReader
from petitions.news.progress import progress_of
from petitions.news.readers import count_audience
from tests.cases.factories import CaseFactory
from tests.petitions.factories import FollowerFactory, StatementFactory, put_under_embargo
from tests.petitions.mail import body_of, mails_to
from tests.petitions.updating import draft, editor, in_review, reader, released, send, written_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement() -> Statement:
    return StatementFactory.open()


# --- four eyes and fixed words


def test_update_is_released_by_a_second_person_who_saw_these_words() -> None:
    writer, translator, second = editor(), editor(), editor()
    update = draft(by=writer)
    write_update_text(update=update, language="fa", title="دیگر", body="متن دیگر", by=translator)
    submit_update(update=update, by=writer, now=timezone.now())
    seen = update.fingerprint()
    for own in (writer, translator):
        with pytest.raises(OwnUpdateError):
            release_update(update=update, seen=seen, by=own, now=timezone.now())
    with pytest.raises(TextChangedError):
        release_update(update=update, seen="0" * 64, by=second, now=timezone.now())
    update = release_update(update=update, seen=seen, by=second, now=timezone.now())
    assert (update.state, update.released_by) == ("released", second)
    with pytest.raises(UpdateStateError):
        release_update(update=update, seen=seen, by=editor(), now=timezone.now())


def test_update_sent_back_is_written_again_with_its_reason() -> None:
    update = in_review()
    update = return_update(update=update, reason="Say when.", by=editor(), now=timezone.now())
    assert (update.state, update.returned_because) == ("draft", "Say when.")
    write_update_text(update=update, language="en", title="On Monday", body="Then.", by=update.written_by)
    assert submit_update(update=update, by=update.written_by, now=timezone.now()).returned_because == ""


def test_update_without_its_first_language_cannot_be_handed_in() -> None:
    update = draft(words={"fa": ("خبر", "متن")})
    with pytest.raises(UpdateIncompleteError):
        submit_update(update=update, by=update.written_by, now=timezone.now())


def test_update_about_what_is_off_the_site_is_not_released(statement: Statement) -> None:
    update = in_review(statement)
    put_under_embargo(statement)
    with pytest.raises(NotPublishedError):
        release_update(update=update, seen=update.fingerprint(), by=editor(), now=timezone.now())


@pytest.mark.parametrize("state", ["in_review", "released"])
def test_database_keeps_the_words_of_what_left_its_draft(state: str) -> None:
    update = in_review() if state == "in_review" else released()
    with pytest.raises(UpdateStateError):
        write_update_text(update=update, language="en", title="Other", body="Words", by=update.written_by)
    other = draft().texts.get(language="fa")
    changes: list[Any] = [
        lambda: update.texts.update(body="Other"),
        lambda: update.texts.all().delete(),
        lambda: type(other).objects.filter(pk=other.pk).update(update=update, language="ar"),
        lambda: Update.objects.filter(pk=update.pk).update(statement=StatementFactory.open()),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert type(other).objects.filter(pk=other.pk).update(body="A draft can change.") == 1


def test_database_refuses_a_release_by_who_wrote_any_of_it() -> None:
    update, translator, now = draft(), editor(), timezone.now()
    write_update_text(update=update, language="fa", title="دیگر", body="متن", by=translator)
    submit_update(update=update, by=update.written_by, now=now)
    for own in (update.written_by, translator):
        with pytest.raises(IntegrityError), transaction.atomic():
            Update.objects.filter(pk=update.pk).update(state="released", released_by=own, released_at=now)
    assert Update.objects.filter(pk=update.pk).update(state="released", released_by=editor(), released_at=now) == 1


def test_send_test_goes_to_its_asker_alone_and_holds_no_way_out() -> None:
    update, asker = draft(), editor(email="asker@people.example")
    assert update.statement
    reader(update.statement, "ada@people.example")
    send_test(update=update, language="fa", by=asker, now=timezone.now())
    mail = message_from_bytes(bytes(Message.objects.get(kind="update_test").raw or b""), policy=default)
    assert (mail["To"], mail["Subject"], mail["List-Unsubscribe"]) == ("asker@people.example", "تحویل داده شد", None)
    assert written_to() == []


# --- who gets it


def test_each_mailbox_gets_it_once_however_it_signed_and_follows(
    statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_sending, "BATCH", 2)
    case = CaseFactory.published()
    statement.cases.add(case)
    other = StatementFactory.open()
    other.cases.add(case)
    reader(statement, "ada@people.example")
    reader(other, "Ada+x@people.example")
    FollowerFactory.create(about=case, address="ada@PEOPLE.example")
    FollowerFactory.create(about=case, address="case@people.example")
    FollowerFactory.create(about=other, address="other@people.example")
    reader(statement, "silent@people.example", wants_updates=False)
    reader(statement, "wordless@people.example", updates_wording="")
    reader(StatementFactory.open(), "elsewhere@people.example")
    released(case=case)
    assert (send(), send()) == (3, 0)
    assert written_to() == ["ada@people.example", "case@people.example", "other@people.example"]
    update = Update.objects.get()
    assert (update.state, update.sent_at is not None) == ("sent", True)


def test_who_stopped_withdrew_or_was_erased_between_release_and_batch_gets_none(statement: Statement) -> None:
    now = timezone.now()
    stays, stops, withdraws = (reader(statement, f"{name}@people.example") for name in ("stays", "stops", "withdraws"))
    follows = FollowerFactory.create(about=statement, address="follows@people.example")
    erased = reader(statement, "erased@people.example")
    update = released(statement)
    update_sending._take_step(update.pk, now=now)
    assert update.deliveries.filter(state="waiting").count() == 5
    stop_updates(signature=stops, now=now)
    withdraw_signature(signature=withdraws, now=now)
    stop_following(about=statement, digest=bytes(follows.email_digest or b""), now=now)
    Signature.objects.filter(pk=erased.pk).update(email=None)
    assert send(now=now + timedelta(seconds=1)) == 1
    assert written_to() == [stays.email]
    progress = progress_of([update], now=now)[update.pk]
    assert (progress.total, progress.written, progress.passed_over, progress.waiting) == (5, 1, 4, 0)


def test_nothing_leaves_about_what_went_off_the_site(statement: Statement) -> None:
    case = CaseFactory.published()
    FollowerFactory.create(about=case)
    released(case=case)
    Case.objects.filter(pk=case.pk).update(state="unpublished")
    assert (send(), written_to()) == (0, [])
    Case.objects.filter(pk=case.pk).update(state="published")
    assert send() == 1


def test_mail_says_why_in_the_words_agreed_to_and_carries_the_way_out(statement: Statement) -> None:
    persian = reader(statement, "fa@people.example", language="fa", name="آدا")
    english = FollowerFactory.create(about=statement, address="en@people.example", language="en", wording="Do write.")
    released(statement)
    send()
    (mail,) = mails_to("fa@people.example")
    html = mail.get_body(("html",))
    assert html is not None
    assert mail["Subject"] == "تحویل داده شد"
    assert '<html lang="fa" dir="rtl">' in html.get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    way_out = str(mail["List-Unsubscribe"]).strip("<>")
    for part in (body_of(mail), html.get_content()):
        assert way_out in part
        assert persian.updates_wording in part
    (mail,) = mails_to("en@people.example")
    assert english.wording in body_of(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert "<strong>handed over</strong>" in html.get_content()
    # No picture, no style from elsewhere, nothing that tells whether it was opened.
    assert not [word for word in ("<img", "src=", "<link", "url(") if word in html.get_content()]


def test_reader_of_another_language_gets_the_original(statement: Statement) -> None:
    reader(statement, "fa@people.example", language="fa")
    released(statement, words={"en": ("Only English", "Words.")})
    send()
    (mail,) = mails_to("fa@people.example")
    html = mail.get_body(("html",))
    assert html is not None
    assert (mail["Subject"], '<div lang="en" dir="ltr">' in html.get_content()) == ("Only English", True)


# --- the week


def test_a_full_week_moves_the_mail_on_the_oldest_first(statement: Statement, settings: Settings) -> None:
    settings.UPDATES_PER_WEEK = 2
    reader(statement, "ada@people.example")
    start = timezone.now()
    updates = []
    for hour in range(4):
        updates.append(released(statement, now=start + timedelta(hours=hour)))
        send(now=start + timedelta(hours=hour, minutes=1))
    states = [update.deliveries.get().state for update in updates]
    assert states == ["written", "written", "waiting", "waiting"]
    progress = progress_of(updates, now=start + timedelta(hours=5))
    assert [progress[update.pk].held for update in updates] == [0, 0, 1, 1]
    week = timedelta(days=7)
    assert send(now=start + week) == 0
    # All that waited goes on in the order of release, one as each older mail leaves the week.
    for hour in range(2):
        assert send(now=start + week + timedelta(hours=hour, minutes=2)) == 1
    moments = sorted(at for at in UpdateDelivery.objects.values_list("written_at", flat=True) if at)
    assert all(third - first >= week for first, third in zip(moments, moments[2:], strict=False))
    by_release = [update.deliveries.get().written_at for update in updates]
    assert all(one < other for one, other in pairwise(by_release) if one and other)
    assert set(Update.objects.values_list("state", flat=True)) == {"sent"}


def test_the_week_is_of_the_mailbox_over_everything(settings: Settings) -> None:
    settings.UPDATES_PER_WEEK = 1
    one, other = StatementFactory.open(), StatementFactory.open()
    reader(one, "ada@people.example")
    FollowerFactory.create(about=other, address="Ada@people.example")
    reader(other, "eve@people.example")
    for about in (one, other):
        released(about)
    assert send() == 2
    assert written_to() == ["ada@people.example", "eve@people.example"]


def test_audience_says_who_gets_it_by_language_and_who_has_to_wait(
    statement: Statement, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPDATES_PER_WEEK = 1
    reader(statement, "ada@people.example")
    reader(statement, "fa@people.example", language="fa")
    released(statement)
    send()
    reader(statement, "new@people.example")
    FollowerFactory.create(about=statement, address="ada@people.example")
    update, now = in_review(statement), timezone.now()
    audience = count_audience(update, now=now)
    assert (audience.by_language, audience.held, audience.is_exact) == ({"en": 2, "fa": 1}, 2, True)
    monkeypatch.setattr("petitions.news.readers.COUNTED_EXACTLY", 1)
    audience = count_audience(update, now=now)
    assert (audience.by_language, audience.total, audience.is_exact) == ({"en": 3, "fa": 1}, 4, False)


def test_reader_is_forgotten_after_the_week(statement: Statement) -> None:
    reader(statement, "ada@people.example")
    released(statement)
    now = timezone.now()
    send(now=now)
    assert forget_readers(now=now + timedelta(days=6)) == 0
    assert forget_readers(now=now + timedelta(days=8)) == 1


# --- stop and go on


def test_stop_holds_back_what_lies_in_the_outbox_and_going_on_writes_to_all_once(
    statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_sending, "BATCH", 2)
    addresses = [f"reader{number}@people.example" for number in range(5)]
    for address in addresses:
        reader(statement, address)
    update, now = released(statement), timezone.now()
    send(now=now)
    left = Message.objects.filter(kind="update").order_by("pk")[0]
    for state in ("sending", "committing"):
        Message.objects.filter(pk=left.pk).update(state=state, lease_token=left.pk, lease_expires_at=now)
    Message.objects.filter(pk=left.pk).update(state="sent", sent_at=now, lease_token=None, lease_expires_at=None)
    assert stop_update(update=update, reason="A family is named.", by=editor(), now=now) == 4
    assert (send(now=now), written_to()) == (0, [left.to_address])
    assert UpdateReader.objects.filter(mailed_at=[]).count() == 4
    resume_update(update=update, by=editor(), now=now)
    assert send(now=now + timedelta(minutes=1)) == 4
    assert written_to() == addresses
    assert Update.objects.get().state == "sent"


def test_who_wrote_words_of_it_cannot_let_it_go_on_and_who_did_is_kept(statement: Statement) -> None:
    now, translator, second = timezone.now(), editor(), editor()
    update = draft(statement)
    write_update_text(update=update, language="fa", title="دیگر", body="متن", by=translator)
    submit_update(update=update, by=update.written_by, now=now)
    update = release_update(update=update, seen=update.fingerprint(), by=editor(), now=now)
    stop_update(update=update, reason="A family is named.", by=second, now=now)
    for own in (update.written_by, translator):
        with pytest.raises(OwnUpdateError):
            resume_update(update=update, by=own, now=now)
        with pytest.raises(IntegrityError), transaction.atomic():
            Update.objects.filter(pk=update.pk).update(state="sending", resumed_by=own, resumed_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Update.objects.filter(pk=update.pk).update(state="sending")
    resume_update(update=update, by=second, now=now)
    row = Update.objects.get()
    assert (row.state, row.resumed_by, row.resumed_at) == ("sending", second, now)
    assert (row.stopped_by, row.stopped_because) == (second, "A family is named.")
    stop_update(update=update, reason="Again.", by=second, now=now)
    # Each time anew.
    with pytest.raises(IntegrityError), transaction.atomic():
        Update.objects.filter(pk=update.pk).update(state="sending")


def test_database_refuses_a_second_mail_to_one_reader(statement: Statement) -> None:
    reader(statement, "ada@people.example")
    update = released(statement)
    send()
    row = update.deliveries.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        UpdateDelivery.objects.filter(pk=row.pk).update(state="waiting", message=None, written_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        UpdateDelivery.objects.create(update=update, digest=row.digest, language="en", due_at=timezone.now())


def test_only_so_many_lie_in_the_outbox_at_a_time(statement: Statement, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_sending, "BATCH", 2)
    monkeypatch.setattr(update_sending, "BACKLOG", 4)
    for number in range(7):
        reader(statement, f"reader{number}@people.example")
    released(statement)
    assert (send(), send()) == (4, 0)
    Message.objects.filter(kind="update").update(state="cancelled")
    assert send() == 3


def test_a_batch_asks_the_database_as_often_for_ten_readers_as_for_two(statement: Statement) -> None:
    def asked(number: int) -> int:
        for place in range(number):
            reader(statement, f"reader{number}-{place}@people.example")
        update = released(statement)
        update_sending._take_step(update.pk, now=timezone.now())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            update_sending._take_step(update.pk, now=timezone.now() + timedelta(days=8 * number))
        inserts = sum('INSERT INTO "outbox_message"' in query["sql"] for query in queries)
        return len(queries) - inserts

    assert asked(2) == asked(8)
