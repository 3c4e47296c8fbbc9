"""The latest status, when dates are only partly known: a dead person is never shown as in danger."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases.models import Case, StatusEvent
from tests.cases.factories import CaseFactory, SourceFactory

pytestmark = pytest.mark.django_db

EARLIER = (StatusEvent.Status.RETRIAL_REFUSED, date(2025, 7, 13), "day")


def status_after(*entries: tuple[str, date | None, str]) -> str:
    case = CaseFactory.create()
    source = SourceFactory.create()
    now = timezone.now()
    for number, (status, on, precision) in enumerate(entries):
        StatusEvent.objects.create(
            case=case,
            status=status,
            on=on,
            precision=precision,
            source=source,
            recorded_at=now + timedelta(seconds=number),
            state=StatusEvent.State.SHOWN,
        )
    found = Case.objects.with_status().get(pk=case.pk).current_status
    assert found is not None
    return found.status


@pytest.mark.parametrize(
    ("on", "precision"),
    [(date(2025, 7, 1), "month"), (date(2025, 1, 1), "year"), (None, "unknown"), (date(2025, 7, 27), "day")],
)
def test_death_comes_last_in_the_time_it_may_have_happened(on: date | None, precision: str) -> None:
    assert status_after(EARLIER, ("executed", on, precision)) == "executed"


def test_day_decides_between_the_living() -> None:
    assert status_after(EARLIER, ("death_row", date(2025, 7, 1), "month")) == "retrial_refused"


def test_wrongly_reported_death_can_be_corrected() -> None:
    assert status_after(("executed", date(2025, 7, 1), "month"), ("held", date(2025, 9, 2), "day")) == "held"
