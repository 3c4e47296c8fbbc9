"""References of UN communications, `AL IRN 14/2021`: kind, State, number in the year (OHCHR's database)."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django_countries import countries

from mandates.models import REFERENCE_PATTERN, Letter

# These go to others than States, so the three letters are not the case's country.
NOT_TO_A_STATE = {"OTH"}


@dataclass(frozen=True)
class UnReference:
    kind: str
    state: str
    number: int
    year: int

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.number}/{self.year}"


def parse_reference(text: str) -> UnReference | None:
    """`text` as a reference, spaces and case aside; None when it is none."""
    tidy = re.sub(r"\s*/\s*", "/", " ".join(text.split())).upper()
    if not re.fullmatch(REFERENCE_PATTERN, tidy):
        return None
    kind, state, rest = tidy.split(" ")
    number, year = rest.split("/")
    return UnReference(kind, state, int(number), int(year))


def why_unlikely(
    reference: UnReference, *, letter: Letter, communication_on: date | None, sent_on: date | None, today: date
) -> str:
    """Why `reference` can hardly be of a communication that followed `letter`, or "".

    Its State must be the case's country and its year that of the communication; no communication that follows a letter
    is older than the letter.
    """
    country = countries.alpha3(letter.country) if letter.country else ""
    if reference.kind not in NOT_TO_A_STATE and country and reference.state != country:
        return _("It names %(state)s, but the case is in %(country)s.") % {"state": reference.state, "country": country}
    if communication_on is not None and reference.year != communication_on.year:
        return _("Its year is not that of the mandate's letter.")
    if reference.year > today.year:
        return _("Its year has not come yet.")
    if sent_on is not None and reference.year < sent_on.year:
        return _("It is older than our letter.")
    return ""
