"""Statements and their versions, signatures, followers, moderation, tallies, the log, updates."""

from petitions.models.amendment import Amendment, Consultation
from petitions.models.desk import QueueAlarm, Reservation, SecondLook, SetAside
from petitions.models.editorial import Mirror, PreviewLink, PreviewOpening, StatementEvent
from petitions.models.follower import Follower, FollowerQuerySet
from petitions.models.handover import (
    Handover,
    HandoverAcknowledgement,
    HandoverEvent,
    HandoverFile,
    HandoverLine,
    HandoverQuerySet,
)
from petitions.models.invalidation import Invalidation
from petitions.models.log import Checkpoint, LogEntry, LogSubtree
from petitions.models.moderation import ModerationDecision, SignatoryAnswer
from petitions.models.name_words import NameWords
from petitions.models.paper import PaperBatch
from petitions.models.progress import DemandStatus, Milestone
from petitions.models.recount import RecountDifference, RecountReport
from petitions.models.retention import Ending, RetentionRun
from petitions.models.sealing import Custodian, NameOpening, SealedName
from petitions.models.series import HourlyCount
from petitions.models.signature import Signature, SignatureQuerySet
from petitions.models.signing import SigningMailbox, SigningTicket
from petitions.models.sparing import Sparing
from petitions.models.statement import Demand, DemandText, Statement, StatementVersion, VersionText
from petitions.models.tally import Tally, TallyChange
from petitions.models.trait import SignatureTrait
from petitions.models.update import Update, UpdateQuerySet, UpdateText
from petitions.models.update_delivery import UpdateDelivery, UpdateReader
from petitions.models.watching import SecondChannel, WatchedName

__all__ = [
    "Amendment",
    "Checkpoint",
    "Consultation",
    "Custodian",
    "Demand",
    "DemandStatus",
    "DemandText",
    "Ending",
    "Follower",
    "FollowerQuerySet",
    "Handover",
    "HandoverAcknowledgement",
    "HandoverEvent",
    "HandoverFile",
    "HandoverLine",
    "HandoverQuerySet",
    "HourlyCount",
    "Invalidation",
    "LogEntry",
    "LogSubtree",
    "Milestone",
    "Mirror",
    "ModerationDecision",
    "NameOpening",
    "NameWords",
    "PaperBatch",
    "PreviewLink",
    "PreviewOpening",
    "QueueAlarm",
    "RecountDifference",
    "RecountReport",
    "Reservation",
    "RetentionRun",
    "SealedName",
    "SecondChannel",
    "SecondLook",
    "SetAside",
    "SignatoryAnswer",
    "Signature",
    "SignatureQuerySet",
    "SignatureTrait",
    "SigningMailbox",
    "SigningTicket",
    "Sparing",
    "Statement",
    "StatementEvent",
    "StatementVersion",
    "Tally",
    "TallyChange",
    "Update",
    "UpdateDelivery",
    "UpdateQuerySet",
    "UpdateReader",
    "UpdateText",
    "VersionText",
    "WatchedName",
]
