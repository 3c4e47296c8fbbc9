"""A file of the directory, read whole or not at all: every error with its line and its column."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from mandates.finding import fold
from mandates.importing.tenure import Partial, Tenure, read_tenure, split_holders
from mandates.models import Mandate
from mandates.models.directory import KINDS
from outbox.addresses import normalise_address, validate_sendable
from text.calendars import parse_partial

NEEDED = ["slug", "title", "kind", "scope"]
KNOWN = {
    *NEEDED, "title_fa", "country", "holder", "holder_note", "holder_since", "holder_until", "email", "form_url",
    "source", "verified", "as_of",
}  # fmt: skip
LONGEST = {"slug": 80, "title": 300, "title_fa": 300, "holder": 500, "holder_note": 200, "email": 254, "form_url": 300}
LONGEST_CELL = 5000
MOST_ROWS = 5000
Text = str | Promise


@dataclass(frozen=True)
class FileError:
    """What is wrong, and where: line 1 is the line of column names; `column` is empty for a whole line."""

    line: int
    column: str
    message: Text

    def __str__(self) -> str:
        place = gettext("line %(line)d, column %(column)s") if self.column else gettext("line %(line)d")
        return f"{place % {'line': self.line, 'column': self.column}}: {self.message}"


class DirectoryFileError(ValueError):
    """The file cannot be taken over, and nothing of it was; `errors` says where and why."""

    def __init__(self, errors: list[FileError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))


@dataclass(frozen=True)
class FileHolder:
    name: str
    note: str
    tenure: Tenure


@dataclass(frozen=True)
class FileRow:
    """One line, cleaned. `values` are the mandate's own; None stands for a column the file does not have."""

    line: int
    slug: str
    values: dict[str, str | bool]
    holders: tuple[FileHolder, ...] | None
    addresses: tuple[tuple[str, str], ...] | None
    source: str
    as_of: date | None
    is_verified: bool


def read_file(content: bytes | str) -> list[FileRow]:
    """The rows of a directory file (CSV, UTF-8, a line of column names first).

    Raises DirectoryFileError with every error found, not only the first.
    """
    errors: list[FileError] = []
    lines = list(_lines(_decode(content), errors))
    if errors:
        raise DirectoryFileError(errors)
    rows = [row for number, cells in lines if (row := _RowReader(number, cells, errors).read()) is not None]
    first: dict[str, int] = {}
    for row in rows:
        if row.slug in first:
            message = _("The entry stands in line %(line)d already.") % {"line": first[row.slug]}
            errors.append(FileError(row.line, "slug", message))
        first.setdefault(row.slug, row.line)
    if errors:
        raise DirectoryFileError(sorted(errors, key=lambda error: (error.line, error.column)))
    return rows


def _decode(content: bytes | str) -> str:
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DirectoryFileError([FileError(line, "", _("This is not text in UTF-8."))]) from error


def _lines(text: str, errors: list[FileError]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each filled line with the number it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str] | None = None
    number, count = 1, 0
    try:
        for cells in reader:
            begins, number = number, reader.line_num + 1
            if names is None:
                names = [name.strip() for name in cells]
                errors += _wrong_names(names)
            elif any(cell.strip() for cell in cells):
                count += 1
                if len(cells) != len(names):
                    shape = _("The line has %(found)d cells instead of %(wanted)d.")
                    errors.append(FileError(begins, "", shape % {"found": len(cells), "wanted": len(names)}))
                else:
                    yield begins, dict(zip(names, cells, strict=True))
    except csv.Error:
        errors.append(FileError(number, "", _("The line cannot be read: look at its quotation marks.")))
    if names is None or (count == 0 and not errors):
        errors.append(FileError(1, "", _("The file holds no entry.")))
    if count > MOST_ROWS:
        errors.append(FileError(number, "", _("The file is too long.")))


def _wrong_names(names: list[str]) -> list[FileError]:
    errors = [FileError(1, name, _("The column is missing.")) for name in NEEDED if name not in names]
    errors += [FileError(1, name[:40], _("The column is not known.")) for name in names if name not in KNOWN]
    twice = sorted({name for name in names if names.count(name) > 1 and name in KNOWN})
    return errors + [FileError(1, name, _("The column is there twice.")) for name in twice]


