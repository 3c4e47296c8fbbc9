"""Consent at the moment of use. Nothing here is cached: a withdrawn consent stops at once."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.models import Case, Consent

PURPOSES = ("publish", "send_to_un", "name_to_government", "name_in_un_report", "show_photo")


def standing(*, purpose: str, now: datetime) -> QuerySet[Consent]:
    """The consents that allow `purpose`, one of `PURPOSES`, at `now`; ValueError for any other word.

    A decision in somebody's place stands aside once the person, or who speaks for them, took that permission back.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"{purpose} is not a purpose of a consent")
    allowing = Consent.objects.filter(**{f"may_{purpose}": True})
    decided = Q(capacity=Consent.Capacity.NOT_OBTAINABLE)
    taken_back = allowing.filter(case=OuterRef("case"), withdrawn_at__lte=now).exclude(decided)
    return allowing.valid_at(now).exclude(decided & Exists(taken_back))


def may(*, case: Case, purpose: str, now: datetime) -> bool:
    """Whether a consent that is valid at `now` allows `purpose`, one of `PURPOSES`; ValueError for any other word.

    Ask just before each use, inside the transaction of that use.
    """
    return standing(purpose=purpose, now=now).filter(case=case).exists()


def is_given(*, case: Case, purpose: str, now: datetime) -> bool:
    """Whether the person or who speaks for them allows `purpose` at `now`: not a decision taken in their place."""
    given = standing(purpose=purpose, now=now).exclude(capacity=Consent.Capacity.NOT_OBTAINABLE)
    return given.filter(case=case).exists()


def is_withdrawn(*, case: Case, purpose: str, now: datetime) -> bool:
    """Whether the person or those who speak for them allowed `purpose`, took it back, and nobody allows it at `now`."""
    given = case.consents.exclude(capacity=Consent.Capacity.NOT_OBTAINABLE)
    once = given.filter(withdrawn_at__lte=now, **{f"may_{purpose}": True}).exists()
    return once and not may(case=case, purpose=purpose, now=now)
