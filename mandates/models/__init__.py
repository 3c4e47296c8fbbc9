"""UN mandates, who holds them, how they are reached; letters, their delivery and their answers."""

from mandates.models.delivery import Delivery, Departure
from mandates.models.directory import Competence, ContactPoint, DemandAddressee, Mandate, MandateHolder, Violation
from mandates.models.letter import (
    REFERENCE_PATTERN,
    Letter,
    LetterAddressee,
    LetterStep,
    LetterViolation,
    Reply,
)

__all__ = [
    "REFERENCE_PATTERN",
    "Competence",
    "ContactPoint",
    "Delivery",
    "DemandAddressee",
    "Departure",
    "Letter",
    "LetterAddressee",
    "LetterStep",
    "LetterViolation",
    "Mandate",
    "MandateHolder",
    "Reply",
    "Violation",
]
