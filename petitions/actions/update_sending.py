"""Sending an update: its readers are noted, then written to in batches, each one transaction with its marks.

A crash repeats nobody and forgets nobody. Whether somebody still wants it is asked when their mail is written; a week
that is full moves the mail on, the oldest update first. Only so many mails lie in the outbox at a time, so that a stop
comes in time and the answer to that question is fresh.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from outbox.actions import queue_email
from outbox.addresses import UnsendableAddressError
from outbox.models import Message
from petitions.models import Follower, Signature, Update, UpdateDelivery, UpdateReader
from petitions.news.mail import TEMPLATE, Addressee, shared_context
from petitions.news.readers import (
    Reader,
    addresses_of,
    delivery_digest,
    followers_for,
    lock_readers,
    reader_digest,
    signatures_for,
)
from petitions.news.stopping import invitation_path, unsubscribe_headers, unsubscribe_path

# Below codes (0 to 5) and notices: a hundred thousand of these must delay nobody who waits for a code.
PRIORITY = 8
BATCH = 500
# Mails of this priority that may lie in the outbox before no more are written.
BACKLOG = 2000
# What a failed mail says of us, not of its mailbox: RFC 3463 class 7, or our own giving up after three days of trying.
_NOT_ITS_FAULT = re.compile(r"\A(given up|the stored message)|\b5\.7\.\d")
LOOKED_AFTER = timedelta(days=30)
# Readers forgotten in one transaction: their mailboxes wait for it.
FORGOTTEN_AT_ONCE = 5000

Waiting = UpdateDelivery.State.WAITING


def send_updates(*, now: datetime, batches: int = 20) -> int:
    """Go on with every update that is not finished, the oldest first; how many mails were written now.

    Another worker on the same update is left alone. What is stopped, or off the site, rests.
    """
    written = 0
    for pk in Update.objects.sendable().order_by("released_at", "pk").values_list("pk", flat=True):
        for _batch in range(batches):
            number, goes_on = _take_step(pk, now=now)
            written += number
            if not goes_on:
                break
    return written


@transaction.atomic
def _take_step(pk: int, *, now: datetime) -> tuple[int, bool]:
    """One batch of one update: readers noted, or mails written; how many mails, and whether there is more to do now."""
    rows = Update.objects.sendable().select_for_update(of=("self",), skip_locked=True).prefetch_related("texts")
    update = rows.select_related("statement", "case__person", "invites_to").filter(pk=pk).first()
    if update is None:
        return 0, False
    if update.state == Update.State.RELEASED:
        update.state = Update.State.SENDING
        update.save(update_fields=["state"])
    if update.gathered_at is None:
        _gather(update, now=now)
        return 0, True
    if _lies_in_outbox() >= BACKLOG:
        return 0, False
    deliveries = _claim(update, now=now)
    if deliveries:
        return _write_batch(update, deliveries, now=now), True
    if not update.deliveries.filter(state=Waiting).exists():
        update.state, update.sent_at = Update.State.SENT, update.sent_at or now
        update.save(update_fields=["state", "sent_at"])
    return 0, False


def _gather(update: Update, *, now: datetime) -> None:
    """Note the next readers: signatories in the order of signing, and when there are no more, followers.

    Locked, before their deliveries: who is being erased at this moment is not noted.
    """
    signed = signatures_for(update).filter(pk__gt=update.last_signature).order_by("pk")
    signatures = list(signed.select_for_update(of=("self",), no_key=True)[:BATCH])
    following = followers_for(update).filter(pk__gt=update.last_follower).order_by("pk")
    followers = following.select_for_update(of=("self",), no_key=True)
    rows: list[Reader] = [*signatures, *followers[: BATCH - len(signatures)]]
    noted = [
        _delivery(update, row, due_at=_due(update, place, now=now)) for place, row in enumerate(rows, update.noted)
    ]
    if update.invites_to_id:
        _take_over(update, noted)
    UpdateDelivery.objects.bulk_create(noted, ignore_conflicts=True)
    update.last_signature = max([row.pk for row in rows if isinstance(row, Signature)], default=update.last_signature)
    update.last_follower = max([row.pk for row in rows if isinstance(row, Follower)], default=update.last_follower)
    update.gathered_at = now if len(rows) < BATCH else None
    update.noted += len(rows)
    update.save(update_fields=["last_signature", "last_follower", "gathered_at", "noted"])


def _take_over(update: Update, noted: list[UpdateDelivery]) -> None:
    """Who waits for an invitation that was stopped gets this one instead: a mailbox has one row for the next text."""
    stopped = UpdateDelivery.objects.filter(state=Waiting, update__state=Update.State.STOPPED)
    found = stopped.filter(digest__in=[row.digest for row in noted]).select_for_update(of=("self",)).order_by("pk")
    by_digest = {row.digest: row for row in noted}
    moved = list(found)
    for row in moved:
        new = by_digest[bytes(row.digest)]
        row.update, row.signature, row.language, row.due_at = update, new.signature, new.language, new.due_at
    UpdateDelivery.objects.bulk_update(moved, ["update", "signature", "language", "due_at"])


def _due(update: Update, place: int, *, now: datetime) -> datetime:
    """At once; an invitation goes out at so many an hour, so that not everybody comes to sign in the same minute."""
    return now + timedelta(hours=place // settings.INVITATIONS_AN_HOUR) if update.invites_to_id else now


def _delivery(update: Update, reader: Reader, *, due_at: datetime) -> UpdateDelivery:
    return UpdateDelivery(
        update=update,
        digest=delivery_digest(update, str(reader.email)),
        signature=reader if isinstance(reader, Signature) else None,
        follower=reader if isinstance(reader, Follower) else None,
        language=reader.language,
        due_at=due_at,
    )


def _lies_in_outbox() -> int:
    return Message.objects.filter(lane=Message.Lane.POST, priority=PRIORITY, state=Message.State.QUEUED).count()


def _claim(update: Update, *, now: datetime) -> list[UpdateDelivery]:
    due = UpdateDelivery.objects.filter(update=update, state=Waiting, due_at__lte=now).order_by("due_at", "pk")
    held = due.select_for_update(of=("self",), skip_locked=True)
    found = list(held.select_related("signature__statement", "follower__statement", "follower__case")[:BATCH])
    for delivery in found:
        delivery.update = update
    return found


def _write_batch(update: Update, deliveries: list[UpdateDelivery], *, now: datetime) -> int:
    addresses = addresses_of(update, [delivery.signature or delivery.follower for delivery in deliveries])
    readers = lock_readers(filter(None, addresses), now=now)
    shared = {language: shared_context(update, language) for language in {row.language for row in deliveries}}
    for delivery, address in zip(deliveries, addresses, strict=True):
        reader = readers[reader_digest(address)] if address else None
        if _is_due(delivery, reader, now=now):
            _write(delivery, shared[delivery.language], address=address, now=now)
        if reader is not None and delivery.state == UpdateDelivery.State.WRITTEN:
            reader.note_mail(now=now)
    UpdateDelivery.objects.bulk_update(deliveries, ["state", "message", "written_at", "due_at"])
    UpdateReader.objects.bulk_update(readers.values(), ["mailed_at", "seen_at"])
    return sum(delivery.state == UpdateDelivery.State.WRITTEN for delivery in deliveries)


def _is_due(delivery: UpdateDelivery, reader: UpdateReader | None, *, now: datetime) -> bool:
    """Whether the mail is written now; if not, it is passed over, or moved on to when the reader's week has room."""
    if reader is None or reader.unreachable_at is not None:
        delivery.state = UpdateDelivery.State.PASSED_OVER
        return False
    delivery.due_at = reader.free_at(now=now, most=settings.UPDATES_PER_WEEK)
    return delivery.due_at <= now


