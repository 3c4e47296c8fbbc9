"""The last day for signatures ends by the clock, on every way of signing; a sweep writes it down afterwards."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.actions import (
    change_details,
    close_past_statements,
    close_statement,
    confirm_code,
    confirm_link,
    open_due_statements,
    reopen_statement,
    sign_new_version,
    submit_statement,
)
from petitions.errors import LastDayOverError, StatementClosedError, WrongStepError
from petitions.models import Signature, Statement, VersionText
from petitions.models.last_day import is_over
from petitions.tasks import close_past_statements as beat
from petitions.texts.embargo import Embargo
from tests.petitions.desk import a_draft, amended, approve, editor, embargoed, opened
from tests.petitions.factories import SignatureFactory, StatementFactory
from tests.petitions.mail import last_code, last_token
from tests.petitions.signing import ADDRESS, request, sign
from text.calendars import format_day

pytestmark = pytest.mark.django_db


def day_on_the_last_clocks() -> date:
    return (timezone.now() - timedelta(hours=12)).date()


def let_it_end(statement: Statement, *, days: int = 1) -> date:
    """The last day was over a moment, or days, ago by the database's clock; no task has run."""
    last = day_on_the_last_clocks() - timedelta(days=days)
    Statement.objects.filter(pk=statement.pk).update(deadline_on=last)
    return last


def details(statement: Statement, **changed: Any) -> Statement:
    fields: dict[str, Any] = {"goal": None, "deadline_on": None, "cases": [], **changed}
    return change_details(statement=statement, by=editor(), now=timezone.now(), **fields)


def main_of(response: Any) -> str:
    """What the page says, without the addresses around it."""
    html: str = response.content.decode()
    return html[html.index("<main") : html.index("</main>")]


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        (datetime(2027, 6, 30, 23, 59, tzinfo=UTC), False),
        (datetime(2027, 7, 1, 11, 59, 59, tzinfo=UTC), False),
        (datetime(2027, 7, 1, 12, 0, tzinfo=UTC), True),
    ],
)
def test_s5_a_day_is_over_when_it_is_over_on_the_last_clocks_on_earth(moment: datetime, over: bool) -> None:
    assert is_over(date(2027, 6, 30), now=moment) is over
    assert not is_over(None, now=moment)


def test_s5_the_database_says_the_same_of_a_day_as_the_pages() -> None:
    statement, today = StatementFactory.open(), day_on_the_last_clocks()
    for day, may_be_signed in ((today, True), (today - timedelta(days=1), False), (None, True)):
        Statement.objects.filter(pk=statement.pk).update(deadline_on=day)
        statement.refresh_from_db()
        assert statement.is_open is may_be_signed
        assert Statement.objects.signable().exists() is may_be_signed
        assert Statement.objects.to_close().exists() is not may_be_signed


def test_s5_confirm_after_the_last_day_is_never_counted_and_the_page_is_neutral(client: Client) -> None:
    statement = StatementFactory.open()
    confirm = sign(client, statement).url
    code, link = last_code(ADDRESS), reverse("petitions:signature_link", args=[last_token(ADDRESS)])
    let_it_end(statement)
    answers = [client.post(confirm, {"code": code}), client.post(link)]
    unknown = client.post(reverse("petitions:signature_link", args=["x" * 43]))
    assert [answer.status_code for answer in answers] == [410, 410]
    assert [main_of(answer) for answer in answers] == [main_of(unknown)] * 2
    assert not Signature.objects.exists()
    Statement.objects.update(deadline_on=None)
    assert client.post(confirm, {"code": code}).status_code == 302
    assert Signature.objects.count() == 1


def test_s5_every_way_of_signing_ends_with_the_last_day() -> None:
    writer, second = editor(), editor()
    statement = opened(writer, second)
    ticket = request(statement)
    code, token = last_code(ADDRESS), last_token(ADDRESS)
    signature = SignatureFactory.accepted(statement=statement)
    new = amended(statement, writer, second).texts.get()
    let_it_end(statement)
    for act in (
        lambda: request(statement),
        lambda: confirm_code(ticket=ticket, code=code, now=timezone.now()),
        lambda: confirm_link(token=token, now=timezone.now()),
        lambda: sign_new_version(signature=signature, text=new, now=timezone.now()),
    ):
        with pytest.raises(StatementClosedError):
            act()
    assert VersionText.objects.filter(signatures__isnull=False).get() == signature.text


def test_s5_the_page_says_the_last_day_before_and_closed_on_after(client: Client) -> None:
    statement = StatementFactory.open()
    sign_page = reverse("petitions:statement_sign", args=[statement.slug])
    last = day_on_the_last_clocks()
    Statement.objects.update(deadline_on=last)
    html = client.get(statement.get_absolute_url()).content.decode()
    assert f"Signatures are taken until {format_day(last, 'en')}" in html
    assert "Sign this petition" in html
    last = let_it_end(statement)
    for _written_down in range(2):
        for url in (statement.get_absolute_url(), sign_page):
            html = client.get(url).content.decode()
            assert f"Closed on {format_day(last, 'en')}" in html
            assert "Sign this petition" not in html
            assert "Signatures are taken until" not in html
        assert "open for signature" not in client.get(reverse("petitions:statement_list")).content.decode()
        beat()


