"""Keys of addresses: one person brings a key, another one confirms its fingerprint over another channel."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from mandates.errors import KeyStateError, OwnKeyError, SameChannelError, WrongFingerprintError
from mandates.models import ContactKey, ContactPoint
from outbox import openpgp

IN_USE = ["openpgp_key", "openpgp_fingerprint", "openpgp_expires_at"]
# Kept in English; pages translate it.
REPLACED = gettext_noop("replaced by another key")


@transaction.atomic
def add_key(
    *, contact_point: ContactPoint, armored: str, came_by: str, source: str, by: User, now: datetime
) -> ContactKey:
    """A key for this address, unconfirmed: letters go on as before. One that waited already is taken off.

    `came_by` is a `Channel`, `source` says where exactly. UnusableKeyError when nothing can be encrypted to it.
    """
    key = openpgp.read_key(armored, now=now)
    point = _lock(contact_point)
    for waiting in point.keys.waiting():
        _take_off(waiting, because=REPLACED, by=by, now=now)
    return point.keys.create(
        armored=key.armored,
        fingerprint=key.fingerprint,
        expires_at=key.expires_at,
        came_by=came_by,
        source=source,
        added_by=by,
        added_at=now,
    )


@transaction.atomic
def confirm_key(*, key: ContactKey, fingerprint: str, over: str, how: str, by: User, now: datetime) -> ContactKey:
    """`by` was told `fingerprint` over another channel than the key came by: letters are encrypted to it from now on.

    What was approved before stays here, and the key used so far is taken off. OwnKeyError for whoever brought the key,
    SameChannelError, WrongFingerprintError, UnusableKeyError when it expired meanwhile, KeyStateError when it does not
    wait any more.
    """
    point = _lock(key.contact_point)
    key = point.keys.select_related("added_by").get(pk=key.pk)
    if key.state != "waiting":
        raise KeyStateError
    if key.added_by == by:
        raise OwnKeyError
    if key.came_by == over:
        raise SameChannelError
    if fingerprint != key.fingerprint:
        raise WrongFingerprintError
    openpgp.read_key(key.armored, now=now)
    _use(point, None)
    for used in point.keys.in_use():
        _take_off(used, because=REPLACED, by=by, now=now)
    key.confirmed_by, key.confirmed_at = by, now
    key.confirmed_over, key.confirmed_how, key.confirmed_fingerprint = over, how, fingerprint
    key.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_over", "confirmed_how", "confirmed_fingerprint"])
    _use(point, key)
    return key


@transaction.atomic
def take_key_off(*, key: ContactKey, because: str, by: User, now: datetime) -> ContactKey:
    """Nothing is encrypted to it any more; what was approved for it stays here. KeyStateError when it is off already.

    Letters there leave in plain words again, unless the address demands encryption: then they stay here.
    """
    point = _lock(key.contact_point)
    key = point.keys.get(pk=key.pk)
    if key.state == "taken_off":
        raise KeyStateError
    if key.state == "in_use":
        _use(point, None)
    return _take_off(key, because=because, by=by, now=now)


@transaction.atomic
def demand_encryption(*, contact_point: ContactPoint, is_demanded: bool, by: User, now: datetime) -> ContactPoint:
    """Whether letters to this address leave encrypted or not at all. Its history is kept by the database."""
    point = _lock(contact_point)
    point.demands_encryption = is_demanded
    point.save(update_fields=["demands_encryption"])
    return point


def _lock(point: ContactPoint) -> ContactPoint:
    return ContactPoint.objects.select_for_update().get(pk=point.pk)


def _use(point: ContactPoint, key: ContactKey | None) -> None:
    point.openpgp_key = key.armored if key else ""
    point.openpgp_fingerprint = key.fingerprint if key else ""
    point.openpgp_expires_at = key.expires_at if key else None
    point.save(update_fields=IN_USE)


def _take_off(key: ContactKey, *, because: str, by: User, now: datetime) -> ContactKey:
    key.taken_off_by, key.taken_off_at, key.taken_off_because = by, now, because
    key.save(update_fields=["taken_off_by", "taken_off_at", "taken_off_because"])
    return key
