"""Nothing is published without a second person, whoever tries and by whatever way."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cases.actions.people import write_text
from cases.actions.publication import publish_case, return_case, submit_case, unpublish_case, verify_case
from cases.errors import (
    CaseChangedError,
    CaseNotEditableError,
    IncompleteCaseError,
    NotAnEditorError,
    SecondPersonNeededError,
    WrongStateError,
)
from cases.models import Case, CaseDecision, StatusEvent
from tests.accounts.factories import UserFactory
from tests.cases.factories import NOW, CaseFactory, ConsentFactory, EventFactory, StatusEventFactory

pytestmark = pytest.mark.django_db


History = apps.get_model("cases", "CaseHistory")


def editor() -> User:
    return UserFactory.with_role("case_editor")


def handed_in(by: User | None = None) -> Case:
    case = CaseFactory.complete()
    return submit_case(case=case, by=by or case.written_by, now=NOW)


def test_publish_case_by_a_second_person_puts_it_on_the_site() -> None:
    case, second = handed_in(), editor()
    published = publish_case(case=case, read=NOW, by=second, now=NOW)
    assert (published.state, published.published_by, published.published_at) == ("published", second, NOW)
    assert Case.objects.published().get() == case
    assert list(case.decisions.order_by("pk").values_list("kind", "by")) == [
        ("submitted", case.written_by.pk),
        ("published", second.pk),
    ]


def test_publish_case_by_its_writer_is_refused() -> None:
    case = handed_in(by=editor())
    with pytest.raises(SecondPersonNeededError):
        publish_case(case=case, read=NOW, by=case.written_by, now=NOW)
    assert publish_case(case=case, read=NOW, by=editor(), now=NOW).state == "published"


def test_publish_case_by_who_handed_it_in_is_refused() -> None:
    submitter = editor()
    case = handed_in(by=submitter)
    with pytest.raises(SecondPersonNeededError):
        publish_case(case=case, read=NOW, by=submitter, now=NOW)
    assert Case.objects.published().count() == 0


def test_publish_case_by_who_rewrote_it_before_another_handed_it_in_is_refused(client: Client) -> None:
    case, rewriter = CaseFactory.complete(), editor()
    client.force_login(rewriter)
    words = {"headline": "Other words", "story": "Another story."}
    assert client.post(reverse("cases:text_edit_en", args=[case.slug]), words).status_code == 302
    case = submit_case(case=case, by=case.written_by, now=NOW)
    with pytest.raises(SecondPersonNeededError):
        publish_case(case=case, read=NOW, by=rewriter, now=NOW)
    assert "I have read it: publish" not in client.get(reverse("cases:case_edit", args=[case.slug])).content.decode()
    assert publish_case(case=case, read=NOW, by=editor(), now=timezone.now()).state == "published"


def test_who_changed_a_case_before_it_was_last_published_may_publish_it_again(client: Client) -> None:
    case, rewriter = CaseFactory.complete(), editor()
    client.force_login(rewriter)
    client.post(reverse("cases:text_edit_en", args=[case.slug]), {"headline": "Other", "story": "Another."})
    case = submit_case(case=case, by=case.written_by, now=NOW)
    later = timezone.now() + timedelta(minutes=1)
    case = publish_case(case=case, read=NOW, by=editor(), now=later)
    case = unpublish_case(case=case, reason="A misspelt word.", by=rewriter, now=later)
    case = submit_case(case=case, by=editor(), now=later)
    assert publish_case(case=case, read=later, by=rewriter, now=later).state == "published"


@pytest.mark.parametrize("column", ["written_by_id", "submitted_by_id"])
def test_publishing_alone_is_refused_by_the_database(column: str) -> None:
    case = handed_in(by=editor())
    statement = "UPDATE cases_case SET state = 'published', published_at = now(), published_by_id = %s"
    with pytest.raises(IntegrityError, match="published_by_second_person"), transaction.atomic():
        connection.cursor().execute(statement, [getattr(case, column)])
    connection.cursor().execute(statement, [editor().pk])
    assert Case.objects.published().count() == 1


def test_publishing_from_reports_without_a_reason_is_refused_by_the_database() -> None:
    case = CaseFactory.published()
    with pytest.raises(IntegrityError, match="says_on_what_basis"), transaction.atomic():
        Case.objects.update(publication_note="")
    assert Case.objects.get().publication_note == case.publication_note


def test_publish_case_by_somebody_without_the_role_is_refused() -> None:
    case = handed_in()
    with pytest.raises(NotAnEditorError):
        publish_case(case=case, read=NOW, by=UserFactory.with_role("letter_author"), now=NOW)


def test_publish_case_handed_in_again_since_it_was_read_is_refused() -> None:
    case, second = handed_in(), editor()
    return_case(case=case, note="The age needs a source.", by=second, now=NOW)
    later = NOW + timedelta(hours=1)
    submit_case(case=case, by=case.written_by, now=later)
    with pytest.raises(CaseChangedError):
        publish_case(case=case, read=NOW, by=second, now=later)
    assert publish_case(case=case, read=later, by=second, now=later).state == "published"


def test_publish_case_twice_is_refused() -> None:
    case = handed_in()
    publish_case(case=case, read=NOW, by=editor(), now=NOW)
    with pytest.raises(WrongStateError):
        publish_case(case=case, read=NOW, by=editor(), now=NOW)
    assert CaseDecision.objects.filter(kind="published").count() == 1


def test_submit_case_lists_everything_that_is_missing() -> None:
    case = CaseFactory.create()
    case.person.names.all().delete()
    EventFactory.create(case=case, sources=[])
    with pytest.raises(IncompleteCaseError) as caught:
        submit_case(case=case, by=case.written_by, now=NOW)
    assert [str(words) for words in caught.value.missing] == [
        "a name",
        "the story in at least one language",
        "a source",
        "a status with its date and source",
        "a source for every event",
        "a consent that allows publication (or: reports that are public already, with the reason)",
    ]


def test_submit_case_with_a_consent_that_does_not_allow_publication_is_refused() -> None:
    case = CaseFactory.complete(publication_basis="consent", publication_note="")
    ConsentFactory.create(case=case, may_send_to_un=True)
    with pytest.raises(IncompleteCaseError):
        submit_case(case=case, by=case.written_by, now=NOW)
    ConsentFactory.create(case=case, may_publish=True)
    assert submit_case(case=case, by=case.written_by, now=NOW).state == "in_review"


def test_words_are_fixed_from_handing_in_until_taken_off() -> None:
    case = handed_in()
    text = case.texts.get()
    with pytest.raises(CaseNotEditableError):
        write_text(case=case, text=text, by=case.written_by)
    publish_case(case=case, read=NOW, by=editor(), now=NOW)
    with pytest.raises(CaseNotEditableError):
        write_text(case=case, text=text, by=case.written_by)
    unpublish_case(case=case, reason="A mistake in the age.", by=case.written_by, now=NOW)
    text.headline = "Another headline"
    assert write_text(case=case, text=text, by=case.written_by).headline == "Another headline"


def test_unpublish_case_keeps_the_reason() -> None:
    case, one = CaseFactory.published(), editor()
    unpublish_case(case=case, reason="The family asks for quiet.", by=one, now=NOW)
    decision = case.decisions.get()
    assert (decision.kind, decision.note, decision.by) == ("unpublished", "The family asks for quiet.", one)
    assert not Case.objects.published().exists()


def test_publish_case_shows_waiting_statuses_in_the_name_of_the_other_person() -> None:
    case, second = CaseFactory.complete(), editor()
    mine = StatusEventFactory.create(case=case, state="pending", recorded_by=second)
    theirs = StatusEventFactory.create(case=case, state="pending", recorded_by=case.written_by)
    submit_case(case=case, by=case.written_by, now=NOW)
    publish_case(case=case, read=NOW, by=second, now=NOW)
    assert dict(StatusEvent.objects.filter(decided_at=NOW).values_list("pk", "decided_by")) == {
        mine.pk: case.written_by.pk,
        theirs.pk: second.pk,
    }


def test_verify_case_records_who_looked_and_when() -> None:
    case, one = CaseFactory.published(), editor()
    assert case.is_stale(today=NOW.date())
    case = verify_case(case=case, by=one, now=NOW, today=NOW.date())
    assert (case.last_verified_on, case.last_verified_by) == (NOW.date(), one)
    assert not case.is_stale(today=NOW.date() + timedelta(days=30))
    assert case.is_stale(today=NOW.date() + timedelta(days=31))


@pytest.mark.parametrize("statement", ["UPDATE cases_casedecision SET note = ''", "DELETE FROM cases_casedecision"])
def test_decisions_cannot_be_rewritten(statement: str) -> None:
    handed_in()
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        connection.cursor().execute(statement)


def test_history_keeps_every_state() -> None:
    case = handed_in()
    publish_case(case=case, read=NOW, by=editor(), now=NOW)
    assert list(History.objects.order_by("pgh_id").values_list("state", flat=True)) == [
        "draft",
        "in_review",
        "published",
    ]
