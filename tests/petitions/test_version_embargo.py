"""The next version of a text that is on the site, under embargo: nowhere before its moment, everywhere at it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox.models import Message
from petitions.actions import (
    Wording,
    begin_amendment,
    change_details,
    confirm_code,
    find_preview,
    lift_embargo,
    sign_new_version,
    submit_statement,
    take_back_version,
    take_off_statement,
    version_to_answer,
    write_demand,
    write_text,
)
from petitions.errors import LinkRefusedError, SecondPersonNeededError, TextChangedError, WrongStepError
from petitions.handover.store import folder_of
from petitions.models import Amendment, Signature, Statement, StatementVersion
from petitions.tasks import ask_signatories, open_due_statements, send_updates
from petitions.texts.embargo import Embargo
from tests.accounts.factories import UserFactory
from tests.petitions.desk import approve, editor, opened
from tests.petitions.dossiers import built
from tests.petitions.factories import FollowerFactory, SignatureFactory
from tests.petitions.mail import last_code
from tests.petitions.signing import ADDRESS, request, sign
from tests.petitions.test_concurrency import at_once
from tests.petitions.test_embargo import CANARY, preview, tied_everywhere
from tests.project.test_urls import ROUTES, address

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Where the current wording is read.
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


def kept(statement: Statement, *, writer: Any = None, second: Any = None, hours: float = 24) -> StatementVersion:
    """The next version of `statement`, frozen and under embargo."""
    writer, second, now = writer or editor(), second or editor(), timezone.now()
    version = begin_amendment(statement=statement, by=writer, now=now)
    write_text(
        version=version, language="en", title=f"{CANARY} title", body=f"{CANARY} body", is_unofficial=False, by=writer,
        now=now,
    )  # fmt: skip
    demand = version.demands.get()
    words = {"en": Wording(text=f"{CANARY} demand", addressees="The UN")}
    write_demand(version=version, demand=demand, number="1", deadline_on=None, wordings=words, by=writer, now=now)
    submit_statement(statement=statement, by=writer, now=now)
    approve(statement, second, embargo=Embargo(until=now + timedelta(hours=hours), zone="Asia/Tehran"))
    version.refresh_from_db()
    return version


def let_it_come(version: StatementVersion) -> None:
    """The database's clock is past its moment; no task has run."""
    moment = timezone.now() - timedelta(seconds=1)
    StatementVersion.objects.filter(pk=version.pk).update(opens_at=moment)


def everything(statement: Statement, client: Client) -> Iterator[tuple[str, int, str]]:
    """Every address of the site, with version 2 of the statement where it takes one."""
    for name in ROUTES:
        url = address(name)
        kinds: dict[str, Any] = {"slug": statement.slug, "kind": "statement", "number": 2, "language": "en"}
        if name.startswith("petitions:") and "slug" in ROUTES[name] and kinds.keys() >= set(ROUTES[name]):
            url = reverse(name, kwargs={key: kinds[key] for key in ROUTES[name]})
        for query in ("", f"?q={CANARY}"):
            response = client.get(url + query)
            content = b"".join(response) if response.streaming else response.content
            html = content.decode("utf-8", "replace").replace(f"?q={CANARY}", "").replace(f'value="{CANARY}"', "")
            yield name, response.status_code, html


def run_tasks() -> None:
    for task in (open_due_statements, ask_signatories, send_updates):
        task()


@pytest.mark.timeout(600)
def test_s4_a_canary_word_of_the_next_version_sings_on_no_channel_before_its_moment() -> None:
    call_command("load_demonstration", verbosity=0)
    statement = opened(editor(), editor(), slug="amended-text")
    tied_everywhere(statement)
    signature = SignatureFactory.accepted(statement=statement)
    FollowerFactory.create(about=statement)
    version = kept(statement)
    mails = Message.objects.count()
    run_tasks()
    assert Message.objects.count() == mails
    stranger, expert = Client(), Client()
    expert.force_login(UserFactory.create())
    for client in (stranger, expert):
        pages = list(everything(statement, client))
        assert {name for name, _status, html in pages if CANARY in html} == set()
        for name in ("petitions:statement_version", "petitions:statement_canonical"):
            assert {status for found, status, _html in pages if found == name} == {404}
    html = stranger.get(statement.get_absolute_url()).content.decode()
    assert "Version 1, frozen on" in html
    assert version_to_answer(signature) is None

    let_it_come(version)

    seen = {name for name, _status, html in everything(statement, stranger) if CANARY in html}
    assert seen >= CHANNELS
    found = version_to_answer(signature)
    assert found == version
    assert not statement.events.filter(kind="opened", version=version).exists()  # nothing has run but the clock


