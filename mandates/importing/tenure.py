"""Who holds an office from when to when, read out of the words a source uses: "from August 2021", "2020-2026"."""

import re
from dataclasses import dataclass
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ],
        start=1,
    )
    for name in names
}
_DAY = rf"(?:(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)})\.? )?\d{{4}}"
_TENURE = re.compile(
    rf"^(?:from )?(?P<since>{_DAY}) ?(?:-|–|to) ?(?P<until>{_DAY})?(?:[,;].*)?$"
    rf"|^from (?P<from>{_DAY})(?:[,;].*)?$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"^(?P<name>[^()]+?)\s*(?:\((?P<note>.*)\))?$", re.DOTALL)


@dataclass(frozen=True)
class Partial:
    """The first day that fits, and whether it is known to the `day`, the `month` or the `year`."""

    first: date
    precision: str

    @property
    def text(self) -> str:
        """`2024`, `2024-08` or `2024-08-01`."""
        return self.first.isoformat()[: {"year": 4, "month": 7}.get(self.precision, 10)]


@dataclass(frozen=True)
class Tenure:
    since: Partial | None = None
    until: Partial | None = None


def read_tenure(note: str) -> Tenure:
    """The two ends of a tenure as `note` dates it; neither when it only says when somebody was seen in office.

    A range of reports ("reports 2022 to 2026") is no tenure, and a chair's term is not the group's.
    """
    if re.match(r"(?i)reports?\b|chair", note.strip()):
        return Tenure()
    found = _TENURE.match(note.strip())
    if found is None:
        return Tenure()
    return Tenure(_partial(found["since"] or found["from"]), _partial(found["until"]))


def beside_tenure(note: str) -> str:
    """What `note` says besides the dates that `read_tenure` finds in it."""
    if read_tenure(note) == Tenure():
        return note
    return re.split(r"[;,]", f"{note};", maxsplit=1)[1].strip("; ")


def split_holders(cell: str) -> list[tuple[str, str]]:
    """`Name (note); Name (note)` as pairs; a semicolon inside brackets divides nothing."""
    pieces = re.split(r";(?![^(]*\))", cell)
    pairs = []
    for piece in pieces:
        named = _NAMED.match(re.sub(r"^\s*successor\s+", "", piece.strip()))
        if named is not None:
            pairs.append((named["name"].strip(), (named["note"] or "").strip()))
    return pairs


def _partial(text: str | None) -> Partial | None:
    if not text:
        return None
    *before, year = text.replace(".", "").split()
    month = MONTHS[before[-1].lower()] if before else 1
    try:
        first = date(int(year), month, int(before[0]) if len(before) == 2 else 1)
    except ValueError:
        return None
    return Partial(first, ("year", "month", "day")[len(before)])
