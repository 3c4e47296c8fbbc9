"""What the checker says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from mandates.rules import Rule


class Severity(StrEnum):
    MISSING = "missing"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing the checker found, with its rule. `missing` stops the letter, `warning` is for people to weigh."""

    code: str
    severity: Severity
    message: "str | Promise"
    rule: Rule
    mend: str
    mend_args: tuple[Any, ...]
    mend_label: "str | Promise"

    @property
    def mend_url(self) -> str:
        """The page where it can be put right, or where there is more to see."""
        return reverse(self.mend, args=self.mend_args)

    @property
    def is_missing(self) -> bool:
        return self.severity == Severity.MISSING