def test_s4_before_its_moment_the_old_version_is_signed_and_after_it_the_new_one(client: Client) -> None:
    statement = opened(editor(), editor())
    version = kept(statement)
    ticket = request(statement)
    assert confirm_code(ticket=ticket, code=last_code(ADDRESS), now=timezone.now()).version_number == 1
    late = request(statement, email="late@people.example")
    code = last_code("late@people.example")
    let_it_come(version)
    with pytest.raises(TextChangedError):
        confirm_code(ticket=late, code=code, now=timezone.now())
    assert sign(client, statement, email="new@people.example").status_code == 302
    signed = confirm_code(
        ticket=request(statement, email="other@people.example"),
        code=last_code("other@people.example"),
        now=timezone.now(),
    )
    assert signed.version_number == 2


def test_s4_the_database_takes_no_signature_on_a_version_that_is_kept_back() -> None:
    statement = opened(editor(), editor())
    version = kept(statement)
    text = version.texts.get()
    with pytest.raises(IntegrityError, match="states the frozen text"), transaction.atomic():
        SignatureFactory.accepted(statement=statement, text=text)
    let_it_come(version)
    assert SignatureFactory.accepted(statement=statement, text=text).version_number == 2


def test_s5_signatories_are_asked_once_and_only_after_the_moment() -> None:
    statement = opened(editor(), editor())
    signature = SignatureFactory.accepted(statement=statement)
    version = kept(statement)
    with pytest.raises(TextChangedError):
        sign_new_version(signature=signature, text=version.texts.get(), now=timezone.now())
    run_tasks()
    assert not Amendment.objects.exists()
    let_it_come(version)
    for _twice in range(2):
        run_tasks()
    assert Message.objects.filter(kind="version_asks").count() == 1
    assert (Amendment.objects.get().version, Amendment.objects.get().asked) == (version, 1)
    event = statement.events.get(kind="opened", version=version)
    assert event.by is None


def test_s4_the_sweep_and_two_others_note_the_moment_once() -> None:
    statement = opened(editor(), editor())
    SignatureFactory.accepted(statement=statement)
    let_it_come(kept(statement))
    change_details(statement=statement, goal=5, deadline_on=None, cases=[], by=editor(), now=timezone.now())
    open_due_statements()
    open_due_statements()
    assert statement.events.filter(kind="opened", version__number=2).count() == 1
    assert Amendment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_s4_sweeps_at_once_with_who_takes_it_back_leave_one_outcome() -> None:
    for turn in range(3):
        person = editor()
        statement = opened(editor(), editor(), slug=f"turn-{turn}")
        SignatureFactory.accepted(statement=statement)
        version = kept(statement)
        let_it_come(version)

        def act(position: int, statement: Statement = statement, person: Any = person) -> Any:
            if position:
                return open_due_statements()
            return take_back_version(statement=statement, by=person, now=timezone.now())

        results = at_once(3, act)
        assert isinstance(results[0], WrongStepError)
        version.refresh_from_db()
        assert version.dropped_at is None
        # What the refused one wrote went with it; a sweep has it, or the next one.
        open_due_statements()
        assert statement.events.filter(kind="opened", version=version).count() == 1


