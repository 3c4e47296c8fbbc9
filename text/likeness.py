"""Whether two names could be one person's: across scripts, orders, initials, particles and a slip of the keys.

It errs towards yes: a person looks at what it finds. `docs/verification.md` has the measured rate of wrong finds.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from text.names import clean_name, latin_form, scripts_of, search_key

# Small words and forms of address that one bearer writes and another leaves out.
_PARTICLE_WORDS = (
    "a af al and ap ben bin bint d da das de del della der des di do dos dr du e el ha haj hajj ibn jr la le lic mr mrs"
    " ms of prof professor sheikh sir sr st te the van vom von y zu judge president dame lord lady seyed seyyed sayyid"
    " آقای بن بنت پروفسور حاج خانم دکتر سید شیخ ال"
)
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_SCRIPTS_WITH_INITIALS = {"LATIN", "ARABIC", "CYRILLIC", "GREEK", "HEBREW", "ARMENIAN", "GEORGIAN"}
# One letter in other scripts: Sh. Ebadi.
_DIGRAPHS = {"ch", "gh", "kh", "ph", "sh", "th", "ts", "zh"}
# Shorter words differ by a letter too often to say anything.
_SHORTEST_WITH_A_SLIP = 5
_SHORTEST_SKELETON_WITH_A_SLIP = 4
# So many letters may differ in words of one script whose consonants agree: Mohammad, Muhammed.
_MOST_VOWELS_APART = 3


@dataclass(frozen=True)
class Word:
    """One word of a name: its letters in a-z, the skeleton of its consonants, and whether it stands for itself."""

    latin: str
    skeleton: str
    is_initial: bool
    is_arabic: bool


@dataclass(frozen=True)
class Spelling:
    """A name taken apart; `whole` is the skeleton of all its words together."""

    words: tuple[Word, ...]
    whole: str


def take_apart(name: str) -> Spelling:
    """The words of `name` without particles; a name of particles only keeps them."""
    bare = re.sub(r"\([^)]*\)|,.*?\bph\.?\s?d\b.*", " ", clean_name(name).casefold())
    parts = [part for part in re.split(r"[\s\-\u200c.,·・_]+", bare) if any(sign.isalpha() for sign in part)]
    chosen = [part for part in parts if part not in _PARTICLES or len(part) == 1] or parts
    words = tuple(_word(part) for part in chosen)
    return Spelling(words=words, whole=search_key(" ".join(part for part in chosen if len(part) > 1)))


def _word(part: str) -> Word:
    letters = [sign for sign in part if sign.isalpha()]
    return Word(
        latin=latin_form(part),
        skeleton=search_key(part),
        is_initial=(len(letters) == 1 or part in _DIGRAPHS) and bool(scripts_of(part) & _SCRIPTS_WITH_INITIALS),
        is_arabic="ARABIC" in scripts_of(part),
    )


def are_alike(typed: Spelling, watched: Spelling) -> bool:
    """Whether somebody who writes `typed` could be the one known as `watched`.

    Two words at least must agree, one of them in full, and one name must be wholly inside the other; a name of a single
    word agrees only with itself.
    """
    if len(watched.words) == 1 or len(typed.words) == 1:
        if len(watched.words) == len(typed.words) == 1:
            return _is_same_word(typed.words[0], watched.words[0], with_slip=False)
        return len(watched.whole) > _SHORTEST_WITH_A_SLIP and typed.whole == watched.whole
    few, many = sorted((typed.words, watched.words), key=len)
    if _fit(list(few), list(many), full=0):
        return True
    return len(watched.whole) > _SHORTEST_WITH_A_SLIP and typed.whole == watched.whole


def _fit(few: list[Word], many: list[Word], *, full: int) -> bool:
    """Whether each of `few` has a partner of its own in `many`, one of them in full, counting `full` found before."""
    if not few:
        return full > 0
    first, rest = few[0], few[1:]
    for position, other in enumerate(many):
        left = many[:position] + many[position + 1 :]
        if first.is_initial or other.is_initial:
            if _begins_alike(first, other) and _fit(rest, left, full=full):
                return True
        elif _is_same_word(first, other) and _fit(rest, left, full=full + 1):
            return True
    return False


def _begins_alike(one: Word, other: Word) -> bool:
    initial, word = (one, other) if one.is_initial else (other, one)
    begins = word.latin.startswith(initial.latin) and word.is_arabic == initial.is_arabic
    return bool(initial.latin) and (begins or word.skeleton.startswith(initial.skeleton))


def _is_same_word(one: Word, other: Word, *, with_slip: bool = True) -> bool:
    if one.latin == other.latin and one.is_arabic == other.is_arabic:
        return True
    if one.is_arabic != other.is_arabic:
        return one.skeleton == other.skeleton or (with_slip and _skeletons_slip(one.skeleton, other.skeleton))
    if one.skeleton == other.skeleton and distance(one.latin, other.latin) <= _MOST_VOWELS_APART:
        return True
    shortest = min(len(one.latin), len(other.latin))
    return with_slip and shortest >= _SHORTEST_WITH_A_SLIP and distance(one.latin, other.latin) <= 1


def _skeletons_slip(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _SHORTEST_SKELETON_WITH_A_SLIP and distance(one, other) <= 1


def distance(one: str, other: str) -> int:
    """How many letters were added, left out, changed, or swapped with the next (Damerau-Levenshtein)."""
    if abs(len(one) - len(other)) > _MOST_VOWELS_APART:
        return _MOST_VOWELS_APART + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, mark in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != mark))
            if older and j > 1 and sign == other[j - 2] and one[i - 2] == mark:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


class Catalogue:
    """Many names to look in, each under the keys by which a likeness of it would be found.

    `entries` are pairs of something and a name. Looking costs what the letters of one name cost, not the names.
    """

    def __init__(self, entries: Iterable[tuple[int, str]]) -> None:
        self._entries = [(key, take_apart(name)) for key, name in entries]
        self._shelves: dict[str, set[int]] = {}
        for number, (_key, spelling) in enumerate(self._entries):
            for shelf in _shelves_of(spelling):
                self._shelves.setdefault(shelf, set()).add(number)

    def find(self, name: str) -> list[int]:
        """The keys of the entries that `name` is like, each once, in their order."""
        typed = take_apart(name)
        near: set[int] = set()
        for shelf in _shelves_of(typed):
            near |= self._shelves.get(shelf, set())
        found = [self._entries[number] for number in sorted(near)]
        return list(dict.fromkeys(key for key, spelling in found if are_alike(typed, spelling)))


def _shelves_of(spelling: Spelling) -> Iterator[str]:
    yield f"= {spelling.whole}"
    for word in spelling.words:
        if word.is_initial:
            continue
        yield word.skeleton
        for form in (word.latin, word.skeleton):
            yield f"~{form}"
            for gone in range(len(form)):
                yield f"~{form[:gone]}{form[gone + 1 :]}"
