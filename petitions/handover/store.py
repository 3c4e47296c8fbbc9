"""Where the files of dossiers lie: below the data folder, under random names, outside of what is served."""

import errno
import hashlib
import shutil
from pathlib import Path

from django.conf import settings

from petitions.models import Handover, HandoverFile

# What the system says when there is no room: on the disk, in the share of an account, for one file.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_disk_full(error: BaseException | None) -> bool:
    """Whether a file could not be written because there is no room for it (S10)."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def folder_of(handover: Handover) -> Path:
    """The folder of its files, made when there is none; only the site's own account may enter."""
    folder = Path(settings.DATA_DIR) / "dossiers" / handover.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def destroy(handover: Handover) -> None:
    """Takes the files away; doing it twice changes nothing."""
    shutil.rmtree(Path(settings.DATA_DIR) / "dossiers" / handover.folder, ignore_errors=True)


def hash_of(path: Path) -> tuple[str, int]:
    """SHA-256 in hexadecimal and the size in bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def read_file(file: HandoverFile) -> bytes | None:
    """The bytes of a file of a dossier; None when it is not here, or is not what was recorded."""
    path = Path(settings.DATA_DIR) / "dossiers" / file.handover.folder / file.name
    if not path.is_file():
        return None
    content = path.read_bytes()
    return content if hashlib.sha256(content).hexdigest() == file.sha256 else None