def _write(delivery: UpdateDelivery, shared: dict[str, Any], *, address: str, now: datetime) -> None:
    try:
        delivery.message = _queue(delivery, shared, address=address, now=now)
    except UnsendableAddressError:
        delivery.state = UpdateDelivery.State.PASSED_OVER
    else:
        delivery.state, delivery.written_at = UpdateDelivery.State.WRITTEN, now


def _queue(delivery: UpdateDelivery, shared: dict[str, Any], *, address: str, now: datetime) -> Message:
    update, reader = delivery.update, delivery.signature or delivery.follower
    assert reader is not None  # noqa: S101  `addresses_of` found them
    with override(delivery.language):
        path = unsubscribe_path(reader)
        addressee = Addressee(
            name=reader.own_name if isinstance(reader, Signature) else "",
            wording=reader.updates_wording if isinstance(reader, Signature) else reader.wording,
            agreed_at=(reader.updates_agreed_at or reader.created_at)
            if isinstance(reader, Signature)
            else reader.agreed_at,
            stop_path=path,
            invitation_path=invitation_path(delivery) if update.invites_to_id else "",
        )
    return queue_email(
        template=TEMPLATE,
        to=address,
        context={**shared, "to": addressee},
        language=delivery.language,
        headers=unsubscribe_headers(path),
        priority=PRIORITY,
        now=now,
        recipient_digest=bytes(reader.email_digest) if reader.email_digest else None,
    )


def heed_failures(*, now: datetime) -> int:
    """Look at the updates that were refused for good or came back; how many were new.

    A mailbox that failed `UPDATES_FAILURES` times since it was last proved gets no more, until somebody proves it
    again. The consent stays as it is.
    """
    failed = UpdateDelivery.objects.filter(
        Q(message__state=Message.State.FAILED) | Q(message__state=Message.State.BOUNCED),
        state=UpdateDelivery.State.WRITTEN,
        failed_at__isnull=True,
        written_at__gt=now - LOOKED_AFTER,
    )
    seen = 0
    while batch := list(failed.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        seen += sum(_heed_failure(pk, now=now) for pk in batch)
    return seen


@transaction.atomic
def _heed_failure(pk: int, *, now: datetime) -> bool:
    delivery = UpdateDelivery.objects.select_for_update(of=("self",)).get(pk=pk)
    if delivery.failed_at is not None or delivery.message_id is None:
        return False
    message = Message.objects.get(pk=delivery.message_id)
    delivery.failed_at = now
    delivery.save(update_fields=["failed_at"])
    said = message.bounce_report if message.state == Message.State.BOUNCED else message.last_reply
    if message.to_address is None or _NOT_ITS_FAULT.search(said):
        return True
    (reader,) = lock_readers([str(message.to_address)], now=now).values()
    reader.failures, reader.seen_at = reader.failures + 1, now
    if reader.failures >= settings.UPDATES_FAILURES and reader.unreachable_at is None:
        reader.unreachable_at = now
    reader.save(update_fields=["failures", "unreachable_at", "seen_at"])
    return True


def forget_readers(*, now: datetime) -> int:
    """Forget mailboxes of which nothing needs to be known: no mail within the week, no failure; how many."""
    idle = UpdateReader.objects.filter(failures=0, seen_at__lt=now - UpdateReader.WEEK).order_by("pk")
    forgotten = 0
    while True:
        with transaction.atomic():
            held = list(idle.select_for_update(skip_locked=True).values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
            if not held:
                return forgotten
            forgotten += UpdateReader.objects.filter(pk__in=held).delete()[0]
