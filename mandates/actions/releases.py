"""What of an answer becomes public: one person writes it, another lets it go."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from mandates.actions.replies import confidential_until
from mandates.errors import LeakError, NothingPublicError, OwnTextError, ReleaseStateError
from mandates.models import News, Reply, ReplyRelease
from mandates.redaction import leaks_in
from outbox.bell import ring_on_commit

TELL_NEWS = "mandates.tell_news"


@transaction.atomic
def write_release(
    *, reply: Reply, summary: str, text: str, by: User, now: datetime, reference_from: date | None = None
) -> ReplyRelease:
    """Propose what the public may read of `reply`; nothing is shown until another person releases it.

    A proposal that waits is replaced. Without `reference_from` the UN's reference and dates stay out for 60 days.
    Raises LeakError with what must not be there, NothingPublicError for a mail that was no answer, ReleaseStateError
    while a released text stands: take it back first.
    """
    if reply.kind == Reply.Kind.NONE:
        raise NothingPublicError
    reference_from = reference_from or confidential_until(reply)
    _refuse_leaks(f"{summary}\n{text}", reference_from=reference_from, today=now.date())
    Reply.objects.select_for_update().get(pk=reply.pk)
    standing = reply.releases.filter(taken_back_at__isnull=True).first()
    if standing is not None and standing.released_at is not None:
        raise ReleaseStateError
    if standing is not None:
        _take_back(standing, by=by, now=now)
    return ReplyRelease.objects.create(
        reply=reply, summary=summary, text=text, reference_from=reference_from, written_by=by, written_at=now
    )


@transaction.atomic
def release_reply(*, release: ReplyRelease, by: User, now: datetime, tell_signatories: bool = False) -> ReplyRelease:
    """A second person has read the text and lets it out; with `tell_signatories` those who asked for news are told.

    Everything is looked at again: somebody's case may have been taken off the site meanwhile. Raises OwnTextError,
    LeakError, ReleaseStateError.
    """
    release = ReplyRelease.objects.select_for_update(of=("self",)).select_related("reply").get(pk=release.pk)
    if release.released_at is not None or release.taken_back_at is not None:
        raise ReleaseStateError
    if by.pk == release.written_by_id:
        raise OwnTextError
    _refuse_leaks(f"{release.summary}\n{release.text}", reference_from=release.reference_from, today=now.date())
    release.released_by, release.released_at = by, now
    release.save(update_fields=["released_by", "released_at"])
    if tell_signatories:
        News.objects.create(release=release, started_by=by, started_at=now)
        ring_on_commit(TELL_NEWS)
    return release


@transaction.atomic
def take_back_release(*, release: ReplyRelease, by: User, now: datetime) -> ReplyRelease:
    """Take a text off the public pages at once; one person is enough. ReleaseStateError when it is off already."""
    release = ReplyRelease.objects.select_for_update(of=("self",)).get(pk=release.pk)
    if release.taken_back_at is not None:
        raise ReleaseStateError
    return _take_back(release, by=by, now=now)


def _take_back(release: ReplyRelease, *, by: User, now: datetime) -> ReplyRelease:
    release.taken_back_by, release.taken_back_at = by, now
    release.save(update_fields=["taken_back_by", "taken_back_at"])
    return release


def _refuse_leaks(text: str, *, reference_from: date, today: date) -> None:
    sure = [leak for leak in leaks_in(text, reference_from=reference_from, today=today) if leak.is_sure]
    if sure:
        raise LeakError(sure)
