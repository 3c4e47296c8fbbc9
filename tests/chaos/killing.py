"""Kills or freezes a worker at a named point, as often as a budget in a file says.

Whoever passes `after_250` while the file `kill/after_250` has a byte left cuts it off, notes it in the fault log and
ends itself by SIGKILL; `stop/after_250` does the same with SIGSTOP.
"""

import os
import signal
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tests.chaos.budgets import note, take

if settings.IS_PRODUCTION:
    raise ImproperlyConfigured("the chaos harness is not for production")

SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


def strike(name: str) -> None:
    """The listener at the outbox's points: dies or freezes here while there is a budget."""
    folder = Path(os.environ["CHAOS_FOLDER"])
    for how, number in SIGNALS.items():
        if take(folder / how / name):
            note(folder, kind=how, point=name, pid=os.getpid())
            os.kill(os.getpid(), number)
