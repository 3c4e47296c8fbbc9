"""Looking for bearers of a name by index loses nobody whom the exact rule finds."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from petitions import tasks
from petitions.actions import erase_signature, watch_name, withdraw_signature
from petitions.actions.watching import NameToWatch, are_names_unread, counted_under
from petitions.models import NameWords, Signature, SignatureTrait, WatchedName
from petitions.moderation import name_words, traits
from petitions.moderation.name_words import bearers_of, could_bear, note_name_words, words_of
from petitions.moderation.traits import _traits_of, note_traits
from tests.accounts.factories import UserFactory
from tests.petitions.crowds import crowd
from tests.petitions.factories import SignatureFactory, StatementFactory
from text.likeness import Catalogue

pytestmark = pytest.mark.django_db

KNOWN = """
Shirin Ebadi|Ada Laureate|Javaid Rehman|Agnès Callamard|Sh. Ebadi|Ali Reza|Eva Oye|Sukarno|شیرین عبادی|نرگس محمدی|محمد
علی رضا|Sarah Hatch|Mai Sato|Fu Ra|J. M. Coetzee|Владимир Кара-Мурза
"""
PERSIAN = {"Shirin": "شیرین", "Ebadi": "عبادی", "Ali": "علی", "Reza": "رضا", "Narges": "نرگس", "Mohammadi": "محمدی"}


def borne(name: str, dice: random.Random) -> Iterator[str]:
    """Spellings under which somebody called `name` could sign, with the slips that docs/verification.md names."""
    words = name.split()
    yield from (name, " ".join(reversed(words)), name.upper(), f"Dr. {name}", f"{name} Somebody", f"X. {name}")
    yield " ".join(PERSIAN.get(word, word) for word in words)
    yield " ".join({persian: latin for latin, persian in PERSIAN.items()}.get(word, word) for word in words)
    for at, word in enumerate(words):
        for form in (word[:1], f"{word[:1]}.", word[:2] + ".", f"{word}h", word.rstrip("h"), word.replace("v", "")):
            yield " ".join([*words[:at], form, *words[at + 1 :]])
        for _ in range(24):
            place, letter = dice.randrange(len(word) + 1), dice.choice("aeiouyhvbdrtnmشیردا")
            slips = [word[:place] + word[place + 1 :], word[:place] + letter + word[place:]]
            slips += [word[:place] + letter + word[place + 1 :]]
            slips += [word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :]]
            yield " ".join([*words[:at], dice.choice(slips), *words[at + 1 :]])


def real_names() -> list[str]:
    lines = (Path(__file__).parent / "real_names.txt").read_text().splitlines()
    return [name for line in lines if not line.startswith("#") for name in line.partition(": ")[2].split("|") if name]


def test_nobody_is_lost_whom_the_full_scan_finds() -> None:
    """Thousands of spellings against the plain comparison of every name with every watched one."""
    dice = random.Random(19)
    watched = [*KNOWN.strip().replace("\n", "|").split("|"), *dice.sample(real_names(), 40)]
    names = list(dict.fromkeys([*real_names(), *(form for name in watched for form in borne(name, dice))]))
    names = [name for name in names if name.strip() and len(name) <= 120]
    statement = StatementFactory.open()
    rows = crowd(statement, len(names), domain="people.example")
    NameWords.objects.bulk_create(
        NameWords(signature=row, words=words_of([name])) for row, name in zip(rows, names, strict=True)
    )
    by_number = {row.pk: name for row, name in zip(rows, names, strict=True)}
    catalogue = Catalogue(enumerate(watched))
    alike: dict[int, set[str]] = {}
    for name in names:
        for key in catalogue.find(name):
            alike.setdefault(key, set()).add(name)
    assert (len(names) > 2500, sum(map(len, alike.values())) > 1000) == (True, True)
    for key, name in enumerate(watched):
        candidates = NameWords.objects.filter(could_bear(name)).values_list("pk", flat=True)
        missing = alike.get(key, set()) - {by_number[pk] for pk in candidates}
        assert not missing, (name, missing)


def watch(name: str) -> WatchedName:
    entry = NameToWatch(name=name, spellings="", why="laureate", source="https://prize.example/ada")
    return watch_name(entry=entry, by=UserFactory.with_role("moderator"), now=timezone.now())


def test_candidates_are_read_by_index_and_are_few() -> None:
    crowd(StatementFactory.open(), 2000, domain="people.example", name="Common Name{n}")
    while note_name_words():
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE petitions_namewords")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert bearers_of(["Ada Laureate", "Владимир Кара-Мурза"]) == []
    before, asked, after = (query["sql"] for query in queries if "SAVEPOINT" not in query["sql"])
    with connection.cursor() as cursor:
        for planned, is_by_index in ((before, True), (after, False)):
            cursor.execute(planned)
            cursor.execute(f"EXPLAIN {asked}")
            plan = " ".join(row[0] for row in cursor.fetchall())
            assert ("petitions_namewords_found" in plan, "Seq Scan" in plan) == (is_by_index, not is_by_index), plan


def test_those_whom_the_worker_has_not_noted_are_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = SignatureFactory.accepted(name="Laureate Ada")
    assert note_name_words() == 1
    unread = SignatureFactory.accepted(name="Ada Laureat")
    other = SignatureFactory.accepted(name="Somebody Else")
    waiting = SignatureFactory.create(name="A. Laureate")
    row = watch("Ada Laureate")
    assert sorted(found.pk for found in counted_under(row)) == [noted.pk, unread.pk]
    assert Signature.objects.get(pk=waiting.pk).review_reason == "watched"
    assert not are_names_unread()
    monkeypatch.setattr("petitions.actions.watching.MOST_UNREAD", 1)
    assert are_names_unread()
    tasks.note_traits()
    assert (are_names_unread(), NameWords.objects.count()) == (False, 4)
    assert sorted(found.pk for found in counted_under(row)) == [noted.pk, unread.pk]
    assert other.pk in NameWords.objects.values_list("pk", flat=True)


def test_words_go_with_the_name() -> None:
    erased, withdrawn, stays = (SignatureFactory.accepted(name="Ada Laureate") for _ in range(3))
    assert note_name_words() == 3
    assert note_name_words() == 0
    erase_signature(signature=erased, now=timezone.now())
    assert set(NameWords.objects.values_list("pk", flat=True)) == {withdrawn.pk, stays.pk}
    withdraw_signature(signature=withdrawn, now=timezone.now())
    tasks.forget_traits()
    assert list(NameWords.objects.values_list("pk", flat=True)) == [stays.pk]
    assert name_words.note_name_words(from_the_first=True) == 0


def test_nothing_is_noted_of_who_is_erased_while_the_worker_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    erased, stays = (SignatureFactory.accepted(name=name) for name in ("Ada Kanarienvogel", "Bea Invented"))

    def listen(names: list[str]) -> list[str]:
        if "Ada Kanarienvogel" in names:
            erase_signature(signature=erased, now=timezone.now())
        return words_of(names)

    monkeypatch.setattr(name_words, "words_of", listen)
    note_name_words()
    assert list(NameWords.objects.values_list("pk", flat=True)) == [stays.pk]


def test_nothing_is_noted_of_who_is_reduced_to_initials_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    row = SignatureFactory.accepted(comment="We have known each other for years.")

    def listen(rows: list[Signature]) -> list[SignatureTrait]:
        noted = _traits_of(rows)
        Signature.objects.filter(pk=row.pk).update(email=None, comment="", anonymised_at=timezone.now())
        return noted

    monkeypatch.setattr(traits, "_traits_of", listen)
    note_traits()
    assert not SignatureTrait.objects.exists()
