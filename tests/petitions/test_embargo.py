"""An embargoed text is nowhere before its moment and everywhere at it, whoever has run by then."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.models import Campaign
from cases.models import Case
from mandates.models import DemandAddressee, Mandate
from petitions.actions import (
    begin_amendment,
    find_preview,
    give_preview,
    lift_embargo,
    open_due_statements,
    open_preview,
    request_following,
    resend_code,
    revoke_preview,
    submit_statement,
    take_off_statement,
    write_text,
)
from petitions.errors import (
    LinkRefusedError,
    NotPublishedError,
    SecondPersonNeededError,
    StatementClosedError,
    WrongStepError,
)
from petitions.models import PreviewLink, PreviewOpening, Statement, Tally
from petitions.news.stopping import unsubscribe_token
from petitions.tasks import open_due_statements as beat
from petitions.texts.embargo import Embargo, NoSuchMomentError, embargo_of, embargo_until
from tests.accounts.factories import UserFactory
from tests.petitions.desk import a_draft, approve, editor, embargoed, opened
from tests.petitions.factories import SignatureFactory
from tests.petitions.mail import body_of, mails_to
from tests.petitions.signing import ADDRESS, request
from tests.project.test_urls import ROUTES, address
from text.calendars import format_day
from text.templatetags.text import moment as moment_filter

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CANARY = "Kanarienvogelwort"
# Where the text is read once it is public. Whatever else shows it is welcome to; before, nothing may.
CHANNELS = {
    "campaign:home",
    "petitions:statement_list",
    "petitions:statement_detail",
    "petitions:statement_sign",
    "petitions:statement_signatories",
    "petitions:statement_version",
    "petitions:statement_canonical",
    "petitions:signature_manage",
    "petitions:follow_start",
    "mandates:mandate_detail",
}


def everything(statement: Statement, client: Client) -> Iterator[tuple[str, str]]:
    """The name of every address of the site, about this statement where it takes one, and what it answers."""
    for name in ROUTES:
        url = address(name)
        kinds: dict[str, Any] = {"slug": statement.slug, "kind": "statement", "number": 1, "language": "en"}
        if name.startswith("petitions:") and "slug" in ROUTES[name] and kinds.keys() >= set(ROUTES[name]):
            url = reverse(name, kwargs={key: kinds[key] for key in ROUTES[name]})
        for query in ("", f"?q={CANARY}"):
            response = client.get(url + query)
            content = b"".join(response) if response.streaming else response.content
            yield name, content.decode("utf-8", "replace")


def end_embargo(statement: Statement) -> None:
    """Lets the moment come: the database's clock is past it, and no task has run."""
    Statement.objects.filter(pk=statement.pk).update(embargoed_until=timezone.now() - timedelta(seconds=1))


def tied_everywhere(statement: Statement) -> None:
    """On the campaign, a published case, and a mandate of the directory."""
    campaign = Campaign.objects.filter(is_public=True).first()
    version = statement.current_version()
    assert campaign is not None
    assert version is not None
    campaign.statements.add(statement)
    statement.cases.add(*Case.objects.published())
    mandate = Mandate.objects.get(slug="sr-iran")
    DemandAddressee.objects.create(demand=version.demands.get(), mandate=mandate)


@pytest.mark.timeout(300)
def test_s4_a_canary_word_of_an_embargoed_text_sings_on_no_channel_before_its_moment() -> None:
    call_command("load_demonstration", verbosity=0)
    statement = embargoed(editor(), editor(), title=f"{CANARY} title", body=f"{CANARY} body", slug="unguessable-slug")
    tied_everywhere(statement)
    stranger, expert = Client(), Client()
    expert.force_login(UserFactory.create())
    for client in (stranger, expert):
        leaks = {name for name, html in everything(statement, client) if CANARY in html.replace(f"?q={CANARY}", "")
                 and f'value="{CANARY}"' not in html}  # fmt: skip
        assert leaks == set()
    sitemap = stranger.get("/sitemap.xml").content.decode()
    assert statement.slug not in sitemap
    assert statement.slug not in "".join(
        stranger.get(reverse(name)).content.decode() for name in CHANNELS if not ROUTES[name]
    )

    end_embargo(statement)

    seen = {name for name, html in everything(statement, stranger) if CANARY in html.replace(f'value="{CANARY}"', "")}
    assert seen >= CHANNELS
    assert statement.slug in stranger.get("/sitemap.xml").content.decode()
    statement.refresh_from_db()
    assert statement.state == "embargoed"  # nothing has run but the clock


