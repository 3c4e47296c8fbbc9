"""What the home page of a campaign shows, gathered in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch

from campaign.models import Campaign, CampaignText, Contradiction, Figure, Parallel, Update
from campaign.people import ShownPerson, shown_people
from campaign.picture import StatusPicture, draw_statuses
from cases.models import Case, Event
from mandates.sent import SentLetter, by_subject, sent_letters
from petitions.models import Demand, DemandText, Statement, StatementVersion, VersionText
from text.calendars import format_partial, parse_partial

MOST_DEMANDS = 3
MOST_UPDATES = 5
MOST_LETTERS = 10
_URGENCY = ["risk", "wait", "", "ok", "gone"]


@dataclass(frozen=True)
class ShownStatement:
    """A statement with the wording a reader is shown of its newest signed version."""

    statement: Statement
    text: VersionText | None
    demands: list[DemandText]

    @property
    def more_demands(self) -> int:
        """How many there are beyond those that the first screen shows."""
        return max(0, len(self.demands) - MOST_DEMANDS)

    @property
    def is_open(self) -> bool:
        return self.statement.is_open


@dataclass(frozen=True)
class ShownFigure:
    figure: Figure
    as_of: str


@dataclass(frozen=True)
class ShownLetters:
    """What left on one person's case, and what came back."""

    person: ShownPerson
    letters: list[SentLetter]


@dataclass(frozen=True)
class HomePage:
    """Everything on the page; lists are in the order in which they are shown."""

    campaign: Campaign
    text: CampaignText | None
    statements: list[ShownStatement]
    people: list[ShownPerson]
    picture: StatusPicture
    figures: list[ShownFigure]
    events: list[Event]
    parallels: list[Parallel]
    contradictions: list[Contradiction]
    letters: list[ShownLetters]
    updates: list[Update]

    @property
    def real_people(self) -> list[ShownPerson]:
        return [person for person in self.people if not person.is_invented]

    @property
    def in_danger(self) -> list[ShownPerson]:
        """Those who may be executed. Invented people are shown on the wall, marked, and never counted here."""
        return [person for person in self.real_people if person.tone == "risk"]

    @property
    def mourned(self) -> list[ShownPerson]:
        return [person for person in self.real_people if person.is_dead]

    @property
    def others(self) -> list[ShownPerson]:
        return [person for person in self.real_people if person.tone != "risk" and not person.is_dead]

    @property
    def call(self) -> ShownStatement | None:
        """The statement the first screen asks for: one that anybody can sign, else one for experts."""
        ranked = sorted(self.statements, key=lambda s: (not s.is_open, s.statement.kind != Statement.Kind.PUBLIC))
        return ranked[0] if ranked else None


def load_home(language: str, *, now: datetime) -> HomePage | None:
    """The first public campaign as a reader of `language` sees it at `now`; None where there is none yet."""
    campaign = Campaign.objects.filter(is_public=True).prefetch_related("texts").order_by("pk").first()
    if campaign is None:
        return None
    cases = list(campaign.cases.published().with_status().order_by("pk"))
    people = sorted(shown_people(cases, language), key=lambda person: _URGENCY.index(person.tone))
    return HomePage(
        campaign=campaign,
        text=campaign.text_in(language),
        statements=_statements(campaign, language),
        people=people,
        picture=draw_statuses((person for person in people if not person.is_invented), language),
        figures=_figures(campaign, language),
        events=_events(campaign),
        parallels=list(campaign.parallels.select_related("source").order_by("position", "pk")),
        contradictions=list(campaign.contradictions.prefetch_related("sides__source").order_by("position", "pk")),
        letters=_letters(people, now),
        updates=_updates(campaign, language),
    )


def _statements(campaign: Campaign, language: str) -> list[ShownStatement]:
    out = StatementVersion.objects.out().order_by("-number")
    statements = (
        campaign.statements.published()
        .select_related("tally", "reported_source", "source")
        .prefetch_related(Prefetch("versions", out.prefetch_related("texts", "demands__texts")))
        .order_by("kind", "pk")
    )
    return [_shown(statement, language) for statement in statements]


def _shown(statement: Statement, language: str) -> ShownStatement:
    version = next(iter(statement.versions.all()), None)
    if version is None:
        return ShownStatement(statement, None, [])
    version.statement = statement  # `text_in` asks for its original language
    demands = sorted(version.demands.all(), key=lambda demand: (demand.position, demand.number))
    worded = [_worded(demand, language, statement.original_language) for demand in demands]
    return ShownStatement(statement, version.text_in(language), [text for text in worded if text])


def _worded(demand: Demand, language: str, original: str) -> DemandText | None:
    texts = {text.language: text for text in demand.texts.all()}
    return texts.get(language) or texts.get(original)


def _figures(campaign: Campaign, language: str) -> list[ShownFigure]:
    figures = campaign.figures.select_related("source").order_by("position", "pk")
    return [ShownFigure(figure, _as_of(figure.as_of, language)) for figure in figures]


def _as_of(text: str, language: str) -> str:
    parsed = parse_partial(text)
    return format_partial(*parsed, language) if parsed else text


def _events(campaign: Campaign) -> list[Event]:
    """Those of the campaign, without any that belongs to a case which is not public."""
    events = campaign.events.select_related("case").prefetch_related("sources")
    ordered = events.order_by(F("on").asc(nulls_first=True), "pk")
    return [event for event in ordered if event.case is None or event.case.state == Case.State.PUBLISHED]


def _letters(people: list[ShownPerson], now: datetime) -> list[ShownLetters]:
    """The letters on these people's cases that left, the latest first; at most `MOST_LETTERS` people."""
    of_case = {person.case.pk: person for person in people}
    groups = by_subject(sent_letters(now=now, cases=[person.case for person in people]))[:MOST_LETTERS]
    return [ShownLetters(of_case[group.case.pk], group.letters) for group in groups if group.case is not None]


def _updates(campaign: Campaign, language: str) -> list[Update]:
    """The newest published ones, those in the reader's language before the others."""
    published = campaign.updates.filter(published_at__isnull=False).order_by("-published_at")
    in_language = list(published.filter(language=language)[:MOST_UPDATES])
    return in_language or list(published[:MOST_UPDATES])
