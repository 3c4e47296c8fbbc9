"""Why a signature waits for a person before it counts. Never a reason to refuse or to drop one."""

import re
import unicodedata

from petitions.models import Signature

_LINK = re.compile(r"https?:|www\.|[a-z0-9-]\.(com|net|org|info|ru|ir|xyz|top|io|me|site|shop)\b", re.IGNORECASE)
# What mail programs make a link of, more than what we would hold against a name: "Ph.D" too.
_LINKED = re.compile(r"[/\\@:]|[.。．｡]\w\w")
# The longest single words among real names, Malagasy and Hawaiian ones, have 38 letters.
_LONGEST_WORD = 40


def find_review_reason(*, name: str, comment: str, rush: str) -> str:
    """A value of `Signature.ReviewReason`, or "" when nothing is unusual; the first that fits, `rush` (or "") last."""
    if _LINK.search(name) or _LINK.search(comment):
        return Signature.ReviewReason.LINK
    if any(unicodedata.category(letter) == "Nd" for letter in name):
        return Signature.ReviewReason.DIGITS
    if any(len(word) > _LONGEST_WORD for word in name.split()):
        return Signature.ReviewReason.LONG_WORD
    return rush


def mailed_name(name: str) -> str:
    """`name` for a mail to a mailbox not yet proved to be its owner's; "" where it could carry a stranger's address."""
    return "" if _LINKED.search(name) else name
