"""What an expert does: fill in the profile, have the address checked, ask for a check by staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts import domains
from accounts.models import ExpertProfile, User, Verification, VerificationRequest, Voucher
from accounts.verification import LASTS, RENEWED_BEFORE_END, current_verification
from outbox.addresses import address_digest


class ProfileMissingError(Exception):
    """Staff can check a person against a profile only."""


class RequestOpenError(Exception):
    """The person has asked already, or needs no check."""


@dataclass(frozen=True)
class ProfileSaved:
    """What came of saving a profile: the row, what is proved now, and whether a staff check ended by it."""

    profile: ExpertProfile
    verification: Verification | None
    ended_staff_check: bool


def save_profile(*, by: User, fields: Mapping[str, Any], language: str, now: datetime) -> ProfileSaved:
    """Save the words an expert signs with, and see what the proved addresses show.

    `fields` are cleaned values of the profile's fields. A staff check ends when what was checked (name, name in the
    original script, institution) changes: staff vouched for other words.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.pk)
        if user.language != language:
            user.language = language
            user.save(update_fields=["language"])
        before = ExpertProfile.objects.filter(user=user).first()
        profile, _ = ExpertProfile.objects.update_or_create(user=user, defaults=dict(fields))
        ended = before is not None and _end_staff_checks(user=user, before=before, after=profile, now=now)
        check_address(by=user, now=now)
    verification = current_verification(user=user, now=now)
    return ProfileSaved(profile=profile, verification=verification, ended_staff_check=ended)


def _end_staff_checks(*, user: User, before: ExpertProfile, after: ExpertProfile, now: datetime) -> bool:
    changes = [
        f"{name}: {getattr(before, name)} → {getattr(after, name)}"
        for name in ExpertProfile.CHECKED_FIELDS
        if getattr(before, name) != getattr(after, name)
    ]
    if not changes:
        return False
    user.vouchers.standing().update(ended_at=now, ending=Voucher.Ending.PROFILE_CHANGED)
    ended = user.verifications.valid_at(now).filter(method__in=Verification.OF_THE_NAME)
    return bool(
        ended.update(
            revoked_at=now,
            revoked_by=user,
            ending=Verification.Ending.PROFILE_CHANGED,
            ending_note="; ".join(changes)[:500],
        )
    )


def check_address(*, by: User, now: datetime) -> Verification | None:
    """Record what a proved address of the person shows about belonging to an institution; None when it shows nothing.

    Asking again returns the row that holds. What staff took back stays taken back. A mailbox that showed it of another
    account shows nothing here: one mailbox makes one person an expert.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.pk)
        for address, proof in _proofs_of(user):
            rows = user.verifications.filter(method=Verification.Method.INSTITUTION_DOMAIN, domain=proof.domain)
            if rows.filter(ending=Verification.Ending.REVOKED).exists():
                continue
            held = rows.valid_at(now).filter(expires_at__gt=now + RENEWED_BEFORE_END).first()
            found = held or _record_proof(user=user, address=address, proof=proof, now=now)
            if found is not None:
                return found
    return None


def _proofs_of(user: User) -> list[tuple[str, domains.DomainProof]]:
    addresses = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    found = ((row.email, domains.find_proof(row.email)) for row in addresses)
    return [(address, proof) for address, proof in found if proof is not None]


def _record_proof(*, user: User, address: str, proof: domains.DomainProof, now: datetime) -> Verification | None:
    """The new row, which ends an older one of the same mailbox; None when the mailbox is another account's."""
    mailbox = address_digest(address, purpose="accounts.institution")
    own = user.verifications.filter(mailbox_digest=mailbox, revoked_at__isnull=True)
    own.update(revoked_at=now, revoked_by=user, ending=Verification.Ending.RENEWED)
    row = Verification(
        user=user,
        method=Verification.Method.INSTITUTION_DOMAIN,
        evidence=proof.evidence,
        domain=proof.domain,
        mailbox_digest=mailbox,
        institution=proof.institution,
        institution_name=proof.name,
        checked_at=now,
        expires_at=now + LASTS[Verification.Method.INSTITUTION_DOMAIN],
    )
    # Who comes at the same time waits here for the unique rule, and then gets nothing.
    Verification.objects.bulk_create([row], ignore_conflicts=True)
    return user.verifications.filter(mailbox_digest=mailbox, revoked_at__isnull=True).first()


def request_check(*, by: User, staff_page: str, orcid: str, note: str, now: datetime) -> VerificationRequest:
    """Ask staff to check who one is, with what shows it (at least one of the three).

    Raises `ProfileMissingError` without a profile, `RequestOpenError` when a request is open or a check holds already.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.pk)
        if not ExpertProfile.objects.filter(user=user).exists():
            raise ProfileMissingError
        checked = user.verifications.valid_at(now + RENEWED_BEFORE_END).filter(method__in=Verification.BY_STAFF)
        if checked.exists() or user.verification_requests.filter(outcome="").exists():
            raise RequestOpenError
        return VerificationRequest.objects.create(
            user=user, staff_page=staff_page, orcid=orcid, note=note, created_at=now
        )
