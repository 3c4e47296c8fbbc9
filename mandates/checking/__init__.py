"""The checker: what a letter still lacks before it may be approved, each finding with the rule it comes from."""

from datetime import datetime

from mandates.checking import addressees, circumstances, encryption, handover, questions, words
from mandates.checking.findings import Finding, Severity
from mandates.models import Letter
from mandates.rules import Rule

__all__ = ["Finding", "Rule", "Severity", "check_letter", "missing_gates"]


def check_letter(*, letter: Letter, now: datetime) -> list[Finding]:
    """Everything `letter` lacks or should be looked at for, gates first. Asks the database again each time."""
    about = handover if letter.is_cover else circumstances
    found = [
        *words.findings(letter),
        *about.findings(letter, now),
        *questions.findings(letter, now),
        *addressees.findings(letter, now),
        *encryption.findings(letter, now),
    ]
    return sorted(found, key=lambda finding: not finding.is_missing)


def missing_gates(*, letter: Letter, now: datetime) -> list[Finding]:
    """The findings that stop the letter."""
    return [finding for finding in check_letter(letter=letter, now=now) if finding.is_missing]
