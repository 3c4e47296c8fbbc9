import hashlib
import unicodedata

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from petitions.actions import freeze_version, open_statement
from petitions.errors import NoFrozenVersionError, OwnTextError, VersionFrozenError, VersionIncompleteError
from petitions.models import Demand, DemandText, Statement, StatementVersion, VersionText
from petitions.texts.fingerprints import canonical_form, fingerprint
from tests.accounts.factories import UserFactory
from tests.petitions.factories import SignatureFactory, StatementFactory, draft_version

pytestmark = pytest.mark.django_db


def parse(form: bytes) -> list[tuple[str, str]]:
    """Reads a canonical form back; if this works for every text, no two texts share a form."""
    lines = form.decode().split("\n")
    assert lines.pop(0) == "countersign-text 1"
    assert lines.pop() == ""
    fields = []
    while lines:
        name, _, number = lines.pop(0).partition(" ")
        value, lines = lines[: int(number)], lines[int(number) :]
        fields.append((name, "\n".join(value)))
    return fields


def test_canonical_form_is_the_documented_one() -> None:
    version = draft_version(StatementFactory.create())
    text = version.texts.get(language="en")

    assert canonical_form(text).decode() == (
        "countersign-text 1\nlanguage 1\nen\ntitle 1\nSpare the lives, version 1\nbody 3\nWe ask.\n\n**Now.**\n"
        "demand 1\n1\nheading 1\nStop\ntext 1\nStop executions (1).\naddressees 1\nUN\n"
        "demand 1\n2\nheading 1\nStop\ntext 1\nStop executions (2).\naddressees 1\nUN\n"
    )
    assert fingerprint(text) == hashlib.sha256(canonical_form(text)).hexdigest()


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("a", "b\ndemand 1\n1\nheading 1\nx"),
        ("a\nbody 1", "b"),
        ("a", ""),
        ("", "\n\n"),
        ("a", "b\u2028c\x0bd\x85"),
        ("title 1", "text 3\n\n"),
    ],
)
def test_canonical_form_can_be_read_back(title: str, body: str) -> None:
    version = draft_version(StatementFactory.create())
    text = version.texts.get(language="en")
    text.title, text.body = title, body

    assert parse(canonical_form(text))[:3] == [("language", "en"), ("title", title), ("body", body)]


def test_fingerprint_ignores_line_ends_and_composition_only() -> None:
    text = draft_version(StatementFactory.create()).texts.get(language="en")
    text.body = "é\nline"
    first = fingerprint(text)
    text.body = unicodedata.normalize("NFD", "é") + "\r\nline"
    assert fingerprint(text) == first
    text.body = "é\nline "
    assert fingerprint(text) != first


def test_fingerprint_depends_on_every_part_of_the_demands() -> None:
    version = draft_version(StatementFactory.create())
    text = version.texts.get(language="en")
    seen = {fingerprint(text)}
    demand = version.demands.get(number="1")
    wording = demand.texts.get(language="en")
    for row, field, value in (
        (wording, "heading", "x"),
        (wording, "text", "x"),
        (wording, "addressees", "x"),
        (demand, "number", "1a"),
        (demand, "position", 9),
    ):
        setattr(row, field, value)
        row.save()
        seen.add(fingerprint(text))
    assert len(seen) == 6


def test_freeze_version_fingerprints_every_text() -> None:
    version = draft_version(StatementFactory.create())
    now = timezone.now()
    frozen = freeze_version(version=version, by=version.statement.written_by, now=now)

    assert frozen.frozen_at == now
    assert {t.language: t.sha256 for t in frozen.texts.all()} == {
        t.language: fingerprint(t) for t in VersionText.objects.filter(version=version)
    }
    with pytest.raises(VersionFrozenError):
        freeze_version(version=version, by=version.statement.written_by, now=now)


def test_freeze_version_refuses_missing_wordings() -> None:
    statement = StatementFactory.create()
    version = draft_version(statement)
    DemandText.objects.filter(demand__version=version, language="fa").first().delete()  # type: ignore[union-attr]  # there is one
    with pytest.raises(VersionIncompleteError):
        freeze_version(version=version, by=statement.written_by, now=timezone.now())

    empty = StatementVersion.objects.create(statement=StatementFactory.create(), number=1, created_at=timezone.now())
    with pytest.raises(VersionIncompleteError):
        freeze_version(version=empty, by=statement.written_by, now=timezone.now())


