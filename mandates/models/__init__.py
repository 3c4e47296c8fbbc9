"""UN mandates, who holds them, how they are reached; letters, their delivery and their answers."""

from mandates.models.directory import Competence, ContactPoint, DemandAddressee, Mandate, MandateHolder, Violation
from mandates.models.letter import (
    REFERENCE_PATTERN,
    Delivery,
    Letter,
    LetterAddressee,
    LetterStep,
    LetterViolation,
    Reply,
)
from mandates.models.parts import LetterAnswer, LetterCase

__all__ = [
    "REFERENCE_PATTERN",
    "Competence",
    "ContactPoint",
    "Delivery",
    "DemandAddressee",
    "Letter",
    "LetterAddressee",
    "LetterAnswer",
    "LetterCase",
    "LetterStep",
    "LetterViolation",
    "Mandate",
    "MandateHolder",
    "Reply",
    "Violation",
]
