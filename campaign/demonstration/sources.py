"""Where the facts come from."""

from campaign.demonstration.reading import Row, read
from cases.models import Source

Sources = dict[str, Source]


def load_sources() -> Sources:
    """Make the sources; returns them by slug, which is how the other files name them."""
    return {row["slug"]: _load_source(row) for row in read("sources.yaml")}


def _load_source(row: Row) -> Source:
    fields = dict(row)
    fields["publisher_interest"] = fields.pop("interest")
    fields.pop("interest_fa")
    return Source.objects.create(**fields)
