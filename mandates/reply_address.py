"""The secret address of a letter: who answers it needs no reference, and nobody else can guess it.

`r-<token>@REPLY_DOMAIN`. The token is 122 random bits in hexadecimal, drawn by the database when the letter is made and
never changed, so that an answer to bytes that left long ago still finds its letter. Mail servers may change the case of
an address on its way (RFC 5321 section 2.4 asks them not to); hexadecimal does not mind.
"""

import re

from django.conf import settings

from mandates.models import Letter

PREFIX = "r-"
_TOKEN = re.compile(rf"(?<![a-z0-9-]){PREFIX}([0-9a-f]{{32}})@([a-z0-9.-]+)", re.IGNORECASE)


def reply_address(letter: Letter) -> str:
    """Where answers to `letter` go, or "" when no `REPLY_DOMAIN` is set."""
    domain = settings.REPLY_DOMAIN
    return f"{PREFIX}{letter.reply_token}@{domain}" if domain else ""


def tokens_in(text: str) -> list[str]:
    """The reply tokens of addresses at our domain in `text`, lower case, each once, in their order."""
    wanted = settings.REPLY_DOMAIN.lower()
    found = [token.lower() for token, domain in _TOKEN.findall(text) if domain.lower().rstrip(".") == wanted]
    return list(dict.fromkeys(found)) if wanted else []
