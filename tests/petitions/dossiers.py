"""Dossiers for tests: asked for, built, approved, without a worker."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from petitions import actions
from petitions.actions import Asked, Told
from petitions.models import Handover, Statement
from tests.accounts.factories import UserFactory


def asked_for(statement: Statement, *, by: User | None = None, **asked: Any) -> Handover:
    """A row for a dossier of everything counted so far; nothing is built yet."""
    by = by or UserFactory.with_role("moderator")
    wanted = Asked(**{"addressee": "UN High Commissioner for Human Rights", **asked})
    # The moment lies a minute back, and what the test has just signed is to be in it.
    return actions.request_dossier(statement=statement, asked=wanted, by=by, now=timezone.now() + timedelta(minutes=2))


def built(statement: Statement, **asked: Any) -> Handover:
    handover = asked_for(statement, **asked)
    claimed = actions.claim_dossier(now=timezone.now())
    assert claimed is not None
    assert claimed.pk == handover.pk
    return actions.build_dossier(handover=claimed)


def approved(statement: Statement, **asked: Any) -> Handover:
    return actions.approve_dossier(
        handover=built(statement, **asked), by=UserFactory.with_role("moderator"), now=timezone.now()
    )


def told(**fields: Any) -> Told:
    return Told(
        **{
            "handed_over_on": timezone.localdate(),
            "channel": "in_person",
            "recipient": "Invented High Commissioner",
            "place": "Geneva",
            "delivered_by": "Secret Courier",
            "proof_note": "Receipt in the safe",
            **fields,
        }
    )


def handed_over(statement: Statement, **fields: Any) -> Handover:
    handover = actions.record_handover(
        handover=approved(statement), told=told(**fields), by=UserFactory.with_role("moderator"), now=timezone.now()
    )
    return actions.confirm_handover(
        handover=handover,
        seen=handover.said_fingerprint(),
        ends_signing=False,
        by=UserFactory.with_role("moderator"),
        now=timezone.now(),
    )