def test_s4_taken_back_it_is_never_shown_and_its_number_is_used_up(client: Client) -> None:
    writer, second = editor(), editor()
    statement = opened(writer, second)
    version = kept(statement, writer=writer, second=second)
    with pytest.raises(WrongStepError):
        begin_amendment(statement=statement, by=writer, now=timezone.now())
    take_back_version(statement=statement, by=writer, now=timezone.now())
    with pytest.raises(WrongStepError):
        take_back_version(statement=statement, by=writer, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        StatementVersion.objects.filter(pk=version.pk).update(dropped_at=None)
    third = begin_amendment(statement=statement, by=writer, now=timezone.now())
    assert (third.number, third.texts.get().body) == (3, "We ask.")
    submit_statement(statement=statement, by=writer, now=timezone.now())
    approve(statement, second)
    for name, args in (("statement_version", [2]), ("statement_canonical", [2, "en"])):
        assert client.get(reverse(f"petitions:{name}", args=[statement.slug, *args])).status_code == 404
    assert client.get(reverse("petitions:statement_version", args=[statement.slug, 3])).status_code == 200
    assert statement.current_version() == third


def test_s4_taking_the_statement_off_takes_the_next_version_back_with_it() -> None:
    writer, second, now = editor(), editor(), timezone.now()
    statement = opened(writer, second)
    version = kept(statement, writer=second, second=writer)
    take_off_statement(statement=statement, note="A name must go.", by=writer, now=now)
    version.refresh_from_db()
    assert version.dropped_at is not None
    submit_statement(statement=statement, by=writer, now=now)
    assert approve(statement, second).state == "open"
    current = statement.current_version()
    assert current is not None
    assert current.number == 1


def test_s4_a_preview_link_shows_the_next_version_beside_the_one_on_the_site() -> None:
    statement = opened(editor(), editor())
    with pytest.raises(WrongStepError):
        preview(statement)
    version = kept(statement)
    writer = Client()
    writer.force_login(editor())
    desk = reverse("petitions:statement_edit", args=[statement.slug])
    assert "Give a preview link" in writer.get(desk).content.decode()
    given = writer.post(
        reverse("petitions:preview_give", args=[statement.slug]), {"recipient": "The Gazette", "days": "2"}
    )
    token = re.findall(r"/preview/([\w-]{43})/", given.content.decode())[0]
    page = reverse("petitions:statement_preview", args=[token])
    assert CANARY not in Client().get(page).content.decode()
    html = Client().post(page).content.decode()
    assert f"{CANARY} body" in html
    assert f"{CANARY} demand" in html
    assert "Embargoed until" in html
    assert f'<a href="{statement.get_absolute_url()}">what can be signed now</a>' in html
    assert version.texts.get().sha256 in html
    assert "Version 2" in writer.get(f"{desk}#previews").content.decode()
    assert CANARY not in Client().get(statement.get_absolute_url()).content.decode()


@pytest.mark.parametrize("end", ["its moment", "taken back"])
def test_s4_a_preview_link_ends_with_the_embargo_of_its_version_and_opens_no_later_one(end: str) -> None:
    writer, second = editor(), editor()
    statement = opened(writer, second)
    version = kept(statement, writer=writer, second=second)
    _link, token = preview(statement)
    assert find_preview(token=token, now=timezone.now()).version == version
    if end == "its moment":
        let_it_come(version)
        run_tasks()
    else:
        take_back_version(statement=statement, by=writer, now=timezone.now())
    with pytest.raises(LinkRefusedError):
        find_preview(token=token, now=timezone.now())
    assert statement.kept_version() is None
    kept(statement, writer=writer, second=second)
    with pytest.raises(LinkRefusedError):
        find_preview(token=token, now=timezone.now())


def test_s4_only_a_second_person_brings_it_out_before_its_moment() -> None:
    writer, second = editor(), editor()
    statement = opened(writer, second)
    SignatureFactory.accepted(statement=statement)
    version = kept(statement, writer=writer, second=second)
    with pytest.raises(SecondPersonNeededError):
        lift_embargo(statement=statement, by=writer, now=timezone.now())
    lift_embargo(statement=statement, by=second, now=timezone.now())
    assert statement.current_version() == version
    event = statement.events.get(kind="opened", version=version)
    assert event.by == second
    run_tasks()
    assert Message.objects.filter(kind="version_asks").count() == 1
    assert statement.events.filter(kind="opened", version=version).count() == 1


@pytest.mark.parametrize(
    "later",
    [
        "UPDATE petitions_statementversion SET opens_at = opens_at + interval '1 day' WHERE number = 2",
        "UPDATE petitions_statementversion SET opens_at = NULL, opens_zone = '' WHERE number = 2",
        "UPDATE petitions_statementversion SET opens_zone = 'UTC' WHERE number = 2",
    ],
)
def test_s4_the_database_lets_a_moment_come_sooner_and_nothing_else(later: str) -> None:
    statement = opened(editor(), editor())
    version = kept(statement)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(later)
    let_it_come(version)
    with pytest.raises(IntegrityError, match="frozen statement version"), transaction.atomic():
        StatementVersion.objects.filter(pk=version.pk).update(dropped_at=timezone.now())


def test_s4_a_dossier_before_the_moment_says_nothing_of_the_next_version() -> None:
    statement = opened(editor(), editor())
    SignatureFactory.accepted(statement=statement)
    kept(statement)
    handover = built(statement, covers_all_versions=True)
    assert handover.version.number == 1
    files = [path.read_bytes() for path in folder_of(handover).iterdir() if path.is_file()]
    assert files
    assert not any(CANARY.encode() in content for content in files)


def test_s4_the_desk_sets_it_on_the_review_page_and_tells_the_moment(client: Client) -> None:
    writer, second, now = editor(), editor(), timezone.now()
    statement = opened(writer, second)
    begin_amendment(statement=statement, by=writer, now=now)
    submit_statement(statement=statement, by=writer, now=now)
    client.force_login(second)
    page = reverse("petitions:statement_review", args=[statement.slug])
    read = client.get(page).context["form"].initial["read"]
    day: datetime = now + timedelta(days=3)
    data = {"read": read, "when": "later", "day": f"{day:%Y-%m-%d}", "hour": "09:00", "zone": "Asia/Tehran"}
    html = client.post(page, data, follow=True).content.decode()
    assert "The page keeps the old one until then." in html
    assert "Version 2 is kept back until" in html
    assert "09:00 Asia/Tehran" in html
    drop = reverse("petitions:statement_drop", args=[statement.slug])
    assert "It is shown to nobody." in client.post(drop, follow=True).content.decode()
    assert Signature.objects.count() == 0
