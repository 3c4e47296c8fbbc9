"""Bringing the directory in step with a file's rows, value by value.

Three values decide each: what the file says, what is here, and what the last import wrote. Only where the last two are
the same does the file win; a value that a person changed since is kept and reported as a conflict. Nothing is deleted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from mandates.blocklist import blocked_entry
from mandates.importing.holding import merge_holders
from mandates.importing.reading import FileRow
from mandates.importing.report import Change, Report
from mandates.importing.values import MISSING, merge_values
from mandates.models import ContactPoint, Mandate

# Two imports at once would each compare with what the other is about to change.
_ONE_AT_A_TIME = 0x6D616E64


@dataclass(frozen=True)
class Merge:
    """One run: when, by whom (nobody for the project's own files), and its report."""

    now: datetime
    by: User | None
    report: Report


@transaction.atomic
def merge_file(rows: list[FileRow], *, by: User | None, now: datetime) -> Report:
    """Take `rows` over; returns what that did. Addresses arrive unchecked: an import never makes one usable."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    merge = Merge(now, by, Report())
    here = {
        mandate.slug: mandate
        for mandate in Mandate.objects.select_for_update()
        .filter(slug__in=[row.slug for row in rows])
        .prefetch_related("holders", "contact_points")
    }
    for row in rows:
        _merge_row(row, here.get(row.slug), merge)
    gone = Mandate.objects.filter(is_demonstration=False).exclude(slug__in=[row.slug for row in rows])
    merge.report.missing += [f"entry {slug}" for slug in gone.order_by("slug").values_list("slug", flat=True)]
    return merge.report


def try_file(rows: list[FileRow], *, by: User | None, now: datetime) -> Report:
    """What `merge_file` would report, found out by doing it and taking it all back."""
    with transaction.atomic():
        report = merge_file(rows, by=by, now=now)
        transaction.set_rollback(True)
    return report


def _merge_row(row: FileRow, mandate: Mandate | None, merge: Merge) -> None:
    before = _figures(merge.report)
    if mandate is None:
        mandate = Mandate.objects.create(slug=row.slug, from_file=dict(row.values), **row.values)
        merge.report.added.append(f"entry {row.slug}")
        known: dict[str, Any] = dict(row.values)
    else:
        known = dict(mandate.from_file)
        merge_values(mandate, row.values, known, entry=row.slug, report=merge.report)
    if row.holders is not None:
        known["holders"] = merge_holders(mandate, row, known.get("holders", {}), merge.report)
    if row.addresses is not None:
        known["addresses"] = _merge_addresses(mandate, row, known.get("addresses", {}), merge)
    if known != mandate.from_file:
        mandate.from_file = known
        mandate.save(update_fields=["from_file"])
    if _figures(merge.report) == before:
        merge.report.unchanged += 1


def _figures(report: Report) -> tuple[int, ...]:
    return len(report.added), len(report.changed), len(report.conflicts), len(report.missing)


def _merge_addresses(mandate: Mandate, row: FileRow, known: Mapping[str, str], merge: Merge) -> dict[str, str]:
    """New addresses unchecked, old ones with their source in step; returns what to remember of them."""
    written = dict(known)
    here = {point.value: point for point in mandate.contact_points.all()}
    named = {value for _channel, value in row.addresses or ()}
    for channel, value in row.addresses or ():
        point = here.get(value)
        if point is None:
            point = ContactPoint(mandate=mandate, channel=channel, value=value, source_note=row.source)
            point.added_by, point.added_at = merge.by, merge.now
            _block(point)
            point.save()
            written[value] = row.source
            merge.report.added.append(f"address {value} of {row.slug}, unchecked")
        else:
            base = {"source_note": written.get(value, MISSING)}
            entry = f"{row.slug}: address {value}"
            merge_values(point, {"source_note": row.source}, base, entry=entry, report=merge.report)
            written |= {value: base["source_note"]} if base["source_note"] is not MISSING else {}
            if not point.is_blocked and _block(point):
                point.save(update_fields=["is_blocked", "blocked_because", "blocked_source"])
                merge.report.changed.append(Change(entry, "is_blocked", "no", "yes"))
    gone = sorted(value for value in known if value in here and value not in named)
    merge.report.missing += [f"address {value} of {row.slug}" for value in gone]
    return written


def _block(point: ContactPoint) -> bool:
    """Mark an address of the project's own list of wrong ones; whether it is on it."""
    entry = blocked_entry(point.value)
    if entry is not None:
        point.is_blocked, point.blocked_because, point.blocked_source = True, entry.reason, entry.source
    return entry is not None
