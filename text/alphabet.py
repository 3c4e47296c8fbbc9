"""Alphabetical order that is the same on every machine: no locale, no library's table of the day.

Names stand script by script (`SCRIPTS`, then all others by code point), and inside a script letter by letter in the
order below; a space or a hyphen comes before every letter, so that whole words are compared first. Marks, capitals and
apostrophes do not count. The Persian order follows the Unicode CLDR's rules for `fa` (common/collation/fa.xml): alef
with madda before alef, the forms of hamza after it, ve before he. A letter of Kurdish, Urdu, Pashto, Sindhi or Uyghur
that Persian has not stands after the one it is a form of. Ё, é, ø and the like count as the letter they are a form of.
"""

import unicodedata
from functools import lru_cache

SCRIPTS = ("LATIN", "ARABIC", "CYRILLIC", "GREEK", "HEBREW", "ARMENIAN", "GEORGIAN")

_ARABIC = (
    "آ ا ء ب ٻ ڀ پ ت ٹ ټ ٺ ٽ ٿ ث ج ځ ڄ ڃ چ څ ڇ ح خ د ڈ ډ ڌ ڏ ڊ ڍ ذ ر ڕ ڑ ړ ڙ ز ژ ږ س ش ښ ص ض ط ظ ع غ ف ڤ ڦ ق "
    "ک گ ګ ڳ ڱ ڭ ل ڵ م ن ں ڼ ڻ و ۆ ۇ ۈ ۋ ۏ ه ی ێ ې ۍ ے"
)
_ARABIC_FORMS = (
    {"ٱ": "ا"}
    | dict.fromkeys("أإؤئٲٳ", "ء")
    | dict.fromkeys("كڪڬڮ", "ک")
    | dict.fromkeys("ةەہھۀۃ", "ه")
    | dict.fromkeys("يىۑ", "ی")
)
_CYRILLIC = (
    "а ӕ б в г ґ ғ д ђ ѓ е є ж җ з ѕ и і ї й ј к қ л љ м н ң њ о ө п р с т ћ ќ у ү ў ф х ҳ ц ч ҷ џ ш щ ъ ы ь э ю я"
)
_CYRILLIC_FORMS = {"ё": "е"}
_LATIN_FORMS = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ə": "e"}
_HEBREW_FORMS = {"ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ"}
_FORMS = _ARABIC_FORMS | _CYRILLIC_FORMS | _LATIN_FORMS | _HEBREW_FORMS | {"ς": "σ"}
_SILENT = "'’‘ʼʻ`´\u00b7\u0640"  # apostrophes, and the stroke that lengthens an Arabic word
# A letter's place, as a character: tables start where no other weight is, so that code points compare as places do.
_PLACES = {
    letter: chr(0x1000 + place) for alphabet in (_ARABIC, _CYRILLIC) for place, letter in enumerate(alphabet.split())
}


def alphabet_key(name: str) -> str:
    """What `name` is ordered by, compared code point by code point (in PostgreSQL: `COLLATE "C"`).

    The first character is the place of the script of the first letter. Equal keys are for the caller to tell apart.
    """
    folded = unicodedata.normalize("NFC", name).casefold()
    first = next((letter for letter in folded if unicodedata.category(letter)[0] == "L"), "")
    words = "".join(map(_weight, folded)).split()
    return _script(first) + " ".join(words)


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ")[0] if letter else ""
    return chr(ord("a") + SCRIPTS.index(name)) if name in SCRIPTS else "z"


@lru_cache(maxsize=4096)
def _weight(letter: str) -> str:
    form = _FORMS.get(letter, letter)
    if form in _PLACES:
        return _PLACES[form]
    weights = []
    for part in unicodedata.normalize("NFKD", form):
        base = _FORMS.get(part, part)
        category = unicodedata.category(base[0])[0]
        if base in _SILENT:
            continue
        if category in "LN":
            weights.append(_PLACES.get(base, base))
        elif category in "ZPS":
            weights.append(" ")
    return "".join(weights)
