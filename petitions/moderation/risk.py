"""What speaks for a closer look at a signature: named points, each said in words to the moderator and the signatory.

Points order and explain. They never refuse, hide, drop or delay anything. None is about an internet address: many
people from one network are a campus, a VPN or Tor. A rush that shares what strangers do not share is told and counts;
one of a network alone, as it was noted until 2026, is told and gives no point.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from petitions.models import Signature, SignatureTrait
from petitions.moderation.rush import RUSHES
from text.calendars import localise_digits

# From how many on a thing in common is told.
SAME_DOMAIN = 10
SAME_COMMENT = 5
SAME_SHAPE = 10
SAME_NAME = 3


@dataclass(frozen=True)
class Sign:
    """One reason: its points, what was seen, and how it is worked out. `number` is how many share it, else 0."""

    code: str
    points: int
    words: str | Promise
    how: str | Promise
    number: int = 0


@dataclass(frozen=True)
class Assessment:
    """What was seen of one signature; `points` orders cards and decides nothing."""

    signs: tuple[Sign, ...] = ()

    @property
    def points(self) -> int:
        return sum(sign.points for sign in self.signs)


_LINK = Sign(
    "link",
    3,
    _("The name or the comment holds a web address."),
    _("Advertisements do; we look for http, www and well-known endings."),
)
_DIGITS = Sign("digits", 1, _("The name holds digits."), _("Few names do; some do."))
_BURST = Sign(
    "burst",
    0,
    _("Many signatures came from one network in a short time."),
    _("No point: a university, a VPN and Tor are one network with many people. No internet address is kept."),
)
_RUSH = _(
    "More than 30 came from that network within ten minutes, and more than 10 of them shared this. No address is kept."
)
_RUSH_EVEN = _("More than 30 came from that network, each as long after the other as the next. No address is kept.")


def assess(signatures: Sequence[Signature]) -> dict[int, Assessment]:
    """The assessment of each of `signatures` by its number; five queries however many they are."""
    traits = SignatureTrait.objects.filter(signature__in=signatures).annotate(on=TruncDate("confirmed_at"))
    noted = {trait.pk: trait for trait in traits}
    shared = _Shared(signatures, list(noted.values()))
    return {row.pk: Assessment((*_by_itself(row), *shared.signs_of(row, noted.get(row.pk)))) for row in signatures}


def _by_itself(row: Signature) -> list[Sign]:
    signs = [_LINK] if row.review_reason == Signature.ReviewReason.LINK else []
    signs += [_DIGITS] if any(letter.isdigit() for letter in row.own_name) else []
    if row.review_reason == Signature.ReviewReason.BURST:
        signs.append(_BURST)
    elif row.review_reason in RUSHES:
        how = _RUSH_EVEN if row.review_reason == Signature.ReviewReason.RUSH_EVEN else _RUSH
        signs.append(Sign("rush", 2, _sentence(str(row.get_review_reason_display())), how))
    return signs


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


class _Shared:
    """How many others share what the given signatures hold: one query for each kind, over all of them."""

    def __init__(self, signatures: Sequence[Signature], traits: list[SignatureTrait]) -> None:
        live = ~Q(signature__state=Signature.State.WITHDRAWN)
        rows = SignatureTrait.objects.filter(live, statement__in={row.statement_id for row in signatures})
        days = {trait.confirmed_at.date() for trait in traits}
        of_days = rows.annotate(on=TruncDate("confirmed_at")).filter(on__in=days)
        domains = {bytes(trait.domain_digest) for trait in traits if trait.domain_digest and not trait.is_shared_domain}
        comments = {bytes(trait.comment_digest) for trait in traits if trait.comment_digest}
        shapes = {trait.name_shape for trait in traits} - {""}
        self._domains = _count(of_days.filter(domain_digest__in=domains), "domain_digest", "on") if domains else {}
        self._comments = _count(rows.filter(comment_digest__in=comments), "comment_digest") if comments else {}
        self._shapes = _count(of_days.filter(name_shape__in=shapes), "name_shape", "on") if shapes else {}
        namesakes = Signature.objects.live().filter(search_key__in={row.search_key for row in signatures} - {""})
        statements = {row.statement_id for row in signatures}
        self._names = _count(namesakes.filter(statement__in=statements), "search_key")

    def signs_of(self, row: Signature, trait: SignatureTrait | None) -> list[Sign]:
        signs = []
        if trait is not None:
            day, statement = trait.confirmed_at.date(), trait.statement_id
            if trait.domain_digest:
                signs += _domain_sign(self._domains.get((statement, bytes(trait.domain_digest), day), 0))
            if trait.comment_digest:
                signs += _comment_sign(self._comments.get((statement, bytes(trait.comment_digest)), 0))
            signs += _shape_sign(self._shapes.get((statement, trait.name_shape, day), 0))
        return signs + _name_sign(self._names.get((row.statement_id, row.search_key), 0))


def _count(rows: QuerySet[Any], *columns: str) -> dict[tuple[object, ...], int]:
    groups = rows.values_list("statement_id", *columns).annotate(number=Count("pk")).order_by()
    return {tuple(bytes(part) if isinstance(part, memoryview) else part for part in key): n for *key, n in groups}


def _domain_sign(number: int) -> list[Sign]:
    words = _("%(number)s signatures of that day come from one mail domain.")
    how = _("Counted from 10 on; providers open to everybody and universities never count.")
    return [_shared("domain", 2, words, how, number)] if number >= SAME_DOMAIN else []


def _comment_sign(number: int) -> list[Sign]:
    words = _("%(number)s signatures have the same comment.")
    how = _("Counted from 5 on, for comments of 20 letters or more. Friends copy each other's words too.")
    return [_shared("comment", 2, words, how, number)] if number >= SAME_COMMENT else []


def _shape_sign(number: int) -> list[Sign]:
    words = _("%(number)s names of that day are letters and digits in the same order.")
    how = _("Counted from 10 on, and only for names with digits.")
    return [_shared("shape", 2, words, how, number)] if number >= SAME_SHAPE else []


def _name_sign(number: int) -> list[Sign]:
    words = _("%(number)s signatures below this statement have this name, in whatever script.")
    how = _("No point: many people share a name.")
    return [_shared("name", 0, words, how, number)] if number >= SAME_NAME else []


def _shared(code: str, points: int, words: Promise, how: Promise, number: int) -> Sign:
    return Sign(code, points, str(words) % {"number": localise_digits(number, get_language() or "en")}, how, number)
