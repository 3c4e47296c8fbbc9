from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from campaign.home import load_home
from petitions.models import Statement
from tests.campaign.factories import NOW, CampaignFactory, UpdateFactory, campaign_with
from tests.cases.factories import CaseFactory, EventFactory, SourceFactory, StatusEventFactory
from tests.petitions.factories import StatementFactory

pytestmark = pytest.mark.django_db


def page(client: Client, path: str = "/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_home_without_a_campaign_tells_the_operator_what_to_do(client: Client) -> None:
    CampaignFactory.create(is_public=False)

    html = page(client)

    assert "There is no campaign here yet" in html
    assert "load_demonstration" in html


@pytest.mark.parametrize(("path", "title"), [("/", "Stop the invented"), ("/fa/", "کارزار ساختگی")])
def test_home_speaks_the_language_of_its_address(client: Client, path: str, title: str) -> None:
    campaign_with(cases=1)

    html = page(client, path)

    assert f"<h1>{title}</h1>" in html
    assert html.count("<h1") == 1


def test_home_asks_first_for_what_anybody_can_sign(client: Client) -> None:
    campaign = campaign_with(cases=1)
    petition = campaign.statements.get(kind=Statement.Kind.PUBLIC)

    loaded = load_home("en", now=NOW)

    assert loaded is not None
    assert loaded.call is not None
    assert loaded.call.statement == petition
    assert f"/statements/{petition.slug}/" in page(client)


def test_home_asks_experts_when_no_petition_is_open() -> None:
    campaign = CampaignFactory.create()
    closed = StatementFactory.open()
    Statement.objects.filter(pk=closed.pk).update(state=Statement.State.CLOSED)
    expert = StatementFactory.open(kind=Statement.Kind.EXPERT)
    campaign.statements.add(closed, expert)

    loaded = load_home("en", now=NOW)

    assert loaded is not None
    assert loaded.call is not None
    assert loaded.call.statement == expert


def test_home_keeps_the_dead_apart_from_those_in_danger() -> None:
    campaign = CampaignFactory.create()
    cases = {status: CaseFactory.published(status=status) for status in ("executed", "death_row", "held", "released")}
    campaign.cases.set(cases.values())

    loaded = load_home("en", now=NOW)

    assert loaded is not None
    assert [person.case for person in loaded.mourned] == [cases["executed"]]
    assert [person.case for person in loaded.in_danger] == [cases["death_row"]]
    assert [person.case for person in loaded.others] == [cases["held"], cases["released"]]


def test_home_never_counts_an_invented_person_among_those_in_danger(client: Client) -> None:
    campaign = CampaignFactory.create()
    real = CaseFactory.published(status="death_row")
    invented = CaseFactory.published(status="death_row", person__is_demonstration=True)
    campaign.cases.add(real, invented)

    html = page(client)

    assert "1 person may be executed" in html
    assert html.count(f'href="{real.get_absolute_url()}"') > html.count(f'href="{invented.get_absolute_url()}"')
    assert "invented person" in html


def test_home_takes_the_status_of_the_latest_day_not_of_the_latest_entry() -> None:
    campaign = CampaignFactory.create()
    case = CaseFactory.published(status="executed", on=date(2025, 7, 27))
    StatusEventFactory.create(case=case, status="execution_imminent", on=date(2025, 7, 23))
    campaign.cases.add(case)

    loaded = load_home("en", now=NOW)

    assert loaded is not None
    assert [person.status.status for person in loaded.people if person.status] == ["executed"]


def test_home_shows_nothing_that_is_not_published(client: Client) -> None:
    campaign = campaign_with(cases=1)
    shown = campaign.cases.get()
    hidden = CaseFactory.complete(person__named=("Hidden Invented", "پنهان ساختگی"))
    campaign.cases.add(hidden)
    campaign.events.add(EventFactory.create(case=hidden, text="Hidden event"))
    campaign.statements.add(StatementFactory.create(slug="hidden-draft"))
    UpdateFactory.create(campaign=campaign, title="Hidden news", published_at=None, published_by=None)

    html = page(client)

    assert shown.person.name_in("en") in html
    for words in ("Hidden Invented", "Hidden event", "hidden-draft", "Hidden news"):
        assert words not in html


def test_home_gives_every_figure_its_counter_its_day_and_its_interest(client: Client) -> None:
    campaign = campaign_with(cases=1)
    source = SourceFactory.create(publisher="Counting House", publisher_interest="belongs to one side", is_party=True)
    campaign.figures.update(source=source)

    html = page(client)

    section = html[html.index('id="figures"') : html.index('id="parallels"')]
    for words in ("over 1,200", "October 2025", "Counting House", "belongs to one side", "a party to the subject"):
        assert words in section


def test_home_in_persian_names_publishers_and_interests_in_persian(client: Client) -> None:
    campaign = campaign_with(cases=1)
    words = {"publisher": "شمارندهٔ ساختگی", "publisher_interest": "وابسته به یک طرف"}
    source = SourceFactory.create(
        publisher="Counting House", publisher_interest="belongs to one side",
        **{f"{name}_fa": persian for name, persian in words.items()},
    )  # fmt: skip
    campaign.figures.update(source=source)
    campaign.parallels.update(source=source)
    campaign.events.get().sources.set([source])
    Statement.objects.filter(campaigns=campaign).update(
        reported_signatories=301, reported_as_of=date(2025, 7, 23), reported_source=source
    )

    html = client.get("/fa/").content.decode()

    for persian in words.values():
        assert html.count(persian) >= 3
    for english in ("Counting House", "belongs to one side"):
        assert english not in html


def test_home_names_a_withheld_source_by_its_kind_only(client: Client) -> None:
    campaign = campaign_with(cases=1)
    brother = SourceFactory.create(publisher="The brother", url="https://b.example/x", kind="family", is_withheld=True)
    campaign.events.get().sources.set([brother])

    html = page(client)

    assert "not named, for their safety" in html
    for words in ("The brother", "b.example"):
        assert words not in html


def test_home_never_mixes_a_reported_figure_with_the_count(client: Client) -> None:
    campaign = campaign_with(cases=1)
    source = SourceFactory.create(publisher="Counting House")
    Statement.objects.filter(campaigns=campaign).update(
        reported_signatories=301, reported_as_of=date(2025, 7, 23), reported_source=source
    )

    html = page(client)

    assert "Reported elsewhere: 301 signatories, according to Counting House, as of 23 July 2025" in html
    assert '<strong class="tally">0</strong>' in html


def test_home_shows_both_sides_where_sources_disagree(client: Client) -> None:
    campaign = campaign_with(cases=1)
    side = campaign.contradictions.get().sides.get()
    side.says, side.says_fa = "They said <b>one</b>.", "چنین گفتند."
    side.save()

    assert escape("They said <b>one</b>.") in page(client)
    assert "چنین گفتند." in page(client, "/fa/")


def test_home_shows_news_in_the_readers_language_first(client: Client) -> None:
    campaign = campaign_with(cases=1)
    UpdateFactory.create(campaign=campaign, language="fa", title="خبر ساختگی")

    assert "خبر ساختگی" in page(client, "/fa/")
    assert "خبر ساختگی" not in page(client)


def test_home_takes_the_same_number_of_queries_for_one_case_and_for_three(client: Client) -> None:
    campaign_with(cases=1)
    page(client)
    with CaptureQueriesContext(
        connection,
    ) as with_one:
        page(client)
    CampaignFactory._meta.model.objects.update(is_public=False)
    campaign_with(cases=3)
    with CaptureQueriesContext(connection) as with_three:
        page(client)

    assert len(with_three) == len(with_one)
    assert len(with_one) < 45


def test_home_with_nothing_below_the_campaign_is_still_a_page(client: Client) -> None:
    CampaignFactory.create(hashtags=[])

    html = page(client)

    assert "No case of this campaign is published yet." in html
    assert "No statement of this campaign is open yet." in html
