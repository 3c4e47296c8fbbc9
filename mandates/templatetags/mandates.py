"""Filters of the letters' and the directory's pages."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from django import template
from django.utils import timezone
from django.utils.translation import get_language, gettext

from cases.models import Case, Person
from mandates.demands import entries_of, entries_of_lines
from mandates.dossiers import BroughtBy, letters_with
from mandates.importing.tenure import beside_tenure
from mandates.models import ContactPoint, Delivery, Letter, Mandate, MandateHolder, Standing
from mandates.reach import point_to_check
from mandates.sent import SentLetter, SubjectLetters, by_subject, sent_letters
from outbox.addresses import without_addresses
from outbox.models import Message
from petitions.models import Demand, Handover, Statement, StatementVersion
from petitions.texts.reading import AskedFor
from text.calendars import format_partial

register = template.Library()


@register.filter
def person_name(person: Person) -> str:
    """The person's shown name in the reader's script."""
    return person.name_in(_language())


@register.filter
def standing(point: ContactPoint) -> Standing:
    """Where an address stands today."""
    return point.standing_on(timezone.localdate())


@register.filter
def is_shown_to_all(point: ContactPoint) -> bool:
    """Whether everybody may see the address itself (docs/decisions/0011): one that two people checked, or a form on the
    UN's own pages that nobody found wrong."""
    where = point.standing_on(timezone.localdate())
    host = urlsplit(point.value).hostname or "" if point.channel == ContactPoint.Channel.FORM else ""
    is_un = host.endswith((".ohchr.org", ".un.org"))
    return where == Standing.CHECKED or (is_un and where != Standing.BLOCKED)


@register.filter
def in_fours(fingerprint: str) -> str:
    """A fingerprint in groups of four, as people read it out."""
    return " ".join(fingerprint[n : n + 4] for n in range(0, len(fingerprint), 4))


@register.filter
def to_check(mandate: Mandate) -> ContactPoint | None:
    """The address whose check would let letters reach `mandate`. Prefetch `contact_points` for many."""
    return point_to_check(mandate, day=timezone.localdate())


@register.filter
def unaddressed(text: str) -> str:
    """A note without the e-mail addresses in it: what is not checked is not passed on in a footnote either."""
    return without_addresses(text, mark="…@…")


@register.filter
def in_office(mandate: Mandate) -> list[MandateHolder]:
    """Who holds it today as far as is known. Prefetch `holders`."""
    return [holder for holder in mandate.holders.all() if holder.is_current_on(timezone.localdate())]


@register.filter
def tenure(holder: MandateHolder) -> str:
    """From when to when, in the reader's words; empty when neither is known."""
    language = _language()
    since, until = (
        format_partial(day, precision, language) if day else ""
        for day, precision in (
            (holder.since, holder.since_precision),
            (holder.until, holder.until_precision),
        )
    )
    if since and until:
        return gettext("%(since)s to %(until)s") % {"since": since, "until": until}
    if since:
        return gettext("since %(since)s") % {"since": since}
    return gettext("until %(until)s") % {"until": until} if until else ""


@register.filter
def over_cap(holder: MandateHolder) -> bool:
    return holder.is_over_cap_on(timezone.localdate())


@register.filter
def note(holder: MandateHolder) -> str:
    """What is noted of a holder besides the dates, which the page says in the reader's calendar."""
    return beside_tenure(holder.since_note) if holder.since or holder.until else holder.since_note


@register.filter
def about(letter: Letter) -> str:
    """What a letter is about, for the reader: the person's name, or the title of the statement it hands over."""
    if letter.case is not None:
        return letter.case.person.name_in(_language())
    return (title_of(letter.statement_version) if letter.statement_version else "") or letter.subject


@register.filter
def undelivered(of: Letter | Delivery) -> list[Delivery]:
    """The copies of a letter that came back or were refused, or the one copy if it did."""
    copies = [of] if isinstance(of, Delivery) else of.deliveries.all()
    return [copy for copy in copies if copy.message.state in {Message.State.BOUNCED, Message.State.FAILED}]


@register.filter
def title_of(version: StatementVersion) -> str:
    """The title of a statement for the reader. Prefetch `texts` for many."""
    text = version.text_in(_language())
    return text.title if text else ""


def _language() -> str:
    return (get_language() or "en").split("-")[0]


@register.filter
def month(first: date) -> str:
    """The month a day lies in, in words; never turned into the other calendar's."""
    return format_partial(first, "month", _language())


@register.simple_tag
def letters_on_case(case: Case) -> list[SentLetter]:
    """What was sent and answered on a case, for its public page."""
    return sent_letters(now=timezone.now(), cases=[case])


@register.simple_tag
def dossier_letters(handover: Handover) -> list[BroughtBy]:
    """The letters that brought a dossier, for its public page."""
    return letters_with(handover)


@register.simple_tag
def letters_on_statement(statement: Statement) -> list[SubjectLetters]:
    """What was sent and answered on a statement: the letters that handed it over, then those on the published cases it
    is about, case by case."""
    letters = sent_letters(now=timezone.now(), concerning=statement)
    return by_subject(sorted(letters, key=lambda letter: letter.version is None))


@register.simple_tag
def demand_entries(demand: Demand) -> list[Mandate]:
    """The entries of the directory that a demand is addressed to."""
    return entries_of([demand])[demand.pk]


@register.simple_tag
def entries_of_demands(asked: Iterable[AskedFor]) -> dict[int, list[Mandate]]:
    """The same for all demands of a page at once, by demand; read it with `at`."""
    return entries_of_lines({each.demand.pk: each.line for each in asked})


@register.filter
def at(found: dict[int, list[Mandate]], demand: Demand) -> list[Mandate]:
    return found.get(demand.pk, [])


@register.filter
def title_here(mandate: Mandate) -> str:
    """The title of an entry for the reader."""
    return mandate.title_in(_language())
