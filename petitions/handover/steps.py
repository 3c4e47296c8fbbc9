"""Building, one step at a time. What is next follows from the rows, so another worker goes on where one died."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from petitions.handover import annex, lists, manifest, ordering, papers
from petitions.handover.claims import lock_own
from petitions.handover.store import folder_of, hash_of, workshop_of
from petitions.models import Handover, HandoverFile

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".json": "application/json",
    ".csv": "text/csv",
    ".zip": "application/zip",
    ".asc": "application/pgp-encrypted",
}


def file_names(handover: Handover) -> list[str]:
    """The files of a dossier in the order they are made; known once the lists are written (`figures`)."""
    parts = [_part_name(part) for part in range(1, papers.parts_of(handover) + 1)]
    covered = [name for part in range(1, annex.annex_parts(handover) + 1) for name in annex.annex_names(part)]
    return [lists.JSON, lists.CSV, *parts, papers.STATEMENT, *covered, manifest.MANIFEST, manifest.ARCHIVE]


def take_step(handover: Handover, *, now: datetime) -> bool:
    """Takes the next step of a dossier that is being built; whether there was one. Renews the worker's claim.

    DossierTakenError when another worker has it now.
    """
    if not handover.is_sorted:
        ordering.sort_some(handover, now=now)
        return True
    folder, into = folder_of(handover), workshop_of(handover)
    if not handover.figures:
        handover.figures = lists.write_lists(handover, into, beat=_beat(handover))
        _record(handover, into, [lists.JSON, lists.CSV], now=now)
        return True
    made = set(handover.files.values_list("name", flat=True))
    missing = [name for name in file_names(handover) if name not in made]
    if not missing:
        return False
    _record(handover, into, make(handover, folder, missing[0], into=into, now=now), now=now)
    return True


def make(handover: Handover, folder: Path, name: str, *, into: Path, now: datetime) -> list[str]:
    """Writes the file `name` into `into`, from those in `folder`; both files of a part of the annex together.

    Returns the names of what was written.
    """
    if name == papers.STATEMENT:
        (into / name).write_bytes(papers.statement_paper(handover, folder))
    elif name == manifest.MANIFEST:
        (into / name).write_bytes(manifest.manifest(handover))
    elif name == manifest.ARCHIVE:
        manifest.write_archive(folder, file_names(handover)[:-1], into=into)
    elif name.startswith("annex-"):
        names = annex.annex_names(_part_of(name))
        made = annex.make_annex(handover, part=_part_of(name), now=now)
        for each, content in zip(names, made, strict=True):
            (into / each).write_bytes(content)
        return list(names)
    else:
        (into / name).write_bytes(papers.names_paper(handover, folder, part=_part_of(name)))
    return [name]


@transaction.atomic
def _record(handover: Handover, made: Path, names: list[str], *, now: datetime) -> None:
    """Writes down the files `names` in `made` and moves them to the others, and says how far it is."""
    hashes = [hash_of(made / name) for name in names]
    lock_own(handover)
    for name, (sha256, size) in zip(names, hashes, strict=True):
        (made / name).replace(folder_of(handover) / name)
        HandoverFile.objects.create(
            handover=handover,
            name=name,
            media_type=MEDIA_TYPES[Path(name).suffix],
            sha256=sha256,
            size=size,
            is_annex=name.startswith("annex-"),
            built_at=now,
        )
    handover.steps_done, handover.steps_total = handover.files.count(), len(file_names(handover))
    handover.claimed_at = now
    handover.save(update_fields=["figures", "annexed_up_to", "steps_done", "steps_total", "claimed_at"])


def _beat(handover: Handover) -> Callable[[], object]:
    """Tells the others that this worker lives."""
    own = Handover.objects.filter(pk=handover.pk, generation=handover.generation)
    return lambda: own.update(claimed_at=timezone.now())


def _part_name(part: int) -> str:
    return f"signatories-{part:03}.pdf"


def _part_of(name: str) -> int:
    return int(name.split("-")[1].split(".")[0])
