"""Direction of languages, and text of one direction inside the other."""

import re
from collections.abc import Iterator

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


# Letters of the Arabic script, with what may stand between two of them inside one name or phrase.
_ARABIC = "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefe"
_RUN = re.compile(f"([{_ARABIC}](?:[{_ARABIC}\u200c\u200d\\s.,:\u00ab\u00bb\u2013-]*[{_ARABIC}])?)")


def runs_of(text: str) -> Iterator[tuple[str, bool]]:
    """`text` cut into runs, each with whether it is in the Arabic script and so must be isolated from its neighbours.

    The runs joined are `text` again. Spaces and points between two Arabic words belong to their run.
    """
    for number, run in enumerate(_RUN.split(text)):
        if run:
            yield run, number % 2 == 1


def isolate_runs(text: str) -> str:
    """`text` with every run of the Arabic script isolated, line by line, for plain text and mails."""
    return "".join(isolate(run) if is_arabic else run for run, is_arabic in runs_of(text))
