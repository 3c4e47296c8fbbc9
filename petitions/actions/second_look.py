"""A second moderator judges a random part of the decisions, without knowing what the first one decided."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from petitions.errors import StateChangedError
from petitions.models import ModerationDecision, SecondLook

Kind = ModerationDecision.Kind
_JUDGED_TWICE = {Kind.ACCEPT, Kind.REFUSE, Kind.ASK}


def choose_for_second_look(decision: ModerationDecision) -> SecondLook | None:
    """Chance puts `decision` before a second moderator, in the transaction that made it; None mostly."""
    if decision.kind not in _JUDGED_TWICE or secrets.randbelow(10_000) >= round(settings.SECOND_LOOK_SHARE * 10_000):
        return None
    return SecondLook.objects.create(decision=decision, first_by=decision.by, chosen_at=decision.at)


@transaction.atomic
def look_again(*, look: SecondLook, verdict: str, reason: str, by: User, now: datetime) -> SecondLook:
    """Records what `by` would have decided; the signature stays as it is.

    Raises `StateChangedError` when somebody judged it already, or `by` is the first moderator or the signatory.
    """
    look = SecondLook.objects.select_for_update(of=("self",)).select_related("decision__signature").get(pk=look.pk)
    if look.by_id is not None or by.pk in {look.first_by_id, look.decision.signature.user_id}:
        raise StateChangedError
    look.by, look.verdict, look.reason, look.looked_at = by, verdict, reason, now
    look.save(update_fields=["by", "verdict", "reason", "looked_at"])
    return look


@transaction.atomic
def settle_second_look(*, look: SecondLook, settlement: str, by: User, now: datetime) -> SecondLook:
    """Records what the two agreed on. Raises `StateChangedError` for one not judged yet, or settled already."""
    look = SecondLook.objects.select_for_update().get(pk=look.pk)
    if look.looked_at is None or look.settled_at is not None:
        raise StateChangedError
    look.settlement, look.settled_by, look.settled_at = settlement, by, now
    look.save(update_fields=["settlement", "settled_by", "settled_at"])
    return look
