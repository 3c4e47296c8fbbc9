"""Importing a file again: only what changed changes, what people changed stays, and the report says all of it."""

import csv
import io
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mandates import actions, directory
from mandates.errors import ImportChangedError
from mandates.importing import Change, DirectoryFileError, Report, merge_file, read_file, try_file
from mandates.models import ContactPoint, DirectoryImport, Mandate, MandateHolder
from tests.accounts.factories import UserFactory
from tests.mandates.factories import HolderFactory, MandateFactory

pytestmark = pytest.mark.django_db

COLUMNS = ["slug", "title", "kind", "scope", "country", "holder", "email", "source", "verified", "as_of"]
TABLES = (Mandate, MandateHolder, ContactPoint)


def row(slug: str = "sr-trying", **cells: str) -> dict[str, str]:
    base = {"slug": slug, "title": f"Special Rapporteur on {slug}", "kind": "special rapporteur", "scope": "thematic"}
    return {**dict.fromkeys(COLUMNS, ""), **base, "as_of": "2026-01-01", **cells}


def as_csv(rows: Iterable[dict[str, str]], columns: list[str] = COLUMNS) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def take(*rows: dict[str, str]) -> Report:
    return merge_file(read_file(as_csv(rows)), by=None, now=timezone.now())


def everything() -> dict[str, list[Any]]:
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in TABLES}


def holders(slug: str = "sr-trying") -> list[tuple[str, str, str]]:
    rows = MandateHolder.objects.filter(mandate__slug=slug).order_by("pk")
    return [(h.name, h.since_text, h.until_text) for h in rows]


def test_import_adds_then_finds_nothing_to_do() -> None:
    line = row(holder="Ada Trial (from May 2023)", email="trying@un.example", source="A page", verified="yes")
    first = take(line)
    assert first.added == [
        "entry sr-trying",
        "holder Ada Trial of sr-trying",
        "address trying@un.example of sr-trying, unchecked",
    ]
    before = everything()
    again = take(line)
    assert (again.changes_nothing, again.conflicts, again.missing, again.unchanged) == (True, [], [], 1)
    assert everything() == before
    assert holders() == [("Ada Trial", "2023-05", "")]
    assert not ContactPoint.objects.exclude(checked_on=None).exists()


def test_import_reports_each_changed_value_with_old_and_new() -> None:
    take(row(source="A page"), row("sr-other"))
    report = take(row(source="Another page", country="IR"), row("sr-other"))
    assert report.changed == [
        Change("sr-trying", "source_note", "A page", "Another page"),
        Change("sr-trying", "country", "", "IR"),
    ]
    assert (report.added, report.unchanged) == ([], 1)


def test_import_keeps_what_a_person_changed_and_says_so() -> None:
    take(row(source="A page"))
    mandate = Mandate.objects.get()
    actions.edit_mandate(
        mandate=mandate, values={"source_note": "My own page"}, by=UserFactory.create(), now=timezone.now()
    )
    for told in ("A page", "A newer page"):
        report = take(row(source=told, title="A new title"))
        assert report.conflicts == [Change("sr-trying", "source_note", "My own page", told)]
    mandate.refresh_from_db()
    assert (mandate.source_note, mandate.title) == ("My own page", "A new title")
    assert take(row(source="My own page", title="A new title")).conflicts == []
    assert take(row(source="The file leads again", title="A new title")).changed != []


def test_import_with_a_new_holder_ends_the_old_ones_time() -> None:
    take(row(holder="Ada Trial (from May 2020)"))
    report = take(row(holder="Ben Trial (from June 2026)"))
    assert report.changed == [Change("sr-trying: Ada Trial", "until", "", "2026-06")]
    assert holders() == [("Ada Trial", "2020-05", "2026-06"), ("Ben Trial", "2026-06", "")]
    before = everything()
    assert take(row(holder="Ben Trial (from June 2026)")).changes_nothing
    assert everything() == before


def test_import_of_a_successor_without_a_date_leaves_the_day_open() -> None:
    take(row(holder="Ada Trial"))
    take(row(holder="Ben Trial"))
    assert holders() == [("Ada Trial", "", "<2026-01-01"), ("Ben Trial", "", "")]


