"""Reads the data files of the demonstration.

Two conveniences of the files are undone here. A date in braces, `{2025-07-12}` or `{2025-07}`, becomes the date as a
reader of the language around it writes it; the language is Persian below the key `fa` and in keys that end in `_fa`,
else English. Lines that are wrapped in the file are joined again; an empty line still parts paragraphs.
"""

import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from text.calendars import format_day, format_partial

Row = dict[str, Any]
DATA = Path(__file__).parent / "data"
_DATE = re.compile(r"\{(\d{4})-(\d\d)(?:-(\d\d))?\}")
_WRAP = re.compile(r"(?<!\n)\n(?!\n)")


def read(name: str) -> Any:
    """What the file `name` of the data folder says."""
    return _worded(yaml.safe_load((DATA / name).read_text(encoding="utf-8")), "en")


def read_folder(name: str) -> list[Any]:
    """What each file of a folder says, in the order of their names."""
    return [read(f"{name}/{path.name}") for path in sorted((DATA / name).glob("*.yaml"))]


def _worded(node: Any, language: str) -> Any:
    if isinstance(node, dict):
        return {key: _worded(value, _language_below(key, language)) for key, value in node.items()}
    if isinstance(node, list):
        return [_worded(value, language) for value in node]
    if isinstance(node, str):
        return _DATE.sub(lambda found: _date_in(found, language), _WRAP.sub(" ", node.strip()))
    return node


def _language_below(key: str, language: str) -> str:
    return "fa" if key == "fa" or key.endswith("_fa") else language


def _date_in(found: re.Match[str], language: str) -> str:
    year, month, day = (int(part or 1) for part in found.groups())
    if found.group(3):
        return format_day(date(year, month, day), language)
    return format_partial(date(year, month, 1), "month", language)
