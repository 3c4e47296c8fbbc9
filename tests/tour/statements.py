"""The statements of the tour, each in the state that a page needs, brought there by the actions that people take."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from petitions import actions
from petitions.actions import Wording
from petitions.models import Signature, Statement, StatementVersion
from petitions.texts.completeness import digest_of
from petitions.texts.embargo import Embargo
from tests.petitions.factories import SignatureFactory
from tests.tour import words
from tests.tour.words import Words


def load_statements(people: dict[str, User], *, petition: Statement, now: datetime) -> dict[str, Statement]:
    """The statements by the names of tests/tour/stops.yaml; those of the demonstration are not among them."""
    editor, second = people["editor"], people["second_editor"]
    made = {}
    for name in ("AMENDED", "DRAFT", "REVIEW", "EMBARGOED", "CLOSED"):
        text: Words = getattr(words, name)
        made[name.lower()] = draft(text, by=editor, now=now)
    for name in ("amended", "review", "embargoed", "closed"):
        actions.submit_statement(statement=made[name], by=editor, now=now)
    approve(made["amended"], by=second)
    approve(made["closed"], by=second)
    embargo = Embargo(until=now + timedelta(days=3), zone="Europe/Zurich")
    approve(made["embargoed"], by=second, embargo=embargo)
    made["closed"].cases.set(petition.cases.all())
    return {name: Statement.objects.get(pk=row.pk) for name, row in made.items()}


def draft(text: Words, *, by: User, now: datetime) -> Statement:
    title, body = text.en
    statement = actions.create_statement(
        kind=Statement.Kind.PUBLIC, slug=text.slug, language="en", title=title, body=body, by=by, now=now
    )
    version = statement.draft_version()
    assert version is not None
    write(version, text, by=by, now=now)
    english, persian, to, to_persian = words.DEMAND
    wordings = {"en": Wording(text=english, addressees=to), "fa": Wording(text=persian, addressees=to_persian)}
    actions.write_demand(version=version, demand=None, number="1", deadline_on=None, wordings=wordings, by=by, now=now)
    return statement


def write(version: StatementVersion, text: Words, *, by: User, now: datetime) -> None:
    for language in ("en", "fa"):
        title, body = getattr(text, language)
        is_unofficial = language != "en"
        actions.write_text(
            version=version, language=language, title=title, body=body, is_unofficial=is_unofficial, by=by, now=now
        )


def approve(statement: Statement, *, by: User, embargo: Embargo | None = None) -> None:
    statement.refresh_from_db()
    version = actions.waiting_version(statement)
    assert version is not None
    actions.approve_statement(statement=statement, read=digest_of(version), embargo=embargo, by=by, now=timezone.now())


def amend(statement: Statement, people: dict[str, User]) -> None:
    """A second version, about which who signed the first one is asked."""
    _follow_with(statement, words.SECOND_VERSION, people)
    actions.ask_signatories(now=timezone.now())


def keep_next(statement: Statement, people: dict[str, User]) -> None:
    """A third version, under embargo."""
    embargo = Embargo(until=timezone.now() + timedelta(days=3), zone="Europe/Zurich")
    _follow_with(statement, words.THIRD_VERSION, people, embargo=embargo)


def _follow_with(statement: Statement, text: Words, people: dict[str, User], *, embargo: Embargo | None = None) -> None:
    now = timezone.now()
    version = actions.begin_amendment(statement=statement, by=people["editor"], now=now)
    write(version, text, by=people["editor"], now=now)
    actions.submit_statement(statement=statement, by=people["editor"], now=now)
    approve(statement, by=people["second_editor"], embargo=embargo)


def sign(statement: Statement, name: str, *, language: str = "en", **fields: object) -> Signature:
    """A signature of an invented person, counted unless `state` says otherwise."""
    address = f"tour{Signature.objects.count()}@people.example"
    fields = {"country": "IE", **fields}
    make = SignatureFactory.create if "state" in fields else SignatureFactory.accepted
    return make(statement=statement, name=name, address=address, language=language, is_demonstration=True, **fields)


def sign_by_many(statement: Statement) -> list[Signature]:
    english = [sign(statement, f"Demo Signer {tree}") for tree in words.TREES]
    return english + [sign(statement, f"امضاکنندهٔ نمایشی {tree}", language="fa") for tree in words.PERSIAN_TREES]
