"""Waiting signatures that have something in common, as one card each: seven queries however many wait.

A cluster is a reason to look at several together, never one to refuse them: a class that signs after a lecture is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, DateField, Min, QuerySet, TextChoices
from django.db.models.functions import Length, Trunc
from django.utils.translation import gettext_lazy as _

from accounts.domains import domain_of
from petitions.models import Signature, SignatureTrait, Statement
from petitions.moderation.near_names import near_groups, near_keys
from petitions.moderation.rush import RUSHES

LEAST = 3
MOST_CARDS = 60
# Similar names are looked for among the newest: as they are decided, older ones come into sight.
NEWEST = 5000


class Kind(TextChoices):
    """What the signatures of a cluster share."""

    DOMAIN = "domain", _("from one mail domain, on one day")
    COMMENT = "comment", _("with the same comment")
    SHAPE = "shape", _("with names of one pattern with digits, on one day")
    BURST = "burst", _("in a rush, on one day")
    NAME = "name", _("of the same name, in whatever script")
    NEAR = "near", _("of similar names, on one day")


@dataclass(frozen=True)
class Cluster:
    """`value` is what is shared: a digest in hexadecimal digits, a shape, a name's key; `label` says it in words."""

    statement_id: int
    kind: Kind
    value: str
    on: date | None
    number: int
    first: int = 0
    label: str = ""

    @property
    def query(self) -> str:
        """What the address of its page says besides the statement and the kind."""
        return urlencode({"value": self.value, **({"on": self.on.isoformat()} if self.on else {})})

    @property
    def members(self) -> QuerySet[Signature]:
        """Those of the cluster that wait for a moderator now, the oldest first."""
        return _members(self).order_by("pk")

    @property
    def is_of_names(self) -> bool:
        return self.kind in {Kind.NAME, Kind.NEAR}


def find_clusters() -> list[Cluster]:
    """Every group of at least `LEAST` that waits, the largest first, 60 at most; labels are for moderators' eyes."""
    found = [
        *_noted(Kind.DOMAIN, "domain_digest", by_day=True),
        *_noted(Kind.COMMENT, "comment_digest", by_day=False),
        *_noted(Kind.SHAPE, "name_shape", by_day=True),
        *_bursts(),
        *_same_names(),
        *_near_names(),
    ]
    largest = sorted(found, key=lambda row: (-row.number, row.statement_id, row.value))[:MOST_CARDS]
    return _with_labels(largest)


def find_cluster(*, statement: Statement, kind: str, value: str, on: date | None) -> Cluster:
    """The cluster as it is now, which may be empty. Raises `ValueError` for what is no cluster."""
    empty = Cluster(statement_id=statement.pk, kind=Kind(kind), value=value, on=on, number=0)
    if empty.kind in {Kind.DOMAIN, Kind.COMMENT}:
        bytes.fromhex(value)
    found = empty.members.order_by().aggregate(number=Count("pk"), first=Min("pk"))
    (cluster,) = _with_labels([replace(empty, number=found["number"], first=found["first"] or 0)])
    return cluster


def _day_of(field: str) -> Trunc:
    return Trunc(field, "day", output_field=DateField(), tzinfo=UTC)


def _noted(kind: Kind, column: str, *, by_day: bool) -> list[Cluster]:
    rows = SignatureTrait.objects.filter(signature__state=Signature.State.PENDING)
    rows = rows.exclude(**{column: ""}) if kind == Kind.SHAPE else rows.filter(**{f"{column}__isnull": False})
    if kind == Kind.DOMAIN:
        rows = rows.filter(is_shared_domain=False)
    keys = ["statement_id", column]
    if by_day:
        rows = rows.annotate(on=_day_of("confirmed_at"))
        keys.append("on")
    groups = (
        rows.values(*keys).annotate(number=Count("pk"), first=Min("pk")).filter(number__gte=LEAST).order_by("-number")
    )
    return [
        Cluster(
            statement_id=group["statement_id"],
            kind=kind,
            value=group[column] if kind == Kind.SHAPE else bytes(group[column]).hex(),
            on=group.get("on"),
            number=group["number"],
            first=group["first"],
        )
        for group in groups[:MOST_CARDS]
    ]


