"""Which names on the watch list a signature's name could be. A find means that a person looks, never a refusal."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db.models import Count, Max

from petitions.models import WatchedName
from text.likeness import Catalogue


def find_watched(names: Iterable[str]) -> list[WatchedName]:
    """The watched names that one of `names` (printed, original) is like, in whatever script each is written."""
    return find_watched_for({0: names})[0]


def find_watched_for(names: Mapping[int, Iterable[str]]) -> dict[int, list[WatchedName]]:
    """The same for many: key of a signature -> its names, in two queries."""
    if not names:
        return {}
    catalogue = _catalogue(_state_of_list())
    found = {
        pk: list(dict.fromkeys(key for name in several if name for key in catalogue.find(name)))
        for pk, several in names.items()
    }
    rows = WatchedName.objects.in_bulk({key for keys in found.values() for key in keys})
    return {pk: [rows[key] for key in keys] for pk, keys in found.items()}


def _state_of_list() -> tuple[object, ...]:
    """Changes with every name that is added or retired; two small figures, so that each process may keep its list."""
    return tuple(WatchedName.objects.aggregate(Count("pk"), Max("pk"), Count("retired_at"), Max("retired_at")).values())


@lru_cache(maxsize=2)
def _catalogue(state: tuple[object, ...]) -> Catalogue:
    rows = WatchedName.objects.watched().order_by("pk")
    return Catalogue((row.pk, spelling) for row in rows for spelling in row.all_spellings)
