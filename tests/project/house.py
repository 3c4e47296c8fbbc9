"""Where the house keeps its things; shared by the tests of the house itself."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ["campaign", "mandates", "petitions", "cases", "accounts", "outbox", "text", "embedded"]


def tracked(*patterns: str) -> list[Path]:
    """Files of the repository that match one of git's `patterns`, whether committed already or not."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).exists()]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))
