"""Statements and their versions, signatures, followers, moderation, tallies."""

from petitions.models.follower import Follower, FollowerQuerySet
from petitions.models.moderation import ModerationDecision, SignatoryAnswer
from petitions.models.signature import Signature, SignatureQuerySet
from petitions.models.signing import SigningMailbox, SigningTicket
from petitions.models.statement import Demand, DemandText, Statement, StatementVersion, VersionText
from petitions.models.tally import Tally, TallyChange
from petitions.models.watching import SecondChannel, WatchedName

__all__ = [
    "Demand",
    "DemandText",
    "Follower",
    "FollowerQuerySet",
    "ModerationDecision",
    "SecondChannel",
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
    "WatchedName",
]
