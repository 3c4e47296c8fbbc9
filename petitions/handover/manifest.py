"""The manifest names every file with its SHA-256 and size, and what the dossier is of; the archive holds them all.

Neither holds a time of day but the dossier's own, so that the same dossier has the same bytes again. The archive is
not compressed: what a machine's zlib makes of the same bytes differs.
"""

import json
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from petitions.handover.lists import FORMAT, ORDER, address_of, iso, versions_of
from petitions.handover.papers import public_address
from petitions.models import Checkpoint, Handover, HandoverFile, VersionText

MANIFEST, ARCHIVE = "manifest.json", "dossier.zip"
# What the bytes depend on beside the rows. Raise the second number when a template or a list changes.
SOFTWARE = f"countersign dossier 1.2, typst {version('typst')}"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def manifest(handover: Handover) -> bytes:
    """The manifest of the files recorded so far, as JSON; see docs/handover.md for its fields."""
    files = HandoverFile.objects.filter(handover=handover).exclude(name__in=[MANIFEST, ARCHIVE]).order_by("name")
    texts = VersionText.objects.filter(version__in=versions_of(handover)).select_related("version")
    found: dict[str, Any] = {
        "format": FORMAT,
        "software": SOFTWARE,
        "statement": handover.statement.slug,
        "address": address_of(handover),
        "handover": public_address(handover),
        "for": handover.addressee,
        "as_of": iso(handover.as_of),
        "order": ORDER,
        "texts": [
            {"version": text.version.number, "language": text.language, "sha256": text.sha256}
            for text in texts.order_by("-version__number", "language")
        ],
        # The database keeps the keys of an object in an order of its own.
        "figures": json.loads(json.dumps(handover.figures, sort_keys=True)),
        "checkpoint": _checkpoint(handover.checkpoint),
        "annex_key": handover.annex_key_fingerprint or None,
        "files": [_line(file) for file in files],
    }
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def write_archive(folder: Path, names: list[str], *, into: Path) -> None:
    """`dossier.zip` in `into` with the files `names` of `folder`, in this order."""
    with zipfile.ZipFile(into / ARCHIVE, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as source, archive.open(entry, "w") as target:
                while chunk := source.read(1 << 20):
                    target.write(chunk)


def _checkpoint(checkpoint: Checkpoint | None) -> dict[str, Any] | None:
    """The newest checkpoint of the public log when the dossier was asked for; docs/receipts.md says how to check it."""
    if checkpoint is None:
        return None
    return {"day": checkpoint.day.isoformat(), "size": checkpoint.size, "root": checkpoint.root_hex}


def _line(file: HandoverFile) -> dict[str, Any]:
    return {"name": file.name, "sha256": file.sha256, "size": file.size, "is_confidential": file.is_annex}
