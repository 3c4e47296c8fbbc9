"""Factories for cases. `CaseFactory.published()` is a whole case that the public may read."""

from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from cases.models import Case, CaseText, Claim, Consent, Event, Person, PersonName, Source, StatusEvent
from tests.accounts.factories import UserFactory

NOW = datetime(2025, 10, 15, 12, tzinfo=UTC)


class SourceFactory(DjangoModelFactory[Source]):
    class Meta:
        model = Source

    slug = factory.Sequence(lambda n: f"source-{n}")
    title = factory.Sequence(lambda n: f"Invented report {n}")
    publisher = "Invented Monitor"
    publisher_interest = "campaigns for the prisoners"
    kind = Source.Kind.NGO
    url = factory.Sequence(lambda n: f"https://monitor.example/report/{n}")
    published_on = date(2025, 10, 1)


class PersonFactory(DjangoModelFactory[Person]):
    """A person with a Latin and a Persian name."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    gender = Person.Gender.MALE

    @factory.post_generation
    def named(person: Person, create: bool, extracted: tuple[str, str] | None, **_fields: Any) -> None:  # noqa: N805  factory_boy hands the row over
        latin, persian = extracted or (f"Invented Person {person.pk}", f"شخص ساختگی {person.pk}")
        PersonName.objects.create(person=person, text=latin, script="latn", is_shown=True)
        PersonName.objects.create(person=person, text=persian, script="arab", is_shown=True)


class CaseFactory(DjangoModelFactory[Case]):
    """A bare draft; `complete()` has all that publication asks for, `published()` is on the site."""

    class Meta:
        model = Case

    slug = factory.Sequence(lambda n: f"invented-person-{n}")
    person = factory.SubFactory(PersonFactory)
    written_by = factory.LazyFunction(lambda: UserFactory.with_role("case_editor"))
    created_at = NOW

    @classmethod
    def complete(
        cls, *, status: str = "death_row", on: date = date(2025, 9, 27), source: Source | None = None, **fields: Any
    ) -> Case:
        """A draft with a text, a sourced status, and published reports as the basis of publication."""
        fields.setdefault("publication_basis", Case.PublicationBasis.PUBLIC_REPORTS)
        fields.setdefault("publication_note", "The family could not be reached; two reports name him.")
        case = cls.create(**fields)
        CaseText.objects.create(case=case, language="en", headline="An invented headline", story="An invented story.")
        StatusEventFactory.create(case=case, status=status, on=on, source=source or SourceFactory.create())
        return case

    @classmethod
    def published(cls, *, by: User | None = None, **fields: Any) -> Case:
        """A complete case that a second person published."""
        case = cls.complete(**fields)
        case.state = Case.State.PUBLISHED
        case.published_by = by or UserFactory.with_role("case_editor")
        case.published_at = NOW
        case.save()
        return case


class StatusEventFactory(DjangoModelFactory[StatusEvent]):
    class Meta:
        model = StatusEvent

    case = factory.SubFactory(CaseFactory)
    status = StatusEvent.Status.DEATH_ROW
    on = date(2025, 9, 27)
    source = factory.SubFactory(SourceFactory)
    recorded_at = NOW


class ClaimFactory(DjangoModelFactory[Claim]):
    class Meta:
        model = Claim

    case = factory.SubFactory(CaseFactory)
    attribute = Claim.Attribute.AGE
    value = "48"
    source = factory.SubFactory(SourceFactory)


class EventFactory(DjangoModelFactory[Event]):
    class Meta:
        model = Event
        skip_postgeneration_save = True

    case = factory.SubFactory(CaseFactory)
    text = "Something invented happened."
    on = date(2025, 7, 13)

    @factory.post_generation
    def sources(self, create: bool, extracted: list[Source] | None, **_fields: Any) -> None:
        self.sources.set(extracted if extracted is not None else [SourceFactory.create()])


class ConsentFactory(DjangoModelFactory[Consent]):
    """A consent that allows nothing until its bits are given: `ConsentFactory.create(may_publish=True)`."""

    class Meta:
        model = Consent

    case = factory.SubFactory(CaseFactory)
    capacity = Consent.Capacity.FAMILY
    how = "Signed, kept on paper"
    given_on = date(2025, 9, 1)
    recorded_by = factory.LazyFunction(lambda: UserFactory.with_role("case_editor"))
    recorded_at = NOW
