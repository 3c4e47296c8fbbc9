"""What can happen to a message from our side; what the mail server does to it is in `delivery`."""

import hashlib
import logging
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

import pghistory
from django.db import transaction

from outbox import bell, evidence
from outbox.addresses import domain_digest, require_sendable, without_addresses
from outbox.clock import DatabaseClock, database_now
from outbox.composing import compose
from outbox.evidence.witness import Verdict
from outbox.health import read_health
from outbox.mime import UnsendableBytesError, build_mime, new_message_id, require_exact
from outbox.models import Alarm, Message

logger = logging.getLogger(__name__)

LONGEST_REPORT = 2000
DRAIN_POST = "outbox.drain_post"


class MessageNotUncertainError(Exception):
    """Only a message whose fate is unknown can be resolved."""


class Actor(Protocol):
    """Whoever acts: a row of a person."""

    pk: Any


def queue_email(
    *,
    template: str,
    to: str,
    context: dict[str, Any],
    language: str,
    now: datetime,
    kind: str = "",
    policy: str = Message.Policy.RETRY,
    lane: str = Message.Lane.POST,
    priority: int = 5,
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    recipient_digest: bytes | None = None,
) -> Message:
    """Write one e-mail into the outbox, in the caller's transaction; it leaves after the commit.

    `template` is a folder below templates/ (see `composing.compose`), `kind` its last part unless given, `priority` 0
    (first) to 9, `recipient_digest` what `forget_messages_to` finds it by. Raises `UnsendableAddressError` (check forms
    with `addresses.validate_sendable`) and `UnsafeHeaderError`. Marked as automatic mail (RFC 3834), so that answering
    machines stay quiet.
    """
    words = compose(template=template, context=context, language=language)
    message_id = new_message_id()
    raw = build_mime(
        to=to,
        subject=words.subject,
        text=words.text,
        html=words.html,
        reply_to=reply_to,
        headers={"Auto-Submitted": "auto-generated", "Content-Language": language, **(headers or {})},
        message_id=message_id,
        now=now,
    )
    kind = kind or template.rstrip("/").rpartition("/")[2]
    return queue_bytes(
        kind=kind,
        to=to,
        raw=raw,
        message_id=message_id,
        policy=policy,
        lane=lane,
        priority=priority,
        now=now,
        recipient_digest=recipient_digest,
    )


def queue_bytes(
    *,
    kind: str,
    to: str,
    raw: bytes,
    message_id: str,
    policy: str,
    lane: str,
    priority: int,
    now: datetime,
    recipient_digest: bytes | None = None,
) -> Message:
    """Write finished bytes into the outbox, in the caller's transaction; exactly these bytes leave, to `to` alone.

    `raw` comes from `mime.build_mime` and carries `message_id`; else `UnsendableBytesError`.
    """
    require_exact(raw)
    if f"\r\nMessage-ID: {message_id}\r\n".encode() not in raw.partition(b"\r\n\r\n")[0] + b"\r\n":
        raise UnsendableBytesError("the bytes do not carry this Message-ID")
    address = require_sendable(to)
    message = Message.objects.create(
        kind=kind,
        lane=lane,
        policy=policy,
        priority=priority,
        to_address=address,
        domain_digest=domain_digest(address),
        recipient_digest=recipient_digest,
        message_id=message_id,
        raw=raw,
        content_sha256=hashlib.sha256(raw).hexdigest(),
        created_at=now,
    )
    if lane == Message.Lane.POST:
        bell.ring_on_commit(DRAIN_POST)
    return message


@transaction.atomic
def recall_messages(*, keys: Iterable[uuid.UUID], reason: str) -> int:
    """Cancel those of these messages that have not been handed over; how many.

    A worker that holds one finds its lease gone before the first byte of the body and sends nothing.
    """
    before = [Message.State.QUEUED, Message.State.DEFERRED, Message.State.SENDING]
    waiting = Message.objects.filter(pk__in=list(keys), state__in=before).order_by("pk")
    held = list(waiting.select_for_update().values_list("pk", flat=True))
    # What is locked cannot move; what moved on while we waited for the lock is no longer in `held`.
    return Message.objects.filter(pk__in=held).update(
        state=Message.State.CANCELLED, last_reply=reason, lease_token=None, lease_expires_at=None
    )


@transaction.atomic
def forget_messages_to(*, digest: bytes) -> int:
    """Stop what waits to leave for the mailbox that callers named by `digest`, and empty what has left; how many rows.

    Letters (`once`) stay: they are not written to such mailboxes. What is being handed over at this moment is marked,
    and emptied by retention once its fate is known.
    """
    written = Message.objects.filter(recipient_digest=digest, policy=Message.Policy.RETRY)
    keys = list(written.values_list("pk", flat=True))
    recall_messages(keys=keys, reason="")
    rows = Message.objects.filter(pk__in=keys)
    gone = rows.finished().update(raw=None, to_address=None, recipient_digest=None, last_reply="", bounce_report="")
    return gone + rows.filter(recipient_digest=digest).update(is_to_forget=True)