def test_import_does_not_unseat_a_holder_added_by_hand() -> None:
    take(row())
    HolderFactory.create(mandate=Mandate.objects.get(), name="Cleo By Hand")
    report = take(row(holder="Ada Trial (from May 2020)"))
    assert report.conflicts == [Change("sr-trying", "holder", "Cleo By Hand", "Ada Trial")]
    assert holders() == [("Cleo By Hand", "", "")]


def test_import_does_not_reopen_a_time_that_a_person_ended() -> None:
    line = row(holder="Ada Trial (from May 2020)")
    take(line)
    values = {"until": "2026-05-01", "until_precision": "month"}
    holder = MandateHolder.objects.get()
    actions.save_holder(
        mandate=holder.mandate, holder=holder, values=values, by=UserFactory.create(), now=timezone.now()
    )
    assert take(line).conflicts == [Change("sr-trying: Ada Trial", "until", "2026-05", "")]
    assert holders() == [("Ada Trial", "2020-05", "2026-05")]


def test_import_takes_no_date_away_by_saying_nothing() -> None:
    take(row(holder="Ada Trial (2020-2026)"))
    take(row(holder="Ada Trial (named in a report)"))
    assert holders() == [("Ada Trial", "2020", "2026")]
    take(row(holder="Ada Trial (2021-)"))
    assert holders() == [("Ada Trial", "2021", "")]


def test_import_takes_former_and_present_holders_from_one_cell() -> None:
    take(row(holder="Ada Trial (2020-2026; saw it through); successor Ben Trial (2026-)"))
    assert holders() == [("Ada Trial", "2020", "2026"), ("Ben Trial", "2026", "")]


def test_import_knows_a_name_by_other_accents() -> None:
    take(row(holder="Volker Türk (from October 2022)"))
    report = take(row(holder="Volker Turk (from October 2022)"))
    assert report.changed == [Change("sr-trying: Volker Türk", "name", "Volker Türk", "Volker Turk")]
    assert holders() == [("Volker Turk", "2022-10", "")]


def test_import_lets_a_working_group_have_many() -> None:
    line = row(kind="working group", holder="Ada Trial (chair from April 2024); Ben Trial; Cleo Trial")
    report = take(line)
    assert [name for name, _since, _until in holders()] == ["Ada Trial", "Ben Trial", "Cleo Trial"]
    assert report.conflicts == []
    assert take(line).changes_nothing


def test_import_deletes_nothing_that_left_the_file() -> None:
    take(row(holder="Ada Trial", email="trying@un.example"), row("sr-other"))
    report = take(row(holder="", email=""))
    assert report.missing == [
        "holder Ada Trial of sr-trying",
        "address trying@un.example of sr-trying",
        "entry sr-other",
    ]
    assert (Mandate.objects.count(), MandateHolder.objects.count(), ContactPoint.objects.count()) == (2, 1, 1)


def test_import_of_a_file_without_a_column_leaves_its_values_alone() -> None:
    take(row(holder="Ada Trial", email="trying@un.example", source="A page"))
    before = everything()
    short = as_csv([row()], ["slug", "title", "kind", "scope"])
    report = merge_file(read_file(short), by=None, now=timezone.now())
    assert (report.changes_nothing, report.missing, report.unchanged) == (True, [], 1)
    assert everything() == before


def test_import_never_touches_a_check() -> None:
    take(row(email="trying@un.example", source="A page"))
    point = ContactPoint.objects.get()
    for _number in range(2):
        actions.record_contact_check(contact_point=point, how="Read", by=UserFactory.create(), now=timezone.now())
    point.refresh_from_db()
    take(row(email="trying@un.example", source="Another page"))
    after = ContactPoint.objects.get()
    assert after.source_note == "Another page"
    assert (after.checked_by, after.confirmed_by, after.expires_on) == (
        point.checked_by,
        point.confirmed_by,
        point.expires_on,
    )


def test_import_blocks_an_address_that_came_onto_the_list_of_wrong_ones() -> None:
    take(row())
    point = ContactPoint.objects.create(mandate=Mandate.objects.get(), value="racism@ohchr.org")
    report = take(row(email="racism@ohchr.org"))
    point.refresh_from_db()
    assert point.is_blocked
    assert "earlier mail domain" in point.blocked_because
    assert point.blocked_source
    assert Change("sr-trying: address racism@ohchr.org", "is_blocked", "no", "yes") in report.changed


