"""Preview links to an embargoed text: for one recipient, for a while, each opening noted."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import User
from petitions.actions.guards import Kind, lock_statement, record, require_editor
from petitions.errors import LinkRefusedError, WrongStepError
from petitions.models import PreviewLink, PreviewOpening, Statement


@transaction.atomic
def give_preview(
    *, statement: Statement, recipient: str, expires_at: datetime, by: User, now: datetime
) -> tuple[PreviewLink, str]:
    """A new link to the version under embargo, and its token (43 characters), which is kept nowhere.

    Raises `WrongStepError` when no version is under an embargo, or `expires_at` is past or over a month away.
    """
    require_editor(by)
    statement = lock_statement(statement)
    version = statement.embargoed_version()
    if version is None or not now < expires_at <= now + PreviewLink.LONGEST:
        raise WrongStepError
    token = secrets.token_urlsafe(32)
    link = PreviewLink.objects.create(
        version=version,
        recipient=recipient,
        token_sha256=_digest(token),
        given_by=by,
        given_at=now,
        expires_at=expires_at,
    )
    record(statement, Kind.PREVIEW_GIVEN, by=by, now=now, version=version, note=recipient)
    return link, token


@transaction.atomic
def revoke_preview(*, link: PreviewLink, by: User, now: datetime) -> None:
    """Make a link open nothing any more; doing it twice changes nothing."""
    require_editor(by)
    link = PreviewLink.objects.select_for_update(of=("self",)).select_related("version__statement").get(pk=link.pk)
    if link.revoked_at is not None:
        return
    link.revoked_by, link.revoked_at = by, now
    link.save(update_fields=["revoked_by", "revoked_at"])
    record(link.version.statement, Kind.PREVIEW_REVOKED, by=by, now=now, version=link.version, note=link.recipient)


def find_preview(*, token: str, now: datetime) -> PreviewLink:
    """The link of `token`. Raises `LinkRefusedError`: unknown, expired, revoked, or its version no longer embargoed."""
    links = PreviewLink.objects.good_at(now).select_related("version__statement")
    link = links.filter(token_sha256=_digest(token)).first()
    if link is None or link.version.statement.embargoed_version() != link.version:
        raise LinkRefusedError
    return link


@transaction.atomic
def open_preview(*, token: str, now: datetime) -> PreviewLink:
    """Note that the link was opened, and return it. Raises `LinkRefusedError`."""
    link = find_preview(token=token, now=now)
    PreviewOpening.objects.create(link=link, at=now)
    return link


def _digest(token: str) -> str:
    # 256 random bits need no key and no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()
