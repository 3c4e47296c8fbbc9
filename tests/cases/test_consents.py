"""Consent is asked at the moment of use, and a withdrawn one stops at once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cases.actions.consents import sign_consent, withdraw_consent
from cases.actions.publication import publish_case, submit_case
from cases.consents import PURPOSES, may
from cases.errors import ConsentWithdrawnError, SecondPersonNeededError, WrongStateError
from cases.models import Case
from tests.accounts.factories import UserFactory
from tests.cases.factories import NOW, CaseFactory, ConsentFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("purpose", PURPOSES)
def test_may_answers_each_purpose_by_itself(purpose: str) -> None:
    case = CaseFactory.create()
    assert not may(case=case, purpose=purpose, now=NOW)
    ConsentFactory.create(case=case, **{f"may_{purpose}": True})
    assert [other for other in PURPOSES if may(case=case, purpose=other, now=NOW)] == [purpose]


def test_may_refuses_a_word_that_is_no_purpose() -> None:
    with pytest.raises(ValueError, match="everything"):
        may(case=CaseFactory.create(), purpose="everything", now=NOW)


def test_consent_of_another_case_allows_nothing() -> None:
    ConsentFactory.create(may_publish=True)
    assert not may(case=CaseFactory.create(), purpose="publish", now=NOW)


def test_withdrawn_consent_stops_at_once() -> None:
    consent = ConsentFactory.create(may_send_to_un=True)
    assert may(case=consent.case, purpose="send_to_un", now=NOW)
    withdraw_consent(consent=consent, note="The wife called.", by=consent.recorded_by, now=NOW)
    assert not may(case=consent.case, purpose="send_to_un", now=NOW)
    with pytest.raises(WrongStateError):
        withdraw_consent(consent=consent, note="Again.", by=consent.recorded_by, now=NOW)


def test_decision_in_their_place_does_not_outlive_a_withdrawn_consent() -> None:
    case = CaseFactory.published(publication_basis="consent", publication_note="")
    bits = {"may_publish": True, "may_send_to_un": True}
    consent = ConsentFactory.create(case=case, **bits)
    ConsentFactory.create(case=case, capacity="not_obtainable", second_person=UserFactory.create(), **bits)
    assert may(case=case, purpose="send_to_un", now=NOW)
    case = withdraw_consent(consent=consent, note="The wife called.", by=consent.recorded_by, now=NOW)
    assert case.state == "unpublished"
    assert not may(case=case, purpose="send_to_un", now=NOW)
    ConsentFactory.create(case=case, may_send_to_un=True)
    assert may(case=case, purpose="send_to_un", now=NOW)


def test_withdrawing_the_consent_to_publish_takes_the_case_off_the_site() -> None:
    case = CaseFactory.published(publication_basis="consent", publication_note="")
    consent = ConsentFactory.create(case=case, may_publish=True)
    case = withdraw_consent(consent=consent, note="The family asks for quiet.", by=consent.recorded_by, now=NOW)
    assert (case.state, case.decisions.get().kind) == ("unpublished", "consent_withdrawn")


def test_withdrawing_one_of_two_consents_leaves_the_case_on_the_site() -> None:
    case = CaseFactory.published(publication_basis="consent", publication_note="")
    consent, _other = (
        ConsentFactory.create(case=case, may_publish=True),
        ConsentFactory.create(case=case, may_publish=True),
    )
    assert withdraw_consent(consent=consent, note="-", by=consent.recorded_by, now=NOW).state == "published"


def test_reports_do_not_outweigh_a_family_that_withdrew() -> None:
    case = CaseFactory.complete()
    consent = ConsentFactory.create(case=case, may_publish=True)
    submit_case(case=case, by=case.written_by, now=NOW)
    withdraw_consent(consent=consent, note="-", by=consent.recorded_by, now=NOW)
    with pytest.raises(ConsentWithdrawnError):
        publish_case(case=case, read=NOW, by=UserFactory.with_role("case_editor"), now=NOW)
    assert not Case.objects.published().exists()


def test_decision_in_the_persons_place_counts_after_a_second_signature() -> None:
    consent = ConsentFactory.create(capacity="not_obtainable", may_send_to_un=True)
    assert not may(case=consent.case, purpose="send_to_un", now=NOW)
    with pytest.raises(SecondPersonNeededError):
        sign_consent(consent=consent, by=consent.recorded_by)
    sign_consent(consent=consent, by=UserFactory.with_role("case_editor"))
    assert may(case=consent.case, purpose="send_to_un", now=NOW)


def test_signing_alone_is_refused_by_the_database() -> None:
    ConsentFactory.create(capacity="not_obtainable", may_send_to_un=True)
    with pytest.raises(IntegrityError, match="second_person_is_another"), transaction.atomic():
        connection.cursor().execute("UPDATE cases_consent SET second_person_id = recorded_by_id")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_consent SET may_name_to_government = true",
        "UPDATE cases_consent SET given_on = '2020-01-01'",
        "DELETE FROM cases_consent",
    ],
)
def test_terms_of_a_consent_cannot_be_rewritten(statement: str) -> None:
    ConsentFactory.create(may_send_to_un=True)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        connection.cursor().execute(statement)


def test_withdrawal_cannot_be_undone_by_raw_sql() -> None:
    ConsentFactory.create(may_send_to_un=True, withdrawn_at=NOW - timedelta(days=1))
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        connection.cursor().execute("UPDATE cases_consent SET withdrawn_at = NULL")