def _bursts() -> list[Cluster]:
    rows = Signature.objects.filter(state=Signature.State.PENDING, review_reason__in=RUSHES)
    groups = (
        rows.annotate(on=_day_of("confirmed_at"))
        .values("statement_id", "on", "review_reason")
        .annotate(number=Count("pk"), first=Min("pk"))
    )
    return [
        Cluster(
            statement_id=group["statement_id"],
            kind=Kind.BURST,
            value=group["review_reason"],
            on=group["on"],
            number=group["number"],
            first=group["first"],
        )
        for group in groups.filter(number__gte=LEAST).order_by("-number")[:MOST_CARDS]
    ]


def _same_names() -> list[Cluster]:
    rows = Signature.objects.filter(state=Signature.State.PENDING).exclude(search_key="")
    groups = (
        rows.values("statement_id", "search_key")
        .annotate(number=Count("pk"), first=Min("pk"))
        .filter(number__gte=LEAST)
    )
    return [
        Cluster(
            statement_id=group["statement_id"],
            kind=Kind.NAME,
            value=group["search_key"],
            on=None,
            number=group["number"],
            first=group["first"],
        )
        for group in groups.order_by("-number")[:MOST_CARDS]
    ]


def _near_names() -> list[Cluster]:
    rows = Signature.objects.filter(state=Signature.State.PENDING).exclude(search_key="").order_by("-confirmed_at")
    days: dict[tuple[int, date], dict[str, list[int]]] = {}
    for pk, statement, confirmed_at, key in rows.values_list("pk", "statement_id", "confirmed_at", "search_key")[
        :NEWEST
    ]:
        if confirmed_at is not None:
            days.setdefault((statement, confirmed_at.date()), {}).setdefault(key, []).append(pk)
    found = []
    for (statement, on), bearers in days.items():
        for centre, keys in near_groups({key: len(numbers) for key, numbers in bearers.items()}):
            numbers = [number for key in keys for number in bearers[key]]
            found.append(Cluster(statement, Kind.NEAR, centre, on, len(numbers), first=min(numbers)))
    return [cluster for cluster in found if cluster.number >= LEAST]


def _of_day(rows: QuerySet[Signature], on: date) -> QuerySet[Signature]:
    start = datetime.combine(on, datetime.min.time(), tzinfo=UTC)
    return rows.filter(confirmed_at__gte=start, confirmed_at__lt=start + timedelta(days=1))


def _members(cluster: Cluster) -> QuerySet[Signature]:
    rows = Signature.objects.filter(statement=cluster.statement_id, state=Signature.State.PENDING)
    if cluster.kind == Kind.DOMAIN:
        rows = rows.filter(trait__domain_digest=bytes.fromhex(cluster.value), trait__is_shared_domain=False)
    elif cluster.kind == Kind.COMMENT:
        rows = rows.filter(trait__comment_digest=bytes.fromhex(cluster.value))
    elif cluster.kind == Kind.SHAPE:
        rows = rows.filter(trait__name_shape=cluster.value)
    elif cluster.kind == Kind.BURST:
        rows = rows.filter(review_reason=cluster.value, review_reason__in=RUSHES)
    elif cluster.kind == Kind.NEAR:
        rows = rows.filter(search_key__in=_keys_near(cluster))
    else:
        rows = rows.filter(search_key=cluster.value)
    return rows if cluster.on is None else _of_day(rows, cluster.on)


def _keys_near(cluster: Cluster) -> list[str]:
    """The keys of that day's waiting names within one edit of the cluster's."""
    if cluster.on is None:
        return []
    length = len(cluster.value)
    rows = Signature.objects.filter(statement=cluster.statement_id, state=Signature.State.PENDING)
    close = (
        _of_day(rows, cluster.on)
        .alias(length=Length("search_key"))
        .filter(length__gte=length - 1, length__lte=length + 1)
    )
    return near_keys(cluster.value, close.order_by().values_list("search_key", flat=True).distinct())


def _with_labels(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Each with what its first signature shows: the domain opened, the comment, the name; one query in all."""
    firsts = Signature.objects.in_bulk([cluster.first for cluster in clusters])
    return [
        replace(cluster, label=_label(cluster, firsts[cluster.first])) if cluster.first in firsts else cluster
        for cluster in clusters
    ]


def _label(cluster: Cluster, first: Signature) -> str:
    if cluster.kind == Kind.DOMAIN:
        return domain_of(first.email or "")
    if cluster.kind == Kind.COMMENT:
        return first.comment
    return str(first.get_review_reason_display()) if cluster.kind == Kind.BURST else first.name
