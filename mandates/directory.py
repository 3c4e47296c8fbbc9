"""Loads the directory of mandates and the taxonomy of violations from the project's own files.

A second load changes only what changed in the files and says so. Rows that people added, checks they recorded and
entries that left the files stay: the report names the latter.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models, transaction

from mandates.blocklist import why_blocked
from mandates.models import Competence, ContactPoint, Mandate, MandateHolder, Violation

DATA = Path(__file__).resolve().parent / "data"
MANDATES_CSV, VIOLATIONS_CSV = DATA / "mandates.csv", DATA / "violations.csv"
Row = Mapping[str, str]


@dataclass
class Report:
    """What a load did: one line for each thing added or changed, and what the files no longer name."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)

    @property
    def changed_nothing(self) -> bool:
        return not self.added and not self.changed

    def __str__(self) -> str:
        lines = [f"added {what}" for what in self.added]
        lines += [f"changed {what}" for what in self.changed]
        lines += [f"no longer in the files, kept: {what}" for what in self.left_over]
        return "\n".join([*lines, f"{len(self.added)} added, {len(self.changed)} changed"])


class DirectoryFileError(ValueError):
    """A line of a file that cannot be loaded; nothing was."""


@transaction.atomic
def load(*, mandates_csv: Path = MANDATES_CSV, violations_csv: Path = VIOLATIONS_CSV) -> Report:
    """Bring the directory in step with the files. Addresses arrive unchecked, so nothing can be sent to them yet."""
    report = Report()
    mandates = {row["slug"]: _load_mandate(row, report) for row in _rows(mandates_csv)}
    for position, row in enumerate(_rows(violations_csv)):
        _load_violation(row, position, mandates, report)
    gone = Mandate.objects.filter(is_demonstration=False).exclude(slug__in=mandates)
    report.left_over += [f"mandate {slug}" for slug in gone.values_list("slug", flat=True)]
    return report


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _load_mandate(row: Row, report: Report) -> Mandate:
    values = {
        "title": row["title"],
        "title_fa": row["title_fa"],
        "kind": row["kind"],
        "scope": row["scope"],
        "country": row["country"],
        "source_note": row["source"],
        "is_verified": row["verified"] == "yes",
    }
    mandate = Mandate.objects.filter(slug=row["slug"]).first() or Mandate(slug=row["slug"])
    _keep_in_step(mandate, values, f"mandate {row['slug']}", report)
    _load_holder(mandate, row, report)
    for channel, column in ((ContactPoint.Channel.EMAIL, "email"), (ContactPoint.Channel.FORM, "form_url")):
        if row[column]:
            _load_address(mandate, channel, row[column], row["source"], report)
    return mandate


def _load_holder(mandate: Mandate, row: Row, report: Report) -> None:
    name = row["holder"]
    for former in mandate.holders.exclude(name=name):
        report.changed.append(f"mandate {mandate.slug}: {former.name} no longer holds it")
        former.delete()
    if not name:
        return
    values = {
        "since_note": row["holder_note"],
        "as_of": date.fromisoformat(row["as_of"]),
        "is_verified": row["verified"] == "yes",
    }
    holder = mandate.holders.filter(name=name).first() or MandateHolder(mandate=mandate, name=name)
    _keep_in_step(holder, values, f"holder {name} of {mandate.slug}", report)


def _load_address(mandate: Mandate, channel: str, value: str, source: str, report: Report) -> None:
    point = mandate.contact_points.filter(value=value).first() or ContactPoint(mandate=mandate, value=value)
    values: dict[str, Any] = {"channel": channel, "source_note": source}
    if why_blocked(value):
        values["is_blocked"] = True
    _keep_in_step(point, values, f"address {value} of {mandate.slug}, unchecked", report)


def _load_violation(row: Row, position: int, mandates: Mapping[str, Mandate], report: Report) -> None:
    values = {"label": row["label"], "label_fa": row["label_fa"], "group": row["group"], "position": position}
    violation = Violation.objects.filter(slug=row["slug"]).first() or Violation(slug=row["slug"])
    is_new = violation.pk is None
    _keep_in_step(violation, values, f"violation {row['slug']}", report)
    wanted = row["mandates"].split()
    unknown = [slug for slug in wanted if slug not in mandates]
    if unknown:
        raise DirectoryFileError(f"violation {row['slug']} names unknown mandates: {', '.join(unknown)}")
    now = list(violation.competences.order_by("position").values_list("mandate__slug", flat=True))
    if now != wanted:
        _replace_competences(violation, [mandates[slug] for slug in wanted])
        if not is_new:
            report.changed.append(f"violation {row['slug']}: competent {', '.join(wanted)}")


def _replace_competences(violation: Violation, mandates: Iterable[Mandate]) -> None:
    violation.competences.all().delete()
    Competence.objects.bulk_create(
        Competence(violation=violation, mandate=mandate, position=position) for position, mandate in enumerate(mandates)
    )


def _keep_in_step(row: models.Model, values: Mapping[str, Any], what: str, report: Report) -> None:
    """Save `row` if it is new or a value differs, and say which."""
    differing = [name for name, value in values.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, values[name])
    if row.pk is None:
        row.save()
        report.added.append(what)
    elif differing:
        row.save(update_fields=differing)
        report.changed.append(f"{what}: {', '.join(differing)}")
