"""Factories for campaigns. `campaign_with(cases=3)` is a small whole one; every person in it is invented."""

from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from campaign.models import (
    Campaign,
    CampaignText,
    Contradiction,
    ContradictionSide,
    Figure,
    Parallel,
    Update,
)
from cases.models import Event
from petitions.models import Statement
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, SourceFactory
from tests.petitions.factories import StatementFactory

NOW = datetime(2025, 10, 15, 12, tzinfo=UTC)


class CampaignFactory(DjangoModelFactory[Campaign]):
    """A public campaign with its words in both languages and nothing below it."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"campaign-{n}")
    hashtags = ("#InventedTag", "#AnotherTag")
    is_public = True

    @factory.post_generation
    def worded(self: Any, create: bool, extracted: None, **_fields: Any) -> None:
        CampaignText.objects.create(campaign=self, language="en", title="Stop the invented", lead="They may die.")
        CampaignText.objects.create(campaign=self, language="fa", title="کارزار ساختگی", lead="شاید بمیرند.")


class UpdateFactory(DjangoModelFactory[Update]):
    class Meta:
        model = Update

    campaign = factory.SubFactory(CampaignFactory)
    title = factory.Sequence(lambda n: f"Invented news {n}")
    body = "It **happened**."
    written_by = factory.SubFactory(UserFactory)
    published_by = factory.SubFactory(UserFactory)
    published_at = NOW


def campaign_with(*, cases: int) -> Campaign:
    """A campaign with `cases` published cases and as many of everything else that the home page lists."""
    campaign = CampaignFactory.create()
    campaign.statements.add(StatementFactory.open(kind=Statement.Kind.EXPERT))
    for number in range(cases):
        campaign.statements.add(StatementFactory.open())
        campaign.cases.add(CaseFactory.published(status="executed" if number == 1 else "death_row"))
        _add_words_of_others(campaign, number)
        UpdateFactory.create(campaign=campaign)
    return campaign


def _add_words_of_others(campaign: Campaign, number: int) -> None:
    """One event, figure, parallel and contradiction, each with a source of its own."""
    source = SourceFactory.create()
    event = Event.objects.create(
        on=date(2025, 7, 1 + number),
        precision="day",
        text=f"Event {number}",
        text_fa=f"رویداد {number}",
        disagreement="One says July, another August.",
    )
    event.sources.add(source)
    campaign.events.add(event)
    Figure.objects.create(
        campaign=campaign, what=f"Counted {number}", value="over 1,200", as_of="2025-10", source=source
    )
    Parallel.objects.create(campaign=campaign, then=f"Then {number}", now=f"Now {number}", source=source)
    contradiction = Contradiction.objects.create(campaign=campaign, topic=f"Topic {number}", reading="We do not know.")
    ContradictionSide.objects.create(contradiction=contradiction, source=source, says=f"Side {number}")