def test_preview_reports_the_same_and_changes_nothing() -> None:
    take(row(holder="Ada Trial (from May 2020)", source="A page"))
    before = everything()
    rows = read_file(as_csv([row(holder="Ben Trial (from June 2026)", email="x@un.example"), row("sr-new")]))
    tried = try_file(rows, by=None, now=timezone.now())
    assert everything() == before
    assert merge_file(rows, by=None, now=timezone.now()) == tried
    assert Report.from_json(tried.as_json()) == tried


WORDS = ["", "A page", "Another page", "Source, “quoted”; with\nlines", "متن فارسی"]
NAMES = ["", "Ada Trial (from May 2020)", "Ben Trial (2026-)", "Cleo Trial", "Ada Trial (2020-2024); Ben Trial (2025-)"]


@pytest.mark.parametrize("seed", range(12))
def test_any_file_taken_twice_changes_nothing_the_second_time(seed: int) -> None:
    """Random files, random edits by hand between them: the second import of one file never writes, and what a person
    changed is never lost."""
    chance = random.Random(seed)
    person, slugs = UserFactory.create(), [f"sr-{letter}" for letter in "abcdef"]
    for _round in range(4):
        rows = [
            row(
                slug,
                title=chance.choice(["One", "Two", "Three"]),
                kind=chance.choice(["special rapporteur", "working group", "un official"]),
                source=chance.choice(WORDS),
                holder=chance.choice(NAMES),
                email=chance.choice(["", f"{slug}@un.example", f"new-{slug}@un.example"]),
                verified=chance.choice(["yes", "no"]),
            )
            for slug in chance.sample(slugs, chance.randint(1, len(slugs)))
        ]
        edited = {}
        for mandate in Mandate.objects.all():
            if chance.random() < 0.4:
                edited[mandate.slug] = f"By hand {chance.random()}"
                values = {"source_note": edited[mandate.slug]}
                actions.edit_mandate(mandate=mandate, values=values, by=person, now=timezone.now())
        report, before = take(*rows), everything()
        again = take(*rows)
        assert again.changes_nothing
        assert again.conflicts == report.conflicts
        assert everything() == before
        assert {m.slug: m.source_note for m in Mandate.objects.filter(slug__in=edited)} == edited


@pytest.mark.parametrize(
    ("line", "column", "word", "rows"),
    [
        (2, "kind", "Not one of", [row(kind="king")]),
        (2, "scope", "Not one of", [row(scope="cosmic")]),
        (2, "country", "No country", [row(country="XX")]),
        (2, "country", "needs its country", [row(scope="country")]),
        (2, "email", "not an e-mail", [row(email="nobody")]),
        (2, "verified", "Not one of", [row(verified="maybe")]),
        (2, "as_of", "Write the date", [row(as_of="soon")]),
        (2, "slug", "Small letters", [row(slug="SR Trying")]),
        (2, "title", "Nothing is filled in", [row(title=" ")]),
        (2, "title", "Longer than 300", [row(title="x" * 301)]),
        (2, "title", "cannot be shown", [row(title="x\x07")]),
        (2, "holder", "before the beginning", [row(holder="Ada Trial (2024-2020)")]),
        (2, "holder", "twice", [row(holder="Ada Trial; Ada Trial")]),
        (3, "slug", "line 2 already", [row(), row()]),
        (4, "kind", "Not one of", [row(source="two\nlines"), row("sr-b", kind="king")]),
    ],
)
def test_error_names_its_line_and_column_and_nothing_is_taken(
    line: int, column: str, word: str, rows: list[dict[str, str]]
) -> None:
    with pytest.raises(DirectoryFileError) as caught:
        take(*rows)
    (error,) = caught.value.errors
    assert (error.line, error.column) == (line, column)
    assert word in str(error)
    assert not Mandate.objects.exists()


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b"", 1, ""),
        (b"\xff\xfe\x00", 1, ""),
        (b"slug,title,kind,scope\n", 1, ""),
        (b"slug,title,kind\na,b,c\n", 1, "scope"),
        (b"slug,title,kind,scope,surprise\na,b,un official,other,x\n", 1, "surprise"),
        (b"slug,title,kind,scope,title\na,b,un official,other,x\n", 1, "title"),
        (b"slug,title,kind,scope\na,b,un official,other\nb,c\n", 3, ""),
        (b'slug,title,kind,scope\na,b,un official,other\n"b,c,d,e\n', 3, ""),
    ],
)
def test_file_that_is_no_directory_is_refused_with_its_place(content: bytes, line: int, column: str) -> None:
    with pytest.raises(DirectoryFileError) as caught:
        read_file(content)
    assert [(error.line, error.column) for error in caught.value.errors] == [(line, column)]


