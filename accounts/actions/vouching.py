"""A verified expert vouches for somebody they know, and takes it back."""

from datetime import datetime

from django.db import transaction

from accounts.actions.checks import OwnIdentityError, ProfileChangedError
from accounts.actions.telling import tell
from accounts.models import ExpertProfile, User, Verification, Voucher
from accounts.verification import LASTS
from accounts.vouching import MOST_A_YEAR, YEAR, are_enough, may_vouch

Method = Verification.Method


class MayNotVouchError(Exception):
    """Who is neither checked by staff nor proved an institution's address does not vouch."""


class VouchedAlreadyError(Exception):
    """They vouch for this person already."""


class MutualVoucherError(Exception):
    """The person vouches for them."""


class TooManyVouchersError(Exception):
    """They vouched for as many people within a year as one person may."""


def vouch_for(*, person: User, seen_name: str, statement: str, by: User, now: datetime) -> Voucher:
    """Record that `by` knows `person`, printed as `seen_name`; with the second voucher `person` is verified for a year.

    What staff took back stays taken back, whoever else vouches: then only staff can check the person.

    Raises `OwnIdentityError`, `MayNotVouchError`, `ProfileChangedError`, `VouchedAlreadyError`, `MutualVoucherError`,
    `TooManyVouchersError`.
    """
    if person.pk == by.pk:
        raise OwnIdentityError
    with transaction.atomic():
        # Always the lower key first: two who vouch for each other at once wait, and do not block one another.
        people = User.objects.select_for_update().filter(pk__in=[person.pk, by.pk]).order_by("pk")
        rows = {row.pk: row for row in people}
        person, by = rows[person.pk], rows[by.pk]
        _require_allowed(person=person, by=by, now=now)
        profile = ExpertProfile.objects.select_for_update().get(user=person)
        if profile.printed_name != seen_name:
            raise ProfileChangedError
        voucher = Voucher.objects.create(
            voucher=by, person=person, name=profile.printed_name, statement=statement, given_at=now
        )
        _verify_if_enough(person=person, now=now)
    return voucher


def _require_allowed(*, person: User, by: User, now: datetime) -> None:
    if not may_vouch(user=by, now=now):
        raise MayNotVouchError
    if by.vouchers_given.standing().filter(person=person).exists():
        raise VouchedAlreadyError
    if person.vouchers_given.standing().filter(person=by).exists():
        raise MutualVoucherError
    # Those taken back count too, so that taking back does not open the way to more.
    if by.vouchers_given.given_since(now - YEAR).count() >= MOST_A_YEAR:
        raise TooManyVouchersError


def _verify_if_enough(*, person: User, now: datetime) -> None:
    vouchers = are_enough(person=person, now=now)
    vouched = person.verifications.filter(method=Method.VOUCHED)
    is_taken_back = vouched.filter(ending=Verification.Ending.REVOKED).exists()
    if not vouchers or is_taken_back or vouched.valid_at(now).exists():
        return
    names = ExpertProfile.objects.filter(user__in=[row.voucher_id for row in vouchers]).values_list("printed_name")
    Verification.objects.create(
        user=person,
        method=Method.VOUCHED,
        evidence="; ".join(sorted(name for (name,) in names)),
        checked_at=now,
        expires_at=now + LASTS[Method.VOUCHED],
    )
    tell(user=person, template="identity_vouched", now=now)


def withdraw_voucher(*, voucher: Voucher, by: User, now: datetime) -> Voucher:
    """`by`, who gave it, no longer vouches; when those left are not enough the verification ends, and they are told.

    Doing it twice changes nothing.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=voucher.person_id)
        voucher = Voucher.objects.select_for_update().get(pk=voucher.pk, voucher=by)
        if voucher.ended_at is not None:
            return voucher
        voucher.ended_at, voucher.ending = now, Voucher.Ending.WITHDRAWN
        voucher.save(update_fields=["ended_at", "ending"])
        held = person.verifications.valid_at(now).filter(method=Method.VOUCHED)
        if not are_enough(person=person, now=now) and held.update(
            revoked_at=now, revoked_by=by, ending=Verification.Ending.UNVOUCHED
        ):
            tell(user=person, template="voucher_withdrawn", now=now)
    return voucher
