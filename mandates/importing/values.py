"""The rule of three for the values of one row: what the file says, what is here, what the last import wrote."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django_countries.fields import Country

from mandates.importing.report import Change, Report

MISSING: Any = object()


def merge_values(
    row: models.Model, theirs: Mapping[str, Any], base: dict[str, Any], *, entry: str, report: Report
) -> None:
    """Bring `row` in step with `theirs` where nobody changed it by hand, and save it.

    `base` holds what the last import wrote and is brought up to date; a field it lacks counts as untouched only while
    nothing is filled in here.
    """
    taken: list[Change] = []
    for name, new in theirs.items():
        old = plain(getattr(row, name))
        if old == new:
            base[name] = new
        elif is_untouched(old, base.get(name, MISSING)):
            taken.append(Change(entry, name, shown(old), shown(new)))
            setattr(row, name, new)
        else:
            report.conflicts.append(Change(entry, name, shown(old), shown(new)))
    taken, refused = _save(row, taken)
    base |= {change.field: theirs[change.field] for change in taken}
    report.changed += taken
    report.conflicts += refused


def _save(row: models.Model, taken: list[Change]) -> tuple[list[Change], list[Change]]:
    """Save what is taken over, and again without the kind where the database refuses that one: an office of one holder
    cannot come of a group that several people are in. Returns what was saved and what was not."""
    fields = [change.field for change in taken]
    try:
        with transaction.atomic():
            if fields:
                row.save(update_fields=fields)
    except IntegrityError:
        if "kind" not in fields:
            raise
        row.refresh_from_db(fields=["kind"])
        row.save(update_fields=[name for name in fields if name != "kind"])
        return [c for c in taken if c.field != "kind"], [c for c in taken if c.field == "kind"]
    return taken, []


def is_untouched(here: Any, base: Any) -> bool:
    """Whether nobody changed a value by hand since the last import wrote `base`."""
    return here in ("", None) if base is MISSING else here == base


def plain(value: Any) -> Any:
    """A value as the file would write it."""
    return value.code if isinstance(value, Country) else value


def shown(value: Any) -> str:
    return {True: "yes", False: "no", None: ""}.get(value, str(value)) if not isinstance(value, str) else value
