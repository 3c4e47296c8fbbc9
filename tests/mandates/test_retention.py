"""Mail that a person settled is destroyed in its time, with a line that says so; nothing else is, whoever writes."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from cases.actions.publication import unpublish_case
from mandates import actions
from mandates.errors import MailStateError
from mandates.models import IncomingMail, Letter, MailDestruction
from mandates.reply_address import reply_address
from mandates.tasks import destroy_settled_mail
from tests.accounts.factories import UserFactory
from tests.mandates.factories import LetterFactory
from tests.mandates.mails import PDF, reply

pytestmark = pytest.mark.django_db

NOW = timezone.now()
STRAY = "desk@replies.example"


@pytest.fixture(autouse=True)
def place(settings: Settings) -> None:
    settings.REPLY_DOMAIN = "replies.example"


@pytest.fixture
def author() -> User:
    return UserFactory.with_role("letter_author")


def ago(*, days: int) -> datetime:
    return NOW - timedelta(days=days)


def arrive(to: str, *, days: int, subject: str = "Buy now", **more: str) -> IncomingMail:
    return actions.receive_mail(raw=reply(to=to, subject=subject, pdf=PDF), now=ago(days=days))


def set_aside(by: User, *, days: int, subject: str = "Buy now") -> IncomingMail:
    mail = arrive(STRAY, days=days, subject=subject)
    return actions.set_mail_aside(mail=mail, reason="Advertising", by=by, now=ago(days=days))


def filed(letter: Letter, by: User, *, days: int, kind: str = "acknowledged") -> IncomingMail:
    mail = arrive(reply_address(letter), days=days, subject=f"Answer {kind}")
    actions.record_reply(
        letter=letter, kind=kind, received_on=ago(days=days).date(), mail=mail, by=by, now=ago(days=days)
    )
    mail.refresh_from_db()
    return mail


def published() -> Letter:
    letter = LetterFactory.approved()
    return Letter.objects.select_related("case").get(pk=letter.pk)


def take_off(letter: Letter, *, days: int) -> None:
    assert letter.case is not None
    by = UserFactory.with_role("case_editor")
    unpublish_case(case=letter.case, reason="Asked to", by=by, now=ago(days=days))


def destroyed(mail: IncomingMail) -> bool:
    mail.refresh_from_db()
    return mail.destroyed_at is not None


def run(sql: str, *values: str | int | datetime | None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_mail_set_aside_is_destroyed_after_ninety_days_with_a_line(author: User) -> None:
    mail = set_aside(author, days=90)
    size, digest = mail.size, bytes(mail.digest)
    assert actions.destroy_settled_mail(now=NOW - timedelta(minutes=1)) == 0
    assert not destroyed(mail)
    assert actions.destroy_settled_mail(now=NOW) == 1
    assert destroyed(mail)
    assert (mail.raw, mail.sender, mail.subject, mail.message_id, mail.findings) == (None, None, None, "", [])
    assert (mail.state, mail.reason, bytes(mail.digest)) == ("set_aside", "Advertising", digest)
    line = MailDestruction.objects.get()
    assert (line.mail, line.rule, line.days, line.size, line.attachments) == (mail, "set_aside", 90, size, 1)
    assert (line.settled_by, line.settled_at, line.at) == (author, ago(days=90), NOW)
    assert actions.destroy_settled_mail(now=NOW) == 0


def test_nothing_is_left_of_a_destroyed_mail_in_any_table(author: User) -> None:
    mail = set_aside(author, days=100)
    with connection.cursor() as cursor:
        cursor.execute("SELECT raw, sender, subject FROM mandates_incomingmail WHERE id = %s", [mail.pk])
        before = cursor.fetchone()
        actions.destroy_settled_mail(now=NOW)
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f"SELECT string_agg(whole::text, ' ') FROM {table} AS whole")  # noqa: S608  the database's own names
            content = (cursor.fetchone() or [None])[0] or ""
            assert not any(bytes(value).hex() in content for value in before), table


def test_task_destroys_what_is_due(author: User) -> None:
    mails = [set_aside(author, days=days, subject=f"Buy {days}") for days in (200, 89)]
    destroy_settled_mail()
    destroy_settled_mail()
    assert [destroyed(mail) for mail in mails] == [True, False]


def test_period_is_a_setting(author: User, settings: Settings) -> None:
    settings.MAIL_DAYS_SET_ASIDE = 365
    mail = set_aside(author, days=364)
    assert actions.destroy_settled_mail(now=NOW) == 0
    settings.MAIL_DAYS_SET_ASIDE = 364
    assert actions.destroy_settled_mail(now=NOW) == 1
    assert destroyed(mail)


def test_mail_that_nobody_settled_stays_however_old(author: User) -> None:
    letter = published()
    stray = arrive(STRAY, days=4000, subject="Help")
    waiting = arrive(reply_address(letter), days=4000)
    detached = arrive(reply_address(letter), days=4000, subject="Not this letter")
    actions.detach_mail(mail=detached, reason="Another", by=author, now=ago(days=3990))
    automatic = actions.receive_mail(
        raw=reply(to=reply_address(letter), headers={"Auto-Submitted": "auto-replied"}), now=ago(days=4000)
    )
    taken_up = set_aside(author, days=4000)
    actions.take_mail_up(mail=taken_up, reason="Too soon", by=author, now=ago(days=3999))
    take_off(letter, days=3000)
    assert actions.destroy_settled_mail(now=NOW) == 0
    mails = [stray, waiting, detached, automatic, taken_up]
    assert [destroyed(mail) for mail in mails] == [False] * 5
    assert [mail.state for mail in mails] == ["stray", "waiting", "stray", "noted", "stray"]


def test_filed_answer_stays_while_the_case_is_kept_and_two_years_at_least(author: User) -> None:
    letter = published()
    old, note, young = (
        filed(letter, author, days=days, kind=kind)
        for days, kind in [(3000, "acknowledged"), (730, "none"), (729, "state_reply")]
    )
    assert actions.destroy_settled_mail(now=NOW) == 0
    take_off(letter, days=89)
    assert actions.destroy_settled_mail(now=NOW) == 0
    assert actions.destroy_settled_mail(now=NOW + timedelta(seconds=30)) == 0
    assert [destroyed(mail) for mail in (old, note, young)] == [False] * 3


def test_filed_answer_is_destroyed_once_the_case_is_off_and_its_time_over(author: User) -> None:
    letter = published()
    old, note, young = (
        filed(letter, author, days=days, kind=kind)
        for days, kind in [(3000, "acknowledged"), (730, "none"), (729, "state_reply")]
    )
    take_off(letter, days=91)
    assert actions.destroy_settled_mail(now=NOW) == 2
    assert [destroyed(mail) for mail in (old, note, young)] == [True, True, False]
    assert set(MailDestruction.objects.values_list("rule", "days")) == {("filed", 730)}
    assert letter.replies.count() == 3  # what people recorded of them stays


def test_destroyed_mail_that_comes_again_is_the_same_one_and_stays_empty(author: User) -> None:
    mail = set_aside(author, days=100)
    raw = bytes(mail.raw or b"")
    actions.destroy_settled_mail(now=NOW)
    again = actions.receive_mail(raw=raw, now=NOW)
    assert (again.pk, again.raw, IncomingMail.objects.count()) == (mail.pk, None, 1)


def test_nothing_can_be_done_with_a_destroyed_mail(author: User) -> None:
    mail = set_aside(author, days=100)
    actions.destroy_settled_mail(now=NOW)
    with pytest.raises(MailStateError):
        actions.take_mail_up(mail=mail, reason="Again", by=author, now=NOW)
    letter = published()
    answer = filed(letter, author, days=1000)
    take_off(letter, days=200)
    assert actions.destroy_settled_mail(now=NOW) == 1
    with pytest.raises(MailStateError):
        actions.record_reply(letter=letter, kind="state_reply", received_on=NOW.date(), mail=answer, by=author, now=NOW)


EMPTY = (
    "UPDATE mandates_incomingmail SET raw = NULL, sender = NULL, subject = NULL, message_id = '', findings = '[]',"
    " destroyed_at = %s WHERE id = %s"
)
LINE = (
    "INSERT INTO mandates_maildestruction (mail_id, rule, days, size, attachments, settled_by_id, settled_at, at)"
    " SELECT id, %s, %s, size, 0, %s, coalesce(decided_at, now()), %s FROM mandates_incomingmail WHERE id = %s"
)
REFUSED = r"only a mail that a person settled|emptied, and nothing else|Cannot update|has_its_bytes|in_its_time"


def destroy_by_hand(rule: str, days: int, by: int, at: datetime, mail: int) -> None:
    with transaction.atomic():
        run(LINE, rule, days, by, at, mail)
        run(EMPTY, at, mail)


def test_raw_sql_cannot_destroy_without_a_line_nor_before_the_time(author: User) -> None:
    due, young = set_aside(author, days=31, subject="One"), set_aside(author, days=29, subject="Two")
    stray = arrive(STRAY, days=4000, subject="Three")
    for mail in (due, young, stray):
        with pytest.raises(DatabaseError, match=REFUSED):
            run(EMPTY, NOW, mail.pk)
        with pytest.raises(DatabaseError, match=REFUSED):
            run("UPDATE mandates_incomingmail SET raw = NULL WHERE id = %s", mail.pk)
        for rule, days in (("set_aside", 30), ("filed", 730)):
            if (mail, rule) == (due, "set_aside"):
                continue
            with pytest.raises(DatabaseError, match=REFUSED):
                destroy_by_hand(rule, days, author.pk, NOW, mail.pk)
    with pytest.raises(DatabaseError, match=REFUSED):
        run(LINE, "set_aside", 29, author.pk, NOW, due.pk)
    later = timezone.now() + timedelta(days=400)
    with pytest.raises(DatabaseError, match=REFUSED):
        destroy_by_hand("set_aside", 30, author.pk, later, young.pk)
    run(LINE, "set_aside", 30, author.pk, NOW, due.pk)
    with pytest.raises(DatabaseError, match="emptied, and nothing else"):
        run(EMPTY.replace("sender = NULL, ", ""), NOW, due.pk)
    run(EMPTY, NOW, due.pk)


def test_raw_sql_cannot_destroy_an_answer_on_the_letter_of_a_case_that_is_kept(author: User) -> None:
    answer = filed(published(), author, days=3000)
    with pytest.raises(DatabaseError, match=REFUSED):
        destroy_by_hand("filed", 730, author.pk, NOW, answer.pk)


@pytest.mark.parametrize(
    "change", ["subject = '\\x00'", "raw = '\\x00'", "state = 'stray'", "destroyed_at = NULL", "reason = 'x'"]
)
def test_raw_sql_cannot_change_a_destroyed_mail_nor_its_line(author: User, change: str) -> None:
    mail = set_aside(author, days=100)
    actions.destroy_settled_mail(now=NOW)
    with pytest.raises(DatabaseError, match="a destroyed mail cannot change"):
        run(f"UPDATE mandates_incomingmail SET {change} WHERE id = %s", mail.pk)  # noqa: S608  changes from this file only
    for sql in ("UPDATE mandates_maildestruction SET days = 400", "DELETE FROM mandates_maildestruction"):
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"):
            run(sql)


def test_pages_show_the_line_and_nothing_else(author: User, client: Client, settings: Settings) -> None:
    settings.MANDATES_MODE = "live"
    client.force_login(author)
    mail, kept = set_aside(author, days=100, subject="Old"), set_aside(author, days=2, subject="Fresh")
    actions.destroy_settled_mail(now=NOW)
    page = client.get(mail.get_absolute_url())
    assertContains(page, "set aside by a person as not ours, and its time is over")
    assertContains(page, "90 days")
    pen = client.get(reverse("mandates:mail_pen"))
    assertContains(pen, "A mail that was destroyed")
    assertContains(pen, "Fresh")
    assertNotContains(pen, "None")
    for name, more in [("mail_raw", []), ("mail_part", [1]), ("mail_answer", [])]:
        assert client.get(reverse(f"mandates:{name}", args=[mail.pk, *more])).status_code == 404
    for name in ("mail_attach", "mail_detach", "mail_take_up", "mail_set_aside"):
        assert client.post(reverse(f"mandates:{name}", args=[mail.pk]), {"note": "x"}).status_code == 404
    assert client.get(reverse("mandates:mail_raw", args=[kept.pk])).status_code == 200
