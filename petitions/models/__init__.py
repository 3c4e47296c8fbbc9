"""Statements and their versions, signatures, followers, moderation, tallies."""

from petitions.models.follower import Follower, FollowerQuerySet
from petitions.models.moderation import ModerationDecision, SignatoryAnswer
from petitions.models.paper import PaperBatch
from petitions.models.retention import Ending, RetentionRun
from petitions.models.sealing import Custodian, NameOpening, SealedName
from petitions.models.signature import Signature, SignatureQuerySet
from petitions.models.signing import SigningMailbox, SigningTicket
from petitions.models.statement import Demand, DemandText, Statement, StatementVersion, VersionText
from petitions.models.tally import Tally, TallyChange

__all__ = [
    "Custodian",
    "Demand",
    "DemandText",
    "Ending",
    "Follower",
    "FollowerQuerySet",
    "ModerationDecision",
    "NameOpening",
    "PaperBatch",
    "RetentionRun",
    "SealedName",
    "SignatoryAnswer",
    "Signature",
    "SignatureQuerySet",
    "SigningMailbox",
    "SigningTicket",
    "Statement",
    "StatementVersion",
    "Tally",
    "TallyChange",
    "VersionText",
]
