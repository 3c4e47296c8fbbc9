"""Statements and their versions, signatures, followers, moderation, tallies."""

from petitions.models.amendment import Amendment, Consultation
from petitions.models.editorial import Mirror, PreviewLink, PreviewOpening, StatementEvent
from petitions.models.follower import Follower, FollowerQuerySet
from petitions.models.moderation import ModerationDecision, SignatoryAnswer
from petitions.models.progress import DemandStatus, Milestone
from petitions.models.signature import Signature, SignatureQuerySet
from petitions.models.signing import SigningMailbox, SigningTicket
from petitions.models.statement import Demand, DemandText, Statement, StatementVersion, VersionText
from petitions.models.tally import Tally, TallyChange

__all__ = [
    "Amendment",
    "Consultation",
    "Demand",
    "DemandStatus",
    "DemandText",
    "Follower",
    "FollowerQuerySet",
    "Milestone",
    "Mirror",
    "ModerationDecision",
    "PreviewLink",
    "PreviewOpening",
    "SignatoryAnswer",
    "Signature",
    "SignatureQuerySet",
    "SigningMailbox",
    "SigningTicket",
    "Statement",
    "StatementEvent",
    "StatementVersion",
    "Tally",
    "TallyChange",
    "VersionText",
]
