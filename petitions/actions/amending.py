"""The next version of a text that was signed: written, asked about, kept off or signed. A signature never moves.

Who signs the new version gets a new signature that replaces the old one; the old one stays as it was, is no longer
counted, and the signatory is counted once throughout.
"""

from copy import copy
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import ExpertProfile, User
from accounts.verification import current_verification
from outbox.actions import queue_email
from outbox.bell import ring_on_commit
from petitions.actions.cosigning import (
    Organisation,
    Withheld,
    copy_identity,
    copy_proof,
    day_alone,
    find_expert_reason,
    may_sign_as,
)
from petitions.actions.guards import Kind, lock_draft, lock_statement, record, require_editor
from petitions.actions.own import COUNT
from petitions.actions.protecting import seal_anew
from petitions.actions.signing import require_signable
from petitions.errors import (
    NotAllowedHereError,
    NotVerifiedError,
    StateChangedError,
    TextChangedError,
    WrongStepError,
)
from petitions.models import (
    Amendment,
    Consultation,
    Demand,
    DemandText,
    Signature,
    SignatureQuerySet,
    SigningMailbox,
    Statement,
    StatementVersion,
    VersionText,
)
from petitions.signatories.badges import proof_of
from petitions.signatories.protection import is_signatory

State = Signature.State
EXPERT, WATCHED = Signature.ReviewReason.EXPERT, Signature.ReviewReason.WATCHED
BATCH = 500
# Behind codes and notices: a hundred thousand of these must delay nobody who waits for a code.
PRIORITY = 7
# Those who were refused, or have a question to answer, are asked nothing more before that is settled.
ASKED = (State.ACCEPTED, State.PENDING)
# What makes an expert who signs again the same one as far as a moderator's acceptance goes.
IDENTITY = (
    "name", "original_name", "honorific", "title", "is_current", "affiliation", "ror_id", "country", "category",
    "proof", "signs_as", "organisation", "organisation_role", "in_personal_capacity",
)  # fmt: skip


@transaction.atomic
def begin_amendment(*, statement: Statement, by: User, now: datetime) -> StatementVersion:
    """Begin the next version as a draft: a copy of the last one, its demands tied to those they continue.

    Raises `WrongStepError` when there is a draft already, nothing is frozen, or the statement is closed or embargoed.
    """
    require_editor(by)
    statement = lock_statement(statement)
    last = statement.current_version()
    may_begin = statement.state in {Statement.State.OPEN, Statement.State.DRAFT}
    is_another_on_its_way = statement.draft_version() is not None or statement.kept_version() is not None
    if last is None or is_another_on_its_way or not may_begin:
        raise WrongStepError
    # The number of one that was taken back before its moment is used up.
    highest = statement.versions.order_by("number").last()
    version = StatementVersion.objects.create(statement=statement, number=(highest or last).number + 1, created_at=now)
    for text in last.texts.all():
        text.pk, text.version, text.sha256 = None, version, ""
        text._state.adding = True
        text.save()
    for demand in last.demands.prefetch_related("texts"):
        _copy_demand(demand, version)
    record(statement, Kind.AMENDED, by=by, now=now, version=version)
    return version


def _copy_demand(demand: Demand, version: StatementVersion) -> None:
    continued = Demand.objects.create(
        version=version,
        number=demand.number,
        position=demand.position,
        deadline_on=demand.deadline_on,
        status=demand.status,
        continues=demand,
    )
    DemandText.objects.bulk_create(
        DemandText(
            demand=continued,
            language=text.language,
            heading=text.heading,
            text=text.text,
            addressees=text.addressees,
        )
        for text in demand.texts.all()
    )


@transaction.atomic
def drop_amendment(*, version: StatementVersion, by: User, now: datetime) -> None:
    """Throw a draft version away; the one before stays what is signed. Raises `WrongStepError` for the first."""
    version = lock_draft(version, by)
    if version.number == 1:
        raise WrongStepError
    DemandText.objects.filter(demand__version=version).delete()
    version.demands.all().delete()
    version.texts.all().delete()
    record(version.statement, Kind.DROPPED, by=by, now=now, note=str(version.number))
    version.delete()


