"""A watch list from a CSV file: columns name, spellings (with | between), why, source, note."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from petitions.models import WatchedName
from text.names import clean_name, find_spoofing

COLUMNS = ("name", "spellings", "why", "source", "note")
MOST_ROWS = 5000


@dataclass(frozen=True)
class ReadName:
    """One line of the file, cleaned; `problem` says why it cannot be taken, or is ""."""

    line: int
    name: str
    spellings: str
    why: str
    source: str
    note: str
    problem: str | Promise = ""
    is_new: bool = True


class UnreadableFileError(Exception):
    """It is not a CSV file with the columns, or it has too many lines."""


def read_names(content: str) -> list[ReadName]:
    """Every line of a CSV file in UTF-8 with a head line, each judged by itself. Raises `UnreadableFileError`."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.lstrip("\ufeff")), strict=True))
    except csv.Error as error:
        raise UnreadableFileError from error
    if not rows or not {"name", "why", "source"} <= set(rows[0]) or len(rows) > MOST_ROWS:
        raise UnreadableFileError
    known = set(WatchedName.objects.watched().values_list("name", flat=True))
    read = []
    for number, row in enumerate(rows, start=2):
        entry = _judge(number, {name: (row.get(name) or "").strip() for name in COLUMNS}, known)
        known.add(entry.name)
        read.append(entry)
    return read


def _judge(line: int, row: dict[str, str], known: Iterable[str]) -> ReadName:
    name = clean_name(row["name"])
    spellings = "\n".join(filter(None, (clean_name(part) for part in row["spellings"].split("|"))))
    problem: str | Promise = ""
    if not name or not row["source"]:
        problem = _("A name and a source are needed.")
    elif any(map(find_spoofing, [name, *spellings.splitlines()])):
        problem = _("A name holds a character that deceives the eye.")
    elif row["why"] not in WatchedName.Why.values:
        problem = _("“why” is laureate, office or other.")
    elif max(len(name) - 120, len(spellings) - 2000, len(row["source"]) - 500, len(row["note"]) - 500) > 0:
        problem = _("Something is too long.")
    return ReadName(
        line=line,
        name=name,
        spellings=spellings,
        why=row["why"],
        source=row["source"],
        note=row["note"],
        problem=problem,
        is_new=name not in known,
    )
