"""The people of one entry, in step with the file: a new holder ends the old one's time, and nobody is deleted."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from mandates.finding import fold
from mandates.importing.reading import FileHolder, FileRow
from mandates.importing.report import Change, Report
from mandates.importing.tenure import Partial, Tenure
from mandates.importing.values import MISSING, is_untouched, shown
from mandates.models import Mandate, MandateHolder

Known = dict[str, dict[str, Any]]


def merge_holders(mandate: Mandate, row: FileRow, known: Mapping[str, dict[str, Any]], report: Report) -> Known:
    """Bring the holders of `mandate` in step with `row`; returns what to remember of them for the next import.

    A name is the same person with other accents or capitals: then its spelling is one more value.
    """
    written: Known = {name: dict(values) for name, values in known.items()}
    here = {fold(holder.name): holder for holder in mandate.holders.all()}
    named = {fold(holder.name) for holder in row.holders or ()}
    for told in row.holders or ():
        if (holder := here.get(fold(told.name))) is not None:
            base = written.setdefault(fold(told.name), {})
            _merge_holder(holder, _values(told, row), base, entry=f"{row.slug}: {holder.name}", report=report)
    for told in row.holders or ():
        if fold(told.name) not in here and (mandate.is_group or _make_room(told, row, here, written, report)):
            _add(mandate, told, row, written, report)
    gone = [h for key, h in here.items() if key in known and key not in named and h.until is None]
    report.missing += [f"holder {holder.name} of {row.slug}" for holder in gone]
    return written


def _values(told: FileHolder, row: FileRow) -> dict[str, Any]:
    """What the file says of a person; of dates nothing where it names none, so that it takes none away."""
    values: dict[str, Any] = {"name": told.name}
    if told.tenure != Tenure():
        values["since"] = told.tenure.since.text if told.tenure.since else ""
        values["until"] = told.tenure.until.text if told.tenure.until else ""
    values |= {"since_note": told.note, "source_note": row.source, "is_verified": row.is_verified}
    return values | ({"as_of": row.as_of.isoformat()} if row.as_of else {})


def _here(holder: MandateHolder, name: str) -> Any:
    if name in {"since", "until"}:
        return holder.since_text if name == "since" else holder.until_text
    value = getattr(holder, name)
    return value.isoformat() if isinstance(value, date) else ("" if value is None else value)


def _put(holder: MandateHolder, name: str, value: Any) -> None:
    if name in {"since", "until"}:
        partial = _read(value)
        setattr(holder, name, partial.first if partial else None)
        setattr(holder, f"{name}_precision", partial.precision if partial else "day")
    elif name == "as_of":
        holder.as_of = date.fromisoformat(value)
    else:
        setattr(holder, name, value)


def _read(text: str) -> Partial | None:
    if not text:
        return None
    parts = [int(part) for part in text.removeprefix("<").split("-")]
    precision = "before" if text.startswith("<") else ("year", "month", "day")[len(parts) - 1]
    return Partial(date(*[*parts, 1, 1][:3]), precision)


def _merge_holder(
    holder: MandateHolder, theirs: dict[str, Any], base: dict[str, Any], *, entry: str, report: Report
) -> None:
    """The rule of three for one person; all that may change changes together or not at all."""
    taken, conflicts = [], []
    for name, new in theirs.items():
        old = _here(holder, name)
        if old == new:
            base[name] = new
        elif is_untouched(old, base.get(name, MISSING)):
            taken.append(Change(entry, name, shown(old), shown(new)))
            _put(holder, name, new)
        else:
            conflicts.append(Change(entry, name, shown(old), shown(new)))
    if taken and not _save(holder):
        holder.refresh_from_db()
        conflicts, taken = conflicts + taken, []
    base |= {change.field: theirs[change.field] for change in taken}
    report.changed += taken
    report.conflicts += conflicts


def _make_room(
    told: FileHolder, row: FileRow, here: Mapping[str, MandateHolder], written: Known, report: Report
) -> bool:
    """Whether a new holder can be added: one whom an import named before leaves, one named by hand stays."""
    if told.tenure.until is not None:
        return True
    named = {fold(holder.name) for holder in row.holders or ()}
    for key, former in here.items():
        if former.until is not None or key in named:
            continue
        base = written.get(key)
        if base is None or not is_untouched(former.until_text, base.get("until", "")):
            report.conflicts.append(Change(row.slug, "holder", former.name, told.name))
            return False
        _end(former, told, row, base, report)
    return True


def _end(former: MandateHolder, told: FileHolder, row: FileRow, base: dict[str, Any], report: Report) -> None:
    """The former holder leaves when the new one comes, or at an unknown day before the file was made."""
    since = told.tenure.since
    if since is not None and (former.since is None or since.first >= former.since):
        _put(former, "until", since.text)
    else:
        day = row.as_of or former.as_of or former.since
        _put(former, "until", f"<{max(filter(None, [day, former.since])).isoformat()}" if day else "")
    former.save(update_fields=["until", "until_precision"])
    base["until"] = former.until_text
    report.changed.append(Change(f"{row.slug}: {former.name}", "until", "", former.until_text))


def _add(mandate: Mandate, told: FileHolder, row: FileRow, written: Known, report: Report) -> None:
    holder = MandateHolder(mandate=mandate, name=told.name)
    values = _values(told, row)
    for name, value in values.items():
        _put(holder, name, value)
    if _save(holder):
        written[fold(told.name)] = values
        report.added.append(f"holder {told.name} of {row.slug}")
    else:
        others = ", ".join(mandate.holders.latest_first().values_list("name", flat=True))
        report.conflicts.append(Change(row.slug, "holder", others, told.name))


def _save(holder: MandateHolder) -> bool:
    """Whether the database takes it: it lets nobody hold an office while another does."""
    try:
        with transaction.atomic():
            holder.save()
    except IntegrityError:
        return False
    return True
