"""The confidential annex: names that are not shown in full, for the addressee alone.

In it is who agreed to that when signing (`Signature.may_be_annexed`). It is made in memory and encrypted to the
addressee's OpenPGP key before anything is written; nobody here can open it, and without a key there is none.
"""

import csv
import io
from dataclasses import replace
from datetime import datetime
from itertools import islice

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from outbox import openpgp
from petitions.handover.entries import COLUMNS, PEOPLE, Entry, whole_entry
from petitions.handover.lists import CELLS, cells_of
from petitions.handover.ordering import group_of, lines_of
from petitions.handover.papers import IN_A_PART, names_of
from petitions.models import Handover, Signature


def annex_parts(handover: Handover) -> int:
    """How many parts the annex has; 0 without a key or without anybody in it."""
    return -(-int(handover.figures["annexed"]) // IN_A_PART) if handover.annex_key else 0


def annex_names(part: int) -> tuple[str, str]:
    """The names of the two files of a part, counted from 1."""
    return f"annex-{part:03}.pdf.asc", f"annex-{part:03}.csv.asc"


def make_annex(handover: Handover, *, part: int, now: datetime) -> tuple[bytes, bytes]:
    """The `part`th part as (PDF, CSV), each encrypted. UnusableKeyError when the key no longer serves.

    The parts are made in their order: one begins behind `annexed_up_to`, and moves it to its own end.
    """
    entries = _entries(handover, part)
    warning = _warning(handover)
    with translation.override(handover.language):
        paper = names_of(handover, entries, title=_("Confidential annex"), warning=warning)
    out = io.StringIO(newline="")
    table = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(CELLS)
    table.writerows(cells_of(entry) for entry in entries)
    content = out.getvalue().encode("utf-8-sig")
    paper_, table_ = (openpgp.encrypt_file(each, to=handover.annex_key, now=now) for each in (paper, content))
    return paper_, table_


def _warning(handover: Handover) -> str:
    with translation.override(handover.language):
        return _("These people asked that their names not be shown. They agreed that you alone may learn them.")


def _entries(handover: Handover, part: int) -> list[Entry]:
    agreed = Q(signature__may_be_annexed=True) & ~Q(signature__display=Signature.Display.FULL)
    rows = lines_of(handover, ("pk", "name_behind", *COLUMNS), only=agreed, after=handover.annexed_up_to)
    first = (part - 1) * IN_A_PART + 1
    entries = []
    for number, (place, pk, name, *row) in enumerate(islice(rows, IN_A_PART), start=first):
        entry = whole_entry(tuple(row), number=number, group=group_of(place) or PEOPLE)
        entries.append(entry if name is None else replace(entry, name=name))
        handover.annexed_up_to = pk
    return entries
