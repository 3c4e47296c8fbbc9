"""Finding the engines' programs: installed ones first, else those that came as wheels with the Python packages."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from embedded.account import Account, switch

# Nothing of the caller's environment reaches an engine: PGDATA, PGOPTIONS or LC_ALL=C would change what it does.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def version_of(program: Path, account: Account | None) -> tuple[int, ...]:
    """The program's version as `account` can run it, such as (15, 18); () when it cannot."""
    try:
        result = subprocess.run(
            [program, "--version"],
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
            **switch(account),
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.search(r"(\d+)\.?(\d+)?\.?(\d+)?", result.stdout) if result.returncode == 0 else None
    return tuple(int(number) for number in found.groups() if number) if found else ()


def wheel_program(packages: tuple[str, ...], program: str, *, room: Path, account: Account | None) -> Path | None:
    """The program at the pattern `program` below site-packages.

    It is copied into `room` first when `account` cannot run it where it is, as in a checkout below /root. `packages`
    are the folders of site-packages that the program needs beside each other.
    """
    spec = importlib.util.find_spec(packages[0])
    if spec is None or not spec.submodule_search_locations:
        return None
    site_packages = Path(spec.submodule_search_locations[0]).parent
    original = next(iter(sorted(site_packages.glob(program))), None)
    if original is None or version_of(original, account):
        return original
    copies = room / "programs"
    for package in packages:
        _copy(site_packages / package, copies / package)
    return copies / original.relative_to(site_packages)


def _copy(source: Path, target: Path) -> None:
    """A copy for everyone to read and run, made anew at each start: a half-made or older one must not stay."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "include"))
    for path in [target.parent, target, *target.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