def ask_signatories(*, now: datetime, batches: int = 20) -> int:
    """Go on asking signatories of older versions, in all amendments not finished; how many mails were written now.

    One batch is one transaction: its mails and the mark up to which it came are committed together, so that a crash
    repeats nothing and forgets nobody; one row for a signatory and a version holds that besides.
    """
    asked = 0
    for amendment in Amendment.objects.filter(finished_at__isnull=True).order_by("pk"):
        for _batch in range(batches):
            number, is_finished = _ask_batch(amendment.pk, now=now)
            asked += number
            if is_finished:
                break
    return asked


@transaction.atomic
def _ask_batch(pk: int, *, now: datetime) -> tuple[int, bool]:
    amendment = Amendment.objects.select_for_update(of=("self",)).select_related("version__statement").get(pk=pk)
    version = amendment.version
    if amendment.finished_at is not None or not Statement.objects.published().filter(pk=version.statement_id).exists():
        return 0, True
    if version.statement.versions.out().filter(number__gt=version.number).exists():
        # A still newer version asks them, once.
        amendment.finished_at = now
        amendment.save(update_fields=["finished_at"])
        return 0, True
    rows = list(_not_asked(version).filter(pk__gt=amendment.last_signature).order_by("pk")[:BATCH])
    if not rows and amendment.last_signature:
        # Once more from the beginning: one that was being written while the version was frozen may have come late.
        rows = list(_not_asked(version).order_by("pk")[:BATCH])
    Consultation.objects.bulk_create(Consultation(version=version, signature=row, mailed_at=now) for row in rows)
    for row in rows:
        _ask(row, version, now=now)
    if rows:
        amendment.last_signature = max(amendment.last_signature, rows[-1].pk)
    else:
        amendment.finished_at = now
    amendment.asked += len(rows)
    amendment.save(update_fields=["last_signature", "asked", "finished_at"])
    return len(rows), not rows


def _not_asked(version: StatementVersion) -> SignatureQuerySet:
    asked = Consultation.objects.filter(version=version, signature=OuterRef("pk"))
    older = Signature.objects.filter(statement=version.statement_id, version_number__lt=version.number)
    return older.filter(~Exists(asked), state__in=ASKED, email__isnull=False).select_related("statement", "text")


def _ask(signature: Signature, version: StatementVersion, *, now: datetime) -> None:
    queue_email(
        template="petitions/emails/version_asks",
        to=str(signature.email),
        context={
            "signature": signature,
            "statement": signature.statement,
            "title": signature.text.title,
            "version": version,
        },
        language=signature.language,
        now=now,
        priority=PRIORITY,
        recipient_digest=bytes(signature.email_digest) if signature.email_digest else None,
    )


def version_to_answer(signature: Signature) -> StatementVersion | None:
    """The version newer than the signed one that can be read now, if there is one and the signature still stands."""
    if signature.state not in ASKED or not Statement.objects.published().filter(pk=signature.statement_id).exists():
        return None
    current = signature.statement.current_version()
    return current if current is not None and current.number > signature.version_number else None


@transaction.atomic
def keep_version(*, signature: Signature, version: StatementVersion, now: datetime) -> Consultation:
    """The signatory keeps the version they signed, having been asked about `version`; doing it twice changes nothing.

    They may sign the new one later all the same. Raises `StateChangedError` when there is nothing to keep any more.
    """
    signature = _lock(signature)
    if version_to_answer(signature) != version:
        raise StateChangedError
    consultation, _created = Consultation.objects.get_or_create(version=version, signature=signature)
    if consultation.kept_at is None:
        consultation.kept_at = now
        consultation.save(update_fields=["kept_at"])
    return consultation


