"""From a draft to a text that can be signed."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from petitions.counting import begin_tally
from petitions.errors import NoFrozenVersionError, OwnTextError, VersionFrozenError, VersionIncompleteError
from petitions.fingerprints import fingerprint
from petitions.models import Statement, StatementVersion


@transaction.atomic
def freeze_version(*, version: StatementVersion, by: User, now: datetime) -> StatementVersion:
    """Fingerprints each text of `version` and closes it for ever; the database then refuses every change below it.

    Raises `VersionFrozenError` when that was done before, `VersionIncompleteError` when the original wording, or a
    demand's wording in a language the version has, is missing.
    """
    version = StatementVersion.objects.select_for_update().select_related("statement").get(pk=version.pk)
    if version.frozen_at is not None:
        raise VersionFrozenError
    _require_complete(version)
    for text in version.texts.select_related("version"):
        text.sha256 = fingerprint(text)
        text.save(update_fields=["sha256"])
    version.frozen_at = now
    version.save(update_fields=["frozen_at"])
    return version


def _require_complete(version: StatementVersion) -> None:
    languages = set(version.texts.values_list("language", flat=True))
    if version.statement.original_language not in languages:
        raise VersionIncompleteError
    for demand in version.demands.prefetch_related("texts"):
        if not languages <= {text.language for text in demand.texts.all()}:
            raise VersionIncompleteError


@transaction.atomic
def open_statement(*, statement: Statement, by: User, now: datetime) -> Statement:
    """Opens `statement` for signature: the act of a second person (design, promise 10).

    Raises `OwnTextError` when `by` wrote it, `NoFrozenVersionError` when there is nothing exact to sign. Opening an
    open statement changes nothing.
    """
    statement = Statement.objects.select_for_update().get(pk=statement.pk)
    if statement.state == Statement.State.OPEN:
        return statement
    if statement.written_by_id == by.pk:
        raise OwnTextError
    if statement.current_version() is None:
        raise NoFrozenVersionError
    statement.state = Statement.State.OPEN
    statement.published_by = by
    statement.published_at = now
    statement.save(update_fields=["state", "published_by", "published_at"])
    begin_tally(statement=statement)
    return statement
