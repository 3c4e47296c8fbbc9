"""Whether a mail comes from whom it says: SPF, DKIM and DMARC put together, and whom we know of the mandates.

A verdict never decides anything by itself: it stands beside the mail, and a person reads it. What DMARC calls alignment
(RFC 7489 section 3.1) is asked of every proof: it must be for the domain that the reader sees in From.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from mandates.incoming.reading import Mail
from mandates.incoming.results import Result, our_results
from mandates.incoming.signatures import Signature, signatures_of
from mandates.models import ContactPoint, IncomingMail, Letter
from outbox.mime import our_domain

Verdict = IncomingMail.Verdict


@dataclass(frozen=True)
class Judgement:
    """The verdict, and what was looked at, in English for the record."""

    verdict: str
    findings: tuple[str, ...]


def judge(mail: Mail, *, letter: Letter | None) -> Judgement:
    """What is known of the sender of `mail`; the mandates known are those of `letter`, or all without one."""
    if len(mail.senders) != 1:
        return Judgement(Verdict.FORGED, ("From does not name exactly one sender",))
    domain = mail.senders[0].rpartition("@")[2]
    results = our_results(mail, authserv_id=settings.AUTHSERV_ID)
    signatures = signatures_of(mail)
    findings = [*_told(results), *_checked(signatures)]
    is_known = any(is_aligned(domain, known) for known in known_domains(letter))
    findings.append(f"{domain} is {'a' if is_known else 'not a'} domain of a mandate that was written to")
    if _is_proved(domain, results, signatures):
        return Judgement(Verdict.PROVED if is_known else Verdict.OUTSIDER, tuple(findings))
    if _is_refuted(domain, results, signatures):
        return Judgement(Verdict.FORGED, tuple(findings))
    if is_aligned(domain, our_domain()):
        return Judgement(Verdict.FORGED, (*findings, "it says that it comes from ourselves and cannot prove it"))
    return Judgement(Verdict.UNPROVED, tuple(findings))


def is_aligned(domain: str, other: str) -> bool:
    """Whether two domains are the same, or one lies in the other (relaxed alignment, without a list of suffixes)."""
    if not domain or not other:
        return False
    shorter, longer = sorted((domain.lower(), other.lower()), key=len)
    return longer == shorter or ("." in shorter and longer.endswith(f".{shorter}"))


def known_domains(letter: Letter | None) -> set[str]:
    """The domains of the addresses that `letter` went to and of its mandates' other addresses, or of all mandates."""
    points = ContactPoint.objects.filter(channel=ContactPoint.Channel.EMAIL, is_blocked=False)
    if letter is not None:
        points = points.filter(mandate__in=letter.deliveries.values("mandate"))
    return {value.rpartition("@")[2].lower() for value in points.values_list("value", flat=True) if "@" in value}


def _is_proved(domain: str, results: list[Result] | None, signatures: list[Signature] | None) -> bool:
    told = any(result.result == "pass" and is_aligned(domain, result.domain) for result in results or ())
    return told or any(signature.holds and is_aligned(domain, signature.domain) for signature in signatures or ())


def _is_refuted(domain: str, results: list[Result] | None, signatures: list[Signature] | None) -> bool:
    """Something that speaks for this domain says no: DMARC or SPF as our server saw it, or a broken signature."""
    told = any(_says_no(result) and is_aligned(domain, result.domain or domain) for result in results or ())
    broken = [signature for signature in signatures or () if signature.has_key and not signature.holds]
    return told or any(is_aligned(domain, signature.domain) for signature in broken)


def _says_no(result: Result) -> bool:
    return result.result == "fail" or (result.method == "spf" and result.result == "softfail")


def _told(results: list[Result] | None) -> Iterable[str]:
    if results is None:
        return ["our mail server left no result of its own on top"]
    return [f"our mail server: {result}" for result in results] or ["our mail server: nothing to check"]


def _checked(signatures: list[Signature] | None) -> Iterable[str]:
    if signatures is None:
        return ["DKIM not checked by ourselves: no DNS to ask"]
    return [str(signature) for signature in signatures] or ["no DKIM signature"]
