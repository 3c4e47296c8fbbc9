import pytest
from django.db import IntegrityError

from accounts.domains import domain_of, find_proof
from tests.accounts.factories import InstitutionDomainFactory

pytestmark = pytest.mark.django_db


def test_find_proof_by_a_domain_staff_entered() -> None:
    row = InstitutionDomainFactory.create(domain="tribunal.example", institution__name="Invented Tribunal")
    proof = find_proof("Judge@Tribunal.EXAMPLE")
    assert proof is not None
    assert (proof.domain, proof.institution, proof.name) == ("tribunal.example", row.institution, "Invented Tribunal")
    assert "tribunal.example" in proof.evidence
    assert "Invented Tribunal" in proof.evidence


def test_find_proof_below_an_entered_domain_takes_the_nearest() -> None:
    InstitutionDomainFactory.create(domain="university.example", institution__name="Whole")
    InstitutionDomainFactory.create(domain="law.university.example", institution__name="Faculty")
    proof = find_proof("a@clinic.law.university.example")
    assert proof is not None
    assert (proof.domain, proof.name) == ("clinic.law.university.example", "Faculty")


def test_find_proof_in_the_academic_list_names_the_school() -> None:
    proof = find_proof("a@cs.ox.ac.uk")
    assert proof is not None
    assert (proof.domain, proof.institution, proof.name) == ("cs.ox.ac.uk", None, "University of Oxford")


@pytest.mark.parametrize(
    "address",
    [
        "a@gmail.com",
        "a@people.example",
        "a@evil-university.example",
        "a@university.example.evil.example",
        "a@example",
        "a@alumni.university.example",
        "a@alumni.harvard.edu",
        "university.example",
        "",
        "a@",
    ],
)
def test_find_proof_of_other_addresses_is_none(address: str) -> None:
    InstitutionDomainFactory.create(domain="university.example")
    assert find_proof("a@university.example")
    assert find_proof(address) is None


def test_free_mail_proves_nothing_even_if_entered() -> None:
    InstitutionDomainFactory.create(domain="gmail.com")
    assert find_proof("a@gmail.com") is None


def test_look_alike_letters_are_another_domain() -> None:
    InstitutionDomainFactory.create(domain="oxford.example")
    assert domain_of("a@оxford.example").startswith("xn--")  # the first letter is Cyrillic
    assert find_proof("a@оxford.example") is None


@pytest.mark.parametrize("domain", ["University.example", "a@university.example", "example", "bücher.example", ""])
def test_database_refuses_other_spellings_of_a_domain(domain: str) -> None:
    with pytest.raises(IntegrityError, match="accounts_institutiondomain_is_ascii_domain"):
        InstitutionDomainFactory.create(domain=domain)
