"""Statements and their versions, signatures, followers, moderation, tallies, the log."""

from petitions.models.follower import Follower, FollowerQuerySet
from petitions.models.log import Checkpoint, LogEntry, LogSubtree
from petitions.models.moderation import ModerationDecision, SignatoryAnswer
from petitions.models.signature import Signature, SignatureQuerySet
from petitions.models.signing import SigningMailbox, SigningTicket
from petitions.models.statement import Demand, DemandText, Statement, StatementVersion, VersionText
from petitions.models.tally import Tally, TallyChange

__all__ = [
    "Checkpoint",
    "Demand",
    "DemandText",
    "Follower",
    "FollowerQuerySet",
    "LogEntry",
    "LogSubtree",
    "ModerationDecision",
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
