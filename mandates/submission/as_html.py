"""The HTML of the e-mail: complete, accessible, and nothing in it is loaded from anywhere."""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from mandates.submission.paper import Block, Paper, Section
from text.bidi import direction_of, runs_of

# Relative units and no background, so that it is right at every width, zoom and in a dark reader. Constant: the page
# that previews it allows exactly this style sheet by its digest.
STYLE = (
    "body{font:1rem/1.5 Georgia,'Times New Roman',serif;margin:0 auto;max-width:42rem;padding:1rem}"
    "h1{font-size:1.4rem;line-height:1.3;margin:.2rem 0 1rem}h2{font-size:1.15rem;margin:1.8rem 0 .5rem}"
    "h3{font-size:1rem;margin:1rem 0 .3rem}p{margin:0 0 .8rem}ul{margin:0 0 .8rem;padding-left:1.4rem}"
    "[dir=rtl] ul{padding:0 1.4rem 0 0}th{text-align:left;padding:0 1rem .2rem 0;vertical-align:top;"
    "font-weight:bold;white-space:nowrap}"
    "td{padding:0 0 .2rem;overflow-wrap:anywhere}blockquote{border-inline-start:.25rem solid;margin:0 0 1rem;"
    "padding:.2rem 1rem}.kind{font-weight:bold;letter-spacing:.04em;margin:0}"
    "footer{border-top:1px solid;font-size:.9rem;margin-top:2rem;padding-top:.5rem}"
)
STYLE_DIGEST = f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
_LINK = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:)])")


def as_html(paper: Paper) -> str:
    """`paper` as an HTML document. Every word of it is escaped; Arabic script is isolated and marked as such."""
    return format_html(
        '<!doctype html>\n<html lang="{}" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{}</title>\n'
        "<style>{}</style>\n</head>\n<body>\n<main>\n{}{}\n</main>\n<footer>{}</footer>\n</body>\n</html>\n",
        paper.language,
        f"{paper.kind}: {paper.title}",
        mark_safe(STYLE),  # noqa: S308  our own constant
        _head(paper),
        _joined(_section(heading, section) for heading, section in paper.numbered),
        paper.reference,
    )


def _head(paper: Paper) -> SafeString:
    rows = ((label, _inline(value)) for label, value in paper.facts)
    return format_html(
        '<p class="kind">{}</p>\n<h1>{}</h1>\n<table>{}</table>\n<p>{}</p>\n{}',
        paper.kind,
        _inline(paper.title),
        format_html_join("", "<tr><th scope='row'>{}</th><td>{}</td></tr>", rows),
        _inline(paper.salutation),
        _joined(map(_block, paper.opening)),
    )


def _section(heading: str, section: Section) -> SafeString:
    parts = format_html_join(
        "\n",
        "<h3>{}</h3>\n{}",
        ((_inline(part.heading), _joined(map(_block, part.blocks))) for part in section.parts),
    )
    return format_html(
        "<section>\n<h2>{}</h2>\n{}{}\n</section>", _inline(heading), _joined(map(_block, section.blocks)), parts
    )


def _block(block: Block) -> SafeString:
    if block.kind == "list":
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((_inline(x),) for x in block.lines)))
    if block.kind == "quote":
        paragraphs = format_html_join("", "<p>{}</p>", ((_inline(line),) for line in block.lines if line))
        return format_html(
            '<blockquote lang="{}" dir="{}">{}</blockquote>', block.language, direction_of(block.language), paragraphs
        )
    return format_html("<p>{}</p>", format_html_join(mark_safe("<br>"), "{}", ((_inline(x),) for x in block.lines)))


def _inline(text: str) -> SafeString:
    """One line: runs of Arabic script isolated, addresses of pages as links."""
    pieces = ((run, is_arabic) for run, is_arabic in runs_of(text))
    return _joined(
        format_html('<bdi lang="fa" dir="rtl">{}</bdi>', run) if is_arabic else _linked(run)
        for run, is_arabic in pieces
    )


def _linked(text: str) -> SafeString:
    return _joined(
        format_html('<a href="{}">{}</a>', piece, piece) if number % 2 else format_html("{}", piece)
        for number, piece in enumerate(_LINK.split(text))
    )


def _joined(pieces: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))
