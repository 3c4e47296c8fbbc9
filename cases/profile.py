"""Everything one case's page tells, gathered in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils import timezone

from cases import consents
from cases.facts import Fact, facts_of, untold
from cases.models import Case, CaseText, Claim, Event, PersonName, Source, StatusEvent


@dataclass(frozen=True)
class Profile:
    """A case as its reader sees it. `statuses` and `status` are the latest first."""

    case: Case
    text: CaseText | None
    is_in_other_language: bool
    name: PersonName | None
    other_name: PersonName | None
    spellings: list[PersonName]
    statuses: list[StatusEvent]
    facts: list[Fact]
    untold: list[str]
    events: list[Event]
    sources: list[Source]
    is_stale: bool
    is_agreed: bool
    has_family_voice: bool

    @property
    def status(self) -> StatusEvent | None:
        return self.statuses[0] if self.statuses else None


def profile_of(case: Case, *, language: str, now: datetime) -> Profile:
    """The profile of `case`, loaded `with_status()`, for a reader of `language`.

    A case that is not published shows waiting statuses too.
    """
    statuses = _statuses(case)
    claims = list(case.claims.select_related("source").order_by("pk"))
    events = list(case.events.prefetch_related("sources").order_by(F("on").asc(nulls_last=True), "pk"))
    names = sorted(case.person.names.all(), key=lambda name: name.pk)
    text = case.text_for(language)
    name, other = case.person.names_for(language)
    facts = facts_of(claims)
    return Profile(
        case=case,
        text=text,
        is_in_other_language=text is not None and text.language != language,
        name=name,
        other_name=other,
        spellings=[spelling for spelling in names if spelling not in (name, other)],
        statuses=statuses,
        facts=facts,
        untold=untold(facts),
        events=events,
        sources=_sources(case, claims, statuses, events, names),
        is_stale=case.is_stale(today=timezone.localdate(now)),
        is_agreed=consents.is_given(case=case, purpose="publish", now=now),
        has_family_voice=case.consents.filter(capacity__in=["person", "family"]).exists(),
    )


def _statuses(case: Case) -> list[StatusEvent]:
    if case.state == Case.State.PUBLISHED:
        shown: list[StatusEvent] = case.shown_statuses  # type: ignore[attr-defined]  # `with_status()` writes it
        return shown
    return list(case.status_events.select_related("source").latest_first().standing())


def _sources(
    case: Case,
    claims: Iterable[Claim],
    statuses: Iterable[StatusEvent],
    events: Iterable[Event],
    names: Iterable[PersonName],
) -> list[Source]:
    """Each source once, the newest first. What a withheld claim rests on is withheld with it."""
    secret = {c.source for c in claims if c.source and c.knowledge == Claim.Knowledge.WITHHELD}
    found: set[Source] = set(case.sources.all()) - secret
    found.update(c.source for c in claims if c.source and c.knowledge != Claim.Knowledge.WITHHELD)
    found.update(status.source for status in statuses)
    found.update(source for event in events for source in event.sources.all())
    found.update(name.source for name in names if name.source)
    return sorted(found, key=lambda source: (-(source.published_on or date.min).toordinal(), source.pk))
