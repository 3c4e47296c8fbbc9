"""The names as data: `signatories.json` and `signatories.csv`, written as a stream.

signatories.json is one JSON object: `format`, `statement`, `versions`, `as_of`, `order` and `signatories`, a list with
one object on each line, its fields those of `entries.Entry`. signatories.csv has the same fields as columns (RFC 4180,
CRLF, UTF-8 with a byte order mark, every cell quoted). Neither holds an e-mail address.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from itertools import dropwhile, islice, takewhile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import ExpertProfile
from petitions.handover.entries import COLUMNS, Entry, entry_of
from petitions.handover.ordering import BATCH, group_of, lines_of
from petitions.models import Handover, Signature, VersionText

FORMAT = "countersign-dossier 1"
JSON, CSV = "signatories.json", "signatories.csv"
ORDER = (
    "Newest version first; pinned by staff; people by category, then by script and alphabet of the sort key or the"
    " printed name; organisations. Initials are sorted as initials."
)
_ENTRY = b'{"number"'
CELLS = [field.name for field in fields(Entry)]
# What makes a spreadsheet take a cell for a formula (OWASP, CSV injection), and the full-width forms of the same.
_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")


def safe_cell(value: object) -> str:
    """`value` as a cell that no spreadsheet takes for a formula: a dangerous beginning gets an apostrophe before it."""
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0\u3000\ufeff\u200b").startswith(_DANGEROUS) else text


def write_lists(handover: Handover, folder: Path, *, beat: Callable[[], object]) -> dict[str, Any]:
    """Writes both lists into `folder` in one pass and returns the dossier's figures; `beat` is called at times.

    figures: counted, listed, hidden, initials, withheld, annexed, invented (numbers); by_proof, by_category and
    by_version (numbers by class).
    """
    count = _Count()
    with (
        (folder / JSON).open("w", encoding="utf-8", newline="\n") as as_json,
        (folder / CSV).open("w", encoding="utf-8-sig", newline="") as as_csv,
    ):
        table = csv.writer(as_csv, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        table.writerow(CELLS)
        as_json.write(_head(handover))
        for entry in _counted(handover, count, beat):
            table.writerow(cells_of(entry))
            as_json.write((",\n" if entry.number > 1 else "\n") + json.dumps(entry.as_data(), ensure_ascii=False))
        as_json.write("\n]}\n")
    return count.figures


def cells_of(entry: Entry) -> list[str]:
    """The entry as the cells of a row, one for each of `CELLS`."""
    return [safe_cell(_plain(cell)) for cell in entry.as_data().values()]


def some_entries(folder: Path, *, after: int, most: int) -> list[Entry]:
    """The next `most` entries of a written `signatories.json` behind the first `after`, which are passed over unread.

    There may be 200 parts of a million names: parsing all that stand before each of them would take hours.
    """
    with (folder / JSON).open("rb") as lines:
        entries = dropwhile(lambda line: not line.startswith(_ENTRY), lines)
        chosen = takewhile(lambda line: line.startswith(_ENTRY), islice(entries, after, after + most))
        return [Entry(**json.loads(line.rstrip(b",\n"))) for line in chosen]


class _Count:
    """Figures that are added up while the names go by, so that they are those of exactly these names."""

    def __init__(self) -> None:
        self.plain: Counter[str] = Counter()
        self.groups: dict[str, Counter[str]] = {
            "by_proof": Counter(),
            "by_category": Counter(),
            "by_version": Counter(),
        }

    def add(self, row: dict[str, Any], *, may_be_annexed: bool) -> None:
        display = row["display"]
        self.plain["counted"] += 1
        self.plain["listed"] += display != Signature.Display.HIDDEN
        self.plain["hidden"] += display == Signature.Display.HIDDEN
        self.plain["initials"] += display == Signature.Display.INITIALS
        self.plain["withheld"] += row["is_protected"]
        self.plain["invented"] += row["is_demonstration"]
        self.plain["annexed"] += may_be_annexed and display != Signature.Display.FULL
        self.groups["by_proof"][row["proof"]] += 1
        # A category of one would tell who a hidden or shortened name is.
        shown = display == Signature.Display.FULL
        self.groups["by_category"][row["category"] if shown else ""] += 1
        self.groups["by_version"][str(row["version_number"])] += 1

    @property
    def figures(self) -> dict[str, Any]:
        names = ("counted", "listed", "hidden", "initials", "withheld", "annexed", "invented")
        groups = {name: dict(sorted(found.items())) for name, found in self.groups.items()}
        return {**{name: self.plain[name] for name in names}, **groups}


def _counted(handover: Handover, count: _Count, beat: Callable[[], object]) -> Iterator[Entry]:
    number = 0
    for seen, (place, may_be_annexed, *row) in enumerate(lines_of(handover, ("may_be_annexed", *COLUMNS))):
        if seen % BATCH == 0:
            beat()
        count.add(dict(zip(COLUMNS, row, strict=True)), may_be_annexed=may_be_annexed)
        group = group_of(place)
        if group is not None and row[0] != Signature.Display.HIDDEN:
            number += 1
            yield entry_of(tuple(row), number=number, group=group)


def figures_in_words(figures: dict[str, Any]) -> list[tuple[str, list[tuple[str, int]]]]:
    """The figures by class as (heading, [(label, number), ...]) in the reader's language; classes of none left out."""
    classes = (
        (_("How they proved who they are"), [(p.label, figures["by_proof"].get(p.value, 0)) for p in Signature.Proof]),
        (
            _("Who they are, where the full name is shown"),
            [(c.label, figures["by_category"].get(c.value, 0)) for c in ExpertProfile.Category],
        ),
        (
            _("Names not shown in full"),
            [
                (_("shown by initials"), figures["initials"]),
                (_("counted, name not shown"), figures["hidden"]),
                (_("identity verified, name withheld"), figures["withheld"]),
            ],
        ),
    )
    told = ((title, [(str(label), number) for label, number in rows if number]) for title, rows in classes)
    return [(title, rows) for title, rows in told if rows]


def _head(handover: Handover) -> str:
    texts = VersionText.objects.filter(version__in=versions_of(handover)).select_related("version")
    head = {
        "format": FORMAT,
        "statement": handover.statement.slug,
        "address": address_of(handover),
        "versions": [
            {
                "number": text.version.number,
                "language": text.language,
                "title": text.title,
                "sha256": text.sha256,
                "is_unofficial": text.is_unofficial,
            }
            for text in texts.order_by("-version__number", "language")
        ],
        "as_of": iso(handover.as_of),
        "order": ORDER,
    }
    return json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "signatories": ['


def address_of(handover: Handover) -> str:
    """The statement's address in the files: the same whichever language who builds or checks them reads."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(settings.SITE_URL + handover.statement.get_absolute_url())


def versions_of(handover: Handover) -> Any:
    """The versions the dossier lists signatures on, as rows of `StatementVersion`."""
    out = handover.statement.versions.out().filter(number__lte=handover.version.number)
    return out if handover.covers_all_versions else out.filter(pk=handover.version_id)


def iso(moment: datetime) -> str:
    """A moment in UTC to the second: `2026-11-21T17:41:57Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(cell: object) -> str:
    return {True: "yes", False: "no"}[cell] if isinstance(cell, bool) else str(cell)
