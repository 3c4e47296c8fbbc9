"""Consents: recorded once, signed by a second person where nobody can be asked, withdrawn at any moment."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from cases.actions.guards import lock, require_editor
from cases.actions.publication import take_off
from cases.completeness import has_basis
from cases.errors import NotAnEditorError, SecondPersonNeededError, WrongStateError
from cases.models import Case, CaseDecision, Consent


@transaction.atomic
def record_consent(*, case: Case, consent: Consent, by: User, now: datetime) -> Consent:
    """Keep what the person or the family agreed to. A decision in their place counts once a second person signs it."""
    _require_desk(by)
    consent.case = lock(case)
    consent.recorded_by, consent.recorded_at = by, now
    consent.save(force_insert=True)
    return consent


@transaction.atomic
def sign_consent(*, consent: Consent, by: User) -> Consent:
    """The second signature under a decision taken in the person's place. Raises SecondPersonNeededError."""
    require_editor(by)
    lock(consent.case)
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    waits = consent.capacity == Consent.Capacity.NOT_OBTAINABLE and consent.second_person is None
    if not waits or consent.withdrawn_at is not None:
        raise WrongStateError
    if by == consent.recorded_by:
        raise SecondPersonNeededError
    consent.second_person = by
    consent.save(update_fields=["second_person"])
    return consent


@transaction.atomic
def withdraw_consent(*, consent: Consent, note: str, by: User, now: datetime) -> Case:
    """End a consent at once. A published case that nobody else allows to be public leaves the site in the same moment.

    Returns the case as it stands then. What was already sent stays recorded as sent.
    """
    _require_desk(by)
    case = lock(consent.case)
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.withdrawn_at is not None:
        raise WrongStateError
    consent.withdrawn_at, consent.withdrawn_by, consent.withdrawal_note = now, by, note
    consent.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_note"])
    if consent.may_publish and case.state == Case.State.PUBLISHED and not has_basis(case, now=now):
        return take_off(case=case, kind=CaseDecision.Kind.CONSENT_WITHDRAWN, note=note, by=by, now=now)
    return case


def _require_desk(by: User) -> None:
    if not (by.has_role("case_editor") or by.has_role("letter_author")):
        raise NotAnEditorError
