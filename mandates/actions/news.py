"""Telling of a published answer: signatories who asked for it, then followers, in batches that go on after a crash."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from mandates.models import Letter, News, ToldMailbox
from outbox.actions import queue_email
from outbox.addresses import address_digest
from petitions.models import Follower, Signature, Statement
from petitions.news.readers import count_mails, reader_digest
from petitions.news.stopping import unsubscribe_headers, unsubscribe_path

# Below codes (0 to 5) and notices: a hundred thousand of these must delay nobody who waits for a code.
PRIORITY = 8
BATCH = 500


def tell_news(*, now: datetime, batches: int = 20) -> int:
    """Go on with all news that is not finished; how many mailboxes were written to now.

    One batch is one transaction: its messages and the marks up to which it came are committed together, so a crash
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
    """Tell the next readers; how many, and whether nobody is left. Another worker on the same news waits for us."""
    news = (
        News.objects.select_for_update(of=("self",))
        .select_related("release__reply__letter__case", "release__reply__letter__statement_version__statement")
        .get(pk=pk)
    )
    if news.finished_at is not None:
        return 0, True
    signatures, followers = _next(news, now=now)
    readers = _reachable(_not_told(news, [*signatures, *followers]), now=now)
    for reader in readers:
        _write(news, reader, now=now)
    news.last_signature = signatures[-1].pk if signatures else news.last_signature
    news.last_follower = followers[-1].pk if followers else news.last_follower
    news.told += len(readers)
    if len(signatures) + len(followers) < BATCH:
        news.finished_at = now
        news.told_mailboxes.all().delete()
    news.save(update_fields=["last_signature", "last_follower", "told", "finished_at"])
    return len(readers), news.finished_at is not None


def _next(news: News, *, now: datetime) -> tuple[list[Signature], list[Follower]]:
    """Who comes next, `BATCH` at most: signatories by the order of signing, and when there are no more, followers.

    A letter on a case concerns who signed a statement on it, or follows either; one that hands over a statement
    concerns that statement. Nobody, once the text is taken back, its subject off the site or the consent gone.
    """
    letter = news.release.reply.letter
    is_public = Letter.objects.public().consented_at(now).filter(pk=letter.pk).exists()
    if news.release.taken_back_at is not None or not is_public:
        return [], []
    about = Q(versions=letter.statement_version) if letter.is_cover else Q(cases=letter.case)
    statements = Statement.objects.published().filter(about)
    followed = Q(statement__in=statements)
    if letter.case is not None:
        followed |= Q(case=letter.case)
    signatures = (
        Signature.objects.counted()
        .filter(statement__in=statements, wants_updates=True, email__isnull=False, pk__gt=news.last_signature)
        .select_related("statement")
        .order_by("pk")[:BATCH]
    )
    followers = (
        Follower.objects.live()
        .filter(followed, pk__gt=news.last_follower)
        .select_related("statement", "case")
        .order_by("pk")
    )
    found = list(signatures)
    return found, list(followers[: BATCH - len(found)])


def _not_told(news: News, readers: list[Signature | Follower]) -> list[Signature | Follower]:
    """Those of `readers` whose mailbox this news was not written to, each mailbox once; noted as told from here on."""
    first: dict[bytes, Signature | Follower] = {}
    for reader in readers:
        first.setdefault(address_digest(str(reader.email), purpose=f"news:{news.pk}"), reader)
    for told in news.told_mailboxes.filter(digest__in=first).values_list("digest", flat=True):
        del first[bytes(told)]
    ToldMailbox.objects.bulk_create(ToldMailbox(news=news, digest=digest) for digest in first)
    return list(first.values())


def _reachable(readers: list[Signature | Follower], *, now: datetime) -> list[Signature | Follower]:
    """Those of `readers` whose mailbox did not fail before; the mail is counted in its week, and updates then wait."""
    reached = count_mails([str(reader.email) for reader in readers], now=now)
    return [reader for reader in readers if reader_digest(str(reader.email)) in reached]


def _write(news: News, reader: Signature | Follower, *, now: datetime) -> None:
    with override(reader.language):
        path = unsubscribe_path(reader)
    template = "answer_published" if isinstance(reader, Signature) else "answer_followed"
    context = {"reader": reader, "reply": news.release.reply, "release": news.release, "stop_path": path}
    queue_email(
        template=f"mandates/emails/{template}",
        to=str(reader.email),
        context=context,
        language=reader.language,
        headers=unsubscribe_headers(path),
        priority=PRIORITY,
        now=now,
        recipient_digest=bytes(reader.email_digest) if reader.email_digest else None,
    )