def resolve_uncertain(*, message: Message, outcome: str, by: Actor, now: datetime) -> Message:
    """A person decides what became of a message: `sent`, `queued` (send it again) or `cancelled`.

    Raises `MessageNotUncertainError` when it is not, or no longer, uncertain, `ValueError` for another outcome.
    """
    if outcome not in {Message.State.SENT, Message.State.QUEUED, Message.State.CANCELLED}:
        raise ValueError(f"an uncertain message cannot become {outcome!r}")
    with pghistory.context(by=str(by.pk), why="resolve_uncertain"), transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message.pk)
        if message.state != Message.State.UNCERTAIN:
            raise MessageNotUncertainError(message.state)
        message.state = outcome
        message.sent_at = now if outcome == Message.State.SENT else None
        message.last_reply = f"{message.last_reply}\nResolved as {outcome} by user {by.pk}, {now:%Y-%m-%d %H:%M} UTC"
        fields = ["state", "sent_at", "last_reply"]
        if outcome == Message.State.QUEUED:
            message.attempts = 0
            message.next_try_at = DatabaseClock()
            fields += ["attempts", "next_try_at"]
        message.save(update_fields=fields)
    message.refresh_from_db()
    return message


def resolve_by_evidence(*, now: datetime) -> int:
    """Settle the uncertain messages that evidence settles: sent, or queued again; how many.

    The others stay uncertain and say why (`evidence.why_uncertain`). No page and no transaction waits for a witness;
    a message that somebody has decided meanwhile is left alone.
    """
    doubtful = list(Message.objects.in_doubt().defer("raw", "to_address"))
    if not doubtful:
        return 0
    witnesses = evidence.gather(doubtful)
    for witness in witnesses:
        if witness.problem:
            logger.error("No evidence from %s: %s", witness.source, witness.problem)
    settled, moment = 0, database_now()
    for message in doubtful:
        verdict = evidence.judge(message, witnesses, moment=moment)
        settled += _carry_out(verdict, message, now=now)
    return settled


def _carry_out(verdict: Verdict, message: Message, *, now: datetime) -> bool:
    """Move the message if it still is in the very doubt that was judged; whether it was moved."""
    same = Message.objects.filter(pk=message.pk, uncertain_since=message.uncertain_since)
    still = same.filter(state=Message.State.UNCERTAIN)
    if not verdict.state:
        still.exclude(doubt=verdict.doubt).update(doubt=verdict.doubt)
        return False
    words = f"Resolved as {verdict.state} by evidence, {now:%Y-%m-%d %H:%M} UTC. {verdict.words}"
    fields: dict[str, Any] = {"state": verdict.state, "doubt": "", "last_reply": f"{message.last_reply}\n{words}"}
    if verdict.state == Message.State.SENT:
        fields["sent_at"] = verdict.sent_at or DatabaseClock()
    else:
        fields["next_try_at"] = DatabaseClock()
    with pghistory.context(by="evidence", why="resolve_by_evidence", evidence=verdict.words):
        return still.update(**fields) == 1


def record_bounce(*, message_id: str, report: str, now: datetime) -> Message | None:
    """A return (DSN, RFC 3464) for the message with this Message-ID has reached us; the message, or None.

    None when no message of ours has that Message-ID, or it never was handed over: then the return is forged. One that
    a worker is just handing over stays its worker's, and becomes `bounced` when that has its answer (the return can be
    faster). Twice changes nothing; a message that is `failed` or `cancelled` keeps its state.
    """
    wanted = f"<{message_id.strip().strip('<>')}>"
    with pghistory.context(why="record_bounce"), transaction.atomic():
        message = Message.objects.select_for_update().filter(message_id=wanted).first()
        if message is None or (message.committing_at is None and message.sent_at is None):
            return None
        if message.bounced_at is not None or message.state in {Message.State.FAILED, Message.State.CANCELLED}:
            return message
        message.bounced_at, message.bounce_report = now, without_addresses(report)[:LONGEST_REPORT]
        fields = ["bounced_at", "bounce_report"]
        if message.state not in {Message.State.SENDING, Message.State.COMMITTING}:
            message.state = Message.State.BOUNCED
            message.last_reply = f"{message.last_reply}\nReturned, {now:%Y-%m-%d %H:%M} UTC"
            fields += ["state", "last_reply"]
        message.save(update_fields=fields)
    return message


# What the log says when something gets worse; see `health.Health.alarms`.
ALARMS = {
    "uncertain": "Letters whose fate is unknown: %d. Look at the letter desk.",
    "failed_letters": "Letters that could not be delivered: %d. Look at the letter desk.",
    "unencrypted": "The mail server offers no safe encryption; mail waits (%d).",
    "late": "Mail that is due has waited for more than ten minutes (%d).",
    "clock": "The database's clock has been set back (%d): mail sent later than now.",
}


def sound_alarms(*, now: datetime) -> list[str]:
    """Log at error level what has become worse since the last look, once each; the names of these."""
    return [name for name, level in read_health().alarms().items() if _rises(name, level, now=now)]


@transaction.atomic
def _rises(name: str, level: int, *, now: datetime) -> bool:
    Alarm.objects.get_or_create(name=name)
    alarm = Alarm.objects.select_for_update().get(name=name)
    is_rising = level > alarm.level
    if level == alarm.level:
        return False
    alarm.level, alarm.risen_at = level, (now if is_rising else alarm.risen_at if level else None)
    alarm.save(update_fields=["level", "risen_at"])
    if is_rising:
        logger.error(ALARMS[name], level)
    return is_rising
