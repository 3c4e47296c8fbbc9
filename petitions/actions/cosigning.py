"""An expert signs under a verified identity."""

from datetime import datetime

from django.db import transaction

from accounts.models import ExpertProfile, User, Verification
from accounts.verification import current_verification
from outbox.actions import queue_email
from petitions.badges import proof_of
from petitions.errors import MailboxSignedError, NotVerifiedError, StatementClosedError, TextChangedError
from petitions.mailboxes import signatory_digest
from petitions.models import Signature, Statement, VersionText
from petitions.models.signature import LONGEST_KEY
from petitions.watching import find_watched
from text.names import search_key


@transaction.atomic
def cosign_statement(*, statement: Statement, text: VersionText, language: str, by: User, now: datetime) -> Signature:
    """Signs `text` as `by`, who has a profile and a valid verification; the profile is copied as of now.

    The signature waits for a moderator. Who signed already gets that same signature back. Raises
    `StatementClosedError`, `NotVerifiedError`, `MailboxSignedError`, and `TextChangedError` when `text` is not of the
    version open now.
    """
    statement = Statement.objects.select_for_update(of=("self",), no_key=True).get(pk=statement.pk)
    signed = find_own(statement=statement, user=by)
    if signed is not None:
        return signed
    _require_signable(statement, text)
    profile = ExpertProfile.objects.filter(user=by).first()
    verification = current_verification(user=by, now=now)
    if profile is None or verification is None:
        raise NotVerifiedError
    signature = Signature(
        statement=statement,
        text=text,
        version_number=text.version.number,
        text_language=text.language,
        text_sha256=text.sha256,
        language=language,
        review_reason=_review_reason(profile),
        created_at=now,
        confirmed_at=now,
    )
    _copy_identity(signature, profile=profile, verification=verification)
    if Signature.objects.live().filter(statement=statement, email_digest=signature.email_digest).exists():
        raise MailboxSignedError
    signature.save()
    notify_signatory(signature, template="signature_received", now=now)
    return signature


def find_own(*, statement: Statement, user: User) -> Signature | None:
    """The signature of `user` below `statement` that was not withdrawn."""
    return Signature.objects.live().filter(statement=statement, user=user).first()


def notify_signatory(signature: Signature, *, template: str, now: datetime, **context: object) -> None:
    """Writes to the signatory, in their language, about their signature; nothing when the address was erased."""
    if signature.email is None:
        return
    queue_email(
        template=f"petitions/emails/{template}",
        to=signature.email,
        context={"signature": signature, "statement": signature.statement, "title": signature.text.title, **context},
        language=signature.language,
        now=now,
        priority=4,
    )


def _review_reason(profile: ExpertProfile) -> str:
    if find_watched([profile.printed_name, profile.original_name]):
        return Signature.ReviewReason.WATCHED
    return Signature.ReviewReason.EXPERT


def _require_signable(statement: Statement, text: VersionText) -> None:
    if statement.state != Statement.State.OPEN:
        raise StatementClosedError
    version = statement.current_version()
    if version is None or text.version_id != version.pk:
        raise TextChangedError


def _copy_identity(signature: Signature, *, profile: ExpertProfile, verification: Verification) -> None:
    user = profile.user
    signature.user = user
    signature.email = user.email
    signature.email_digest = signatory_digest(statement=signature.statement, address=user.email)
    signature.name = profile.printed_name
    signature.original_name = profile.original_name
    signature.search_key = search_key(profile.printed_name)[:LONGEST_KEY]
    signature.title = profile.title
    signature.is_current = profile.is_current
    signature.affiliation = profile.affiliation
    signature.country = profile.country
    signature.field = profile.field
    signature.proof = proof_of(verification)
    signature.verification = verification
    signature.proved_on = verification.checked_at.date()
    signature.is_demonstration = user.is_demonstration
