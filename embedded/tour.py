"""`make tour`: a demonstration site of its own, brought into every state of the tour and photographed into docs/.

Only the web runs: with no worker nothing moves while it is photographed.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from embedded.browser import MISSING, provide_browser
from embedded.console import StopError, guarded
from embedded.machine import ROOT
from embedded.ports import free_port
from embedded.run import answers, prepare
from embedded.site import chosen_environment, processes
from embedded.steps import run_step
from embedded.supervisor import Supervisor

SECONDS_TO_ANSWER = 60
# Never somebody's own data.
ELSEWHERE = {"DATABASE_URL", "REDIS_URL", "MAILBOX_DIR", "DATA_DIR"}
# The pages that connect an ORCID iD are there only with both keys; nothing is asked of orcid.org. Which decisions are
# looked at twice is the scene's to say, not chance's. Keys of which samples and tokens follow are the same each time.
CHOSEN = {
    "ORCID_CLIENT_ID": "APP-INVENTED",
    "ORCID_CLIENT_SECRET": "invented",
    "SECOND_LOOK_SHARE": "0",
    **{name: f"invented {name} of the tour, the same each time" for name in ("SECRET_KEY", "DIGEST_KEY", "LOG_KEY")},
}


def main(arguments: list[str]) -> int:
    """Writes docs/img and docs/tour.md; with the beginnings of pictures' names photographs those alone."""
    browser = provide_browser()
    if not browser:
        raise StopError(MISSING)
    with ExitStack() as stack:
        data_dir = stack.enter_context(_folder())
        port = free_port()
        chosen = {name: value for name, value in chosen_environment().items() if name not in ELSEWHERE}
        chosen |= {**CHOSEN, "PORT": str(port)}
        environment, _running = prepare(stack, chosen, data_dir)
        environment |= {"BROWSER_PATH": browser}
        scene = data_dir / "scene.json"
        _python("The scene of the tour", environment, data_dir, "tests.tour.scene", str(scene))
        supervisor = Supervisor(cwd=ROOT, env=environment)
        stack.callback(supervisor.stop)
        supervisor.start("web", processes(port, data_dir)["web"])
        _wait(supervisor, port)
        _python("Photographs", environment, data_dir, "tests.tour.photograph", str(scene), *arguments)
    return 0


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that the engines' account may enter, gone afterwards: the tour begins with nothing each time."""
    folder = Path(tempfile.mkdtemp(prefix="countersign-tour-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _python(name: str, environment: Mapping[str, str], data_dir: Path, module: str, *arguments: str) -> None:
    log = ROOT / "var" / "log" / f"{module}.log"
    run_step(name, [sys.executable, "-m", module, *arguments], env=environment, cwd=ROOT, log=log)


def _wait(supervisor: Supervisor, port: int) -> None:
    began = time.monotonic()
    while not answers(port):
        if time.monotonic() - began > SECONDS_TO_ANSWER:
            raise StopError(f"The site does not answer after {SECONDS_TO_ANSWER} s.")
        supervisor.watch(0.2)
        supervisor.require_all()


if __name__ == "__main__":
    sys.exit(guarded(main))
