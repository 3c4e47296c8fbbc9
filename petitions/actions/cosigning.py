"""An expert signs under a verified identity: for oneself, for an organisation, or with the name withheld."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import ExpertProfile, User, Verification
from accounts.verification import current_verification
from outbox.actions import queue_email
from petitions.actions.following import follow_by_account
from petitions.actions.protecting import seal_name
from petitions.actions.signing import require_signable
from petitions.errors import (
    MailboxSignedError,
    NotAllowedHereError,
    NotVerifiedError,
)
from petitions.models import Signature, Statement, VersionText
from petitions.models.signature import LONGEST_KEY
from petitions.moderation.watching import find_watched
from petitions.signatories.badges import proof_of
from petitions.signatories.mailboxes import signatory_digest
from petitions.signatories.protection import own_signatures
from text.names import search_key

# A name is withheld only where a person, not an address, showed who it is.
CHECKED_BY_A_PERSON = {Signature.Proof.STAFF_CHECK.value, Signature.Proof.VOUCHED.value}


@dataclass(frozen=True)
class Organisation:
    """On whose behalf an expert signs, in which role, and what shows that they may (for moderators' eyes)."""

    name: str
    role: str
    authority: str


@dataclass(frozen=True)
class Withheld:
    """What stands in the list instead of the name: an office, as general as the signatory wants."""

    office: str


@transaction.atomic
def cosign_statement(
    *,
    statement: Statement,
    text: VersionText,
    language: str,
    by: User,
    now: datetime,
    signing_as: Organisation | Withheld | None = None,
    may_be_annexed: bool = False,
    updates_wording: str = "",
) -> Signature:
    """Signs `text` as `by`, who has a profile and a valid verification; the profile is copied as of now.

    `signing_as` None: for oneself. `may_be_annexed`: when the name is not shown in full, an addressee may still learn
    it in confidence. `updates_wording`: the words about news that were agreed to, or "". The signature waits for a
    moderator. Who signed already gets that same signature back. Raises `StatementClosedError`, `NotVerifiedError`,
    `MailboxSignedError`, `TextChangedError` when `text` is not of the version open now, `NotAllowedHereError`, and
    `NoCustodiansError` when a name cannot be sealed.
    """
    _lock_account(by)
    statement = Statement.objects.select_for_update(of=("self",), no_key=True).get(pk=statement.pk)
    signed = find_own(statement=statement, user=by)
    if signed is not None:
        return signed
    require_signable(statement, text)
    profile = ExpertProfile.objects.filter(user=by).select_related("user").first()
    verification = current_verification(user=by, now=now)
    if profile is None or verification is None:
        raise NotVerifiedError
    if not may_sign_as(statement, verification, signing_as):
        raise NotAllowedHereError
    signature = _signature_on(text, statement=statement, now=now)
    signature.language, signature.may_be_annexed = language, may_be_annexed
    signature.review_reason = find_expert_reason(profile, signing_as)
    copy_proof(signature, user=by, verification=verification)
    if isinstance(signing_as, Withheld):
        _withhold_identity(signature, office=signing_as.office, category=profile.category, now=now)
    else:
        copy_identity(signature, profile=profile, organisation=signing_as)
        agree_to_news(signature, wording=updates_wording, now=now)
    if Signature.objects.live().filter(statement=statement, email_digest=signature.email_digest).exists():
        raise MailboxSignedError
    signature.save()
    if signature.is_protected:
        seal_name(signature=signature, profile=profile, now=signature.created_at)
        if updates_wording:
            follow_by_account(about=statement, user=by, wording=updates_wording, language=language, now=now)
    notify_signatory(signature, template="signature_received", now=now)
    return signature


def _lock_account(user: User) -> None:
    """Who closes the account at this moment waits, or has closed it: then `NotVerifiedError`."""
    if User.objects.select_for_update(no_key=True).filter(pk=user.pk, closed_at__isnull=True).first() is None:
        raise NotVerifiedError


def _signature_on(text: VersionText, *, statement: Statement, now: datetime) -> Signature:
    """A signature bound to exactly these words, not saved yet."""
    return Signature(
        statement=statement,
        text=text,
        version_number=text.version.number,
        text_language=text.language,
        text_sha256=text.sha256,
        created_at=now,
        confirmed_at=now,
    )


def may_sign_as(
    statement: Statement, verification: Verification, signing_as: Organisation | Withheld | type | None
) -> bool:
    """Whether `statement` takes a signature of this kind from somebody verified like this."""
    kind = signing_as if isinstance(signing_as, type) else type(signing_as)
    if kind is Organisation:
        return statement.kind == Statement.Kind.ORGANISATIONS or statement.takes_organisations
    if statement.kind == Statement.Kind.ORGANISATIONS:
        return False
    return kind is not Withheld or proof_of(verification) in CHECKED_BY_A_PERSON


def find_own(*, statement: Statement, user: User) -> Signature | None:
    """The signature of `user` below `statement` that was not withdrawn; a protected one too."""
    digest = signatory_digest(statement=statement, address=user.email)
    own = Q(user=user) | Q(is_protected=True, email_digest=digest)
    return Signature.objects.live().filter(own, statement=statement).first()


def find_all_own(*, user: User) -> list[Signature]:
    """Every signature of an account, the newest first."""
    rows = Signature.objects.filter(own_signatures(user)).select_related("statement", "text")
    return list(rows.order_by("-created_at", "-pk"))


def notify_signatory(signature: Signature, *, template: str, now: datetime, **context: object) -> None:
    """Writes to the signatory, in their language, about their signature; nothing when no address is kept.

    To a protected signatory nothing is written: a mail would join the signature to an address. Their own page tells.
    """
    if signature.email is None:
        return
    queue_email(
        template=f"petitions/emails/{template}",
        to=signature.email,
        context={"signature": signature, "statement": signature.statement, "title": signature.text.title, **context},
        language=signature.language,
        now=now,
        priority=4,
        recipient_digest=bytes(signature.email_digest) if signature.email_digest else None,
    )


def agree_to_news(signature: Signature, *, wording: str, now: datetime) -> None:
    """Writes into a row that is not saved yet which words about news were agreed to; nothing for ""."""
    if wording:
        signature.wants_updates, signature.updates_wording, signature.updates_agreed_at = True, wording, now


def find_expert_reason(profile: ExpertProfile, signing_as: Organisation | Withheld | None) -> str:
    """Why a moderator looks at what this expert signs: `EXPERT`, or `WATCHED` for a name on the watch list.

    A sealed name does not even say that it is a known one; a person has checked who it is.
    """
    if isinstance(signing_as, Withheld):
        return Signature.ReviewReason.EXPERT
    if find_watched([profile.printed_name, profile.original_name]):
        return Signature.ReviewReason.WATCHED
    return Signature.ReviewReason.EXPERT


def copy_proof(signature: Signature, *, user: User, verification: Verification) -> None:
    """Writes how `user` is known into a signature that is not saved yet."""
    signature.email_digest = signatory_digest(statement=signature.statement, address=user.email)
    signature.proof = proof_of(verification)
    signature.verification = verification
    signature.proved_on = verification.checked_at.date()
    signature.is_demonstration = user.is_demonstration


def day_alone(now: datetime) -> datetime:
    """The beginning of the day of `now`: all that a protected signatory's rows say of a moment."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _withhold_identity(signature: Signature, *, office: str, category: str, now: datetime) -> None:
    """No moment finer than the day, and not the day of the proof: either would find the account in its own tables."""
    signature.is_protected = True
    signature.title, signature.category = office, category
    signature.created_at = signature.confirmed_at = day_alone(now)
    signature.proved_on = signature.verification = None


def copy_identity(signature: Signature, *, profile: ExpertProfile, organisation: Organisation | None) -> None:
    """Writes who signs, and for whom, into a signature that is not saved yet: the profile as it is now."""
    signature.user = profile.user
    signature.email = profile.user.email
    signature.honorific = profile.honorific
    signature.name = profile.printed_name
    signature.original_name = profile.original_name
    signature.sort_key = profile.sort_key
    signature.search_key = search_key(profile.printed_name)[:LONGEST_KEY]
    signature.title = profile.title
    signature.is_current = profile.is_current
    signature.affiliation = profile.affiliation
    signature.ror_id = profile.ror_id
    signature.category = profile.category
    signature.in_personal_capacity = profile.in_personal_capacity and organisation is None
    signature.country = profile.country
    signature.field = profile.field
    if organisation is not None:
        signature.signs_as = Signature.SignsAs.ORGANISATION
        signature.organisation = organisation.name
        signature.organisation_role = organisation.role
        signature.authority = organisation.authority
        signature.sort_key = organisation.name[:120]
        signature.search_key = search_key(organisation.name)[:LONGEST_KEY]
