"""Where a name stands in an alphabetical list. Only its bearer knows; this makes the first proposal."""

from text.names import clean_name, scripts_of

# Names in these scripts are written family name first.
_FAMILY_NAME_FIRST = {"CJK", "HANGUL", "HIRAGANA", "KATAKANA"}
_RIGHT_TO_LEFT = {"ARABIC", "HEBREW", "SYRIAC", "THAANA"}


def suggest_sort_key(name: str) -> str:
    """`Mary Ann Smith` -> `Smith, Mary Ann`: a guess that the last word is the family name.

    It is wrong for many people (Hungarian, Vietnamese, Icelandic and Arabic names, particles as in `van den Berg`), so
    whoever bears the name is asked. What is in one word, has a comma, or is written family name first stays as it is.
    """
    words = clean_name(name).split()
    scripts = scripts_of(name)
    if len(words) < 2 or scripts & _FAMILY_NAME_FIRST or "," in name or "،" in name:
        return " ".join(words)
    comma = "، " if scripts & _RIGHT_TO_LEFT else ", "
    return f"{words[-1]}{comma}{' '.join(words[:-1])}"
