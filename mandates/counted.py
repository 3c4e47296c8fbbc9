"""How many stand behind a statement when a letter hands it over."""

from datetime import datetime
from typing import Any

from petitions.models import StatementVersion, Tally


def count_for(version: StatementVersion, *, now: datetime) -> dict[str, Any]:
    """The fields of a cover letter that hold the count: of this version, of all versions, and as of when.

    Read from the public tally, so that the letter never says another number than the page did at that moment.
    """
    tally = Tally.objects.filter(statement=version.statement).first()
    if tally is None:
        return {"signed_version": 0, "signed_in_all": 0, "counted_at": now}
    signed_version = int(tally.by_version.get(str(version.number), 0))
    return {"signed_version": signed_version, "signed_in_all": tally.counted, "counted_at": tally.counted_at or now}


def holds_invented(version: StatementVersion) -> bool:
    """Whether signatories invented for a demonstration are part of that count."""
    return Tally.objects.filter(statement=version.statement, demonstration__gt=0).exists()
