"""What a case rests on, for a letter."""

from cases.models import Case, Claim, Source


def sources_of(case: Case) -> list[Source]:
    """Every source behind the case's claims, events and standing statuses, once, oldest first.

    What only a withheld claim rests on is withheld with it.
    """
    found: dict[int, Source] = {}
    collected = {source.pk: source for source in case.sources.all()}
    for claim in case.claims.select_related("source"):
        if claim.source is not None and claim.knowledge == Claim.Knowledge.WITHHELD:
            collected.pop(claim.source.pk, None)
        elif claim.source is not None:
            found[claim.source.pk] = claim.source
    for status in case.status_events.shown().select_related("source"):
        found[status.source.pk] = status.source
    for source in Source.objects.filter(events__case=case).distinct():
        found[source.pk] = source
    found |= collected
    return sorted(found.values(), key=lambda s: (s.published_on is None, s.published_on, s.pk))
