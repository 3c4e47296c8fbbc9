"""What happens to a mail that comes in: kept first, looked at afterwards. Neither step loses it or does it twice."""

import hashlib
import logging
import re
from datetime import datetime

from django.db import DatabaseError, IntegrityError, transaction

from mandates.actions.notices import tell_of_mail
from mandates.incoming import Found, find_letter, judge, read_mail
from mandates.incoming.reading import Mail
from mandates.incoming.reports import DeliveryReport, report_in
from mandates.models import Delivery, IncomingMail
from outbox.actions import record_bounce
from outbox.addresses import digest

logger = logging.getLogger(__name__)

# Larger mails are not taken in whole: their beginning is kept, and the mail itself stays where it is.
LARGEST = 30 * 1024 * 1024
KEPT_OF_TOO_LARGE = 256 * 1024
UNREADABLE = "This mail could not be read by the program; its bytes are kept. A person has to look at it."
State = IncomingMail.State


def receive_mail(
    *, raw: bytes, now: datetime, door: str = IncomingMail.Door.PIPE, is_whole: bool = True
) -> IncomingMail:
    """Keep a mail and file it. When this returns, the bytes are committed; the same bytes are kept once.

    Raises only what the database raises, and then nothing is kept and whoever brought the mail must bring it again.
    The outcome is on the row: on its letter, a stray, noted, or a delivery that failed.
    """
    mail = _keep(raw, now=now, door=door, is_whole=is_whole and len(raw) <= LARGEST)
    return file_mail(mail=mail, now=now)


def file_mail(*, mail: IncomingMail, now: datetime) -> IncomingMail:
    """Look at a mail that is kept and put it where it belongs. A second time nothing happens.

    Network (DNS for DKIM) is asked before the transaction opens. A mail that defeats the program becomes a stray.
    """
    if mail.state != State.ARRIVED:
        return mail
    try:
        read = read_mail(bytes(mail.raw))
        found, report = _find(read), report_in(read)
        fields = _what_it_is(read, found, report)
    except DatabaseError:
        raise
    except Exception:
        # Whatever the bytes did to the program, a person gets to see them.
        logger.exception("Mail %s cannot be read", mail.pk)
        found, report, fields = None, None, {"state": State.STRAY, "reason": UNREADABLE}
    with transaction.atomic():
        locked = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
        if locked.state != State.ARRIVED:
            return locked
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.save(update_fields=[*fields])
        if report is not None and report.has_failed:
            for message_id in report.message_ids:
                record_bounce(message_id=message_id, report=report.words, now=now)
        if locked.state in {State.WAITING, State.BOUNCED}:
            tell_of_mail(mail=locked, now=now)
    return locked


def _keep(raw: bytes, *, now: datetime, door: str, is_whole: bool) -> IncomingMail:
    """The committed row of these bytes, a new one or the one that has them already."""
    raw = _without_envelope_line(raw)
    kept = raw if is_whole else raw[:KEPT_OF_TOO_LARGE]
    key = digest(hashlib.sha256(_canonical(raw)).hexdigest(), purpose="incoming_mail")
    message_id, sender, subject = _labels(kept)
    try:
        with transaction.atomic():
            return IncomingMail.objects.create(
                raw=kept,
                digest=key,
                size=len(raw),
                is_whole=is_whole,
                door=door,
                message_id=message_id,
                sender=sender,
                subject=subject,
                received_at=now,
            )
    except IntegrityError:
        return IncomingMail.objects.get(digest=key)


def _labels(raw: bytes) -> tuple[str, str, str]:
    """Message-ID, From and Subject as they are shown; empty when they cannot be read, which must not lose the mail."""
    try:
        read = read_mail(raw)
        return read.message_id[:300], read.header("From")[:500], read.subject[:500]
    except Exception:
        logger.exception("A mail's headers cannot be read")
        return "", "", ""


def _without_envelope_line(raw: bytes) -> bytes:
    """Some servers put the mbox format's `From sender date` above the headers; it is no part of the mail."""
    return re.sub(rb"\AFrom [^\r\n]*\r?\n", b"", raw)


def _canonical(raw: bytes) -> bytes:
    """Mailboxes differ in how they end lines and whether they end the last one; the mail is the same."""
    return raw.replace(b"\r\n", b"\n").rstrip(b"\n")


def _find(read: Mail) -> Found | None:
    """The letter it answers; a delivery report is about the letter whose Message-ID it returns."""
    report = report_in(read)
    if report is None:
        return find_letter(read)
    deliveries = Delivery.objects.filter(message__message_id__in=report.message_ids)
    delivery = deliveries.select_related("letter__case__person").order_by("pk").first()
    return Found(delivery.letter, IncomingMail.Match.REPORT) if delivery else find_letter(read)


def _what_it_is(read: Mail, found: Found | None, report: DeliveryReport | None) -> dict[str, object]:
    letter = found.letter if found else None
    judgement = judge(read, letter=letter)
    findings = list(judgement.findings)
    if found and found.also:
        findings.append(f"it also names {', '.join(found.also)}")
    return {
        "letter": letter,
        "matched_by": found.by if found else "",
        "verdict": judgement.verdict,
        "findings": findings,
        "is_automatic": read.is_automatic or report is not None,
        "state": _state_of(read, found, report),
        "reason": report.words if report else "",
    }


def _state_of(read: Mail, found: Found | None, report: DeliveryReport | None) -> str:
    if report is not None and (found is not None or report.message_ids):
        return State.BOUNCED if report.has_failed else State.NOTED
    if found is None:
        return State.STRAY
    return State.NOTED if read.is_automatic else State.WAITING
