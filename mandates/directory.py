"""Loads the directory of mandates and the taxonomy of violations from the project's own files.

A second load changes only what changed in the files and says so. Rows that people added, values they changed, checks
they recorded and entries that left the files stay: the report names them.
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from mandates.importing import Change, DirectoryFileError, FileError, Report, merge_file, read_file
from mandates.models import Competence, Mandate, Violation

DATA = Path(__file__).resolve().parent / "data"
MANDATES_CSV, VIOLATIONS_CSV = DATA / "mandates.csv", DATA / "violations.csv"
Row = Mapping[str, str]


@transaction.atomic
def load(
    *, mandates_csv: Path = MANDATES_CSV, violations_csv: Path = VIOLATIONS_CSV, now: datetime | None = None
) -> Report:
    """Bring the directory in step with the files. Addresses arrive unchecked, so nothing can be sent to them yet.

    Raises DirectoryFileError, and then nothing was loaded.
    """
    report = merge_file(read_file(mandates_csv.read_bytes()), by=None, now=now or timezone.now())
    mandates = {mandate.slug: mandate for mandate in Mandate.objects.all()}
    with violations_csv.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for position, row in enumerate(reader):
            _load_violation(row, position, reader.line_num, mandates, report)
    return report


def _load_violation(row: Row, position: int, line: int, mandates: Mapping[str, Mandate], report: Report) -> None:
    values = {"label": row["label"], "label_fa": row["label_fa"], "group": row["group"], "position": position}
    violation = Violation.objects.filter(slug=row["slug"]).first() or Violation(slug=row["slug"])
    is_new = violation.pk is None
    _keep_in_step(violation, values, f"violation {row['slug']}", report)
    wanted = row["mandates"].split()
    unknown = [slug for slug in wanted if slug not in mandates]
    if unknown:
        raise DirectoryFileError([FileError(line, "mandates", f"not in the directory: {', '.join(unknown)}")])
    now = list(violation.competences.order_by("position").values_list("mandate__slug", flat=True))
    if now != wanted:
        _replace_competences(violation, [mandates[slug] for slug in wanted])
        if not is_new:
            report.changed.append(Change(f"violation {row['slug']}", "mandates", ", ".join(now), ", ".join(wanted)))


def _replace_competences(violation: Violation, mandates: Iterable[Mandate]) -> None:
    violation.competences.all().delete()
    Competence.objects.bulk_create(
        Competence(violation=violation, mandate=mandate, position=position) for position, mandate in enumerate(mandates)
    )


def _keep_in_step(row: models.Model, values: Mapping[str, Any], what: str, report: Report) -> None:
    """Save `row` if it is new or a value differs, and say which."""
    old = {name: str(getattr(row, name)) for name, value in values.items() if getattr(row, name) != value}
    for name in old:
        setattr(row, name, values[name])
    if row.pk is None:
        row.save()
        report.added.append(what)
    elif old:
        row.save(update_fields=list(old))
        report.changed += [Change(what, name, before, str(values[name])) for name, before in old.items()]
