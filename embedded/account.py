"""Under which account the engines run, and a folder that this account can reach."""

import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.console import StopError

# Where the engines keep their data when root runs us below a folder that others may not enter.
SYSTEM_ROOM = Path("/var/lib/countersign")


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int


def engine_account() -> Account | None:
    """`nobody` when we are root, because PostgreSQL refuses to run as root; None, meaning our own, otherwise."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise StopError("There is no user `nobody` to run PostgreSQL as: start as an ordinary user.") from None
    return Account(entry.pw_uid, entry.pw_gid)


def switch(account: Account | None) -> dict[str, Any]:
    """The arguments of `subprocess` that run a program under `account`."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def can_enter(folder: Path, account: Account | None) -> bool:
    """Whether `account` can reach `folder`, asked of the kernel: modes alone do not tell of ACLs and mounts."""
    command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
    streams: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, cwd="/", check=False, **streams, **switch(account)).returncode == 0


def engine_room(data_dir: Path, account: Account | None) -> Path:
    """The folder below which the engines keep data and programs: `data_dir` itself where `account` can enter it.

    Otherwise a folder of our own below /var/lib/countersign, named by the hash of `data_dir`. No permission of a
    folder that exists already is changed.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    if can_enter(data_dir, account):
        return data_dir
    room = system_room(data_dir)
    for folder in (SYSTEM_ROOM, room):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o711)
    if not can_enter(room, account):
        raise StopError(f"The user `nobody` cannot enter {room}, where the database would lie: set DATA_DIR elsewhere.")
    return room


def system_room(data_dir: Path) -> Path:
    """The folder that stands in for `data_dir` where the engines' account cannot enter that."""
    return SYSTEM_ROOM / hashlib.sha256(bytes(data_dir.resolve())).hexdigest()[:12]


def own_folder(folder: Path, account: Account | None) -> Path:
    """`folder`, made for `account` alone (0700) when it is not there yet."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if account is not None:
            os.chown(folder, account.uid, account.gid)
    return folder