def test_s4_what_changes_something_refuses_an_embargoed_text_too() -> None:
    statement = embargoed(editor(), editor())
    with pytest.raises(StatementClosedError):
        request(statement)
    with pytest.raises(NotPublishedError):
        request_following(about=statement, address="a@b.example", wording="w", language="en", now=timezone.now())
    assert Client().post(reverse("petitions:statement_sign", args=[statement.slug]), {}).status_code == 404
    end_embargo(statement)
    statement.refresh_from_db()
    request(statement)


def test_s4_it_can_be_signed_at_the_moment_and_the_task_then_notes_it(client: Client) -> None:
    statement = embargoed(editor(), editor())
    assert open_due_statements(now=timezone.now()) == 0
    end_embargo(statement)
    html = client.get(statement.get_absolute_url()).content.decode()
    assert "Sign this petition" in html
    assert "embargoed" not in html
    beat()
    beat()
    statement.refresh_from_db()
    assert statement.state == "open"
    assert Tally.objects.filter(statement=statement).count() == 1
    opened = statement.events.filter(kind="opened").get()
    assert opened.by is None


def test_s4_only_a_second_person_ends_an_embargo_early() -> None:
    writer, second = editor(), editor()
    statement = embargoed(writer, second)
    with pytest.raises(SecondPersonNeededError):
        lift_embargo(statement=statement, by=writer, now=timezone.now())
    assert lift_embargo(statement=statement, by=editor(), now=timezone.now()).state == "open"


def test_s4_a_text_taken_back_before_its_moment_never_becomes_an_old_version(client: Client) -> None:
    writer, second, now = editor(), editor(), timezone.now()
    statement = embargoed(writer, second, body="A secret slip")
    take_off_statement(statement=statement, note="A name slipped in.", by=writer, now=now)
    version = begin_amendment(statement=statement, by=writer, now=now)
    write_text(version=version, language="en", title="T", body="Clean", is_unofficial=False, by=writer, now=now)
    submit_statement(statement=statement, by=writer, now=now)
    approve(statement, second)
    for name, args in (("statement_version", [1]), ("statement_canonical", [1, "en"])):
        assert client.get(reverse(f"petitions:{name}", args=[statement.slug, *args])).status_code == 404
    html = client.get(reverse("petitions:statement_version", args=[statement.slug, 2])).content.decode()
    assert "Clean" in html
    assert "secret slip" not in html


def test_s4_embargo_is_told_in_its_zone_and_in_utc() -> None:
    moment = embargo_until(date(2027, 1, 10), time(0, 1), "America/New_York")
    assert moment.until == datetime(2027, 1, 10, 5, 1, tzinfo=UTC)
    assert str(moment) == "2027-01-10 00:01 America/New_York = 2027-01-10 05:01 UTC"
    assert embargo_until(date(2027, 1, 10), time(0, 1), "Asia/Tehran").until.hour == 20


@pytest.mark.parametrize(
    ("day", "hour", "zone"),
    [(date.max, time(23, 30), "America/New_York"), (date.min, time(0, 30), "Asia/Tehran")],
    ids=["after the last day", "before the first day"],
)
def test_a_moment_outside_the_calendar_is_refused(day: date, hour: time, zone: str) -> None:
    with pytest.raises(NoSuchMomentError):
        embargo_until(day, hour, zone)


