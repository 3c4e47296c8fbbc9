"""The campaign page: figures, parallels, contradictions, the timeline, and what hangs together below it."""

from campaign.demonstration.cases import Cases, load_event
from campaign.demonstration.reading import Row, read
from campaign.demonstration.sources import Sources
from campaign.models import Campaign, CampaignText, Contradiction, ContradictionSide, Figure, Parallel
from cases.models import Event
from petitions.models import Statement


def load_campaign(*, sources: Sources, cases: Cases, statements: dict[str, Statement]) -> Campaign:
    """Make the campaign over everything that was loaded before it."""
    data = read("campaign.yaml")
    own = {name: data[name] for name in ("slug", "hashtags", "then_label", "now_label")}
    campaign = Campaign.objects.create(is_public=True, **own)
    for language in ("en", "fa"):
        CampaignText.objects.create(campaign=campaign, language=language, **data[language])
    campaign.statements.set(statements.values())
    campaign.cases.set(cases.values())
    for row in read("timeline.yaml"):
        load_event(row, sources=sources)
    campaign.events.set(Event.objects.filter(case__isnull=True))
    _load_figures(campaign, data["figures"], sources=sources)
    _load_parallels(campaign, data["parallels"], sources=sources)
    _load_contradictions(campaign, sources=sources)
    return campaign


def _load_figures(campaign: Campaign, rows: list[Row], *, sources: Sources) -> None:
    for position, row in enumerate(rows):
        Figure.objects.create(campaign=campaign, position=position, **{**row, "source": sources[row["source"]]})


def _load_parallels(campaign: Campaign, data: Row, *, sources: Sources) -> None:
    source = sources[data["source"]]
    for position, row in enumerate(data["rows"]):
        Parallel.objects.create(campaign=campaign, source=source, position=position, **row)


def _load_contradictions(campaign: Campaign, *, sources: Sources) -> None:
    for position, row in enumerate(read("contradictions.yaml")):
        sides = row.pop("sides")
        contradiction = Contradiction.objects.create(campaign=campaign, position=position, **row)
        for side in sides:
            ContradictionSide.objects.create(contradiction=contradiction, **{**side, "source": sources[side["source"]]})
