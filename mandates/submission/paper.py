"""A submission as a document, before it becomes an e-mail's text, its HTML or a PDF: all three say the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

MARK = "- "


@dataclass(frozen=True)
class Block:
    """Lines that belong together: of a paragraph, the entries of a list, or a quoted text in its own language."""

    kind: Literal["lines", "list", "quote"]
    lines: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it. `parts` have headings of their own, one level down."""

    heading: str
    blocks: tuple[Block, ...] = ()
    parts: tuple["Section", ...] = ()


@dataclass(frozen=True)
class Paper:
    """One submission in one language. `sections` are numbered as they are printed, `annexes` lettered."""

    language: str
    kind: str
    title: str
    facts: tuple[tuple[str, str], ...]
    salutation: str
    opening: tuple[Block, ...]
    sections: tuple[Section, ...]
    annexes: tuple[Section, ...]
    page: tuple[str, str]
    colon: str
    reference: str

    @property
    def numbered(self) -> list[tuple[str, Section]]:
        """Every section with the heading as it is printed."""
        sections = [(f"{number}. {section.heading}", section) for number, section in enumerate(self.sections, 1)]
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        annexes = [(f"{letters[place % 26]}. {annex.heading}", annex) for place, annex in enumerate(self.annexes)]
        return [*sections, *annexes]


def blocks_of(text: str) -> tuple[Block, ...]:
    """Typed text as blocks: an empty line ends a paragraph, lines that begin with a hyphen make a list."""
    blocks: list[Block] = []
    lines: list[str] = []

    def close() -> None:
        if lines:
            is_list = lines[0].startswith(MARK)
            told = tuple(line.removeprefix(MARK) for line in lines) if is_list else tuple(lines)
            blocks.append(Block("list" if is_list else "lines", told))
            lines.clear()

    for line in text.strip().splitlines():
        if not line.strip() or (lines and lines[0].startswith(MARK) != line.startswith(MARK)):
            close()
        if line.strip():
            lines.append(line.strip())
    close()
    return tuple(blocks)


def listed(lines: Iterable[str]) -> tuple[Block, ...]:
    """A list of `lines`, or nothing."""
    entries = tuple(lines)
    return (Block("list", entries),) if entries else ()


def paragraph(*lines: str) -> Block:
    return Block("lines", lines)