@pytest.mark.parametrize(
    ("day", "hour"), [(date(2027, 3, 28), time(2, 30)), (date(2027, 10, 31), time(2, 30))], ids=["jumped", "twice"]
)
def test_s4_an_hour_that_clocks_skip_or_show_twice_is_refused(day: date, hour: time) -> None:
    with pytest.raises(NoSuchMomentError):
        embargo_until(day, hour, "Europe/Zurich")
    assert embargo_until(day, hour, "UTC")


def test_s4_embargo_is_set_on_the_review_page(client: Client) -> None:
    writer, second = editor(), editor()
    statement = a_draft(writer)
    submit_statement(statement=statement, by=writer, now=timezone.now())
    client.force_login(second)
    page = reverse("petitions:statement_review", args=[statement.slug])
    read = client.get(page).context["form"].initial["read"]
    day = (timezone.now() + timedelta(days=3)).date()
    data = {"read": read, "when": "later", "day": str(day), "hour": "09:00", "zone": ""}
    assert client.post(page, data).status_code == 422
    past = {**data, "zone": "Asia/Tehran", "day": "2020-01-01"}
    assert "past" in client.post(page, past).content.decode()
    client.post(page, {**data, "zone": "Asia/Tehran"})
    statement.refresh_from_db()
    assert (statement.state, statement.embargo_zone) == ("embargoed", "Asia/Tehran")
    html = client.get(reverse("petitions:statement_edit", args=[statement.slug])).content.decode()
    shown = format_day(day, "en")
    assert f"Kept back until <strong><bdi>{shown}, 09:00 Asia/Tehran</bdi></strong>" in html
    assert f"<strong><bdi>{shown}, 05:30 UTC</bdi></strong>" in html


def preview(statement: Statement, **changes: Any) -> tuple[PreviewLink, str]:
    now = timezone.now()
    fields = {"recipient": "The Gazette", "expires_at": now + timedelta(days=2), "by": editor(), "now": now, **changes}
    return give_preview(statement=statement, **fields)


def test_s4_a_preview_opens_by_a_button_is_noted_and_says_until_when() -> None:
    statement = embargoed(editor(), editor(), body=f"{CANARY} body")
    link, token = preview(statement)
    client = Client()
    page = reverse("petitions:statement_preview", args=[token])
    shown = client.get(page)
    assert CANARY not in shown.content.decode()
    assert not PreviewOpening.objects.exists()
    read = client.post(page)
    html = read.content.decode()
    assert CANARY in html
    assert "Embargoed until" in html
    moment = embargo_of(statement)
    assert moment is not None
    assert moment_filter(moment.until, "Asia/Tehran") in html
    assert moment_filter(moment.until) in html
    for response in (shown, read):
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in response["X-Robots-Tag"]
        # It does not leave the site; with `no-referrer` browsers would send `Origin: null`, and no button would work.
        assert response["Referrer-Policy"] == "same-origin"
    assert link.openings.count() == 1
    assert token not in str(list(PreviewLink.objects.values()))
    assert link.token_sha256 == hashlib.sha256(token.encode()).hexdigest()


def test_s4_a_preview_ends_by_itself_by_hand_and_with_the_embargo(client: Client) -> None:
    statement = embargoed(editor(), editor())
    (link, token), (_other, kept) = preview(statement), preview(statement)
    late = timezone.now() + timedelta(days=3)
    with pytest.raises(LinkRefusedError):
        open_preview(token=token, now=late)
    revoke_preview(link=link, by=editor(), now=timezone.now())
    revoke_preview(link=link, by=editor(), now=timezone.now())
    assert client.post(reverse("petitions:statement_preview", args=[token])).status_code == 404
    assert find_preview(token=kept, now=timezone.now())
    end_embargo(statement)
    after = client.post(reverse("petitions:statement_preview", args=[kept]))
    assert after["Location"] == statement.get_absolute_url()
    beat()
    assert client.get(reverse("petitions:statement_preview", args=[kept])).status_code == 404


