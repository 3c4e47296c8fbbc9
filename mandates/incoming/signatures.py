"""DKIM signatures (RFC 6376) verified by ourselves, so that a mail server that says nothing is no hole.

The keys lie in the DNS of the signer. `DKIM_DNS` says which server to ask: "system", an address with a port, or "" for
none, as in development: then nothing is verified and nothing is believed.
"""

import ipaddress
import logging
from collections.abc import Callable
from dataclasses import dataclass

import dkim
import dns.exception
import dns.resolver
from django.conf import settings

from mandates.incoming.reading import Mail

logger = logging.getLogger(__name__)
Lookup = Callable[..., bytes | None]
MOST_SIGNATURES = 5
SECONDS = 5.0


@dataclass(frozen=True)
class Signature:
    """One signature: who signed, and whether it holds. Without a key it says nothing, for or against."""

    domain: str
    holds: bool
    has_key: bool = True

    def __str__(self) -> str:
        outcome = "holds" if self.holds else "does not hold" if self.has_key else "has no key in the DNS"
        return f"our own check: DKIM of {self.domain or 'nobody'} {outcome}"


def signatures_of(mail: Mail) -> list[Signature] | None:
    """Every DKIM signature of `mail` (at most five), or None when no DNS may be asked or it does not answer.

    A signature over only part of the body (`l=`) proves nothing of the rest and does not hold (RFC 6376 section 8.2).
    """
    headers = mail.headers("DKIM-Signature")
    if not headers:
        return []
    lookup = _lookup()
    if lookup is None:
        return None
    try:
        return [_verify(mail.raw, index, header, lookup) for index, header in enumerate(headers[:MOST_SIGNATURES])]
    except (dns.exception.DNSException, OSError) as error:
        logger.warning("No DNS for DKIM: %s", type(error).__name__)
        return None


def _verify(raw: bytes, index: int, header: str, lookup: Lookup) -> Signature:
    pairs = [part.split("=", 1) for part in header.split(";") if "=" in part]
    tags = {name.strip(): value.strip() for name, value in pairs}
    domain = tags.get("d", "").lower().rstrip(".")
    keys: list[bytes | None] = []

    def remembered(name: bytes, timeout: float = SECONDS) -> bytes | None:
        keys.append(lookup(name, timeout=timeout))
        return keys[-1]

    try:
        holds = "l" not in tags and bool(dkim.DKIM(raw, minkey=1024).verify(idx=index, dnsfunc=remembered))
    except (dns.exception.DNSException, OSError):
        raise
    except Exception as error:
        logger.info("A DKIM signature cannot be read: %s", type(error).__name__)
        holds = False
    return Signature(domain, holds, has_key=None not in keys)


def _lookup() -> Lookup | None:
    """The function dkimpy asks for a key, or None when there is no DNS to ask."""
    if not settings.DKIM_DNS:
        return None
    resolver = dns.resolver.Resolver(configure=settings.DKIM_DNS == "system")
    if settings.DKIM_DNS != "system":
        host, _, port = settings.DKIM_DNS.rpartition(":")
        resolver.nameservers = [str(ipaddress.ip_address(host))]
        resolver.port = int(port)
    resolver.lifetime = SECONDS

    def text_of(name: bytes, timeout: float = SECONDS) -> bytes | None:
        try:
            answer = resolver.resolve(name.decode("ascii"), "TXT", lifetime=timeout)
        except (
            dns.resolver.NXDOMAIN,
            dns.resolver.NoAnswer,
            UnicodeDecodeError,
            dns.name.LabelTooLong,
            dns.name.EmptyLabel,
        ):
            return None
        return b"".join(answer[0].strings)

    return text_of
