"""What a case still needs before a second person may publish it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases import consents
from cases.models import Case, Source


@dataclass(frozen=True)
class Need:
    """One thing publication asks for; `section` is the part of the desk page that supplies it."""

    section: str
    words: str | Promise
    is_met: bool


def sources_of(case: Case) -> QuerySet[Source]:
    """Every source that was collected for `case` or that something in it cites."""
    cited = Q(cases=case) | Q(claims__case=case) | Q(status_events__case=case) | Q(events__case=case)
    return Source.objects.filter(pk__in=Source.objects.filter(cited).values("pk")).order_by("publisher", "title", "pk")


def needs_of(case: Case, *, now: datetime) -> list[Need]:
    """All that publication asks for, met or not, in the order of the desk page."""
    unsourced = case.events.filter(sources__isnull=True).exists()
    return [
        Need("names", _("a name"), case.person.names.exists()),
        Need("texts", _("the story in at least one language"), case.texts.exists()),
        Need("sources", _("a source"), sources_of(case).exists()),
        Need("statuses", _("a status with its date and source"), case.status_events.standing().exists()),
        Need("events", _("a source for every event"), not unsourced),
        Need("consents", _publication_words(case), has_basis(case, now=now)),
    ]


def missing_in(case: Case, *, now: datetime) -> list[Need]:
    return [need for need in needs_of(case, now=now) if not need.is_met]


def has_basis(case: Case, *, now: datetime) -> bool:
    """Whether `case` may be published at `now`: by a valid consent, or from public reports with the reason given.

    Reports do not outweigh a person or family that agreed to publication and then withdrew.
    """
    if consents.may(case=case, purpose="publish", now=now):
        return True
    from_reports = case.publication_basis == Case.PublicationBasis.PUBLIC_REPORTS and case.publication_note.strip()
    return bool(from_reports) and not consents.is_withdrawn(case=case, purpose="publish", now=now)


def _publication_words(case: Case) -> str | Promise:
    if case.publication_basis == Case.PublicationBasis.PUBLIC_REPORTS:
        return _("the reason why it may be published from reports alone, and no withdrawn consent against it")
    return _("a consent that allows publication (or: reports that are public already, with the reason)")
