"""What staff are told by e-mail. A notice never says what a mail or a letter says, nor whom it is about."""

from datetime import date, datetime

from accounts.models import User
from mandates.journey import writers_of
from mandates.models import IncomingMail, Letter
from outbox.actions import queue_email

NOTICE_PRIORITY = 6


def tell_of_mail(*, mail: IncomingMail, now: datetime) -> int:
    """Tell those who wrote the mail's letter that something came; how many. In the caller's transaction."""
    if mail.letter is None:
        return 0
    return _tell(mail.letter, "mail_came", {"mail": mail, "letter": mail.letter}, now=now)


def tell_of_overdue(*, letter: Letter, due_on: date, now: datetime) -> int:
    """Tell those who wrote `letter` that its 60 days are over; how many. In the caller's transaction."""
    return _tell(letter, "letter_overdue", {"letter": letter, "due_on": due_on}, now=now)


def _tell(letter: Letter, template: str, context: dict[str, object], *, now: datetime) -> int:
    people = [p for p in User.objects.filter(pk__in=writers_of(letter), is_active=True) if p.has_role("letter_author")]
    for person in people:
        queue_email(
            template=f"mandates/emails/{template}",
            to=person.email,
            context=context,
            language=person.language,
            priority=NOTICE_PRIORITY,
            now=now,
        )
    return len(people)
