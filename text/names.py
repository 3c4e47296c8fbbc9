"""Names across scripts: every real name is accepted, a spoofed one is refused with the reason."""

import re
import unicodedata

from anyascii import anyascii
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Bidi controls, invisible characters and interlinear marks: they change what is read without being seen.
# ZWNJ (U+200C) and ZWJ (U+200D) are letters' joinery in Persian and in Indic scripts, and stay allowed there.
_HIDDEN_CATEGORIES = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_HIDDEN_LETTERS = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u2800", "\u034f", "\u17b4", "\u17b5"}
_JOINERS = {"\u200c", "\u200d"}
# They choose among shapes of the sign before them: in Mongolian part of spelling, elsewhere a matter of fonts.
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_MONGOLIAN_SELECTORS = {"\u180b", "\u180c", "\u180d", "\u180f"}
_OSSETIAN = str.maketrans("æÆ", "ӕӔ")
_CONFUSABLE_SCRIPTS = {"LATIN", "CYRILLIC", "GREEK"}
# Vietnamese, Hebrew with points and the Indic scripts stay below this; stacked nonsense does not.
_MOST_MARKS_IN_A_ROW = 4

_FOLDS = str.maketrans(dict.fromkeys("أإآٱ", "ا") | dict.fromkeys("يى", "ی") | {"ك": "ک", "ة": "ه", "ۀ": "ه", "ە": "ه"})
_ARABIC_SOUNDS = str.maketrans(
    dict.fromkeys("ضذظز", "z")
    | dict.fromkeys("ثصس", "s")
    | dict.fromkeys("طت", "t")
    | dict.fromkeys("حه", "h")
    | dict.fromkeys("قغ", "q")
    | dict.fromkeys("ژج", "j")
    | dict.fromkeys("ؤو", "v")
    | dict.fromkeys("ئی", "y")
    | dict.fromkeys("عءا", "")
    | {"ک": "k", "چ": "ch", "ش": "sh", "خ": "kh"}
)
_LATIN_SOUNDS = (("gh", "q"), ("ph", "f"), ("zh", "j"), ("ck", "k"), ("x", "ks"), ("w", "v"))


def clean_name(name: str) -> str:
    """`name` in NFC, its white space single, its ends trimmed; joiners that join nothing and choices of a glyph go.

    Ossetian is typed with the Latin letter æ for want of its own on keyboards; among Cyrillic letters it becomes that.
    """
    composed = unicodedata.normalize("NFC", _VARIATION_SELECTORS.sub("", name))
    spaced = re.sub(r"\s+", " ", re.sub(r"\w+", _with_ossetian_letter, composed))
    return re.sub(r"^[\u200c\u200d]+|[\u200c\u200d]+(?=[\u200c\u200d\s]|$)|(?<=\s)[\u200c\u200d]+", "", spaced).strip()


def _with_ossetian_letter(word: re.Match[str]) -> str:
    ossetian = word[0].translate(_OSSETIAN)
    if ossetian == word[0]:
        return ossetian
    return ossetian if scripts_of(re.sub("[æÆ]", "", word[0])) == {"CYRILLIC"} else word[0]


def find_spoofing(name: str) -> str | Promise | None:
    """Why `name` could deceive a reader's eye, or None.

    Refused: bidi controls and invisible characters, no letter at all, towers of combining marks, and one word that
    mixes alphabets with look-alike letters (after Unicode UTS 39, "single script" per word).
    """
    if any(_is_hidden(name, position) for position in range(len(name))):
        return _("The name holds an invisible character. Please type it again instead of pasting it.")
    if not any(unicodedata.category(character).startswith("L") for character in name):
        return _("A name needs at least one letter.")
    if _longest_run_of_marks(name) > _MOST_MARKS_IN_A_ROW:
        return _("Too many accents are stacked on one letter. Please type the name again.")
    for word in re.split(r"[\s\-]+", name):
        if len(scripts_of(word) & _CONFUSABLE_SCRIPTS) > 1:
            return _("One word of the name mixes letters of different alphabets. Please type it in one alphabet.")
    return None


