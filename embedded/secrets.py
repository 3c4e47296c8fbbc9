"""Secrets made once for this checkout and kept in a file that only its owner can read."""

import os
import secrets
from pathlib import Path

NAMES = ("SECRET_KEY", "ADDRESS_KEY", "DIGEST_KEY", "LOG_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD")


def keep_secrets(path: Path) -> dict[str, str]:
    """The secrets in `path`, each made when it is missing: sessions and sealed addresses outlive a restart."""
    kept = dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}
    missing = [name for name in NAMES if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(48) for name in missing}
        _write(path, "".join(f"{name}={value}\n" for name, value in kept.items()))
    return kept


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
