"""Everything this site knows about a signatory, as plain data: the right of access (GDPR article 15)."""

from datetime import datetime
from typing import Any

from accounts.models import ExpertProfile, User, Verification, VerificationRequest
from outbox.models import Message
from petitions.models import ModerationDecision, Signature, Sparing
from petitions.signatories.mailboxes import is_follower
from petitions.signatories.receipts import build_receipt, describe_decision, iso

_WORDS = (
    "signs_as",
    "honorific",
    "original_name",
    "sort_key",
    "search_key",
    "title",
    "is_current",
    "affiliation",
    "ror_id",
    "category",
    "in_personal_capacity",
    "organisation",
    "organisation_role",
    "authority",
    "field",
    "display",
    "comment",
    "email",
    "wants_updates",
    "updates_wording",
    "language",
    "review_reason",
    "is_protected",
)


def data_of_signature(signature: Signature, *, account: User | None = None) -> dict[str, Any]:
    """One signature with all that hangs on it: the receipt, every word kept, decisions, answers, e-mails, following.

    `account`: whose it is, if signed in; the row of a protected signatory holds no address by which it follows.
    """
    address = account.email if account is not None and signature.is_protected else signature.email
    return {
        **build_receipt(signature),
        "format": "countersign-data 1",
        "kept": {
            **{name: getattr(signature, name) for name in _WORDS},
            "name": signature.own_name,
            "country": str(signature.country),
            "name_is_put_away": signature.name_behind is not None,
            "has_account": signature.user_id is not None,
            "created_at": iso(signature.created_at),
            "updates_agreed_at": iso(signature.updates_agreed_at),
            "removed_at": iso(signature.removed_at),
            "erased_at": iso(signature.erased_at),
            "anonymised_at": iso(signature.anonymised_at),
        },
        "decisions": [_decision(row) for row in signature.decisions.select_related("answer").order_by("at", "pk")],
        "spared": [
            {"reason": row.reason, "at": iso(row.at)}
            for row in Sparing.objects.filter(signature=signature).order_by("pk")
        ],
        "emails": _messages(bytes(signature.email_digest) if signature.email_digest else None),
        "follows_this_statement": bool(address) and is_follower(statement=signature.statement, address=str(address)),
        "openings_of_the_sealed_name": _openings(signature),
    }


def data_of_account(user: User, signatures: list[Signature]) -> dict[str, Any]:
    """An account with its profile, how it was verified, and every one of `signatures`."""
    profile = ExpertProfile.objects.filter(user=user).first()
    return {
        "format": "countersign-data 1",
        "account": {
            "email": user.email,
            "name": user.name,
            "language": user.language,
            "joined_at": iso(user.joined_at),
            "last_login": iso(user.last_login),
            "roles": sorted(user.role_names),
        },
        "profile": _columns(profile) if profile else None,
        "verifications": [_columns(row) for row in Verification.objects.filter(user=user).order_by("pk")],
        "verification_requests": [
            _columns(row) for row in VerificationRequest.objects.filter(user=user).order_by("pk")
        ],
        "signatures": [data_of_signature(row, account=user) for row in signatures],
    }


def _columns(row: ExpertProfile | Verification | VerificationRequest) -> dict[str, Any]:
    """Every column of a row that leads to nobody else, as text."""
    others = {"user", "checked_by", "revoked_by", "decided_by"}
    fields = [field for field in row._meta.concrete_fields if field.name not in others]
    return {field.name: _plain(field.value_from_object(row)) for field in fields}


def _decision(row: ModerationDecision) -> dict[str, Any]:
    answer = getattr(row, "answer", None)
    return {**describe_decision(row), "answer": {"text": answer.text, "at": iso(answer.at)} if answer else None}


def _messages(digest: bytes | None) -> list[dict[str, Any]]:
    if digest is None:
        return []
    rows = Message.objects.filter(recipient_digest=digest).order_by("created_at")
    return [{"kind": row.kind, "state": row.state, "at": iso(row.created_at)} for row in rows.defer("raw")]


def _openings(signature: Signature) -> list[dict[str, Any]]:
    sealed = getattr(signature, "sealed_name", None)
    rows = sealed.openings.order_by("asked_at") if sealed else []
    return [{"reason": row.reason, "asked_at": iso(row.asked_at), "opened_at": iso(row.opened_at)} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return value if value is None or isinstance(value, bool | int) else str(value)
