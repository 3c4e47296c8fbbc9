"""DKIM (RFC 6376): our domain vouches for every e-mail, letters and notices alike.

The signature is made when the bytes are built, so that what a second person approved is what leaves, signature and all.
There is no key outside production unless one is set; then mail leaves unsigned.
"""

from collections import Counter
from email.parser import BytesHeaderParser

import dkim
from django.conf import settings

# What a reader or a program acts on. RFC 8058 asks for the List-Unsubscribe pair.
SIGNED = (
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
    "auto-submitted",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
)
# Signed once more than they occur (RFC 6376 section 8.15), so that nobody can add another on the way.
OVERSIGNED = ("from", "to", "cc", "subject", "date", "message-id", "reply-to", "mime-version", "content-type")


class UnsignableError(RuntimeError):
    """There is a key, and it cannot sign: nothing is built rather than something unsigned."""


def sign(raw: bytes) -> bytes:
    """`raw` (CRLF) with a DKIM-Signature in front, or as it is when no `DKIM_KEY` is set; `UnsignableError`."""
    if not settings.DKIM_KEY:
        return raw
    signer = dkim.DKIM(raw)
    try:
        header: bytes = signer.sign(
            settings.DKIM_SELECTOR.encode(),
            settings.DKIM_DOMAIN.encode(),
            settings.DKIM_KEY.encode(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in _signed_headers(raw)],
        )
    except (dkim.DKIMException, ValueError) as error:
        # dkimpy lets a PEM file that is not base64 through as a ValueError.
        raise UnsignableError(str(error)) from error
    return header + raw


def _signed_headers(raw: bytes) -> list[str]:
    present = Counter(name.lower() for name in BytesHeaderParser().parsebytes(raw))
    return [name for name in SIGNED for _each in range(present[name] + (name in OVERSIGNED))]
