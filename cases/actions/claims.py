"""Claims and events: what is stated, and what happened."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from cases.actions.guards import lock_editable
from cases.models import Case, Claim, Event, Source


@transaction.atomic
def write_claim(*, case: Case, claim: Claim, by: User) -> Claim:
    """Add or change a claim; one that is shown first takes that place from the other claims on the same matter."""
    claim.case = lock_editable(case, by)
    if claim.is_shown:
        rivals = claim.case.claims.filter(attribute=claim.attribute, is_shown=True).exclude(pk=claim.pk)
        rivals.update(is_shown=False)
    claim.save()
    return claim


@transaction.atomic
def remove_claim(*, case: Case, claim: Claim, by: User) -> None:
    lock_editable(case, by)
    claim.delete()


@transaction.atomic
def write_event(*, case: Case, event: Event, sources: Iterable[Source], by: User) -> Event:
    """Add or change an event with its sources."""
    event.case = lock_editable(case, by)
    event.save()
    event.sources.set(sources)
    return event


@transaction.atomic
def remove_event(*, case: Case, event: Event, by: User) -> None:
    lock_editable(case, by)
    event.delete()
