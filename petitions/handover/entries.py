"""What a dossier says of one signatory: never more than the public page does."""

from dataclasses import asdict, dataclass
from typing import Any

from accounts.models import ExpertProfile
from petitions.models import Signature
from text.names import initials_of

# The columns of `Signature` an entry is made of, in the order `entry_of` takes them.
COLUMNS = (
    "display", "version_number", "signs_as", "name", "original_name", "honorific", "title", "is_current",
    "affiliation", "ror_id", "category", "country", "in_personal_capacity", "proof", "proved_on", "is_demonstration",
    "organisation", "organisation_role", "is_protected",
)  # fmt: skip
PINNED, PEOPLE, ORGANISATIONS = "pinned", "people", "organisations"
# How a protected signatory is shown: by the office alone.
WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list; `group` is `pinned`, `people` or `organisations`. Empty fields are not known, or not shown.

    Who is shown by initials has initials, country and proof; office, institution and category would tell who it is. Who
    is protected has the office, as general as they wrote it, and the category.
    """

    number: int
    version: int
    group: str
    shown: str
    name: str
    original_name: str = ""
    honorific: str = ""
    title: str = ""
    is_current: bool = True
    affiliation: str = ""
    ror_id: str = ""
    category: str = ""
    country: str = ""
    in_personal_capacity: bool = False
    proof: str = ""
    proved_on: str = ""
    is_invented: bool = False
    organisation: str = ""
    organisation_role: str = ""

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def entry_of(row: tuple[Any, ...], *, number: int, group: str) -> Entry:
    """The entry of a signature's `COLUMNS`. For who is not shown at all there is none: ValueError."""
    fields = dict(zip(COLUMNS, row, strict=True))
    if fields["is_protected"]:
        return Entry(
            number=number,
            version=fields["version_number"],
            group=group,
            shown=WITHHELD,
            name="",
            title=fields["title"],
            category=fields["category"],
            proof=fields["proof"],
            is_invented=fields["is_demonstration"],
        )
    if fields["display"] == Signature.Display.HIDDEN:
        raise ValueError("a hidden signatory has no entry")
    if fields["display"] == Signature.Display.INITIALS:
        return Entry(
            number=number,
            version=fields["version_number"],
            group=group,
            shown=Signature.Display.INITIALS.value,
            name=initials_of(fields["name"]),
            country=str(fields["country"] or ""),
            proof=fields["proof"],
            is_invented=fields["is_demonstration"],
        )
    return whole_entry(row, number=number, group=group)


def whole_entry(row: tuple[Any, ...], *, number: int, group: str) -> Entry:
    """All that the signatory had printed, whatever is shown to everybody: for the encrypted annex alone."""
    fields = dict(zip(COLUMNS, row, strict=True))
    copied = (
        "name", "original_name", "honorific", "title", "is_current", "affiliation", "ror_id", "category",
        "in_personal_capacity", "proof", "organisation", "organisation_role",
    )  # fmt: skip
    return Entry(
        number=number,
        version=fields["version_number"],
        group=group,
        shown=str(fields["display"]),
        country=str(fields["country"] or ""),
        proved_on=fields["proved_on"].isoformat() if fields["proved_on"] else "",
        is_invented=fields["is_demonstration"],
        **{name: fields[name] for name in copied},
    )


CATEGORIES = [str(value) for value in ExpertProfile.Category.values]