def test_s5_the_sweep_writes_one_event_by_nobody() -> None:
    statement, other = StatementFactory.open(), StatementFactory.open()
    assert close_past_statements(now=timezone.now()) == 0
    last = let_it_end(statement)
    beat()
    beat()
    statement.refresh_from_db()
    other.refresh_from_db()
    assert (statement.state, other.state) == ("closed", "open")
    event = statement.events.get(kind="closed")
    assert (event.by, event.note) == (None, last.isoformat())


def test_s5_an_embargo_that_ended_after_the_last_day_is_opened_and_closed_by_the_clock() -> None:
    statement = embargoed(editor(), editor())
    past = {"embargoed_until": timezone.now() - timedelta(days=4), "deadline_on": date(2026, 1, 1)}
    Statement.objects.filter(pk=statement.pk).update(**past)
    assert Statement.objects.published().exists()
    assert not Statement.objects.signable().exists()
    with pytest.raises(WrongStepError):
        close_statement(statement=statement, note="x", by=editor(), now=timezone.now())
    close_past_statements(now=timezone.now())
    assert Statement.objects.get().state == "embargoed"  # what the refused action had written went with it

    open_due_statements(now=timezone.now())
    assert Statement.objects.get().state == "closed"
    assert list(statement.events.filter(by=None).order_by("pk").values_list("kind", flat=True)) == ["opened", "closed"]


def test_s4_opening_again_needs_a_later_last_day_or_none(client: Client) -> None:
    person = editor()
    statement = StatementFactory.open()
    last = let_it_end(statement)
    client.force_login(person)
    url = reverse("petitions:statement_reopen", args=[statement.slug])
    assert 'value="' + last.isoformat() not in client.get(url).content.decode()
    response = client.post(url, {"note": "It was put off.", "deadline_on": last.isoformat()})
    assert response.status_code == 422
    assert "This day is over" in response.content.decode()
    assert "It was put off." in response.content.decode()
    with pytest.raises(LastDayOverError):
        reopen_statement(statement=statement, note="x", deadline_on=last, by=person, now=timezone.now())
    later = day_on_the_last_clocks() + timedelta(days=9)
    assert client.post(url, {"note": "It was put off.", "deadline_on": later.isoformat()}).status_code == 302
    statement.refresh_from_db()
    assert (statement.state, statement.deadline_on, statement.is_open) == ("open", later, True)
    written = list(statement.events.order_by("pk").values_list("kind", "by"))[-2:]
    assert written == [("closed", None), ("reopened", person.pk)]
    let_it_end(statement)
    assert client.post(url, {"note": "Without end."}).status_code == 302
    statement.refresh_from_db()
    assert (statement.deadline_on, statement.is_open) == (None, True)


def test_s4_a_later_day_among_the_details_opens_nothing_again() -> None:
    statement = StatementFactory.open()
    let_it_end(statement)
    details(statement, deadline_on=day_on_the_last_clocks() + timedelta(days=9))
    statement.refresh_from_db()
    assert (statement.state, statement.is_open) == ("closed", False)
    assert statement.events.get(kind="closed").by is None


def test_s4_the_desk_refuses_a_last_day_in_the_past_and_keeps_one_that_has_passed(client: Client) -> None:
    client.force_login(editor())
    statement = StatementFactory.open()
    url = reverse("petitions:statement_details", args=[statement.slug])
    response = client.post(url, {"goal": "500", "deadline_on": "2026-01-01"})
    assert response.status_code == 422
    assert "This day is over. Give today or a later day, or none." in response.content.decode()
    with pytest.raises(LastDayOverError):
        details(statement, deadline_on=date(2026, 1, 1))
    last = let_it_end(statement)
    assert client.post(url, {"goal": "500", "deadline_on": last.isoformat()}).status_code == 302
    statement.refresh_from_db()
    assert (statement.goal, statement.deadline_on, statement.state) == (500, last, "closed")


def test_s4_nothing_opens_after_its_own_last_day() -> None:
    writer, second, now = editor(), editor(), timezone.now()
    statement = a_draft(writer)
    details(statement, deadline_on=day_on_the_last_clocks() + timedelta(days=1))
    submit_statement(statement=statement, by=writer, now=now)
    with pytest.raises(LastDayOverError):
        approve(statement, second, embargo=Embargo(until=now + timedelta(days=4), zone="UTC"))
    let_it_end(statement)
    with pytest.raises(LastDayOverError):
        approve(statement, second)
    assert Statement.objects.get().state == "in_review"
    Statement.objects.update(deadline_on=None)
    assert approve(statement, second).state == "open"


def test_s4_the_desk_tells_who_closed_it(client: Client) -> None:
    client.force_login(editor())
    statement = StatementFactory.open()
    desk = reverse("petitions:statement_edit", args=[statement.slug])
    let_it_end(statement)
    html = client.get(desk).content.decode()
    assert "Take no more signatures" not in html
    assert reverse("petitions:statement_reopen", args=[statement.slug]) in html
    beat()
    assert "by the clock" in client.get(desk).content.decode()
