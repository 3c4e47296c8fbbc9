"""Which signatures a rule for bulk invalidation reaches. It never reaches an expert, nor whoever staff identified."""

import re

from django.db.models import Q, QuerySet

from petitions.models import Invalidation, Signature, Sparing
from petitions.moderation.traits import comment_key, domain_key

MOST_WILDCARDS = 4
_WILDCARDS = {"*": ".*", "?": ".", "#": "[0-9]+"}


def name_regex(pattern: str) -> str:
    """`Maria #` as the regular expression of a whole name: `*` anything, `?` one letter, `#` digits, all else itself.

    Four wildcards at most, so that no pattern can keep the database busy. Raises `ValueError` for more.
    """
    pattern = re.sub(r"\*+", "*", pattern.strip())
    if sum(pattern.count(wildcard) for wildcard in _WILDCARDS) > MOST_WILDCARDS:
        raise ValueError("too many wildcards")
    return "^" + "".join(_WILDCARDS.get(letter) or re.escape(letter) for letter in pattern) + "$"


def reached_by(rule: Invalidation) -> QuerySet[Signature]:
    """Signatures that count or wait, fit every condition of `rule`, saved or not, and are not spared; in no order."""
    rows = Signature.objects.filter(
        statement=rule.statement_id,
        state__in=[Signature.State.ACCEPTED, Signature.State.PENDING, Signature.State.ASKED],
        proof=Signature.Proof.EMAIL_CODE,
        user=None,
        confirmed_at__gte=rule.confirmed_from,
        confirmed_at__lt=rule.confirmed_to,
    )
    rows = rows.filter(_conditions(rule))
    return rows.exclude(pk__in=Sparing.objects.filter(rule=rule.pk).values("signature")) if rule.pk else rows


def _conditions(rule: Invalidation) -> Q:
    found = Q()
    if rule.domain:
        found &= Q(trait__domain_digest=domain_key(rule.domain, statement_id=rule.statement_id))
    if rule.comment:
        key = comment_key(rule.comment, statement_id=rule.statement_id)
        found &= Q(trait__comment_digest=key) if key else Q(comment__iexact=rule.comment)
    if rule.name_pattern:
        found &= Q(name__iregex=name_regex(rule.name_pattern))
    if rule.country:
        found &= Q(country=rule.country)
    return found
