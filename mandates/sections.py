"""A desk in sections: each row lies in one, and how many lie in each is asked of the database in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, QuerySet
from django.utils.functional import Promise

Rows = TypeVar("Rows", bound="QuerySet[Any]")


@dataclass(frozen=True)
class Label:
    """A section's `key` in the page's address, and what people read."""

    key: str
    words: "str | Promise"


@dataclass(frozen=True)
class Section:
    """A section and how many rows lie in it."""

    label: Label
    count: int


def count_sections(rows: "QuerySet[Any]", labels: Sequence[Label]) -> list[Section]:
    """How many of `rows` lie in each of `labels`; their annotation `section` is the label's place, from 0."""
    counts = dict(rows.order_by().values_list("section").annotate(number=Count("pk")))
    return [Section(label, counts.get(place, 0)) for place, label in enumerate(labels)]


def in_section(rows: Rows, labels: Sequence[Label], key: str) -> Rows:
    """Those in the section `key`; all of them for any other word."""
    place = next((place for place, label in enumerate(labels) if label.key == key), None)
    return rows if place is None else rows.filter(section=place)
