"""Factories for people."""

from datetime import UTC, datetime
from typing import Any

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from accounts.models import (
    ExpertProfile,
    Institution,
    InstitutionDomain,
    StaffRole,
    User,
    Verification,
    VerificationRequest,
)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@people.example")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def with_role(cls, role: str, **fields: Any) -> User:
        """A member of staff with one role (a value of `StaffRole.Role`)."""
        user = cls.create(is_staff=True, **fields)
        StaffRole.objects.create(user=user, role=role)
        return user

    @classmethod
    def with_password(cls, password: str, **fields: Any) -> User:
        """Somebody who can sign in: a password and a proved address."""
        user = cls.create(**fields)
        user.set_password(password)
        user.save(update_fields=["password"])
        EmailAddressFactory.create(user=user, email=user.email, primary=True)
        return user


class EmailAddressFactory(DjangoModelFactory[EmailAddress]):
    class Meta:
        model = EmailAddress

    user = factory.SubFactory(UserFactory)
    email = factory.Sequence(lambda n: f"address{n}@people.example")
    verified = True
    primary = False


class ExpertProfileFactory(DjangoModelFactory[ExpertProfile]):
    class Meta:
        model = ExpertProfile

    user = factory.SubFactory(UserFactory)
    printed_name = factory.Sequence(lambda n: f"Invented Expert {n}")
    title = "Professor of law"
    affiliation = "Example University"
    country = "NL"
    field = "International law"


class InstitutionFactory(DjangoModelFactory[Institution]):
    class Meta:
        model = Institution

    name = factory.Sequence(lambda n: f"Invented University {n}")
    country = "NL"


class InstitutionDomainFactory(DjangoModelFactory[InstitutionDomain]):
    class Meta:
        model = InstitutionDomain

    institution = factory.SubFactory(InstitutionFactory)
    domain = factory.Sequence(lambda n: f"university{n}.example")


class VerificationFactory(DjangoModelFactory[Verification]):
    """A check by staff; `method="institution_domain", checked_by=None` for an address."""

    class Meta:
        model = Verification

    user = factory.SubFactory(UserFactory)
    method = "staff_check"
    evidence = "The staff page of the university names the person."
    checked_by = factory.SubFactory(UserFactory)
    checked_at = datetime(2026, 1, 10, 12, tzinfo=UTC)


class VerificationRequestFactory(DjangoModelFactory[VerificationRequest]):
    class Meta:
        model = VerificationRequest

    user = factory.SubFactory(UserFactory)
    staff_page = "https://university.example/people/invented"
    created_at = datetime(2026, 1, 9, 12, tzinfo=UTC)