@transaction.atomic
def sign_new_version(*, signature: Signature, text: VersionText, now: datetime, by: User | None = None) -> Signature:
    """Signs `text`, of the version open now, in place of `signature`; returns the new signature.

    It keeps its place and its acceptance. An expert's is looked at again when who they are, or how that is proved, has
    changed since. Done twice, or in two tabs, it returns the same signature. A name that is sealed is sealed to one
    signature, and nobody here can open it: that of `by`, whose account it is, is sealed anew to the custodians of today
    and the old seal destroyed. Raises `StateChangedError`, `StatementClosedError`, `TextChangedError` (not of the
    version open now), `NotVerifiedError`; for a sealed name `NotAllowedHereError` (`by` is somebody else, or nobody; or
    no person checked who they are) and `NoCustodiansError`.
    """
    signature = _lock(signature)
    replaced = Signature.objects.select_related("statement", "text").filter(replaces=signature).first()
    if replaced is not None:
        return replaced
    if signature.state not in ASKED:
        raise StateChangedError
    version = require_signable(signature.statement, text)
    if version.number <= signature.version_number:
        raise TextChangedError
    new = _copy_onto(signature, text=text, version=version, now=now)
    profile = None
    if signature.is_protected:
        profile = _withhold_again(new, signature, by=by, now=now)
    elif signature.user is not None:
        _take_identity(new, signature, now=now)
    signature.state, signature.accepted_at = State.SUPERSEDED, None
    signature.superseded_at = day_alone(now) if signature.is_protected else now
    signature.save(update_fields=["state", "superseded_at", "accepted_at"])
    new.save(force_insert=True)
    if profile is not None:
        seal_anew(old=signature, new=new, profile=profile)
    ring_on_commit(COUNT)
    return new


def _copy_onto(old: Signature, *, text: VersionText, version: StatementVersion, now: datetime) -> Signature:
    new = copy(old)
    new._state = copy(old._state)
    new._state.adding = True
    new.pk = None
    new.text, new.version_number = text, version.number
    new.text_language, new.text_sha256 = text.language, text.sha256
    new.replaces = old
    new.created_at = new.confirmed_at = now
    if old.state == State.ACCEPTED and old.review_reason == WATCHED:
        # What the second channel showed stays with the old row; the new one is not held, it was accepted already.
        new.review_reason = EXPERT if old.user is not None else ""
    return new


def _take_identity(new: Signature, old: Signature, *, now: datetime) -> None:
    """An expert signs as who they are now; what a moderator accepted before holds for the same words and proof only."""
    user = old.user
    verification = current_verification(user=user, now=now) if user is not None else None
    profile = ExpertProfile.objects.select_related("user").filter(user=user).first()
    if profile is None or verification is None:
        raise NotVerifiedError
    organisation = None
    if old.is_organisation:
        organisation = Organisation(old.organisation, old.organisation_role, old.authority or "")
    copy_proof(new, user=profile.user, verification=verification)
    copy_identity(new, profile=profile, organisation=organisation)
    new.email_digest = old.email_digest
    if any(getattr(new, name) != getattr(old, name) for name in IDENTITY):
        new.state, new.accepted_at = State.PENDING, None
        new.review_reason = find_expert_reason(profile, organisation)


def _withhold_again(new: Signature, old: Signature, *, by: User | None, now: datetime) -> ExpertProfile:
    """Who stands behind a protected signature, by the account that is open; the new row tells as little as the old.

    The office stays as it was signed with. What is sealed cannot be compared with the profile, so a moderator looks
    again at whoever was checked again since (a changed name ends a check), and at another kind of proof or category.
    """
    if by is None or not is_signatory(old, by):
        raise NotAllowedHereError
    verification = current_verification(user=by, now=now)
    profile = ExpertProfile.objects.select_related("user").filter(user=by).first()
    if profile is None or verification is None:
        raise NotVerifiedError
    if not may_sign_as(old.statement, verification, Withheld):
        raise NotAllowedHereError
    new.created_at = new.confirmed_at = day_alone(now)
    new.proof, new.category = proof_of(verification), profile.category
    is_other = (new.proof, new.category) != (old.proof, old.category)
    if is_other or verification.checked_at > old.created_at:
        new.state, new.accepted_at, new.review_reason = State.PENDING, None, EXPERT
    return profile


def _lock(signature: Signature) -> Signature:
    """The mailbox first, as everywhere: what is confirmed or withdrawn at this moment happens before or after."""
    mailboxes = SigningMailbox.objects.select_for_update().filter(
        statement=signature.statement_id, email_digest=signature.email_digest
    )
    mailboxes.first()
    rows = Signature.objects.select_for_update(of=("self",)).select_related("statement", "text", "user")
    return rows.get(pk=signature.pk)
