"""Telling signatories of a published answer: only those who asked for it, in batches that go on after a crash."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from mandates.models import Letter, News
from outbox.actions import queue_email
from petitions.models import Signature, Statement
from petitions.updates import unsubscribe_headers, unsubscribe_token

# Below codes (0 to 5) and notices: a hundred thousand of these must delay nobody who waits for a code.
PRIORITY = 8
BATCH = 500


def tell_news(*, now: datetime, batches: int = 20) -> int:
    """Go on with all news that is not finished; how many signatories were told now.

    One batch is one transaction: its messages and the mark up to which it came are committed together, so a crash
    repeats nothing and forgets nobody. News whose text was taken back stops.
    """
    told = 0
    for news in News.objects.filter(finished_at__isnull=True).order_by("pk"):
        for _batch in range(batches):
            number, is_finished = _tell_batch(news.pk, now=now)
            told += number
            if is_finished:
                break
    return told


@transaction.atomic
def _tell_batch(pk: int, *, now: datetime) -> tuple[int, bool]:
    """Tell the next signatories; how many, and whether nobody is left. Another worker on the same news waits for us."""
    news = (
        News.objects.select_for_update(of=("self",))
        .select_related("release__reply__letter__case", "release__reply__letter__statement_version__statement")
        .get(pk=pk)
    )
    if news.finished_at is not None:
        return 0, True
    signatures = [] if news.release.taken_back_at is not None else _next(news, now=now)
    for signature in signatures:
        _write(news, signature, now=now)
    if signatures:
        news.last_signature = signatures[-1].pk
        news.told += len(signatures)
    if len(signatures) < BATCH:
        news.finished_at = now
    news.save(update_fields=["last_signature", "told", "finished_at"])
    return len(signatures), news.finished_at is not None


def _next(news: News, *, now: datetime) -> list[Signature]:
    """Signatories who still ask for news of a published statement on the letter's case, or of the one that the letter
    hands over, by the order of signing.

    Nobody, once the case or the statement is taken off the site or the consent is gone.
    """
    letter = news.release.reply.letter
    if not Letter.objects.public().consented_at(now).filter(pk=letter.pk).exists():
        return []
    about = Q(versions=letter.statement_version) if letter.is_cover else Q(cases=letter.case)
    return list(
        Signature.objects.counted()
        .filter(statement__in=Statement.objects.published().filter(about))
        .filter(wants_updates=True, email__isnull=False, pk__gt=news.last_signature)
        .select_related("statement")
        .order_by("pk")[:BATCH]
    )


def _write(news: News, signature: Signature, *, now: datetime) -> None:
    token = unsubscribe_token(signature)
    queue_email(
        template="mandates/emails/answer_published",
        to=str(signature.email),
        context={"signature": signature, "reply": news.release.reply, "release": news.release, "token": token},
        language=signature.language,
        headers=unsubscribe_headers(token),
        priority=PRIORITY,
        now=now,
    )
