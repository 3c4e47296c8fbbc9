"""What became of a letter whose answer never came: told by a witness, or by nobody.

A witness is the mail server's log or an archive mailbox. That it shows the Message-ID proves that the letter was taken.
That it does not show it proves nothing, however whole it looks: a line that was never written leaves no hole. Only the
log's own word that the message on our very connection was dropped proves that the letter was not taken. Otherwise it
stays uncertain and a person decides.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
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
    connections = {message.connection for message in messages if message.connection}
    moments = [message.committing_at for message in messages if message.committing_at]
    since = min(moments) - _margin() if moments else None
    witnesses = []
    if settings.EVIDENCE_LOG:
        witnesses.append(ask_log(settings.EVIDENCE_LOG, wanted, connections=connections, since=since))
    if settings.EVIDENCE_ARCHIVE:
        witnesses.append(ask_archive(settings.EVIDENCE_ARCHIVE, wanted))
    return witnesses


def judge(message: Message, witnesses: Collection[Witness], *, moment: datetime) -> Verdict:
    """What the witnesses prove about an uncertain message."""
    if not witnesses:
        return Verdict(doubt=Doubt.NO_SOURCE)
    message_id = message.message_id.strip("<>")
    drops = _find_drops(message, witnesses)
    taken = [(witness, witness.taken[message_id]) for witness in witnesses if message_id in witness.taken]
    if taken and drops:
        # Both cannot be true: lines are missing, or changed.
        return Verdict(doubt=Doubt.NOT_COVERED)
    for witness, trace in taken:
        return Verdict(Message.State.SENT, f"{witness.source}: {trace.words}", sent_at=trace.at)
    if all(witness.problem for witness in witnesses):
        return Verdict(doubt=Doubt.UNREADABLE)
    # While one witness cannot be asked, the other may be silent about what that one saw.
    if any(witness.problem or message_id in witness.mentioned for witness in witnesses):
        return Verdict(doubt=Doubt.NOT_COVERED)
    if moment < _ends_at(message):
        return Verdict(doubt=Doubt.TOO_EARLY)
    if len(drops) != 1 or _is_shared(message):
        return Verdict(doubt=Doubt.NOT_COVERED)
    return Verdict(Message.State.QUEUED, drops[0])


def why_uncertain(message: Message) -> str:
    """Why no evidence has settled this message, in the reader's language; "" when it is not uncertain."""
    if message.state != Message.State.UNCERTAIN:
        return ""
    return str(message.get_doubt_display()) if message.doubt else _("The evidence has not been looked at yet.")


def _find_drops(message: Message, witnesses: Collection[Witness]) -> list[str]:
    """The words that say that what came on the message's connection was dropped."""
    since = message.committing_at
    if since is None or not message.connection:
        return []
    span = {"since": since - _margin(), "until": _ends_at(message) + _margin()}
    return [
        f"{witness.source}: {trace.words}"
        for witness in witnesses
        for trace in witness.drops_of(message.connection, **span)
    ]


def _is_shared(message: Message) -> bool:
    """Whether another message was handed over from the same port later, or is in doubt too: then the line may be about
    that one. Those before it on the same connection were taken, or the connection would have been given up."""
    others = Message.objects.filter(connection=message.connection).exclude(pk=message.pk)
    later = Q(committing_at__gt=message.committing_at, committing_at__lte=_ends_at(message) + _margin())
    return others.filter(later | Q(state=Message.State.UNCERTAIN)).exists()


def _ends_at(message: Message) -> datetime:
    """From when on the mail server can no longer be taking it."""
    assert message.uncertain_since is not None  # noqa: S101  a constraint of the table holds it
    return message.uncertain_since + timedelta(seconds=settings.EVIDENCE_GRACE)


def _margin() -> timedelta:
    """What the witness's clock may differ from the database's."""
    return timedelta(seconds=settings.EVIDENCE_GRACE / 20)
