"""Personal data does not lie here for ever: mail that a person settled is destroyed in its time, and only that."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from cases.models import Case, CaseDecision
from mandates.incoming import read_mail
from mandates.models import IncomingMail, MailDestruction
from mandates.models.answers import IncomingMailQuerySet

Rule = MailDestruction.Rule
State = IncomingMail.State


def destroy_settled_mail(*, now: datetime) -> int:
    """Empty every mail whose time is over at `now`, each in a transaction of its own; how many.

    Set aside by a person: `MAIL_DAYS_SET_ASIDE` after that. Classed by a person on a letter: `MAIL_DAYS_FILED` after
    that, once the letter's case has been off the site for `MAIL_DAYS_SET_ASIDE`; a mail on the letter of a case that is
    kept, or on a cover letter, stays. A line in the history says what went, when and by which rule. What nobody settled
    stays, however old. A second time nothing happens.
    """
    keys = list(_due(now).order_by("pk").values_list("pk", flat=True))
    return sum(_destroy(key, now=now) for key in keys)


def _due(now: datetime) -> IncomingMailQuerySet:
    settled = IncomingMail.objects.filter(destroyed_at__isnull=True, decided_by__isnull=False)
    a_while_ago = now - timedelta(days=settings.MAIL_DAYS_SET_ASIDE)
    set_aside = Q(state=State.SET_ASIDE, decided_at__lte=a_while_ago)
    # Nobody has decided anything about the case since it was taken off that long ago.
    lately = CaseDecision.objects.filter(at__gt=a_while_ago)
    filed = Q(
        state__in=[State.ANSWERED, State.NOTED],
        decided_at__lte=now - timedelta(days=settings.MAIL_DAYS_FILED),
        letter__case__state=Case.State.UNPUBLISHED,
    ) & ~Q(letter__case__in=lately.values("case"))
    return settled.filter(set_aside | filed)


@transaction.atomic
def _destroy(key: int, *, now: datetime) -> bool:
    mail = _due(now).select_for_update(of=("self",)).filter(pk=key).first()
    if mail is None or mail.raw is None or mail.decided_by is None or mail.decided_at is None:
        return False
    rule = Rule.SET_ASIDE if mail.state == State.SET_ASIDE else Rule.FILED
    days = settings.MAIL_DAYS_SET_ASIDE if rule == Rule.SET_ASIDE else settings.MAIL_DAYS_FILED
    MailDestruction.objects.create(
        mail=mail,
        rule=rule,
        days=days,
        size=mail.size,
        attachments=len(read_mail(bytes(mail.raw)).attachments),
        settled_by=mail.decided_by,
        settled_at=mail.decided_at,
        at=now,
    )
    mail.raw, mail.sender, mail.subject, mail.message_id, mail.findings = None, None, None, "", []
    mail.destroyed_at = now
    mail.save(update_fields=["raw", "sender", "subject", "message_id", "findings", "destroyed_at"])
    return True
