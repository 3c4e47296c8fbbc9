"""The public list of signatories for programs: who is on the page, as the page shows them, and nobody else.

By the day for every kind of statement, so that each page begins where the one before ended. The country that the page
names beside a name is left out: added up by a program it would say what `petitions.counts.disclosure` does not.
"""

from datetime import date
from typing import Any

from campaign.api import shapes
from campaign.api.asking import bad_cursor
from campaign.api.statements import absolute, next_page
from petitions.models import Signature, Statement, Tally
from petitions.signatories.badges import badge_of
from petitions.signatories.listing import is_place, list_apart, read_page

PAGE_SIZE = 50


def read_signatories(slug: str, *, cursor: str) -> shapes.SignatoryPage | None:
    """A page of the list; None when there is no statement of that name that everybody may read.

    Raises `BadParameterError` for a place that is none.
    """
    statement = Statement.objects.published().select_related("tally").filter(slug=slug).first()
    if statement is None:
        return None
    if cursor and not is_place(cursor):
        raise bad_cursor()
    listed = Signature.objects.listed().with_badges().filter(statement=statement)
    page = read_page(listed, size=PAGE_SIZE, older_than=cursor)
    tally: Tally | None = getattr(statement, "tally", None)
    apart: dict[str, Any] = {"withheld": [], "erased": 0} if cursor else list_apart(statement)
    address = absolute("api_signatories", slug)
    return shapes.SignatoryPage(
        statement=absolute("api_statement", slug),
        signatories=[_signatory(row) for row in page.rows],
        withheld=[_withheld(row) for row in apart["withheld"]],
        erased=apart["erased"],
        not_shown=tally.hidden if tally else 0,
        next=next_page(address, {"cursor": page.older} if page.older else None),
    )


def _signatory(row: Signature) -> shapes.Signatory:
    """What templates/petitions/_signatory.html and _organisation.html show of `row`, and no more."""
    is_full = row.display == Signature.Display.FULL
    is_organisation = row.is_organisation
    badge = badge_of(row)
    accepted_on: date = row.accepted_on  # type: ignore[attr-defined]  # annotated by `read_page`
    return shapes.Signatory(
        signs_as=row.signs_as,
        display=row.display,
        name=row.shown_name if is_full or not is_organisation else "",
        honorific=row.honorific if is_full else "",
        original_name=row.original_name if is_full and not is_organisation else "",
        organisation=row.organisation if is_full else "",
        organisation_role=row.organisation_role if is_full else "",
        title=row.title if is_full and not is_organisation else "",
        is_former=is_full and not is_organisation and bool(row.title) and not row.is_current,
        affiliation=row.affiliation if is_full and row.title and not is_organisation else "",
        in_personal_capacity=is_full and bool(row.title) and not is_organisation and row.in_personal_capacity,
        category=row.category if is_full and not is_organisation else "",
        comment=row.comment if is_full and not is_organisation else "",
        proof=row.proof if is_organisation else badge.method,
        proof_evidence="" if is_organisation else badge.evidence,
        proved_on=None if is_organisation else badge.proved_on,
        version=row.version_number,
        accepted_on=accepted_on,
        invented=row.is_demonstration,
    )


def _withheld(row: Signature) -> shapes.Withheld:
    return shapes.Withheld(
        office=row.title, category=row.category, version=row.version_number, invented=row.is_demonstration
    )
