"""The scenarios of the plan, L1 to L34, S7 and S8, and the controls; importing a file registers what is in it."""

from tests.chaos.scenarios import (
    broker,
    clocks,
    controls,
    database,
    evidence,
    gates,
    mail,
    points,
    rush,
    signing,
    together,
    workers,
)

__all__ = [
    "broker",
    "clocks",
    "controls",
    "database",
    "evidence",
    "gates",
    "mail",
    "points",
    "rush",
    "signing",
    "together",
    "workers",
]
