"""Where answers to a letter go."""

from mandates.models import Letter


def reply_address(letter: Letter) -> str:
    """The letter's own address for answers, or "" while there is none: answers then come to our common address."""
    return ""
