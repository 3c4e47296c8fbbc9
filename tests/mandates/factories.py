"""Factories for mandates. `LetterFactory.complete()` lacks nothing, `.approved()` waits in the outbox."""

from datetime import date
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases.models import Case
from mandates import actions
from mandates.models import (
    Competence,
    ContactPoint,
    DemandAddressee,
    Letter,
    LetterAddressee,
    LetterAnswer,
    Mandate,
    MandateHolder,
    Violation,
)
from mandates.questions import asked_mandates, questions_for
from petitions.models import Statement
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, ConsentFactory
from tests.petitions.factories import StatementFactory


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


def case_of(letter: Letter) -> Case:
    """The case of a letter that is about one."""
    assert letter.case is not None
    return letter.case


def put_in_review(letter: Letter) -> Letter:
    """As if it had passed the checker: for what happened to a letter between that and its approval."""
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.IN_REVIEW, submitted_at=timezone.now())
    letter.refresh_from_db()
    return letter


def answer_all(letter: Letter, **answers: str) -> Letter:
    """Answer every question its addressees ask: with `answers` by key, the fitting choice, or invented words."""
    fitting = {"procedure": "urgent", "route": "standard", "categories": "I, III", "date": "2 July 2025"} | answers
    for mandate in asked_mandates(letter):
        for question in questions_for(mandate):
            text = fitting.get(question.key, "Invented words")
            LetterAnswer.objects.create(letter=letter, mandate=mandate, question=question.key, text=text)
    return letter


class CoverLetterFactory:
    """Letters that hand over a statement; `complete()` lacks nothing."""

    @staticmethod
    def complete(*, mandates: list[Mandate] | None = None, statement: Statement | None = None, **words: str) -> Letter:
        statement = statement or StatementFactory.open(kind=Statement.Kind.EXPERT)
        version = statement.current_version()
        assert version is not None
        mandates = [MandateFactory.reachable()] if mandates is None else mandates
        for demand in version.demands.all():
            for mandate in mandates:
                DemandAddressee.objects.create(demand=demand, mandate=mandate)
        words = {"subject": "Handover of a statement", "submitter": "Invented Society", **words}
        by = UserFactory.with_role("letter_author")
        return actions.draft_cover_letter(version=version, by=by, now=timezone.now(), words=words)

    @classmethod
    def in_review(cls, **fields: Any) -> Letter:
        letter = cls.complete(**fields)
        return actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
