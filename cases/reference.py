"""The reference lists the house carries, prisons, courts and charges, each in a file of `cases/data/`."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models, transaction

from cases.models import ChargeTerm, Court, Prison

DATA = Path(__file__).parent / "data"
LISTS: dict[str, type[models.Model]] = {"prisons.csv": Prison, "courts.csv": Court, "charges.csv": ChargeTerm}


@transaction.atomic
def load_reference() -> list[str]:
    """Bring the tables in step with the files; returns one line for each row that was added, changed or is not listed.

    Rows are known by their slug. Loading twice changes nothing. A row that is no longer listed stays, since a case may
    name it.
    """
    return [change for name, model in LISTS.items() for change in _load_list(name, model)]


def _load_list(name: str, model: type[models.Model]) -> Iterator[str]:
    listed = read_list(name)
    known = {row["slug"]: row for row in model._default_manager.values("pk", *listed[0])}
    for row in listed:
        old = known.pop(row["slug"], None)
        if old is None:
            model._default_manager.create(**row)
            yield f"{name}: {row['slug']} added"
        elif changed := {field: value for field, value in row.items() if old[field] != value}:
            model._default_manager.filter(pk=old["pk"]).update(**changed)
            yield f"{name}: {row['slug']} changed ({', '.join(changed)})"
    yield from (f"{name}: {slug} is not listed any more and was kept" for slug in known)


def read_list(name: str) -> list[dict[str, Any]]:
    """The rows of one file, as the fields of its model."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
