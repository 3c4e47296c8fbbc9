"""UN mandates, who holds them, how they are reached; letters, their delivery and their answers."""

from mandates.models.directory import ContactPoint, DemandAddressee, Mandate, MandateHolder, Violation
from mandates.models.letter import Delivery, Letter, LetterAddressee, Reply

__all__ = [
    "ContactPoint",
    "Delivery",
    "DemandAddressee",
    "Letter",
    "LetterAddressee",
    "Mandate",
    "MandateHolder",
    "Reply",
    "Violation",
]
