"""Names a slip apart, by the key of their sound: one edit between them, in whatever scripts they are written.

It is for showing waiting signatures together, never for telling people apart, and gives no point: relatives are a
slip apart, and so are strangers.
"""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from text.likeness import distance
from text.names import scripts_of

# The consonants of two short names; in shorter keys a letter more or less makes another name.
SHORTEST_KEY = 6
_SCRIPTS: dict[str, Promise] = {
    "LATIN": _("Latin script"),
    "ARABIC": _("Arabic script"),
    "CYRILLIC": _("Cyrillic script"),
    "GREEK": _("Greek script"),
    "HEBREW": _("Hebrew script"),
    "ARMENIAN": _("Armenian script"),
    "GEORGIAN": _("Georgian script"),
    "DEVANAGARI": _("Devanagari script"),
    "CJK": _("Chinese script"),
    "HANGUL": _("Korean script"),
}


def near_groups(keys: Mapping[str, int]) -> list[tuple[str, list[str]]]:
    """Of `keys` (with how many bear each): centres with all keys within one edit of them, themselves included.

    The centre is the one with most around it. A key that lies in a group is the centre of no other, so that a long
    chain of slips does not become one group. Groups of a single key are left out. Linear in the letters of `keys`.
    """
    shelves: dict[str, list[str]] = {}
    for key in keys:
        if len(key) >= SHORTEST_KEY:
            for shelf in _shelves_of(key):
                shelves.setdefault(shelf, []).append(key)
    around = {
        key: near_keys(key, {other for shelf in _shelves_of(key) for other in shelves[shelf]})
        for key in keys
        if len(key) >= SHORTEST_KEY
    }
    groups, taken = [], set[str]()
    for centre in sorted(around, key=lambda key: (-sum(keys[near] for near in around[key]), key)):
        if centre not in taken and len(around[centre]) > 1:
            groups.append((centre, around[centre]))
            taken.update(around[centre])
    return groups


def near_keys(centre: str, keys: Iterable[str]) -> list[str]:
    """Those of `keys` within one edit of `centre`, sorted; none for a `centre` that is too short to say anything."""
    if len(centre) < SHORTEST_KEY:
        return []
    return sorted({key for key in keys if len(key) >= SHORTEST_KEY and distance(key, centre) <= 1})


def scripts_in_words(name: str) -> list[str]:
    """The scripts of `name`, in the reader's language."""
    return [str(_SCRIPTS.get(script) or script.capitalize()) for script in sorted(scripts_of(name))]


def _shelves_of(key: str) -> Iterator[str]:
    """What two keys one edit apart have in common: each key itself, and without one letter."""
    yield key
    yield from {f"{key[:gone]}{key[gone + 1 :]}" for gone in range(len(key))} - {key}
