"""The status history grows and is never rewritten; what is shown was seen by two people."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cases.actions.statuses import confirm_status, record_status, strike_status
from cases.errors import CaseNotEditableError, SecondPersonNeededError, WrongStateError
from cases.models import Case, StatusEvent
from tests.accounts.factories import UserFactory
from tests.cases.factories import NOW, CaseFactory, SourceFactory, StatusEventFactory

pytestmark = pytest.mark.django_db


def shown_status(case: Case) -> str | None:
    status = case.current_status
    return status.status if status else None


def waiting_entry(case: Case) -> StatusEvent:
    entry = StatusEvent(status="executed", on=date(2025, 10, 14), source=SourceFactory.create())
    return record_status(case=case, entry=entry, by=case.written_by, now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_statusevent SET status = 'released'",
        "UPDATE cases_statusevent SET \"on\" = '2020-01-01'",
        "UPDATE cases_statusevent SET state = 'refused'",
        "DELETE FROM cases_statusevent",
    ],
)
def test_status_history_is_append_only_by_raw_sql(statement: str) -> None:
    case = CaseFactory.published()
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        connection.cursor().execute(statement)
    assert shown_status(case) == "death_row"


def test_new_status_of_a_published_case_waits_for_a_second_person() -> None:
    case = CaseFactory.published()
    entry = waiting_entry(case)
    assert shown_status(Case.objects.get()) == "death_row"
    with pytest.raises(SecondPersonNeededError):
        confirm_status(entry=entry, by=case.written_by, now=NOW)
    confirm_status(entry=entry, by=UserFactory.with_role("case_editor"), now=NOW)
    assert shown_status(Case.objects.get()) == "executed"
    assert Case.objects.with_status().in_status("executed").count() == 1


def test_confirming_alone_is_refused_by_the_database() -> None:
    case = CaseFactory.published()
    waiting_entry(case)
    statement = "UPDATE cases_statusevent SET state = 'shown', decided_by_id = recorded_by_id WHERE state = 'pending'"
    with pytest.raises(IntegrityError, match="shown_by_second_person"), transaction.atomic():
        connection.cursor().execute(statement)
    other = UserFactory.with_role("case_editor").pk
    connection.cursor().execute(statement.replace("recorded_by_id", str(other)))
    assert shown_status(Case.objects.get()) == "executed"


def test_strike_status_leaves_it_unshown_for_good() -> None:
    case = CaseFactory.published()
    entry = strike_status(entry=waiting_entry(case), by=case.written_by, now=NOW)
    assert entry.state == "refused"
    with pytest.raises(WrongStateError):
        confirm_status(entry=entry, by=UserFactory.with_role("case_editor"), now=NOW)
    assert shown_status(Case.objects.get()) == "death_row"


def test_record_status_while_a_second_person_reads_is_refused() -> None:
    case = CaseFactory.complete()
    waiting_entry(case)
    Case.objects.update(state="in_review", submitted_by=case.written_by, submitted_at=NOW)
    with pytest.raises(CaseNotEditableError):
        waiting_entry(case)


def test_current_status_is_the_latest_day_then_the_latest_record() -> None:
    case = CaseFactory.complete(status="sentence_quashed", on=date(2025, 8, 1))
    StatusEventFactory.create(case=case, status="on_trial", on=date(2024, 1, 1))
    StatusEventFactory.create(case=case, status="unknown", on=None, precision="unknown")
    StatusEventFactory.create(case=case, status="death_row", on=date(2025, 8, 1))
    assert shown_status(case) == "death_row"
    assert shown_status(Case.objects.with_status().get()) == "death_row"


def test_with_status_costs_the_same_for_one_and_three_cases(django_assert_num_queries: object) -> None:
    def read() -> None:
        for case in Case.objects.with_status():
            status = case.current_status
            assert status is not None
            assert status.source.publisher
            assert case.person.names_for("fa")[0]
            assert case.text_for("fa")

    CaseFactory.published()
    with django_assert_num_queries(4):  # type: ignore[operator]  # untyped in the plugin
        read()
    CaseFactory.published()
    CaseFactory.published()
    with django_assert_num_queries(4):  # type: ignore[operator]  # untyped in the plugin
        read()
