"""What a moderator needs beside a claim, for many signatures in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Verification
from petitions.models import ModerationDecision, SecondChannel, SetAside, Signature, WatchedName
from petitions.moderation.risk import Assessment, assess
from petitions.moderation.watching import find_watched_for

# More of one name than these say no more.
MOST_NAMESAKES = 50


@dataclass
class Evidence:
    """One signature and what is known about who made it."""

    signature: Signature
    email_domain: str
    verifications: list[Verification] = field(default_factory=list)
    decisions: list[ModerationDecision] = field(default_factory=list)
    same_name: list[Signature] = field(default_factory=list)
    assessment: Assessment = field(default_factory=Assessment)
    set_aside: list[SetAside] = field(default_factory=list)
    watched: list[WatchedName] = field(default_factory=list)
    second_channels: list[SecondChannel] = field(default_factory=list)


def gather_evidence(signatures: Sequence[Signature], *, now: datetime) -> list[Evidence]:
    """One `Evidence` for each of `signatures`, in their order; valid verifications newest first."""
    verifications: dict[int, list[Verification]] = defaultdict(list)
    users = [signature.user_id for signature in signatures if signature.user_id]
    for row in Verification.objects.valid_at(now).filter(user__in=users).select_related("institution", "checked_by"):
        verifications[row.user_id].append(row)
    decisions: dict[int, list[ModerationDecision]] = defaultdict(list)
    made = ModerationDecision.objects.filter(signature__in=signatures).select_related("by", "answer", "undone_by")
    for decision in made.order_by("at", "pk"):
        decisions[decision.signature_id].append(decision)
    namesakes = _namesakes(signatures)
    assessments = assess(signatures)
    left: dict[int, list[SetAside]] = defaultdict(list)
    for aside in SetAside.objects.filter(signature__in=signatures).select_related("by").order_by("at"):
        left[aside.signature_id].append(aside)
    held = [signature for signature in signatures if signature.review_reason == Signature.ReviewReason.WATCHED]
    watched = find_watched_for({signature.pk: [signature.own_name, signature.original_name] for signature in held})
    channels: dict[int, list[SecondChannel]] = defaultdict(list)
    for found in SecondChannel.objects.filter(signature__in=signatures).select_related("by").order_by("at", "pk"):
        channels[found.signature_id].append(found)
    return [
        Evidence(
            signature=signature,
            email_domain=(signature.email or "").rpartition("@")[2],
            verifications=sorted(verifications[signature.user_id or 0], key=lambda row: row.checked_at, reverse=True),
            decisions=decisions[signature.pk],
            watched=watched.get(signature.pk, []),
            second_channels=channels[signature.pk],
            same_name=[other for other in namesakes[_key(signature)] if other.pk != signature.pk],
            assessment=assessments[signature.pk],
            set_aside=left[signature.pk],
        )
        for signature in signatures
    ]


def _key(signature: Signature) -> tuple[int, str]:
    return signature.statement_id, signature.search_key


def _namesakes(signatures: Sequence[Signature]) -> dict[tuple[int, str], list[Signature]]:
    found: dict[tuple[int, str], list[Signature]] = defaultdict(list)
    keys = sorted({_key(signature) for signature in signatures if signature.search_key})
    # Each name by itself, so that one that thousands have hides no other and costs no more than it.
    some = [Signature.objects.filter(statement=at, search_key=key)[:MOST_NAMESAKES] for at, key in keys]
    for row in some[0].union(*some[1:], all=True) if some else ():
        found[_key(row)].append(row)
    return found
