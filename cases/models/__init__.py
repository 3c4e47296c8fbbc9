"""Prisoner profiles: what is known, from whom, as of when, and what the family agreed to."""

from cases.models.case import Case, CaseText
from cases.models.claim import Claim
from cases.models.consent import Consent
from cases.models.decision import CaseDecision
from cases.models.event import Event, StatusEvent
from cases.models.person import Person, PersonName
from cases.models.places import ChargeTerm, Court, Prison
from cases.models.source import Source

__all__ = [
    "Case",
    "CaseDecision",
    "CaseText",
    "ChargeTerm",
    "Claim",
    "Consent",
    "Court",
    "Event",
    "Person",
    "PersonName",
    "Prison",
    "Source",
    "StatusEvent",
]
