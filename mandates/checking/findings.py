"""What the checker says, and where its rules come from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Severity(StrEnum):
    MISSING = "missing"
    WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """Where a rule comes from: the UN's document or page, or our own house."""

    text: "str | Promise"
    url: str = ""


MINIMUM = Rule(
    _("OHCHR, Special Procedures: the minimum information a communication must hold"),
    "https://www2.ohchr.org/english/bodies/chr/special/communications.htm",
)
CONDUCT = Rule(_("Code of Conduct for mandate holders, article 9 (Human Rights Council resolution 5/2)"))
CONSENT = Rule(
    _("Special Rapporteur on human rights defenders, Submit information: two questions of consent to be answered"),
    "https://srdefenders.org/submit-information/submit-information-on-a-human-rights-violation",
)
CHANNEL = Rule(_("ISHR Academy, Requesting a communication: language, subject line and address of an e-mail"))
UPDATE = Rule(
    _("Special Rapporteur on human rights defenders, Submit information: send news rather than the same again"),
    "https://srdefenders.org/submit-information/submit-information-on-a-human-rights-violation",
)
HOUSE = Rule(_("Our own rule: nothing is sent to an address that no person has checked"))
HOUSE_NAMES = Rule(_("Our own rule: a subject line is read by many, so it names nobody"))


@dataclass(frozen=True)
class Finding:
    """One thing the checker found. `missing` stops the letter, `warning` is for the second person to weigh."""

    code: str
    severity: Severity
    message: "str | Promise"
    rule: Rule
    mend: str
    mend_args: tuple[Any, ...]
    mend_label: "str | Promise"

    @property
    def mend_url(self) -> str:
        """The page where it can be put right."""
        return reverse(self.mend, args=self.mend_args)

    @property
    def is_missing(self) -> bool:
        return self.severity == Severity.MISSING
