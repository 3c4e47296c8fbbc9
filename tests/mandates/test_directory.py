"""The directory's files: loading, loading again, and what they may not open."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from mandates import actions, directory
from mandates.blocklist import why_blocked
from mandates.errors import AddressBlockedError
from mandates.importing import DirectoryFileError
from mandates.models import ContactPoint, Mandate, Violation
from mandates.reach import contact_for
from tests.accounts.factories import UserFactory
from tests.mandates.factories import ContactPointFactory, MandateFactory

pytestmark = pytest.mark.django_db


def changed_file(tmp_path: Path, slug: str, **values: str) -> Path:
    with directory.MANDATES_CSV.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["slug"] == slug:
            row.update(values)
    path = tmp_path / "mandates.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_load_fills_an_empty_directory() -> None:
    report = directory.load()
    assert Mandate.objects.count() == 70
    assert Violation.objects.count() == 52
    assert not report.changed
    assert not Mandate.objects.filter(title_fa="").exists()
    assert not Violation.objects.filter(label_fa="").exists()
    first = Violation.objects.get(slug="denial-medical-care").competences.order_by("position")
    assert [c.mandate.slug for c in first] == ["sr-health", "sr-torture"]


def test_load_again_changes_nothing() -> None:
    directory.load()
    report = directory.load()
    assert (report.added, report.changed, report.missing) == ([], [], [])
    assert report.changes_nothing


def test_load_changed_file_changes_only_that_and_reports_it(tmp_path: Path) -> None:
    directory.load()
    before = dict(Mandate.objects.exclude(slug="sr-iran").values_list("slug", "title"))
    path = changed_file(tmp_path, "sr-iran", title="New title", holder="Somebody Else", email="new@un.example")
    report = directory.load(mandates_csv=path)
    assert report.added == ["holder Somebody Else of sr-iran", "address new@un.example of sr-iran, unchecked"]
    assert [(c.entry, c.field) for c in report.changed] == [("sr-iran", "title"), ("sr-iran: Mai Sato", "until")]
    assert report.unchanged == 69
    assert dict(Mandate.objects.exclude(slug="sr-iran").values_list("slug", "title")) == before


def test_load_keeps_a_recorded_check() -> None:
    directory.load()
    point = ContactPoint.objects.get(value="hrc-wg-ad@un.org")
    actions.record_contact_check(
        contact_point=point, how="Read on the page", by=UserFactory.create(), now=timezone.now()
    )
    directory.load()
    point.refresh_from_db()
    assert point.check_note == "Read on the page"


def test_load_reports_a_mandate_that_left_the_file() -> None:
    MandateFactory.create(slug="sr-old")
    assert directory.load().missing == ["entry sr-old"]
    assert Mandate.objects.filter(slug="sr-old").exists()


def test_load_file_with_unknown_mandate_loads_nothing(tmp_path: Path) -> None:
    path = tmp_path / "violations.csv"
    path.write_text("slug,group,label,label_fa,mandates\nnew,life,New,نو,sr-nobody\n", encoding="utf-8")
    with pytest.raises(DirectoryFileError, match="sr-nobody"):
        directory.load(violations_csv=path)
    assert not Mandate.objects.exists()


def test_loaded_addresses_can_be_written_to_by_nobody() -> None:
    directory.load()
    mandates = Mandate.objects.prefetch_related("contact_points")
    assert [m.slug for m in mandates if contact_for(m, day=timezone.now().date())] == []
    assert ContactPoint.objects.filter(channel="email").count() == 2


def test_load_marks_an_address_of_the_blocklist(tmp_path: Path) -> None:
    directory.load(mandates_csv=changed_file(tmp_path, "sr-torture", email="sr-torture@ohchr.org"))
    assert ContactPoint.objects.get(value="sr-torture@ohchr.org").is_blocked


@pytest.mark.parametrize("address", ["unvfvt@ohchr.org", "Submissions@OHCHR.org", "SRindependenceJL@ohchr.org"])
def test_blocklist_refuses_an_address_and_its_check(address: str) -> None:
    assert why_blocked(address)
    mandate = MandateFactory.create()
    with pytest.raises(AddressBlockedError):
        actions.add_contact_point(mandate=mandate, value=address, source_note="", now=timezone.now())
    point = ContactPointFactory.create(mandate=mandate, value=address)
    with pytest.raises(AddressBlockedError):
        actions.record_contact_check(contact_point=point, how="x", by=UserFactory.create(), now=timezone.now())


def test_load_directory_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_directory")
    assert "added entry sr-iran" in capsys.readouterr().out
