"""Protected signatories: a name sealed to two custodians, opened by both within an hour, and told to whom it names."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import ExpertProfile, User
from outbox.actions import queue_email
from petitions.errors import AlreadyAskedError, NameDestroyedError, NoCustodiansError, NotYoursToOpenError
from petitions.models import Custodian, NameOpening, SealedName, Signature
from petitions.signatories import sealing
from petitions.signatories.protection import find_custodians


@dataclass(frozen=True)
class Identity:
    """Who a protected signatory is: what is sealed."""

    honorific: str
    name: str
    original_name: str
    title: str
    affiliation: str
    country: str
    email: str
    language: str


@transaction.atomic
def become_custodian(*, by: User, passphrase: str, now: datetime) -> Custodian:
    """Makes `by` one of those to whom names are sealed, under `passphrase`, which is kept nowhere.

    A new key replaces the old one for names sealed from now on; those sealed before open with the old one only.
    """
    User.objects.select_for_update().get(pk=by.pk)
    Custodian.objects.filter(user=by, retired_at=None).update(retired_at=now)
    public, locked = sealing.new_key(passphrase)
    return Custodian.objects.create(user=by, public_key=public, private_key=locked, created_at=now)


def seal_name(*, signature: Signature, profile: ExpertProfile, now: datetime) -> SealedName:
    """Seals who stands behind a saved protected signature, in the caller's transaction. Raises `NoCustodiansError`."""
    custodians = find_custodians()
    if custodians is None:
        raise NoCustodiansError
    first, second = custodians
    identity = Identity(
        honorific=profile.honorific,
        name=profile.printed_name,
        original_name=profile.original_name,
        title=profile.title,
        affiliation=profile.affiliation,
        country=str(profile.country),
        email=profile.user.email,
        language=signature.language,
    )
    ciphertext, first_share, second_share = sealing.seal_for_two(
        json.dumps(asdict(identity)).encode(),
        bytes(first.public_key),
        bytes(second.public_key),
        about=_about(signature.pk),
    )
    return SealedName.objects.create(
        signature=signature,
        ciphertext=ciphertext,
        first=first,
        second=second,
        first_share=first_share,
        second_share=second_share,
        sealed_at=now,
    )


def seal_anew(*, old: Signature, new: Signature, profile: ExpertProfile) -> SealedName:
    """Seals who stands behind `new`, a saved signature in place of `old`, and destroys what was sealed for `old`.

    In the caller's transaction: there is one sealed name at every moment. A request to open the old one ends with it,
    and can be made anew for the new one; what was opened stays in the log. Raises `NoCustodiansError`.
    """
    sealed = seal_name(signature=new, profile=profile, now=new.created_at)
    SealedName.objects.filter(signature=old, destroyed_at=None).update(
        ciphertext=None, first_share=None, second_share=None, destroyed_at=new.created_at
    )
    return sealed


@transaction.atomic
def ask_to_open(*, sealed_name: SealedName, reason: str, passphrase: str, by: User, now: datetime) -> NameOpening:
    """The first of two: hands the own half, sealed again for the other custodian alone, and says why.

    Raises `NotYoursToOpenError`, `NameDestroyedError`, `AlreadyAskedError` (a request waits), and
    `sealing.CannotOpenError` (wrong passphrase).
    """
    row = _lock(sealed_name)
    custodian = _custodian(row, by)
    lapse_openings(now=now)
    if row.openings.filter(passed_share__isnull=False).exists():
        raise AlreadyAskedError
    half = _own_half(row, custodian, passphrase)
    other = row.other_than(custodian)
    return NameOpening.objects.create(
        sealed_name=row,
        asked_by=custodian,
        reason=reason,
        asked_at=now,
        passed_share=sealing.seal_to(bytes(other.public_key), half, about=_about(row.signature_id)),
    )


@transaction.atomic
def consent_to_open(*, opening: NameOpening, passphrase: str, by: User, now: datetime) -> Identity:
    """The second of two: the name, this once. The log keeps both; the signatory is told by e-mail.

    Raises `NotYoursToOpenError` (also for the one who asked), `NameDestroyedError` (or the hour is over), and
    `sealing.CannotOpenError`.
    """
    row = _lock(opening.sealed_name)
    opening = NameOpening.objects.select_for_update().get(pk=opening.pk)
    custodian = _custodian(row, by)
    if custodian.pk == opening.asked_by_id:
        raise NotYoursToOpenError
    if opening.passed_share is None or now - opening.asked_at > NameOpening.LIFE:
        raise NameDestroyedError
    about = _about(row.signature_id)
    private = sealing.unlock(bytes(custodian.private_key), passphrase)
    passed = sealing.open_with(private, bytes(opening.passed_share), about=about)
    half = sealing.open_with(private, _share_of(row, custodian), about=about)
    identity = Identity(**json.loads(sealing.open_by_two(bytes(row.ciphertext or b""), passed, half, about=about)))
    opening.passed_share = None
    opening.opened_by, opening.opened_at = custodian, now
    opening.save(update_fields=["passed_share", "opened_by", "opened_at"])
    _tell(row.signature, identity, reason=opening.reason, now=now)
    return identity


def lapse_openings(*, now: datetime) -> int:
    """Destroys the halves that were handed over and not used within the hour; how many."""
    old = NameOpening.objects.filter(passed_share__isnull=False, asked_at__lt=now - NameOpening.LIFE)
    return old.update(passed_share=None)


def _lock(sealed_name: SealedName) -> SealedName:
    rows = SealedName.objects.select_for_update(of=("self",))
    row = rows.select_related("signature__statement", "signature__text", "first", "second").get(pk=sealed_name.pk)
    if row.destroyed_at is not None:
        raise NameDestroyedError
    return row


def _custodian(row: SealedName, user: User) -> Custodian:
    """The one of the two that `user` is. By the account, for a key may have been replaced since."""
    for custodian in (row.first, row.second):
        if custodian.user_id == user.pk:
            return custodian
    raise NotYoursToOpenError


def _share_of(row: SealedName, custodian: Custodian) -> bytes:
    return bytes((row.first_share if custodian.pk == row.first_id else row.second_share) or b"")


def _own_half(row: SealedName, custodian: Custodian, passphrase: str) -> bytes:
    private = sealing.unlock(bytes(custodian.private_key), passphrase)
    return sealing.open_with(private, _share_of(row, custodian), about=_about(row.signature_id))


def _about(signature: int) -> bytes:
    return f"petitions.sealed_name:{signature}".encode()


def _tell(signature: Signature, identity: Identity, *, reason: str, now: datetime) -> None:
    """By the address that was sealed. The message must lead to nobody: no digest, no name, no link to the signature."""
    queue_email(
        template="petitions/emails/name_opened",
        to=identity.email,
        context={"title": signature.text.title, "reason": reason},
        language=identity.language,
        now=now,
        priority=4,
    )
