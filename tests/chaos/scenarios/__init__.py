"""The scenarios of the plan, L1 to L34, S1, S7, S8, S12, and the controls; importing a file registers its own."""

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
    storm,
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
    "storm",
    "together",
    "workers",
]
