"""Direction of languages, and text of one direction inside the other."""

RIGHT_TO_LEFT = {"fa", "ar", "ckb", "he", "ur", "ps", "az-arab"}
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def direction_of(language: str) -> str:
    """`rtl` or `ltr`, for the `dir` attribute."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def isolate(text: str) -> str:
    """`text` that cannot turn its surroundings: for plain text and mails; HTML uses `<bdi>`."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
