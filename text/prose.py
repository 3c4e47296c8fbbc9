"""Text that somebody pastes in: what a page, a mail and a feed can hold, and nothing that breaks them."""

import re
from typing import Any

from django import forms

# What XML 1.0 has no place for (section 2.2), besides the halves of surrogate pairs, which PostgreSQL does not take.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def without_controls(text: str) -> str:
    """`text` without the control characters that copies from a PDF hold, like a form feed between two pages."""
    return _UNFIT.sub("", text)


def as_typed(text: str) -> str:
    """`text` as `ProseField` would hand it on: line feeds alone end its lines, nothing unfit, no space around it."""
    return without_controls(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


class ProseField(forms.CharField):
    """Prose, with its lines ended as on our pages: browsers send CR LF, and nobody changed a text by opening it."""

    def to_python(self, value: Any) -> str:
        return super().to_python(as_typed(str(value)) if value not in self.empty_values else "") or ""
