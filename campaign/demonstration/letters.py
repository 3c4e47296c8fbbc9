"""A letter on the invented case to invented addresses, so that "sent and answered" has something to show.

It goes the way every letter goes: drafted, checked, approved by a second person, and left to the worker.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import User
from campaign.demonstration.cases import Cases
from campaign.demonstration.reading import Row
from mandates.actions import (
    add_contact_point,
    answer_questions,
    approve_letter,
    draft_letter,
    receive_mail,
    record_contact_check,
    record_reply,
    release_reply,
    submit_letter,
)
from mandates.models import ContactPoint, Letter, Mandate, Violation
from mandates.reply_address import reply_address
from outbox.mime import build_mime, new_message_id

HOLDS = timedelta(days=3650)


def load_contact_points(rows: list[Row], *, by: Sequence[User], now: datetime) -> None:
    """Give the mandates of the letter an invented address each, "checked" by each of `by`; the real ones stay as they
    are: unchecked."""
    for row in rows:
        mandate = Mandate.objects.get(slug=row["mandate"])
        source = "Invented for the demonstration; the domain is reserved for examples."
        point = add_contact_point(mandate=mandate, value=row["value"], source_note=source, by=by[0], now=now)
        ContactPoint.objects.filter(pk=point.pk).update(is_demonstration=True)
        expires_on = (now + HOLDS).date()
        for person in by:
            record_contact_check(contact_point=point, how="Invented address", by=person, now=now, expires_on=expires_on)


def load_letter(data: Row, *, cases: Cases, author: User, approver: User, now: datetime) -> Letter:
    """Write, approve and answer the letter; it waits in the outbox for the worker."""
    case = cases[data["letter"]["case"]]
    letter = draft_letter(
        case=case,
        violations=Violation.objects.filter(slug__in=data["letter"]["violations"]),
        by=author,
        now=now,
        kind=data["letter"]["kind"],
        words=data["words"],
    )
    answers = {(mandate.pk, key): text for mandate, told in _answers(data, letter) for key, text in told.items()}
    answer_questions(letter=letter, answers=answers, by=author, now=now)
    submit_letter(letter=letter, by=author, now=now)
    approve_letter(letter=letter, by=approver, now=now)
    reply = data["reply"]
    recorded = record_reply(
        letter=letter,
        mandate=Mandate.objects.get(slug=reply["mandate"]),
        kind=reply["kind"],
        received_on=now.date(),
        text=reply["text"],
        public_summary=reply["public_summary"],
        by=author,
        now=now,
    )
    release_reply(release=recorded.releases.get(), by=approver, now=now)
    return letter


def _answers(data: Row, letter: Letter) -> list[tuple[Mandate, Row]]:
    """What the letter's own addressees are told beyond the minimum."""
    mandates = Mandate.objects.filter(letters__letter=letter, slug__in=data["answers"])
    return [(mandate, data["answers"][mandate.slug]) for mandate in mandates]


def load_mails(rows: list[Row], *, letter: Letter, now: datetime) -> None:
    """Let invented mail come in, as the mailbox would bring it: an answer, a forged one, a stray."""
    for row in rows:
        raw = build_mime(
            to=reply_address(letter) if row["is_answer"] else "somebody@replies.countersign.example",
            subject=row["subject"],
            text=row["text"],
            message_id=new_message_id(),
            now=now,
        )
        sender = re.sub(rb"\AFrom: [^\r]*", f"From: {row['from']}".encode(), raw)
        receive_mail(raw=sender, now=now)
