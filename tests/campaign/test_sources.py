"""A source on a public page cannot be changed by one person, whichever package shows it."""

import pytest

from campaign.models import ContradictionSide
from cases.actions.sources import write_source
from cases.errors import CaseNotEditableError
from cases.models import Source
from tests.accounts.factories import UserFactory
from tests.campaign.factories import campaign_with
from tests.cases.factories import EventFactory, SourceFactory
from tests.petitions.factories import StatementFactory

pytestmark = pytest.mark.django_db


def redirect(source: Source) -> Source:
    source.url = "https://elsewhere.example/"
    return write_source(source=source, by=UserFactory.with_role("case_editor"))


def test_source_of_a_campaign_cannot_be_changed() -> None:
    campaign = campaign_with(cases=1)
    side = ContradictionSide.objects.order_by("pk")[0]
    for row in (campaign.figures.get(), campaign.parallels.get(), side):
        with pytest.raises(CaseNotEditableError):
            redirect(row.source)
    assert redirect(SourceFactory.create()).url == "https://elsewhere.example/"


def test_source_of_the_common_timeline_or_of_a_statement_cannot_be_changed() -> None:
    event = EventFactory.create(case=None)
    with pytest.raises(CaseNotEditableError):
        redirect(event.sources.get())
    source = SourceFactory.create()
    StatementFactory.open(source=source)
    with pytest.raises(CaseNotEditableError):
        redirect(source)
