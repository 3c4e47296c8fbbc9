"""Whom the letter would reach, and who heard from us lately."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mandates.addressing import addressees_of
from mandates.checking.findings import Finding, Severity
from mandates.models import Letter, Mandate
from mandates.reach import contact_for, point_to_check, why_unreachable
from mandates.recent import letters_lately
from mandates.rules import HOUSE, MINIMUM, UPDATE


def findings(letter: Letter, now: datetime) -> Iterator[Finding]:
    """Addressees that are missing or cannot be reached at `now`, and those whom to write again too soon."""
    mandates = addressees_of(letter)
    if not mandates:
        mend = ("mandates:letter_detail", (letter.pk,), _("Choose mandates"))
        yield Finding("addressees", Severity.MISSING, _("No mandate is chosen."), MINIMUM, *mend)
    for mandate in mandates:
        if contact_for(mandate, day=now.date()) is None:
            yield _unreachable(mandate, now)
        if not mandate.is_verified:
            yield _unverified(mandate)
    yield from _lately(letter, mandates, now)


def _unreachable(mandate: Mandate, now: datetime) -> Finding:
    message = _("“%(mandate)s” cannot be written to. %(why)s")
    why = why_unreachable(mandate, day=now.date())
    words = str(message % {"mandate": mandate.title_in(get_language()), "why": why})
    point = point_to_check(mandate, day=now.date())
    mend: tuple[str, tuple[Any, ...], Promise] = ("mandates:contact_create", (mandate.slug,), _("Add an address"))
    if point is not None:
        mend = ("mandates:contact_check", (point.pk,), _("Record a check"))
    return Finding("contact", Severity.MISSING, words, HOUSE, *mend)


def _unverified(mandate: Mandate) -> Finding:
    message = _("Not everything we know about “%(mandate)s” was read in a source.")
    words = str(message % {"mandate": mandate.title_in(get_language())})
    mend = ("mandates:mandate_detail", (mandate.slug,), _("See the mandate"))
    return Finding("mandate_unverified", Severity.WARNING, words, HOUSE, *mend)


def _lately(letter: Letter, mandates: Sequence[Mandate], now: datetime) -> Iterator[Finding]:
    """One finding for each earlier letter, which it links to."""
    chosen = {mandate.pk for mandate in mandates}
    for recent in letters_lately(case=letter.case, version=letter.statement_version, now=now):
        again = [m.title_in(get_language()) for m in recent.mandates if m.pk in chosen]
        if recent.letter.pk == letter.pk or not again:
            continue
        message = _("Less than 30 days ago a letter on this went to: %(mandates)s. Is this one news?")
        words = str(message % {"mandates": "; ".join(again)})
        mend = ("mandates:letter_detail", (recent.letter.pk,), _("See that letter"))
        yield Finding("recent_letter", Severity.WARNING, words, UPDATE, *mend)
