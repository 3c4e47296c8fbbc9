"""What people change in the directory by hand. An import sees it and keeps it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from mandates.errors import ImportChangedError, OfficeTakenError
from mandates.importing import Report, merge_file, read_file, try_file
from mandates.models import DirectoryImport, Mandate, MandateHolder

ENTRY = ("title", "title_fa", "kind", "scope", "country", "source_note", "is_verified")
HOLDER = (
    "name", "since", "since_precision", "until", "until_precision", "since_note", "source_note", "as_of", "is_verified",
)  # fmt: skip


@transaction.atomic
def edit_mandate(*, mandate: Mandate, values: Mapping[str, Any], by: User, now: datetime) -> Mandate:
    """Set those of ENTRY that `values` names. OfficeTakenError when several people hold what is to have one."""
    names = [name for name in ENTRY if name in values]
    locked = Mandate.objects.select_for_update().get(pk=mandate.pk)
    for name in names:
        setattr(locked, name, values[name])
    try:
        with transaction.atomic():
            locked.save(update_fields=names)
    except IntegrityError as error:
        raise OfficeTakenError from error
    return locked


@transaction.atomic
def save_holder(
    *, mandate: Mandate, values: Mapping[str, Any], by: User, now: datetime, holder: MandateHolder | None = None
) -> MandateHolder:
    """Add a holder of `mandate`, or change `holder`. OfficeTakenError when somebody else holds a single office then."""
    row = (
        MandateHolder(mandate=mandate)
        if holder is None
        else MandateHolder.objects.select_for_update().get(pk=holder.pk)
    )
    for name in HOLDER:
        if name in values:
            setattr(row, name, values[name])
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise OfficeTakenError from error
    return row


@transaction.atomic
def preview_import(*, content: bytes, file_name: str, by: User, now: datetime) -> DirectoryImport:
    """Keep an uploaded file with what taking it over would change; nothing of the directory does change yet.

    DirectoryFileError with every error when it cannot be taken over; then nothing is kept. Previews that were never
    taken over go with the next one of the same person.
    """
    rows = read_file(content)
    report = try_file(rows, by=by, now=now)
    DirectoryImport.objects.filter(uploaded_by=by, applied_at__isnull=True).delete()
    return DirectoryImport.objects.create(
        file_name=file_name[:200],
        content=content.decode("utf-8-sig"),
        report=report.as_json(),
        report_sha256=report.sha256,
        uploaded_by=by,
        uploaded_at=now,
    )


@transaction.atomic
def apply_import(*, upload: DirectoryImport, by: User, now: datetime) -> Report:
    """Take over what the preview showed, exactly that. ImportChangedError, with the upload's preview made anew, when
    the directory has changed since; nothing is taken over then. Taking the same upload over again changes nothing."""
    locked = DirectoryImport.objects.select_for_update().get(pk=upload.pk)
    if locked.applied_at is not None:
        return Report.from_json(locked.report)
    rows = read_file(locked.content)
    report = try_file(rows, by=by, now=now)
    if report.sha256 != locked.report_sha256:
        raise ImportChangedError
    merge_file(rows, by=by, now=now)
    locked.applied_by, locked.applied_at = by, now
    locked.save(update_fields=["applied_by", "applied_at"])
    return report
