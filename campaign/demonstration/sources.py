"""Where the facts come from."""

from campaign.demonstration.reading import read
from cases.models import Source

Sources = dict[str, Source]


def load_sources() -> Sources:
    """Make the sources; returns them by slug, which is how the other files name them."""
    return {row["slug"]: Source.objects.create(**row) for row in read("sources.yaml")}
