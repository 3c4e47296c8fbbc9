"""Loads the directory of mandates and the taxonomy of violations from the project's own files.

A second load changes only what changed in the files and says so. Rows that people added, values they changed, checks
they recorded and entries that left the files stay: the report names them.
"""

import csv
from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
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
    here = {violation.slug: violation for violation in Violation.objects.prefetch_related("competences__mandate")}
    competences: list[Competence] = []
    with violations_csv.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for position, row in enumerate(reader):
            wanted = row["mandates"].split()
            if unknown := [slug for slug in wanted if slug not in mandates]:
                message = f"not in the directory: {', '.join(unknown)}"
                raise DirectoryFileError([FileError(reader.line_num, "mandates", message)])
            violation = here.get(row["slug"]) or Violation(slug=row["slug"])
            if _load_violation(violation, row, position, report):
                competences += [
                    Competence(violation=violation, mandate=mandates[slug], position=place)
                    for place, slug in enumerate(wanted)
                ]
    Competence.objects.bulk_create(competences)
    return report


def _load_violation(violation: Violation, row: Row, position: int, report: Report) -> bool:
    """Bring one violation in step; whether its competences are to be written anew."""
    entry, wanted = f"violation {row['slug']}", row["mandates"].split()
    is_new = violation.pk is None
    values = {"label": row["label"], "label_fa": row["label_fa"], "group": row["group"], "position": position}
    _keep_in_step(violation, values, entry, report)
    if is_new:
        return True
    ranked = sorted(violation.competences.all(), key=attrgetter("position"))
    now = [competence.mandate.slug for competence in ranked]
    if now == wanted:
        return False
    violation.competences.all().delete()
    report.changed.append(Change(entry, "mandates", ", ".join(now), ", ".join(wanted)))
    return True


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