def test_s4_preview_links_last_a_month_at_most_and_need_an_embargo() -> None:
    statement = embargoed(editor(), editor())
    now = timezone.now()
    for days in (0, 31):
        with pytest.raises(WrongStepError):
            preview(statement, expires_at=now + timedelta(days=days))
    link, _token = preview(statement)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        PreviewLink.objects.filter(pk=link.pk).update(expires_at=now + timedelta(days=40))
    lift_embargo(statement=statement, by=editor(), now=now)
    with pytest.raises(WrongStepError):
        preview(statement)


def test_s4_an_embargo_without_its_moment_is_refused_by_the_database() -> None:
    statement = embargoed(editor(), editor())
    with pytest.raises(IntegrityError, match="embargoed_has_moment"), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(embargoed_until=None)


def test_s4_what_staff_see_early_is_kept_by_no_cache(client: Client) -> None:
    statement = embargoed(editor(), editor())
    pages = [statement.get_absolute_url(), reverse("petitions:statement_list")]
    pages += [
        reverse(f"petitions:{name}", args=[statement.slug])
        for name in ("statement_figures", "statement_days_csv", "statement_days_json")
    ]
    pages += [reverse(f"petitions:{name}", args=[statement.slug, 1, *rest]) for name, rest in (
        ("statement_version", []), ("statement_canonical", ["en"]))]  # fmt: skip
    for role in ("moderator", "case_editor"):
        client.force_login(UserFactory.with_role(role))
        for page in pages:
            response = client.get(page)
            assert response.status_code == 200
            assert "no-store" in response["Cache-Control"]


def test_s4_who_signed_before_learns_no_word_of_an_embargoed_next_version(client: Client) -> None:
    writer, second = editor(), editor()
    statement = opened(writer, second)
    ticket = request(statement)
    signature = SignatureFactory.accepted(statement=statement, wants_updates=True)
    take_off_statement(statement=statement, note="An error.", by=second, now=timezone.now())
    version = begin_amendment(statement=statement, by=writer, now=timezone.now())
    title, body, now = f"{CANARY} title", "We ask again.", timezone.now()
    write_text(version=version, language="en", title=title, body=body, is_unofficial=False, by=writer, now=now)
    submit_statement(statement=statement, by=writer, now=timezone.now())
    approve(statement, second, embargo=Embargo(until=timezone.now() + timedelta(days=1), zone="UTC"))
    stop = reverse("petitions:updates_stop", args=[unsubscribe_token(signature)])
    assert resend_code(ticket=ticket, now=timezone.now() + timedelta(minutes=2))
    pages = [client.get(stop), client.post(stop)]
    assert {page.status_code for page in pages} == {200}
    mails = mails_to(ADDRESS)
    said = [page.content.decode() for page in pages] + [f"{mail['Subject']} {body_of(mail)}" for mail in mails]
    assert not [words for words in said if CANARY in words]
    assert len(mails) == 1  # the first code; none about what is off the site


def test_what_was_read_stays_readable_when_a_later_embargo_is_ended_without_opening(client: Client) -> None:
    writer, second = editor(), editor()
    statement = opened(writer, second)
    for body in ("Never read.", "We ask at last."):
        take_off_statement(statement=statement, note="An error.", by=second, now=timezone.now())
        version = begin_amendment(statement=statement, by=writer, now=timezone.now())
        now = timezone.now()
        write_text(version=version, language="en", title="x", body=body, is_unofficial=False, by=writer, now=now)
        submit_statement(statement=statement, by=writer, now=now)
        embargo = Embargo(until=now + timedelta(days=1), zone="UTC") if body == "Never read." else None
        approve(statement, second, embargo=embargo)
    pages = [reverse("petitions:statement_version", args=[statement.slug, number]) for number in (1, 2, 3)]
    assert [client.get(page).status_code for page in pages] == [200, 404, 200]
