"""One mailbox makes one person an expert; and what a checker sees of the words that a check covers."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.actions import check_address
from accounts.models import ExpertProfile, User, Verification
from tests.accounts.factories import EmailAddressFactory, InstitutionDomainFactory, UserFactory
from tests.accounts.test_ladder import NOW, expert, rung

pytestmark = pytest.mark.django_db


class TestMailbox:
    """One mailbox at an institution makes one person an expert, however many accounts it passes through."""

    ADDRESS = "ada@law.university.example"

    def proved(self, user: User, address: str = ADDRESS) -> Verification | None:
        EmailAddress.objects.filter(email__iexact=address).delete()
        EmailAddressFactory.create(user=user, email=address)
        return check_address(by=user, now=NOW)

    @pytest.fixture(autouse=True)
    def university(self) -> None:
        InstitutionDomainFactory.create(domain="university.example")

    def test_it_verifies_the_first_account_alone(self) -> None:
        first, second = UserFactory.create(), UserFactory.create()
        row = self.proved(first)
        assert row is not None
        assert self.proved(first) == row
        assert self.proved(second) is None
        assert self.proved(second, self.ADDRESS.upper()) is None
        assert self.proved(second, "bea@law.university.example") is not None

    def test_it_is_renewed_by_its_owner_and_the_older_proof_ends(self) -> None:
        user = UserFactory.create()
        first = self.proved(user)
        later = check_address(by=user, now=NOW + timedelta(days=360))
        assert first is not None
        assert later is not None
        first.refresh_from_db()
        assert (first.ending, later.is_valid_at(NOW + timedelta(days=700))) == ("renewed", True)

    def test_the_database_holds_it(self) -> None:
        row = self.proved(UserFactory.create())
        assert row is not None
        with pytest.raises(IntegrityError, match="mailbox_of_one_person"), transaction.atomic():
            rung("institution_domain", mailbox_digest=bytes(row.mailbox_digest or b""))


def test_checker_sees_every_word_that_the_check_covers(client: Client) -> None:
    words = {"honorific": "Judge", "printed_name": "Ada Invented", "original_name": "آدا", "title": "President"}
    person = expert("", **words, affiliation="A court", ror_id="https://ror.org/012345678", category="laureate")
    client.force_login(UserFactory.with_role("verifier"))
    page = client.get(reverse("accounts:verification_check", args=[person.pk])).content.decode()
    profile = person.expert_profile
    for name in set(ExpertProfile.CHECKED_FIELDS) - {"is_current", "category"}:
        assert str(getattr(profile, name)) in page, name
    assert ("(current)" in page, str(profile.get_category_display()) in page) == (True, True)
