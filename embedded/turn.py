"""One run at a time for each data folder: a lock that the kernel drops however its holder dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.console import StopError


class AlreadyRunningError(StopError):
    """Another program holds this data folder."""


@contextmanager
def turn(data_dir: Path, holder: str) -> Iterator[bool]:
    """Holds `data_dir` for the length of the block. Yields whether the last holder was killed before it let go.

    `holder` says in words who we are, for the one who comes second and gets AlreadyRunningError.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StopError(f"The data folder {data_dir} cannot be made ({error.strerror}): set DATA_DIR.") from error
    with (data_dir / "run.lock").open("a+") as file:
        file.seek(0)
        last = file.read()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(f"Countersign is running here already ({last}): stop that with Ctrl-C.") from None
        file.truncate(0)
        file.write(holder)
        file.flush()
        try:
            yield bool(last)
        finally:
            file.truncate(0)
