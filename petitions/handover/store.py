"""Where the files of dossiers lie: below the data folder, under random names, outside of what is served."""

import errno
import hashlib
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from petitions.models import Handover, HandoverFile

# A comparison that began so long ago was killed.
LONGEST_TRIAL = timedelta(hours=1)
_TRIAL = "trial-"
# What the system says when there is no room: on the disk, in the share of an account, for one file.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_disk_full(error: BaseException | None) -> bool:
    """Whether a file could not be written because there is no room for it (S10)."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def folder_of(handover: Handover) -> Path:
    """The folder of its files, made when there is none; only the site's own account may enter."""
    return _made(_place() / handover.folder)


def workshop_of(handover: Handover) -> Path:
    """Where the worker that has it makes a file, before the file is written down and moved to the others.

    Each claim has its own: what a worker that froze still writes lands in no file of the dossier.
    """
    return _made(folder_of(handover) / f"work-{handover.generation}")


def leave_workshop(handover: Handover) -> None:
    """Takes away what this claim began and did not finish."""
    shutil.rmtree(_place() / handover.folder / f"work-{handover.generation}", ignore_errors=True)


def tidy(handover: Handover, *, keep: Collection[str]) -> None:
    """Destroys whatever is in the folder beside the files `keep`: names of an earlier beginning may be in it."""
    for path in folder_of(handover).iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in keep:
            path.unlink()


def destroy(handover: Handover) -> None:
    """Takes the files away; doing it twice changes nothing."""
    shutil.rmtree(_place() / handover.folder, ignore_errors=True)


@contextmanager
def trial_folder() -> Iterator[Path]:
    """A folder for files that are made to be compared, gone after; never outside of our own: names are in it."""
    with tempfile.TemporaryDirectory(prefix=_TRIAL, dir=_made(_place())) as folder:
        yield Path(folder)


def forget_trials(*, now: datetime) -> None:
    """Takes away what comparisons left that were killed."""
    before = (now - LONGEST_TRIAL).timestamp()
    for folder in _place().glob(f"{_TRIAL}*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)


def _place() -> Path:
    return Path(settings.DATA_DIR) / "dossiers"


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def hash_of(path: Path) -> tuple[str, int]:
    """SHA-256 in hexadecimal and the size in bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def read_file(file: HandoverFile) -> bytes | None:
    """The bytes of a file of a dossier; None when it is not here, or is not what was recorded."""
    path = _place() / file.handover.folder / file.name
    if not path.is_file():
        return None
    content = path.read_bytes()
    return content if hashlib.sha256(content).hexdigest() == file.sha256 else None
