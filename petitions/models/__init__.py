"""Statements and their versions, signatures, followers, moderation, tallies."""

from petitions.models.desk import QueueAlarm, Reservation, SecondLook, SetAside
from petitions.models.follower import Follower, FollowerQuerySet
from petitions.models.invalidation import Invalidation
from petitions.models.moderation import ModerationDecision, SignatoryAnswer
from petitions.models.signature import Signature, SignatureQuerySet
from petitions.models.signing import SigningMailbox, SigningTicket
from petitions.models.statement import Demand, DemandText, Statement, StatementVersion, VersionText
from petitions.models.tally import Tally, TallyChange
from petitions.models.trait import SignatureTrait

__all__ = [
    "Demand",
    "DemandText",
    "Follower",
    "FollowerQuerySet",
    "Invalidation",
    "ModerationDecision",
    "QueueAlarm",
    "Reservation",
    "SecondLook",
    "SetAside",
    "SignatoryAnswer",
    "Signature",
    "SignatureQuerySet",
    "SignatureTrait",
    "SigningMailbox",
    "SigningTicket",
    "Statement",
    "StatementVersion",
    "Tally",
    "TallyChange",
    "VersionText",
]
