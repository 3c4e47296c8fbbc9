"""The plain text of the e-mail."""

from collections.abc import Iterable

from mandates.submission.paper import MARK, Block, Paper, Section
from text.bidi import isolate_runs


def as_text(paper: Paper) -> str:
    """`paper` in plain text. Runs of Arabic script are isolated, so that a Persian name turns nothing around it."""
    head = [paper.kind, paper.title, "", *(f"{label}{paper.colon}{value}" for label, value in paper.facts)]
    opening = [paper.salutation, "", *_blocks(paper.opening)]
    body = [line for heading, section in paper.numbered for line in _section(heading, section)]
    return "\n".join([*(isolate_runs(line) for line in [*head, "", *opening]), *body, ""])


def _section(heading: str, section: Section) -> list[str]:
    lines = ["", isolate_runs(heading)]
    if section.blocks:
        lines += ["", *_blocks(section.blocks)]
    for part in section.parts:
        lines += ["", isolate_runs(part.heading), *_blocks(part.blocks)]
    return lines


def _blocks(blocks: Iterable[Block]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        lines += [""] if lines else []
        match block.kind:
            case "list":
                lines += [f"{MARK}{isolate_runs(line)}" for line in block.lines]
            case "quote":
                lines += [f"> {line}".rstrip() for line in block.lines]
            case _:
                lines += [isolate_runs(line) for line in block.lines]
    return lines
