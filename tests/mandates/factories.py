"""Factories for mandates. `LetterFactory.complete()` lacks nothing, `.approved()` waits in the outbox."""

from datetime import date
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases.models import Case
from mandates import actions
from mandates.models import Competence, ContactPoint, Letter, LetterAddressee, Mandate, MandateHolder, Violation
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, ConsentFactory


def today() -> date:
    return timezone.now().date()


class MandateFactory(DjangoModelFactory[Mandate]):
    class Meta:
        model = Mandate

    slug = factory.Sequence(lambda n: f"sr-invented-{n}")
    title = factory.Sequence(lambda n: f"Special Rapporteur on invented matter {n}")
    kind = "special rapporteur"
    scope = Mandate.Scope.THEMATIC
    is_verified = True

    @classmethod
    def reachable(cls, **fields: Any) -> Mandate:
        """A mandate with a checked demonstration address."""
        mandate = cls.create(**fields)
        ContactPointFactory.create(mandate=mandate, checked=True)
        return mandate


class HolderFactory(DjangoModelFactory[MandateHolder]):
    class Meta:
        model = MandateHolder

    mandate = factory.SubFactory(MandateFactory)
    name = factory.Sequence(lambda n: f"Invented Holder {n}")
    as_of = factory.LazyFunction(today)


class ContactPointFactory(DjangoModelFactory[ContactPoint]):
    """Unchecked unless `checked=True`: then two people checked it, and it is a demonstration address."""

    class Meta:
        model = ContactPoint

    mandate = factory.SubFactory(MandateFactory)
    value = factory.Sequence(lambda n: f"mandate{n}@un.example")

    @classmethod
    def create(cls, *, checked: bool = False, check_note: str = "Invented for a test", **fields: Any) -> ContactPoint:
        if not checked:
            return super().create(**fields)
        point = super().create(**{"is_demonstration": True, **fields})
        for _number in range(2):
            person = UserFactory.with_role("letter_author")
            actions.record_contact_check(contact_point=point, how=check_note, by=person, now=timezone.now())
        point.refresh_from_db()
        return point


class ViolationFactory(DjangoModelFactory[Violation]):
    class Meta:
        model = Violation

    slug = factory.Sequence(lambda n: f"violation-{n}")
    label = factory.Sequence(lambda n: f"Invented violation {n}")
    group = Violation.Group.LIFE

    @classmethod
    def of(cls, *mandates: Mandate, **fields: Any) -> Violation:
        """A violation that `mandates` are competent for, the first leading."""
        violation = cls.create(**fields)
        for position, mandate in enumerate(mandates):
            Competence.objects.create(violation=violation, mandate=mandate, position=position)
        return violation


class LetterFactory(DjangoModelFactory[Letter]):
    """A bare draft on a published case."""

    class Meta:
        model = Letter

    case = factory.LazyFunction(lambda: CaseFactory.published())
    subject = "Person under sentence of death"
    author = factory.LazyFunction(lambda: UserFactory.with_role("letter_author"))
    edited_by = factory.SelfAttribute("author")
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.SelfAttribute("created_at")

    @classmethod
    def complete(cls, *, mandates: list[Mandate] | None = None, case: Case | None = None, **fields: Any) -> Letter:
        """A draft that passes every gate: consents, checked addresses, all sections."""
        case = case or CaseFactory.published()
        ConsentFactory(case=case, may_send_to_un=True, may_name_to_government=True, may_name_in_un_report=True)
        words = {
            "victim": "An invented person, 48 years old",
            "perpetrators": "An invented court",
            "date_of_events": "27 September 2025",
            "place_of_events": "An invented prison",
            "facts": "The court passed a sentence of death.",
            "request": "We ask for an urgent appeal.",
            "submitter": "Invented Society for Prisoners",
        }
        letter = cls.create(case=case, **{**words, **fields})
        mandates = [MandateFactory.reachable()] if mandates is None else mandates
        letter.violations.set([ViolationFactory.of(*mandates)])
        for mandate in mandates:
            LetterAddressee.objects.create(letter=letter, mandate=mandate)
        return letter

    @classmethod
    def in_review(cls, **fields: Any) -> Letter:
        letter = cls.complete(**fields)
        return actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())

    @classmethod
    def approved(cls, **fields: Any) -> Letter:
        """Approved by a second person in the current mode; its deliveries are queued."""
        letter = cls.in_review(**fields)
        return actions.approve_letter(letter=letter, by=UserFactory.with_role("letter_author"), now=timezone.now())
