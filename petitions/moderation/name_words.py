"""Who could bear a name, by index: every signature that `text.likeness` would find alike, and some more.

The worker notes the sounds of each name's words; a query asks for those which two words of a watched name can have,
slips included. Whoever asks then applies the exact rule to what comes back.
"""

import string
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from django.db import connection, transaction
from django.db.models import Max, Q

from petitions.models import NameWords, Signature, SignatureQuerySet
from petitions.moderation.noting import lock_unchanged
from text.likeness import Word, take_apart
from text.names import sounds_of_latin

BATCH = 1000
# Signatures commit late: so many numbers below the newest noted one are looked at again.
LOOK_BACK = 5000
_SIGNS = string.ascii_lowercase + string.digits
# What `text.likeness` asks of words in which a letter may slip.
_SHORTEST_LATIN, _SHORTEST_SKELETON, _SHORTEST_WHOLE = 5, 4, 6


def words_of(names: Iterable[str]) -> list[str]:
    """What is noted of names: the sound of each word, `.x` for an initial, `=` the whole, `!` a name of one word."""
    found: set[str] = set()
    for name in names:
        spelling = take_apart(name)
        for word in spelling.words:
            found |= _initials(word) if word.is_initial else {word.skeleton}
        found |= {f"={spelling.whole}"} if len(spelling.whole) >= _SHORTEST_WHOLE else set()
        found |= {f"!{spelling.words[0].skeleton}"} if len(spelling.words) == 1 else set()
    return sorted(found - {"."})


def could_bear(name: str) -> Q:
    """Which `NameWords` leave it open that `text.likeness` finds their signature like `name`; none is left out.

    By its rules two words at least must agree, one of them in full; or the whole sounds the same.
    """
    spelling = take_apart(name)
    found = Q(words__overlap=[f"={spelling.whole}"])
    if len(spelling.words) == 1:
        return found | Q(words__overlap=sorted(f"!{sound}" for sound in _sounds(spelling.words[0])))
    sounds = [_sounds(word) for word in spelling.words]
    for at, full in enumerate(spelling.words):
        others = [(word, sounds[place]) for place, word in enumerate(spelling.words) if place != at]
        # An initial of the watched name agrees with too much to be asked for.
        is_open = any(word.is_initial for word, _sounds_of_it in others)
        beside = set[str]().union(*(heard | _initials(word) for word, heard in others))
        if not full.is_initial:
            agrees = Q(words__overlap=sorted(sounds[at]))
            found |= agrees if is_open else agrees & Q(words__overlap=sorted(beside))
    return found


@transaction.atomic
def bearers_of(names: Iterable[str]) -> list[int]:
    """The numbers of the noted signatures that could bear one of `names`, by index.

    The planner thinks that a thousand sounds cost more to look up than a million rows to read; it takes 100 s to.
    """
    found = NameWords.objects.filter(reduce(or_, map(could_bear, names)))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        numbers = list(found.values_list("pk", flat=True))
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on")
    return numbers


def note_name_words(*, from_the_first: bool = False) -> int:
    """Notes up to `BATCH` signatures that were not noted yet, the oldest first: new ones, or all; how many.

    Who is being erased at this moment is passed over: no word of a name comes back after it was taken out.
    """
    rows = unnoted(Signature.objects.all(), from_the_first=from_the_first).exclude(name="", original_name="")
    found = list(rows.only("pk", "name", "original_name").order_by("pk")[:BATCH])
    noted = [NameWords(signature=row, words=words_of([row.name, row.original_name])) for row in found]
    with transaction.atomic():
        there = lock_unchanged(found, "name", "original_name")
        NameWords.objects.bulk_create([words for words in noted if words.signature_id in there], ignore_conflicts=True)
    return len(found)


def forget_name_words() -> int:
    """Deletes what was noted of signatures that were withdrawn; how many. Erasing one does it at once."""
    return NameWords.objects.filter(signature__state=Signature.State.WITHDRAWN).delete()[0]


def unnoted(signatures: SignatureQuerySet, *, from_the_first: bool = False) -> SignatureQuerySet:
    """Those of `signatures` that are not noted and are newer than the newest noted one, a little before it included."""
    rows = signatures.filter(name_words=None).exclude(state=Signature.State.WITHDRAWN)
    if from_the_first:
        return rows
    newest = NameWords.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return rows.filter(pk__gt=newest - LOOK_BACK)


def _sounds(word: Word) -> set[str]:
    """The keys of every word that `text.likeness` takes for `word`."""
    latins = {word.latin, *(_slips(word.latin) if len(word.latin) >= _SHORTEST_LATIN else ())}
    found = {sound for latin in latins for sound in sounds_of_latin(latin)} | {word.skeleton}
    return found | set(_slips(word.skeleton) if len(word.skeleton) >= _SHORTEST_SKELETON else ())


def _slips(form: str) -> Iterator[str]:
    """`form` with one sign left out, added, changed, or swapped with the next."""
    for at in range(len(form) + 1):
        before, after = form[:at], form[at:]
        yield before + after[1:]
        for sign in _SIGNS:
            yield before + sign + after
            yield before + sign + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]


def _initials(word: Word) -> set[str]:
    """What is noted of an initial, and asked for beside a word that it could stand for."""
    return {f".{form[:1]}" for form in (word.latin, word.skeleton)}
