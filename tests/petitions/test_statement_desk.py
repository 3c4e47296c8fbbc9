"""The statement desk: one writes, a second person reads the exact words, freezes and opens."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.actions import (
    approve_statement,
    begin_amendment,
    close_statement,
    drop_amendment,
    freeze_version,
    reopen_statement,
    return_statement,
    submit_statement,
    take_off_statement,
    write_text,
)
from petitions.errors import (
    IncompleteStatementError,
    NotAnEditorError,
    NotEditableError,
    SecondPersonNeededError,
    TextsChangedError,
    WrongStepError,
)
from petitions.models import Statement, StatementVersion, VersionText
from petitions.models.stepping import STEPS
from petitions.texts.completeness import digest_of
from petitions.texts.fingerprints import fingerprint
from tests.accounts.factories import UserFactory
from tests.petitions.desk import a_draft, approve, editor, opened
from tests.petitions.factories import StatementFactory

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"petitions:{name}", args=args)


def kinds(statement: Statement) -> list[str]:
    return list(statement.events.order_by("pk").values_list("kind", flat=True))


def test_s4_a_text_goes_from_one_person_over_a_second_one_to_the_public(client: Client) -> None:
    writer, second = editor(), editor()
    client.force_login(writer)
    new = {"kind": "public", "language": "en", "title": "Spare the ten", "slug": "", "body": "We **ask**."}
    assert client.post(url("statement_create"), new).status_code == 302
    statement = Statement.objects.get(slug="spare-the-ten")
    demand = {"number": "1", "text_en": "Stop.", "heading_en": "Now", "addressees_en": "The UN"}
    assert client.post(url("demand_create", statement.slug), demand).status_code == 302
    persian = {"title": "نجات", "body": "می‌خواهیم."}
    assert client.post(url("statement_text", statement.slug, "fa"), persian).status_code == 302

    client.post(url("statement_submit", statement.slug))
    statement.refresh_from_db()
    assert statement.state == "draft"  # the demand has no Persian words yet
    row = statement.draft_version().demands.get()  # type: ignore[union-attr]  # there is one
    client.post(url("demand_edit", row.pk), {**demand, "text_fa": "بس کنید."})
    assert "2 languages, which share one count" in client.get(url("statement_edit", statement.slug)).content.decode()
    client.post(url("statement_submit", statement.slug))
    statement.refresh_from_db()
    assert statement.state == "in_review"

    own = client.get(url("statement_review", statement.slug)).content.decode()
    assert "Another case editor must open it." in own
    assert "I have read it" not in own
    client.force_login(second)
    page = client.get(url("statement_review", statement.slug))
    text = VersionText.objects.get(version__statement=statement, language="en")
    assert fingerprint(text) in page.content.decode()
    read = page.context["form"].initial["read"]
    assert client.post(url("statement_review", statement.slug), {"read": read, "when": "now"}).status_code == 302

    statement.refresh_from_db()
    text.refresh_from_db()
    assert (statement.state, statement.published_by, text.sha256) == ("open", second, fingerprint(text))
    assert "Spare the ten" in Client().get(statement.get_absolute_url()).content.decode()
    assert kinds(statement) == ["created", *["written"] * 4, "submitted", "frozen", "opened"]


def test_s4_nobody_opens_what_they_wrote_or_handed_in() -> None:
    writer, helper, third, now = editor(), editor(), editor(), timezone.now()
    statement = a_draft(writer)
    version = statement.draft_version()
    assert version is not None
    write_text(version=version, language="en", title="T", body="B", is_unofficial=False, by=helper, now=now)
    submit_statement(statement=statement, by=third, now=now)
    for person in (writer, helper, third):
        with pytest.raises(SecondPersonNeededError):
            approve(statement, person)
    with pytest.raises(NotAnEditorError):
        approve(statement, UserFactory.with_role("moderator"))
    assert approve(statement, editor()).state == "open"


def test_s4_the_database_itself_wants_a_second_person() -> None:
    writer, helper, now = editor(), editor(), timezone.now()
    statement = a_draft(writer)
    version = statement.draft_version()
    assert version is not None
    write_text(version=version, language="en", title="T", body="B", is_unofficial=False, by=helper, now=now)
    submit_statement(statement=statement, by=writer, now=now)
    for person in (writer, helper):
        with pytest.raises(IntegrityError, match="frozen by a second person"), transaction.atomic():
            freeze_version(version=version, by=person, now=now)
    freeze_version(version=version, by=editor(), now=now)
    with pytest.raises(IntegrityError, match="opened by a second person"), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(state="open", published_by=helper, published_at=now)


def test_s4_states_follow_each_other_in_the_database_only_as_written_down() -> None:
    second = editor()
    for before in STEPS:
        for after in STEPS:
            statement = StatementFactory.open()
            way = {
                "draft": ["draft"],
                "in_review": ["draft", "in_review"],
                "embargoed": ["draft", "in_review", "embargoed"],
                "open": [],
                "closed": ["closed"],
                "handed_over": ["handed_over"],
            }[before]
            fields = {"published_by": second, "embargoed_until": timezone.now(), "embargo_zone": "UTC"}
            for state in way:
                Statement.objects.filter(pk=statement.pk).update(state=state, **fields)
            try:
                with transaction.atomic():
                    Statement.objects.filter(pk=statement.pk).update(state=after)
                went = True
            except IntegrityError:
                went = False
            assert went is (after == before or after in STEPS[before]), (before, after)
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        StatementFactory.create(state="in_review")


def test_s4_what_was_read_is_what_is_frozen_or_nothing_is() -> None:
    writer, second, now = editor(), editor(), timezone.now()
    statement = a_draft(writer)
    submit_statement(statement=statement, by=writer, now=now)
    version = statement.draft_version()
    assert version is not None
    read = digest_of(version)
    return_statement(statement=statement, note="A comma.", by=writer, now=now)
    version.refresh_from_db()
    write_text(
        version=version, language="en", title="Spare them", body="We ask,", is_unofficial=False, by=writer, now=now
    )
    submit_statement(statement=statement, by=writer, now=now)
    with pytest.raises(TextsChangedError):
        approve_statement(statement=statement, read=read, embargo=None, by=second, now=now)
    assert not StatementVersion.objects.filter(frozen_at__isnull=False).exists()
    assert approve(statement, second).state == "open"


def test_s4_words_are_fixed_while_a_second_person_reads(client: Client) -> None:
    writer, now = editor(), timezone.now()
    statement = a_draft(writer)
    submit_statement(statement=statement, by=writer, now=now)
    version = statement.draft_version()
    assert version is not None
    with pytest.raises(NotEditableError):
        write_text(version=version, language="en", title="T", body="B", is_unofficial=False, by=writer, now=now)
    client.force_login(writer)
    typed = {"title": "Typed title", "body": "Typed body that must not be lost"}
    answer = client.post(url("statement_text", statement.slug, "en"), typed)
    assert answer.status_code == 422
    assert "Typed body that must not be lost" in answer.content.decode()
    assert "are fixed" in answer.content.decode()


def test_s4_a_text_that_lacks_something_cannot_be_handed_in() -> None:
    writer, now = editor(), timezone.now()
    statement = a_draft(writer)
    version = statement.draft_version()
    assert version is not None
    write_text(version=version, language="fa", title="ع", body="م", is_unofficial=True, by=writer, now=now)
    with pytest.raises(IncompleteStatementError) as caught:
        submit_statement(statement=statement, by=writer, now=now)
    assert [str(words) for words in caught.value.missing] == ["demand 1 in each language of the text"]


def test_s4_nothing_typed_is_lost_when_a_form_is_wrong(client: Client) -> None:
    client.force_login(editor())
    typed = {"kind": "expert", "language": "fa", "title": "عنوان", "slug": "", "body": "متن بلند"}
    html = client.post(url("statement_create"), typed).content.decode()
    assert "No address can be made of this title" in html
    assert "متن بلند" in html
    for taken in ("desk", "mine", "moderation"):
        html = client.post(url("statement_create"), {**typed, "slug": taken}).content.decode()
        assert "taken by the site itself" in html
    assert not Statement.objects.exists()


def test_s4_preview_of_markdown_keeps_nothing(client: Client) -> None:
    writer = editor()
    statement = a_draft(writer)
    client.force_login(writer)
    typed = {"title": "Other", "body": "Some **bold** word", "preview": "1"}
    html = client.post(url("statement_text", statement.slug, "en"), typed).content.decode()
    assert "<strong>bold</strong>" in html
    assert "Some **bold** word" in html
    assert statement.draft_version().texts.get().title == "Spare them"  # type: ignore[union-attr]  # there is one


def test_s4_closing_and_opening_again_say_why() -> None:
    writer, second, now = editor(), editor(), timezone.now()
    statement = opened(writer, second)
    close_statement(statement=statement, note="The vote is over.", by=writer, now=now)
    with pytest.raises(WrongStepError):
        close_statement(statement=statement, note="Again.", by=writer, now=now)
    statement = reopen_statement(statement=statement, note="It was put off.", by=writer, now=now)
    assert statement.state == "open"
    notes = statement.events.filter(kind__in=["closed", "reopened"]).order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["The vote is over.", "It was put off."]


def test_s4_taken_off_by_one_person_and_back_only_by_a_second(client: Client) -> None:
    writer, second, now = editor(), editor(), timezone.now()
    statement = opened(writer, second)
    first_published = statement.published_at
    take_off_statement(statement=statement, note="A name must go.", by=writer, now=now)
    assert client.get(statement.get_absolute_url()).status_code == 404
    submit_statement(statement=statement, by=writer, now=now)
    with pytest.raises(SecondPersonNeededError):
        approve(statement, writer)
    statement = approve(statement, second)
    assert (statement.state, statement.published_at) == ("open", first_published)


def test_s4_history_of_the_desk_cannot_be_rewritten() -> None:
    statement = a_draft(editor())
    for sql in ("UPDATE petitions_statementevent SET note = 'x'", "DELETE FROM petitions_statementevent"):
        with (
            pytest.raises(Exception, match=r"Cannot (update|delete)"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert kinds(statement) == ["created", "written", "written"]


def test_s4_desk_pages_open_for_editors_alone(client: Client) -> None:
    writer = editor()
    statement = a_draft(writer)
    names = ["statement_edit", "statement_review", "statement_details", "demand_create"]
    for user, expected in ((UserFactory.with_role("moderator"), {403}), (writer, {200, 302})):
        client.force_login(user)
        statuses = {client.get(url(name, statement.slug)).status_code for name in names}
        assert statuses <= expected
    client.force_login(UserFactory.create())
    assert client.post(url("statement_submit", statement.slug)).status_code == 403
    statement.refresh_from_db()
    assert statement.state == "draft"


def test_s4_amendment_is_a_copy_that_can_be_thrown_away() -> None:
    writer, second, now = editor(), editor(), timezone.now()
    statement = opened(writer, second)
    version = begin_amendment(statement=statement, by=writer, now=now)
    assert [text.body for text in version.texts.all()] == ["We ask."]
    assert version.demands.get().continues == statement.current_version().demands.get()  # type: ignore[union-attr]  # there is one
    with pytest.raises(WrongStepError):
        begin_amendment(statement=statement, by=writer, now=now)
    with pytest.raises(IntegrityError, match="one_draft"), transaction.atomic():
        StatementVersion.objects.create(statement=statement, number=9, created_at=now)
    drop_amendment(version=version, by=writer, now=now)
    assert statement.versions.count() == 1
    assert kinds(statement)[-2:] == ["amended", "dropped"]
