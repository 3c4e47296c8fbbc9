"""Consent at the moment of use. Nothing here is cached: a withdrawn consent stops at once."""

from datetime import datetime

from cases.models import Case, Consent

PURPOSES = ("publish", "send_to_un", "name_to_government", "name_in_un_report", "show_photo")


def may(*, case: Case, purpose: str, now: datetime) -> bool:
    """Whether a consent that is valid at `now` allows `purpose`, one of `PURPOSES`; ValueError for any other word.

    Ask just before each use, inside the transaction of that use.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"{purpose} is not a purpose of a consent")
    return case.consents.valid_at(now).filter(**{f"may_{purpose}": True}).exists()


def is_withdrawn(*, case: Case, purpose: str, now: datetime) -> bool:
    """Whether the person or those who speak for them allowed `purpose`, took it back, and nobody allows it at `now`."""
    given = case.consents.exclude(capacity=Consent.Capacity.NOT_OBTAINABLE)
    once = given.filter(withdrawn_at__lte=now, **{f"may_{purpose}": True}).exists()
    return once and not may(case=case, purpose=purpose, now=now)
