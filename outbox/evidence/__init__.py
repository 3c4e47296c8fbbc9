"""What became of a letter whose answer never came: told by a witness, or by nobody.

A witness is the mail server's log or an archive mailbox. That it shows the Message-ID proves that the letter was taken.
That it does not show it proves the contrary only when the witness watched the whole time, from before the handing over
until after the mail server could still have taken it. Otherwise the letter stays uncertain and a person decides.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from outbox.evidence.archive import ask_archive
from outbox.evidence.mail_log import ask_log
from outbox.evidence.witness import Verdict, Witness
from outbox.models import Message

Doubt = Message.Doubt


def gather(messages: Collection[Message]) -> list[Witness]:
    """Ask every witness that is set up about all `messages` at once. One that cannot be asked names its problem; it
    never raises."""
    wanted = {message.message_id.strip("<>") for message in messages}
    moments = [message.committing_at for message in messages if message.committing_at]
    since = min(moments) - _margin() if moments else None
    witnesses = []
    if settings.EVIDENCE_LOG:
        witnesses.append(ask_log(settings.EVIDENCE_LOG, wanted, since=since))
    if settings.EVIDENCE_ARCHIVE:
        witnesses.append(ask_archive(settings.EVIDENCE_ARCHIVE, wanted))
    return witnesses


def judge(message: Message, witnesses: Collection[Witness], *, database_now: datetime) -> Verdict:
    """What the witnesses prove about an uncertain message."""
    message_id = message.message_id.strip("<>")
    for witness in witnesses:
        if trace := witness.taken.get(message_id):
            return Verdict(Message.State.SENT, f"{witness.source}: {trace.words}", sent_at=trace.at)
    if not witnesses:
        return Verdict(doubt=Doubt.NO_SOURCE)
    if all(witness.problem for witness in witnesses):
        return Verdict(doubt=Doubt.UNREADABLE)
    since, uncertain_since = message.committing_at, message.uncertain_since
    if since is None or uncertain_since is None:
        return Verdict(doubt=Doubt.NOT_COVERED)
    if any(message_id in witness.mentioned for witness in witnesses):
        return Verdict(doubt=Doubt.NOT_COVERED)
    until = uncertain_since + timedelta(seconds=settings.EVIDENCE_GRACE)
    if database_now < until:
        return Verdict(doubt=Doubt.TOO_EARLY)
    for witness in witnesses:
        if witness.covers(since - _margin(), until + _margin()):
            span = f"{witness.begins_at:%Y-%m-%d %H:%M} to {witness.ends_at:%Y-%m-%d %H:%M %z}"
            return Verdict(Message.State.QUEUED, f"{witness.source}: not there from {span}")
    return Verdict(doubt=Doubt.NOT_COVERED)


def why_uncertain(message: Message) -> str:
    """Why no evidence has settled this message, in the reader's language; "" when it is not uncertain."""
    if message.state != Message.State.UNCERTAIN:
        return ""
    return str(message.get_doubt_display()) if message.doubt else _("The evidence has not been looked at yet.")


def _margin() -> timedelta:
    """What the witness's clock may differ from the database's."""
    return timedelta(seconds=settings.EVIDENCE_GRACE / 20)