class _RowReader:
    """One line on its way to a FileRow; what is wrong goes into `errors`."""

    def __init__(self, line: int, cells: dict[str, str], errors: list[FileError]) -> None:
        self.line, self.errors = line, errors
        self.cells = {name: cell.strip() for name, cell in cells.items()}
        self.before = len(errors)

    def read(self) -> FileRow | None:
        self._check_text()
        values: dict[str, str | bool] = {"title": self._cell("title"), "kind": self._kind(), "scope": self._scope()}
        for name, column in (("title_fa", "title_fa"), ("source_note", "source")):
            if column in self.cells:
                values[name] = self._cell(column)
        if "country" in self.cells:
            values["country"] = self._country()
        is_verified = self._verified()
        if "verified" in self.cells:
            values["is_verified"] = is_verified
        row = FileRow(
            line=self.line,
            slug=self._slug(),
            values=values,
            holders=self._holders(),
            addresses=self._addresses(),
            source=self._cell("source"),
            as_of=self._as_of(),
            is_verified=is_verified,
        )
        return row if len(self.errors) == self.before else None

    def _cell(self, name: str) -> str:
        return self.cells.get(name, "")

    def _wrong(self, column: str, message: Text) -> None:
        self.errors.append(FileError(self.line, column, message))

    def _check_text(self) -> None:
        for name, cell in self.cells.items():
            longest = LONGEST.get(name, LONGEST_CELL)
            if len(cell) > longest:
                self._wrong(name, _("Longer than %(longest)d characters.") % {"longest": longest})
            if re.search(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]" if name == "source" else r"[\x00-\x1f\x7f]", cell):
                self._wrong(name, _("A character that cannot be shown."))
        for name in NEEDED:
            if not self._cell(name):
                self._wrong(name, _("Nothing is filled in."))

    def _slug(self) -> str:
        slug = self._cell("slug")
        if slug and not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug):
            self._wrong("slug", _("Small letters, digits and hyphens only."))
        return slug

    def _one_of(self, column: str, known: list[str]) -> str:
        cell = self._cell(column).lower()
        if cell and cell not in known:
            self._wrong(column, _("Not one of: %(list)s.") % {"list": ", ".join(known)})
        return cell

    def _kind(self) -> str:
        return self._one_of("kind", KINDS)

    def _scope(self) -> str:
        return self._one_of("scope", [str(value) for value in Mandate.Scope.values])

    def _verified(self) -> bool:
        return self._one_of("verified", ["yes", "no"]) == "yes"

    def _country(self) -> str:
        code = self._cell("country").upper()
        if code and code not in countries.countries:
            self._wrong("country", _("No country has this code (ISO 3166, two letters)."))
        if not code and self._cell("scope") == Mandate.Scope.COUNTRY:
            self._wrong("country", _("A country mandate needs its country."))
        return code

    def _as_of(self) -> date | None:
        return self._date("as_of", whole=True).first if self._cell("as_of") else None

    def _date(self, column: str, *, whole: bool = False) -> Partial:
        parsed = parse_partial(self._cell(column))
        if parsed is None or (whole and parsed[1] != "day"):
            self._wrong(column, _("Write the date as 2025, 2025-07 or 2025-07-12."))
            return Partial(date.min, "day")
        return Partial(*parsed)

    def _holders(self) -> tuple[FileHolder, ...] | None:
        if "holder" not in self.cells:
            return None
        found = []
        pairs = split_holders(self._cell("holder"))
        for name, note in pairs:
            told = note or (self._cell("holder_note") if len(pairs) == 1 else "")
            if len(name) > 160 or len(told) > 200:
                self._wrong("holder", _("Longer than %(longest)d characters.") % {"longest": 160})
            found.append(FileHolder(name, told, self._tenure(told, alone=len(pairs) == 1)))
        if len({fold(holder.name) for holder in found}) < len(found):
            self._wrong("holder", _("The same name stands there twice."))
        if self._cell("holder") and not found:
            self._wrong("holder", _("No name is found there."))
        return tuple(found)

    def _tenure(self, note: str, *, alone: bool) -> Tenure:
        """The dated columns win over what the note says."""
        told = read_tenure(note)
        since = self._date("holder_since") if alone and self._cell("holder_since") else told.since
        until = self._date("holder_until") if alone and self._cell("holder_until") else told.until
        if since and until and until.first < since.first:
            self._wrong("holder", _("The end lies before the beginning."))
        return Tenure(since, until)

    def _addresses(self) -> tuple[tuple[str, str], ...] | None:
        if "email" not in self.cells and "form_url" not in self.cells:
            return None
        found = []
        for mail in self._cell("email").split():
            try:
                validate_email(mail)
                validate_sendable(mail)
            except ValidationError:
                self._wrong("email", _("This is not an e-mail address."))
            found.append(("email", normalise_address(mail)))
        for url in self._cell("form_url").split():
            try:
                URLValidator(schemes=["https"])(url)
            except ValidationError:
                self._wrong("form_url", _("This is not an address that begins with https://."))
            found.append(("form", url))
        return tuple(dict.fromkeys(found))