FROZEN = "a frozen statement version cannot change|Cannot update or delete"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE petitions_statementversion SET number = 7",
        "UPDATE petitions_statementversion SET frozen_at = NULL",
        "DELETE FROM petitions_statementversion",
        "UPDATE petitions_versiontext SET title = 'x'",
        "UPDATE petitions_versiontext SET body = body || '.'",
        "UPDATE petitions_versiontext SET sha256 = ''",
        "DELETE FROM petitions_versiontext",
        "INSERT INTO petitions_versiontext (version_id, language, title, body, is_unofficial, sha256)"
        " SELECT id, 'ar', 'x', 'x', true, '' FROM petitions_statementversion",
        "UPDATE petitions_demand SET number = number || 'a'",
        "UPDATE petitions_demand SET position = position + 9",
        "UPDATE petitions_demand SET deadline_on = '2030-01-01'",
        "DELETE FROM petitions_demand",
        "INSERT INTO petitions_demand (version_id, number, position, status)"
        " SELECT id, '9', 9, 'open' FROM petitions_statementversion",
        "UPDATE petitions_demandtext SET text = 'x'",
        "UPDATE petitions_demandtext SET addressees = 'x'",
        "DELETE FROM petitions_demandtext",
        "INSERT INTO petitions_demandtext (demand_id, language, heading, text, addressees)"
        " SELECT id, 'ar', '', 'x', '' FROM petitions_demand",
    ],
)
def test_frozen_text_refuses_raw_sql_and_draft_accepts_it(sql: str) -> None:
    statement = StatementFactory.create()
    version = draft_version(statement)
    touches_frozen_at = "frozen_at" in sql or "sha256 = ''" in sql or sql.startswith("DELETE")
    if not touches_frozen_at:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            transaction.set_rollback(True)

    freeze_version(version=version, by=statement.written_by, now=timezone.now())
    with pytest.raises(Exception, match=FROZEN), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_wording_of_a_frozen_demand_cannot_be_moved_away() -> None:
    statement = StatementFactory.create()
    frozen = draft_version(statement, number=1)
    freeze_version(version=frozen, by=statement.written_by, now=timezone.now())
    draft = draft_version(statement, number=2)
    target = Demand.objects.create(version=draft, number="3", position=3)

    with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
        DemandText.objects.filter(demand__version=frozen, demand__number="1", language="en").update(demand=target)
    moved = DemandText.objects.filter(demand__version=draft, demand__number="1", language="en").update(demand=target)
    assert moved == 1


def test_status_of_a_frozen_demand_can_move() -> None:
    statement = StatementFactory.open()
    assert Demand.objects.filter(version__statement=statement).update(status=Demand.Status.MET) == 2


def test_version_cannot_be_frozen_without_fingerprints() -> None:
    version = draft_version(StatementFactory.create())
    with pytest.raises(IntegrityError, match="fingerprint"), transaction.atomic():
        StatementVersion.objects.filter(pk=version.pk).update(frozen_at=timezone.now())
    with pytest.raises(IntegrityError, match="fingerprint"), transaction.atomic():
        StatementVersion.objects.create(
            statement=version.statement, number=5, created_at=timezone.now(), frozen_at=timezone.now()
        )


def test_open_statement_needs_second_person_and_frozen_version() -> None:
    statement = StatementFactory.create()
    version = draft_version(statement)
    second = UserFactory.create()
    with pytest.raises(NoFrozenVersionError):
        open_statement(statement=statement, by=second, now=timezone.now())
    freeze_version(version=version, by=statement.written_by, now=timezone.now())
    with pytest.raises(OwnTextError):
        open_statement(statement=statement, by=statement.written_by, now=timezone.now())
    Statement.objects.filter(pk=statement.pk).update(state="in_review")
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(
            state="open", published_by=statement.written_by, published_at=timezone.now()
        )

    opened = open_statement(statement=statement, by=second, now=timezone.now())
    assert (opened.state, opened.published_by, opened.tally.counted) == ("open", second, 0)


@pytest.mark.parametrize(
    "change", ["text_sha256 = repeat('0', 64)", "version_number = 2", "text_language = 'fa'", "created_at = now()"]
)
def test_signature_stays_bound_by_raw_sql(change: str) -> None:
    signature = SignatureFactory.accepted()
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE petitions_signature SET {change} WHERE id = %s", [signature.pk])  # noqa: S608  names from this file only
    with connection.cursor() as cursor:
        cursor.execute("UPDATE petitions_signature SET comment = 'kept' WHERE id = %s", [signature.pk])
    signature.refresh_from_db()
    assert signature.comment == "kept"


@pytest.mark.parametrize(
    "wrong", [{"text_sha256": "0" * 64}, {"version_number": 2}, {"text_language": "fa"}], ids=lambda w: next(iter(w))
)
def test_signature_cannot_state_another_text(wrong: dict[str, object]) -> None:
    statement = StatementFactory.open()
    SignatureFactory.create(statement=statement)
    with pytest.raises(IntegrityError, match="states the frozen text"), transaction.atomic():
        SignatureFactory.create(statement=statement, **wrong)


def test_signature_cannot_be_on_the_text_of_another_statement() -> None:
    statement, other = StatementFactory.open(), StatementFactory.open()
    text = other.current_version().text_in("en")  # type: ignore[union-attr]  # there is one
    with pytest.raises(IntegrityError, match="states the frozen text"), transaction.atomic():
        SignatureFactory.create(statement=statement, text=text)
