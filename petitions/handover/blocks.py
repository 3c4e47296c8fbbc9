"""Pieces of a page as plain data, which the template sets (`dossier.typ`): words cannot become code there.

A piece is `[text, marks]`; marks: `l` or `r` a run of its own in that direction, `b` bold, `i` italic, `m` monospaced.
"""

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from text.bidi import runs_of

Piece = list[str]
Block = dict[str, Any]


def word(text: str, marks: str = "") -> Piece:
    return [text, marks]


def own(text: str, marks: str = "") -> Piece:
    """`text` that keeps its own direction wherever it stands: by its first letter that has one."""
    first = next((is_arabic for run, is_arabic in runs_of(text) if any(letter.isalpha() for letter in run)), False)
    return [text, ("r" if first else "l") + marks]


def heading(level: int, *pieces: Piece) -> Block:
    return {"kind": "heading", "level": level, "pieces": list(pieces)}


def paragraph(*pieces: Piece) -> Block:
    return {"kind": "par", "pieces": list(pieces)}


def items(rows: list[list[Piece]]) -> Block:
    return {"kind": "list", "items": rows}


def numbered(rows: list[list[Piece]], *, start: int) -> Block:
    return {"kind": "names", "items": rows, "start": start}


def blocks_of_markdown(source: str, *, level: int) -> list[Block]:
    """What a text says, block by block: headings, paragraphs, lists, quotations. Links are spelt out.

    Its headings are all of `level`: a paper that skips a level cannot be tagged.
    """
    blocks: list[Block] = []
    listed: list[list[Piece]] | None = None
    quoted = 0
    is_heading = False
    for token in MarkdownIt("commonmark", {"html": False}).parse(source):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            listed = [] if listed is None else listed
        elif token.type in {"bullet_list_close", "ordered_list_close"} and token.level == 0 and listed is not None:
            blocks.append(items(listed))
            listed = None
        elif token.type in {"blockquote_open", "blockquote_close"}:
            quoted += 1 if token.nesting == 1 else -1
        elif token.type == "heading_open":
            is_heading = True
        elif token.type in {"inline", "code_block", "fence"}:
            pieces = _pieces(token)
            if listed is not None:
                listed.append(pieces)
            elif is_heading:
                blocks.append(heading(level, *pieces))
            else:
                blocks.append({"kind": "quote" if quoted else "par", "pieces": pieces})
            is_heading = False
    return blocks


def _pieces(token: Token) -> list[Piece]:
    if token.children is None:
        return [word(token.content, "m")]
    pieces: list[Piece] = []
    marks, links = "", []
    for child in token.children:
        if child.type in {"text", "code_inline", "html_inline"}:
            pieces.append(word(child.content, marks + ("m" if child.type == "code_inline" else "")))
        elif child.type in {"softbreak", "hardbreak"}:
            pieces.append(word("\n" if child.type == "hardbreak" else " ", ""))
        elif child.type in {"strong_open", "em_open"}:
            marks += "b" if child.type == "strong_open" else "i"
        elif child.type in {"strong_close", "em_close"}:
            marks = marks.replace("b" if child.type == "strong_close" else "i", "")
        elif child.type == "link_open":
            links.append(str(child.attrGet("href") or ""))
        elif child.type == "link_close":
            address = links.pop()
            if address and address != (pieces[-1][0] if pieces else ""):
                pieces += [word(" ("), word(address, "l"), word(")")]
    return pieces
