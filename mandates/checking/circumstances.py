"""What the letter rests on, what was agreed, and whom it would reach."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.consents import may
from cases.models import Source
from mandates.checking.findings import CONDUCT, CONSENT, HOUSE, MINIMUM, UPDATE, Finding, Rule, Severity
from mandates.models import Delivery, Letter, Mandate
from mandates.reach import contact_for, point_to_check, why_unreachable
from mandates.sources import sources_of
from outbox.models import Message

MEDIA = {Source.Kind.PRESS, Source.Kind.STATE_MEDIA, Source.Kind.SOCIAL_POST}
QUIET_DAYS = 30
BITS = {
    "send_to_un": _("There is no valid consent to send the case to the UN."),
    "name_to_government": _("There is no valid consent that a letter with the name goes to the Government."),
    "name_in_un_report": _("There is no valid consent that the name appears in public UN reports."),
}


def findings(letter: Letter, now: datetime) -> Iterator[Finding]:
    """What is missing around `letter` at `now`, and what the second person should weigh."""
    yield from _sources(letter)
    yield from _consents(letter, now)
    yield from _addressees(letter, now)


def _sources(letter: Letter) -> Iterator[Finding]:
    kinds = {source.kind for source in sources_of(letter.case)}
    if not kinds:
        message: Promise = _("The case has no source yet.")
    elif kinds <= MEDIA:
        message = _("All sources of the case are media. A letter may not rest on media reports alone.")
    else:
        return
    label = _("Add a source to the case")
    yield Finding("sources", Severity.MISSING, message, CONDUCT, "cases:case_edit", (letter.case.slug,), label)


def _consents(letter: Letter, now: datetime) -> Iterator[Finding]:
    mend = ("cases:consent_record", (letter.case.slug,), _("Record a consent"))
    for purpose, message in BITS.items():
        if not may(case=letter.case, purpose=purpose, now=now):
            yield Finding(f"consent_{purpose}", Severity.MISSING, message, CONSENT, *mend)


def _addressees(letter: Letter, now: datetime) -> Iterator[Finding]:
    mandates = list(Mandate.objects.filter(letters__letter=letter).prefetch_related("contact_points").order_by("pk"))
    if not mandates:
        yield _choose(letter, "addressees", Severity.MISSING, _("No mandate is chosen."), MINIMUM)
    for mandate in mandates:
        if contact_for(mandate, day=now.date()) is None:
            yield _unreachable(mandate, now)
        if not mandate.is_verified:
            yield _unverified(mandate)
    lately = _written_to_lately(letter, now)
    repeated = [mandate.title_in(get_language()) for mandate in mandates if mandate.pk in lately]
    if repeated:
        message = _("Less than 30 days ago a letter on this case went to: %(mandates)s. Is this one news?")
        words = str(message % {"mandates": "; ".join(repeated)})
        yield _choose(letter, "recent_letter", Severity.WARNING, words, UPDATE)


def _unreachable(mandate: Mandate, now: datetime) -> Finding:
    message = _("“%(mandate)s” cannot be written to. %(why)s")
    words = str(
        message % {"mandate": mandate.title_in(get_language()), "why": why_unreachable(mandate, day=now.date())}
    )
    point = point_to_check(mandate, day=now.date())
    mend: tuple[str, tuple[Any, ...], Promise] = ("mandates:contact_create", (mandate.slug,), _("Add an address"))
    if point is not None:
        mend = ("mandates:contact_check", (point.pk,), _("Record a check"))
    return Finding("contact", Severity.MISSING, words, HOUSE, *mend)


def _unverified(mandate: Mandate) -> Finding:
    message = _named(_("Not everything we know about “%(mandate)s” was read in a source."), mandate)
    mend = ("mandates:mandate_detail", (mandate.slug,), _("See the mandate"))
    return Finding("mandate_unverified", Severity.WARNING, message, HOUSE, *mend)


def _written_to_lately(letter: Letter, now: datetime) -> set[int]:
    rows = Delivery.objects.filter(letter__case=letter.case, created_at__gte=now - timedelta(days=QUIET_DAYS))
    rows = rows.exclude(letter=letter).exclude(message__state__in=[Message.State.CANCELLED, Message.State.FAILED])
    return set(rows.values_list("mandate_id", flat=True))


def _choose(letter: Letter, code: str, severity: Severity, message: "str | Promise", rule: Rule) -> Finding:
    return Finding(code, severity, message, rule, "mandates:letter_detail", (letter.pk,), _("Choose mandates"))


def _named(message: Promise, mandate: Mandate) -> str:
    return str(message % {"mandate": mandate.title_in(get_language())})
