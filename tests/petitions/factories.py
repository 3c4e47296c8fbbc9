"""Factories for petitions."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User, Verification
from cases.models import Case
from petitions.actions import freeze_version, open_statement
from petitions.models import (
    Demand,
    DemandText,
    Follower,
    PaperBatch,
    Signature,
    Statement,
    StatementVersion,
    VersionText,
)
from petitions.signatories.mailboxes import follower_digest, signatory_digest
from petitions.signatories.names import binding_of
from tests.accounts.factories import ExpertProfileFactory, UserFactory


class StatementFactory(DjangoModelFactory[Statement]):
    """A draft without a text; `StatementFactory.open()` gives one that can be signed."""

    class Meta:
        model = Statement

    slug = factory.Sequence(lambda n: f"statement-{n}")
    kind = Statement.Kind.PUBLIC
    written_by = factory.SubFactory(UserFactory)

    @classmethod
    def open(cls, kind: str = Statement.Kind.PUBLIC, **fields: Any) -> Statement:
        """An open statement with a frozen version 1: English original, unofficial Persian, two demands."""
        statement = cls.create(kind=kind, **fields)
        now = timezone.now()
        freeze_version(version=draft_version(statement), by=statement.written_by, now=now)
        return open_statement(statement=statement, by=UserFactory.create(), now=now)


def put_under_embargo(statement: Statement, *, hours: float = 24) -> None:
    """Takes an open statement off the site and embargoes it, by the steps that the database allows."""
    rows = Statement.objects.filter(pk=statement.pk)
    for state in ("draft", "in_review"):
        rows.update(state=state)
    until = timezone.now() + timedelta(hours=hours)
    rows.update(state="embargoed", embargoed_until=until, embargo_zone="Europe/Paris")


def draft_version(statement: Statement, number: int = 1) -> StatementVersion:
    """An unfrozen version with a text in English and Persian and two demands in both."""
    version = StatementVersion.objects.create(statement=statement, number=number, created_at=timezone.now())
    VersionText.objects.create(
        version=version, language="en", title=f"Spare the lives, version {number}", body="We ask.\n\n**Now.**"
    )
    VersionText.objects.create(
        version=version, language="fa", title="جان‌ها را نجات دهید", body="ما می‌خواهیم.", is_unofficial=True
    )
    for position in (1, 2):
        demand = Demand.objects.create(version=version, number=str(position), position=position)
        DemandText.objects.create(
            demand=demand, language="en", heading="Stop", text=f"Stop executions ({position}).", addressees="UN"
        )
        DemandText.objects.create(demand=demand, language="fa", text="اعدام‌ها را متوقف کنید.", addressees="سازمان ملل")
    return version


def new_version(statement: Statement) -> StatementVersion:
    """A further frozen version of an open statement: handed in by its writer, frozen by a second person."""
    version = draft_version(statement, statement.versions.count() + 1)
    version.submitted_by, version.submitted_at = statement.written_by, timezone.now()
    version.save(update_fields=["submitted_by", "submitted_at"])
    return freeze_version(version=version, by=UserFactory.create(), now=timezone.now())


def bound(signature: Signature) -> Signature:
    """With what binds the name of somebody without an account."""
    if signature.name and signature.user_id is None:
        signature.name_binding = binding_of(signature)
    return signature


class SignatureFactory(DjangoModelFactory[Signature]):
    """A signature that waits for moderation; `SignatureFactory.accepted()` one that counts."""

    class Meta:
        model = Signature

    class Params:
        address = factory.Sequence(lambda n: f"signatory{n}@people.example")

    statement = factory.LazyFunction(StatementFactory.open)
    text = factory.LazyAttribute(lambda o: o.statement.current_version().text_to_sign("en"))
    version_number = factory.LazyAttribute(lambda o: o.text.version.number)
    text_language = factory.LazyAttribute(lambda o: o.text.language)
    text_sha256 = factory.LazyAttribute(lambda o: o.text.sha256)
    email = factory.LazyAttribute(lambda o: o.address)
    email_digest = factory.LazyAttribute(lambda o: signatory_digest(statement=o.statement, address=o.address))
    name = factory.Sequence(lambda n: f"Invented Signatory {'abcdefghijklmnopqrstuvwxyz'[n % 26]}")
    proof = Signature.Proof.EMAIL_CODE
    created_at = factory.LazyFunction(timezone.now)
    confirmed_at = factory.LazyAttribute(lambda o: o.created_at)
    proved_on = factory.LazyAttribute(lambda o: o.created_at.date())

    @classmethod
    def _build(cls, model_class: type[Signature], *args: Any, **fields: Any) -> Signature:
        signature = model_class(*args, **fields)
        return signature if "name_binding" in fields else bound(signature)

    @classmethod
    def _create(cls, model_class: type[Signature], *args: Any, **fields: Any) -> Signature:
        signature = cls._build(model_class, *args, **fields)
        signature.save(force_insert=True)
        return signature

    @classmethod
    def accepted(cls, **fields: Any) -> Signature:
        return cls.create(state=Signature.State.ACCEPTED, accepted_at=timezone.now(), **fields)


class FollowerFactory(DjangoModelFactory[Follower]):
    """One who follows `about`, a statement unless a case is given."""

    class Meta:
        model = Follower
        exclude = ("about",)

    class Params:
        address = factory.Sequence(lambda n: f"follower{n}@people.example")

    about = factory.LazyFunction(StatementFactory.open)
    statement = factory.LazyAttribute(lambda o: o.about if isinstance(o.about, Statement) else None)
    case = factory.LazyAttribute(lambda o: o.about if isinstance(o.about, Case) else None)
    email = factory.LazyAttribute(lambda o: o.address)
    email_digest = factory.LazyAttribute(lambda o: follower_digest(about=o.about, address=o.address))
    wording = "Write to me."
    agreed_at = factory.LazyFunction(timezone.now)
    confirmed_at = factory.LazyFunction(timezone.now)


class PaperBatchFactory(DjangoModelFactory[PaperBatch]):
    """Sheets that nobody has checked yet."""

    class Meta:
        model = PaperBatch

    statement = factory.LazyFunction(StatementFactory.open)
    claimed = 40
    place = "Market square"
    collected_on = date(2026, 1, 10)
    responsible = "Invented Collector"
    scan = b"%PDF-1.7 invented"
    scan_sha256 = factory.Sequence(lambda n: f"{n:064x}")
    scan_type = "application/pdf"
    entered_by = factory.SubFactory(UserFactory)
    entered_at = factory.LazyFunction(timezone.now)


def verified_expert(**profile: Any) -> User:
    """A person with an expert profile and an identity that staff checked."""
    user = ExpertProfileFactory.create(**profile).user
    Verification.objects.create(
        user=user,
        method=Verification.Method.STAFF_CHECK,
        evidence="https://example.edu/people/expert",
        checked_by=UserFactory.create(),
        checked_at=timezone.now() - timedelta(days=1),
    )
    return user
