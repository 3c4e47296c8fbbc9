"""Factories for people."""

from typing import Any

import factory
from accounts.models import ExpertProfile, StaffRole, User
from factory.django import DjangoModelFactory


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


class ExpertProfileFactory(DjangoModelFactory[ExpertProfile]):
    class Meta:
        model = ExpertProfile

    user = factory.SubFactory(UserFactory)
    printed_name = factory.Sequence(lambda n: f"Invented Expert {n}")
    title = "Professor of law"
    affiliation = "Example University"
    country = "NL"
    field = "International law"
