"""Names in letters that our fonts do not have.

A paper without a letter's shape would show a box in place of a name, and could not be tagged for screen readers. Such
a name is printed in Latin letters, marked with an asterisk; the two lists hold it as it was written.
"""

import unicodedata
from functools import lru_cache

from anyascii import anyascii

from text.typesetting import has_shapes

MARK = "*"
# Letters that Libertinus Serif and Vazirmatn have, of which nearly all names are; a test compares.
_COMMON = frozenset(
    chr(point)
    for first, last in ((0x20, 0x7E), (0xA1, 0x17F), (0x391, 0x3A1), (0x3B1, 0x3C9), (0x410, 0x44F), (0x621, 0x63A))
    for point in range(first, last + 1)
    if point != 0xAD
) | frozenset("پچژگکیآأإؤئءةهوىًٌٍَُِّْ\u200c‌ـفقلمن")

# Alphabets of thousands of letters that none of our fonts has: there is no need to ask for each.
_ABSENT = {"CJK", "HANGUL", "HIRAGANA", "KATAKANA"}


def settable(words: str) -> str:
    """`words` with those that hold a letter our fonts lack in Latin letters, `MARK` behind each."""
    return " ".join(map(_word, words.split(" "))) if set(words) - _COMMON else words


def _word(word: str) -> str:
    return word if all(map(_is_ours, set(word) - _COMMON)) else f"{anyascii(word)}{MARK}"


@lru_cache(maxsize=20_000)
def _is_ours(letter: str) -> bool:
    return unicodedata.name(letter, "").split(" ")[0] not in _ABSENT and has_shapes(letter)
