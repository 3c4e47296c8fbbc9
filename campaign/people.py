"""A case as a page about several cases, a card or a shared text names it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cases.models import Case, StatusEvent


@dataclass(frozen=True)
class ShownPerson:
    """A case with the name for a reader of one language and the latest status that is public."""

    case: Case
    name: str
    name_language: str
    other_name: str
    status: StatusEvent | None

    @property
    def tone(self) -> str:
        return self.status.tone if self.status else ""

    @property
    def is_invented(self) -> bool:
        return self.case.person.is_demonstration

    @property
    def is_dead(self) -> bool:
        """Whether words about saving this person would be wrong."""
        return self.status is not None and self.status.is_death


def shown_people(cases: Iterable[Case], language: str) -> list[ShownPerson]:
    """`cases` (loaded `with_status()`) in the order given."""
    return [shown_person(case, language) for case in cases]


def shown_person(case: Case, language: str) -> ShownPerson:
    name, other = case.person.names_for(language)
    return ShownPerson(
        case=case,
        name=name.text if name else case.reference,
        name_language=name.language if name else "und",
        other_name=other.text if other else "",
        status=case.current_status,
    )
