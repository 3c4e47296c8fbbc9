"""Statements and their versions, signatures, moderation, tallies."""

from petitions.models.moderation import ModerationDecision
from petitions.models.signature import Signature, SignatureCode
from petitions.models.statement import Demand, DemandText, Statement, StatementVersion, VersionText
from petitions.models.tally import Tally

__all__ = [
    "Demand",
    "DemandText",
    "ModerationDecision",
    "Signature",
    "SignatureCode",
    "Statement",
    "StatementVersion",
    "Tally",
    "VersionText",
]
