"""Finding entries of the directory: by the words of a title or a name in any script, by violation, country and kind."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from mandates.models import Competence, ContactPoint, Mandate, MandateHolder
from mandates.models.directory import KINDS
from text.names import search_key

_SAME_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "\u200c": " "})
_SCOPES = [str(value) for value in Mandate.Scope.values]
SHORTEST_NAME = 2


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; an empty part asks for nothing. `words` may be in any script."""

    words: str = ""
    violation: str = ""
    country: str = ""
    kind: str = ""
    show: str = ""

    def __bool__(self) -> bool:
        return any((self.words, self.violation, self.country, self.kind, self.show))


def find_mandates(wanted: Wanted, *, day: date) -> list[int]:
    """Keys of the entries found: with a violation the leading mandate first, else by scope, kind and slug.

    Reads titles and names of all entries that the filters leave, in two queries; the directory has hundreds, not more.
    """
    found = list(_filtered(wanted, day=day).prefetch_related("holders"))
    if wanted.words:
        found = [mandate for mandate in found if _matches(mandate, wanted.words)]
    if wanted.violation:
        ranks = Competence.objects.filter(violation__slug=wanted.violation).values_list("mandate_id", "position")
        lead = dict(ranks)
        return [m.pk for m in sorted(found, key=lambda m: (lead.get(m.pk, 0), m.slug))]
    return [m.pk for m in sorted(found, key=_place)]


def entries(keys: list[int]) -> list[Mandate]:
    """The entries of `keys` in their order, with holders, addresses and violations, in four queries."""
    holders = Prefetch("holders", MandateHolder.objects.latest_first())
    points = Prefetch("contact_points", ContactPoint.objects.order_by("is_demonstration", "pk"))
    found = Mandate.objects.filter(pk__in=keys).prefetch_related(holders, points, "violations").in_bulk()
    return [found[key] for key in keys if key in found]


def fold(text: str) -> str:
    """`text` as it is compared: lower case, without accents, one way of writing Persian letters, single spaces."""
    bare = unicodedata.normalize("NFKD", text.translate(_SAME_LETTERS)).casefold()
    return " ".join("".join(letter for letter in bare if unicodedata.category(letter) != "Mn").split())


def _place(mandate: Mandate) -> tuple[int, int, str]:
    kind = KINDS.index(mandate.kind) if mandate.kind in KINDS else len(KINDS)
    return _SCOPES.index(mandate.scope), kind, mandate.slug


def _filtered(wanted: Wanted, *, day: date) -> QuerySet[Mandate]:
    found = Mandate.objects.all()
    if wanted.violation:
        found = found.filter(violations__slug=wanted.violation)
    if wanted.country:
        found = found.filter(country=wanted.country)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.show in _SCOPES:
        return found.filter(scope=wanted.show)
    match wanted.show:
        case "verified":
            return found.filter(is_verified=True)
        case "unverified":
            return found.filter(is_verified=False)
        case "checked":
            return found.filter(contact_points__in=ContactPoint.objects.usable_on(day)).distinct()
    return found


def _matches(mandate: Mandate, words: str) -> bool:
    """Whether every word stands in the titles, the country or a holder's name, or the words sound like a holder."""
    names = [holder.name for holder in mandate.holders.all()]
    country = str(mandate.country.name) if mandate.country else ""
    text = fold(" ".join([mandate.title, mandate.title_fa, country, mandate.slug, *names]))
    if all(word in text for word in fold(words).split()):
        return True
    key = search_key(words)
    return len(key) > SHORTEST_NAME and any(key in search_key(name) for name in names)
