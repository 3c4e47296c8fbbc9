"""The first draft of a letter, taken from its case with its sources, for a person to work on."""

from mandates.drafting.answering import prefill_answers
from mandates.drafting.covering import named_at_first, prefill_cover
from mandates.drafting.phrases import MARKS
from mandates.drafting.proposing import propose_kind, propose_violations
from mandates.drafting.sections import prefill

__all__ = [
    "MARKS",
    "named_at_first",
    "prefill",
    "prefill_answers",
    "prefill_cover",
    "propose_kind",
    "propose_violations",
]