def test_every_error_of_a_file_is_named_at_once() -> None:
    with pytest.raises(DirectoryFileError) as caught:
        take(row(kind="king", email="x"), row("sr-b"), row("sr-c", verified="perhaps"))
    assert [(e.line, e.column) for e in caught.value.errors] == [(2, "email"), (2, "kind"), (4, "verified")]


def test_file_from_a_spreadsheet_with_a_mark_at_its_head_is_read() -> None:
    assert len(read_file(b"\xef\xbb\xbf" + as_csv([row()]).encode())) == 1


def test_upload_is_looked_at_first_and_taken_over_as_it_was_shown() -> None:
    person, content = UserFactory.create(), as_csv([row(email="trying@un.example")]).encode()
    upload = actions.preview_import(content=content, file_name="m.csv", by=person, now=timezone.now())
    assert not Mandate.objects.exists()
    report = actions.apply_import(upload=upload, by=person, now=timezone.now())
    assert report.as_json() == upload.report
    assert ContactPoint.objects.get().added_by == person
    before = everything()
    assert actions.apply_import(upload=upload, by=person, now=timezone.now()) == report
    assert everything() == before


def test_upload_is_not_taken_over_once_the_directory_has_changed() -> None:
    person = UserFactory.create()
    upload = actions.preview_import(content=as_csv([row()]).encode(), file_name="m.csv", by=person, now=timezone.now())
    MandateFactory.create(slug="sr-trying", title="Somebody was faster")
    with pytest.raises(ImportChangedError):
        actions.apply_import(upload=upload, by=person, now=timezone.now())
    assert Mandate.objects.get().title == "Somebody was faster"
    assert DirectoryImport.objects.get().applied_at is None


def test_command_imports_previews_and_names_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.csv"
    path.write_text(as_csv([row(holder="Ada Trial")]), encoding="utf-8")
    call_command("import_mandates", path, preview=True)
    assert "if taken over" in capsys.readouterr().out
    assert not Mandate.objects.exists()
    call_command("import_mandates", path)
    out = capsys.readouterr().out
    assert "added holder Ada Trial of sr-trying" in out
    assert "2 added, 0 changed, 0 in conflict, 0 unchanged, 0 missing from the file" in out
    path.write_text(as_csv([row(kind="king")]), encoding="utf-8")
    with pytest.raises(CommandError, match="line 2, column kind"):
        call_command("import_mandates", path)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_mandates", tmp_path / "none.csv")
    with pytest.raises(CommandError, match="No account"):
        call_command("import_mandates", path, by="nobody@people.example")


def test_file_of_the_project_dates_holders_as_its_sources_do() -> None:
    directory.load()
    dated = {h.name: (h.since_text, h.until_text) for h in MandateHolder.objects.all()}
    assert dated["Mai Sato"] == ("2024-08-01", "")
    assert dated["Michael Fakhri"] == ("2020-05", "2026-04")
    assert dated["Olivier De Schutter"] == ("2020", "2026")
    assert dated["Elena Carolina Díaz Galán"] == ("2026", "")
    assert dated["Alice Jill Edwards"] == ("", "")
    assert dated["Matthew Gillett"] == ("", "")


def test_directory_holds_the_other_addressees_of_the_campaign() -> None:
    directory.load()
    kinds = dict(Mandate.objects.filter(scope="other").values_list("slug", "kind"))
    assert (
        kinds.items()
        >= {
            "ffm-iran": "fact-finding mission",
            "high-commissioner": "un official",
            "secretary-general": "un official",
            "third-committee-canada": "permanent mission",
            "third-committee-sponsors": "state group",
            "un-member-states": "state group",
            "eu-member-states": "state group",
        }.items()
    )
    unverified = Mandate.objects.filter(is_verified=False).values_list("slug", flat=True)
    assert {"third-committee-sponsors", "un-member-states", "hrc-president"} <= set(unverified)
