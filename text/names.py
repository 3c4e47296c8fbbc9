"""Names across scripts: every real name is accepted, a spoofed one is refused with the reason."""

import re
import unicodedata

from anyascii import anyascii
from django.utils.translation import gettext_lazy as _
from django.utils.functional import Promise

# Bidi controls, invisible characters and interlinear marks: they change what is read without being seen.
# ZWNJ (U+200C) and ZWJ (U+200D) are letters' joinery in Persian and in Indic scripts, and stay allowed there.
_HIDDEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}
_CONFUSABLE_SCRIPTS = {"LATIN", "CYRILLIC", "GREEK"}
_FOLDS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا"})
_ARABIC_SOUNDS = str.maketrans({"ض": "z", "ذ": "z", "ظ": "z", "ز": "z", "ث": "s", "ص": "s", "س": "s", "ط": "t", "ت": "t", "ح": "h", "ه": "h", "ق": "q", "غ": "q", "ک": "k", "ع": "", "ء": "", "ئ": "y", "ؤ": "v", "و": "v", "ی": "y", "ژ": "zh", "چ": "ch", "ش": "sh", "خ": "kh"})


def clean_name(name: str) -> str:
    """`name` in NFC, its white space single and its ends trimmed."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip()


def find_spoofing(name: str) -> str | Promise | None:
    """Why `name` could deceive a reader's eye (bidi controls, invisible characters, mixed look-alike scripts), or None."""
    for position, character in enumerate(name):
        category = unicodedata.category(character)
        if category in _HIDDEN or (category == "Cf" and not _joins_letters(name, position)):
            return _("The name holds an invisible character. Please type it again instead of pasting it.")
    if not any(unicodedata.category(character).startswith("L") for character in name):
        return _("A name needs at least one letter.")
    for word in re.split(r"[\s\-]+", name):
        if len(scripts_of(word) & _CONFUSABLE_SCRIPTS) > 1:
            return _("One word of the name mixes letters of different alphabets. Please type it in one alphabet.")
    return None


def _joins_letters(name: str, position: int) -> bool:
    if name[position] not in _JOINERS or position in {0, len(name) - 1}:
        return False
    neighbours = name[position - 1] + name[position + 1]
    return all(unicodedata.category(letter)[0] in "LM" and ord(letter) > 0x500 for letter in neighbours)


def scripts_of(text: str) -> set[str]:
    """The alphabets of the letters in `text`, by the first word of their Unicode names."""
    letters = (character for character in text if unicodedata.category(character).startswith("L"))
    return {unicodedata.name(letter, "UNKNOWN").split(" ")[0] for letter in letters}


def search_key(name: str) -> str:
    """A consonant skeleton by which one name written in Latin or in Arabic script is found equal."""
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_FOLDS))
    bare = "".join(c for c in folded if unicodedata.category(c) not in {"Mn", "Cf"})
    latin = anyascii(bare.translate(_ARABIC_SOUNDS)).casefold()
    for spelling, sound in (("gh", "q"), ("ph", "f"), ("ee", "i"), ("oo", "u"), ("ou", "u"), ("w", "v")):
        latin = latin.replace(spelling, sound)
    skeleton = re.sub(r"[^a-z0-9 ]|[aeiou]", "", latin.replace("y", ""))
    return re.sub(r"(.)\1+", r"\1", re.sub(r"\s+", "", skeleton))


def initials_of(name: str) -> str:
    """`Mary Ann Smith` -> `M. A. S.`; ZWNJ keeps Persian initials apart."""
    return " ".join(f"{word[0]}." for word in clean_name(name).split(" ") if word)
