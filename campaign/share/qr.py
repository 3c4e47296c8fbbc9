"""The address as a square code for a phone's camera."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_for_page(address: str, title: str) -> SafeString:
    """An inline drawing without any style of its own; `title` is its text alternative."""
    code = segno.make_qr(address, error="m")
    drawn = code.svg_inline(omitsize=True, border=2, title=title, svgclass="qr", lineclass=None)
    return mark_safe(drawn.replace("<svg ", '<svg role="img" ', 1))  # noqa: S308  segno escapes the title


def qr_for_print(address: str) -> str:
    """The same as a whole SVG document."""
    out = io.BytesIO()
    segno.make_qr(address, error="q").save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()
