"""Every code point that there is, in a name: nothing that cannot be seen is let through, at whatever place.

What cannot be seen is tried at each of five places, all else at one. What cannot be seen is taken from Unicode's own
lists (DerivedCoreProperties: Default_Ignorable_Code_Point; PropList: Bidi_Control), not from the categories by which
`text.names` decides.
"""

import sys
import unicodedata

import pytest

from text.names import clean_name, find_spoofing

pytestmark = pytest.mark.slow

RANGES = [
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
]
UNSEEN = {chr(number) for first, last in RANGES for number in range(first, last + 1)}
# A word's first and last place, its middle, beside a space, and after a mark.
PLACES = ["{}Ab cd", "Ab cd{}", "A{}b cd", "Ab {}cd", "Aé́{}b"]


def slips_through(character: str, place: str) -> bool:
    """Whether a name with `character` in it is taken as it is, though nobody could see it there."""
    name = clean_name(place.format(character))
    return not UNSEEN.isdisjoint(name) and find_spoofing(name) is None


def test_no_code_point_hides_in_a_name() -> None:
    slipped = [
        f"U+{number:04X} in {place!r}"
        for number in range(sys.maxunicode + 1)
        for place in (PLACES if chr(number) in UNSEEN else [PLACES[number % len(PLACES)]])
        if slips_through(chr(number), place)
    ]
    assert slipped == []


def test_every_other_control_and_what_is_no_character_yet_is_refused() -> None:
    taken = [
        f"U+{number:04X}"
        for number in range(sys.maxunicode + 1)
        if unicodedata.category(chr(number)) in {"Cc", "Cn", "Co", "Cs"}
        and not chr(number).isspace()
        and find_spoofing(f"Ab{chr(number)}c") is None
    ]
    assert taken == []


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [
        ("علی\u200cپور", True),
        ("क्\u200dष", True),
        ("ᠬᠠ\u180bᠳᠠ", True),
        ("A\u180bda", False),
        ("Ali\u200cReza", False),
        ("\u202eadA", False),
    ],
)
def test_what_joins_or_shapes_letters_stays_where_it_does_so(name: str, is_taken: bool) -> None:
    cleaned = clean_name(name)
    assert (find_spoofing(cleaned) is None, cleaned == name) == (is_taken, True)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("葛\U000e0100城", "葛城"),
        ("Ada\ufe0f", "Ada"),
        ("Rene\ufe0f\u0301", "René"),
        ("Кæмæл Æхсар", "Кӕмӕл Ӕхсар"),
        ("Ægir Ærø", "Ægir Ærø"),
    ],
)
def test_choice_of_a_glyph_is_dropped_and_ossetian_gets_its_letter(typed: str, kept: str) -> None:
    assert (clean_name(typed), find_spoofing(clean_name(typed))) == (kept, None)


def test_the_list_is_whole() -> None:
    """What Python's tables call a format character and is not in the list above can be seen."""
    seen = {chr(number) for number in range(sys.maxunicode + 1) if unicodedata.category(chr(number)) == "Cf"} - UNSEEN
    assert {unicodedata.name(character).split(" ")[0] for character in seen} <= {
        "ARABIC",
        "SYRIAC",
        "KAITHI",
        "EGYPTIAN",
        "INTERLINEAR",
    }
