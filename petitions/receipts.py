"""A signatory's proof of being counted: what was signed, when, how the identity was proved, what was decided."""

from datetime import datetime
from typing import Any

from petitions.badges import badge_of
from petitions.models import ModerationDecision, Signature


def build_receipt(signature: Signature) -> dict[str, Any]:
    """The receipt as plain data, fit for JSON; times in UTC (ISO 8601). It holds the name, never the e-mail address."""
    return {
        "format": "countersign-receipt 1",
        "signature": signature.pk,
        "statement": signature.statement.slug,
        "title": signature.text.title,
        "version": signature.version_number,
        "language": signature.text_language,
        "text_sha256": signature.text_sha256,
        "name": signature.name,
        "shown_as": signature.display,
        "proof": signature.proof,
        "proved_on": signature.proved_on.isoformat() if signature.proved_on else None,
        "badge": badge_of(signature).as_json(),
        "state": signature.state,
        "signed_at": _iso(signature.confirmed_at),
        "counted_at": _iso(signature.accepted_at),
        "withdrawn_at": _iso(signature.withdrawn_at),
        "decisions": [_decision(decision) for decision in signature.decisions.order_by("at", "pk")],
        "is_demonstration": signature.is_demonstration,
    }


def _decision(decision: ModerationDecision) -> dict[str, Any]:
    return {"kind": decision.kind, "reason": decision.reason, "note": decision.note, "at": _iso(decision.at)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