def _is_hidden(name: str, position: int) -> bool:
    character = name[position]
    category = unicodedata.category(character)
    if category in _HIDDEN_CATEGORIES or character in _HIDDEN_LETTERS or _VARIATION_SELECTORS.match(character):
        return True
    if character in _MONGOLIAN_SELECTORS:
        return position == 0 or scripts_of(name[position - 1]) != {"MONGOLIAN"}
    return category == "Cf" and not _joins_letters(name, position)


def _joins_letters(name: str, position: int) -> bool:
    if name[position] not in _JOINERS or position in {0, len(name) - 1}:
        return False
    neighbours = name[position - 1] + name[position + 1]
    # Below U+0500 lie Latin, Greek and Cyrillic, in which a joiner has no work to do.
    return all(unicodedata.category(letter)[0] in "LM" and ord(letter) > 0x500 for letter in neighbours)


def _longest_run_of_marks(name: str) -> int:
    runs = re.findall(r"M+", "".join(unicodedata.category(character)[0] for character in name))
    return max((len(run) for run in runs), default=0)


def scripts_of(text: str) -> set[str]:
    """The alphabets of the letters in `text`, by the first word of their Unicode names."""
    letters = (character for character in text if unicodedata.category(character).startswith("L"))
    return {unicodedata.name(letter, "UNKNOWN").split(" ")[0] for letter in letters}


def search_key(name: str) -> str:
    """A consonant skeleton, equal for one name however it is spelled in Latin or in Arabic script.

    Spaces, hyphens and ZWNJ are dropped and doubled letters count once, so the key of a part of a name is found
    inside the key of the whole. A name of vowels only keeps them. It is for finding, never for telling people apart.
    """
    words = clean_name(name).casefold().split()
    return _squeeze("".join(_skeleton(word) for word in words)) or _squeeze("".join(latin_form(word) for word in words))


def latin_form(word: str) -> str:
    """One case-folded word in the letters a-z and digits, by the sounds of its script."""
    folded = unicodedata.normalize("NFKD", word.translate(_FOLDS))
    bare = "".join(letter for letter in folded if unicodedata.category(letter) not in {"Mn", "Cf"})
    latin = anyascii(bare.translate(_ARABIC_SOUNDS)).casefold()
    # In Arabic script زه is two letters, not the one that Latin spells zh.
    for spelling, sound in () if "ARABIC" in scripts_of(word) else _LATIN_SOUNDS:
        latin = latin.replace(spelling, sound)
    return re.sub(r"[^a-z0-9]", "", re.sub(r"c(?!h)", "k", latin))


def _skeleton(word: str) -> str:
    """Consonants of one word, without the letters that the two scripts do not agree on writing.

    Inside a word و is a vowel as often as it is v, and a last ه is heard as a vowel; both go, in Latin too.
    """
    latin = _without_inner_v(latin_form(word))
    is_arabic = "ARABIC" in scripts_of(word)
    silent_end = r"h$" if is_arabic and re.search(r"[هحةۀە]$", word) else r"(?<=[aeiouy])h$"
    return re.sub(r"[aeiouy]", "", re.sub(silent_end, "", latin))


def sounds_of_latin(latin: str) -> set[str]:
    """The keys that a word of this `latin_form` can have, in whatever script: with its last h and without."""
    keys = {_squeeze(re.sub(r"[aeiouy]", "", _without_inner_v(form))) for form in (latin, latin.removesuffix("h"))}
    return {key or _squeeze(latin) for key in keys}


def _without_inner_v(latin: str) -> str:
    return latin[:1] + latin[1:].replace("v", "")


def _squeeze(key: str) -> str:
    return re.sub(r"(.)\1+", r"\1", key)


def initials_of(name: str) -> str:
    """`Mary Ann Smith` -> `M. A. S.`, in the script of the name; marks stay on their letter."""
    firsts = (re.search(r"[^\W\d_][\u0300-\u036f\u064b-\u065f]*", word) for word in clean_name(name).split())
    return " ".join(f"{first.group()}." for first in firsts if first)
