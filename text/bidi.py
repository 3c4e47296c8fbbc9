"""Direction of languages, and text of one direction inside the other."""

import re

RIGHT_TO_LEFT = {"fa", "ar", "ckb", "he", "ur", "ps", "az-arab"}
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def direction_of(language: str) -> str:
    """`rtl` or `ltr`, for the `dir` attribute; a region makes no difference (`fa-IR`)."""
    code = language.lower().replace("_", "-")
    return "rtl" if code in RIGHT_TO_LEFT or code.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def isolate(text: str) -> str:
    """`text` that cannot turn its surroundings: for plain text and mails; HTML uses `<bdi>`.

    Controls that `text` brought along are taken out: one of them left open would reach beyond the isolate.
    """
    return f"{FIRST_STRONG_ISOLATE}{_CONTROLS.sub('', text)}{POP_ISOLATE}"
