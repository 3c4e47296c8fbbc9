"""Translations: gathered from the code with gettext's tools, compiled without them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib

from embedded.console import StopError, guarded, say
from embedded.machine import ROOT

LANGUAGES = ("fa",)
GATHER = ("makemessages", "--no-wrap", "--ignore=.venv", "--ignore=var", "--ignore=bench", "--ignore=tests")


def compile_messages(folder: Path) -> list[Path]:
    """The .mo files below `folder` that were made anew because their .po is newer; StopError at a broken .po."""
    compiled = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        draft = source.with_suffix(".mo.new")
        try:
            polib.pofile(str(source)).save_as_mofile(str(draft))
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            raise StopError(f"The translations in {source} cannot be read: {error}") from error
        draft.replace(target)
        compiled.append(target)
    return compiled


def main(arguments: list[str]) -> int:
    if not shutil.which("xgettext"):
        raise StopError("Gathering messages needs GNU gettext: `apt install gettext`. (Compiling them needs nothing.)")
    environment = {**os.environ, "COUNTERSIGN_ENV": "test"}
    languages = [part for language in LANGUAGES for part in ("-l", language)]
    code = subprocess.run([sys.executable, "manage.py", *GATHER, *languages], cwd=ROOT, env=environment, check=False)
    for path in compile_messages(ROOT / "locale"):
        say(f"Compiled {path.relative_to(ROOT)}")
    return code.returncode


if __name__ == "__main__":
    sys.exit(guarded(main))
