"""UN mandates, who holds them, how they are reached; letters, their delivery and their answers."""

from mandates.models.addresses import ContactCheck, ContactPoint, Standing
from mandates.models.answers import (
    IncomingMail,
    MailboxSighting,
    News,
    OverdueNotice,
    ReplyAlias,
    ReplyRelease,
    ToldMailbox,
)
from mandates.models.delivery import Delivery, Departure
from mandates.models.directory import Competence, DemandAddressee, Mandate, Violation
from mandates.models.dossiers import LetterDossier
from mandates.models.holders import MandateHolder
from mandates.models.imports import DirectoryImport
from mandates.models.keys import Channel, ContactKey
from mandates.models.letter import (
    REFERENCE_PATTERN,
    Letter,
    LetterAddressee,
    LetterStep,
    LetterViolation,
    Reply,
)
from mandates.models.parts import LetterAnswer, LetterCase
from mandates.models.retention import MailDestruction

__all__ = [
    "REFERENCE_PATTERN",
    "Channel",
    "Competence",
    "ContactCheck",
    "ContactKey",
    "ContactPoint",
    "Delivery",
    "DemandAddressee",
    "Departure",
    "DirectoryImport",
    "IncomingMail",
    "Letter",
    "LetterAddressee",
    "LetterAnswer",
    "LetterCase",
    "LetterDossier",
    "LetterStep",
    "LetterViolation",
    "MailDestruction",
    "MailboxSighting",
    "Mandate",
    "MandateHolder",
    "News",
    "OverdueNotice",
    "Reply",
    "ReplyAlias",
    "ReplyRelease",
    "Standing",
    "ToldMailbox",
    "Violation",
]
