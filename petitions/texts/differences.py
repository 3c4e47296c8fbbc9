"""What changed between two wordings, word by word, in plain text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# How many letters of what stayed are shown beside a change.
_AROUND = 160
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Part:
    """A run of text that stayed (`kind` is "same"), was taken out ("gone") or put in ("new")."""

    kind: str
    text: str


def compare(old: str, new: str) -> list[Part]:
    """The parts that, without those that are new, give `old`, and without those that are gone, give `new`.

    Paragraphs are matched first and words only inside what changed, so that a long text stays fast.
    """
    lines = [text.splitlines(keepends=True) for text in (old, new)]
    parts: list[Part] = []
    for kind, removed, added in _matched(*lines):
        if kind == "replace":
            words = _WORDS.findall("".join(removed)), _WORDS.findall("".join(added))
            for _kind, gone, come in _matched(*words):
                parts += _parts(_kind, gone, come)
        else:
            parts += _parts(kind, removed, added)
    return _joined(parts)


def in_short(parts: list[Part]) -> list[Part]:
    """The same for the eye: of what stayed only the words around each change, `[…]` for the rest."""
    shown: list[Part] = []
    for place, part in enumerate(parts):
        if part.kind == "same" and len(part.text) > 2 * _AROUND and len(parts) > 1:
            head = _first_words(part.text) + " " if place else ""
            tail = " " + _last_words(part.text) if place < len(parts) - 1 else ""
            shown.append(Part("same", f"{head}[…]{tail}"))
        else:
            shown.append(part)
    return shown


def _first_words(text: str) -> str:
    return text[:_AROUND].rsplit(maxsplit=1)[0]


def _last_words(text: str) -> str:
    return text[-_AROUND:].split(maxsplit=1)[-1]


def _matched(old: list[str], new: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield kind, old[a:b], new[c:d]


def _parts(kind: str, removed: list[str], added: list[str]) -> list[Part]:
    if kind == "equal":
        return [Part("same", "".join(removed))]
    return [Part(kind, text) for kind, text in (("gone", "".join(removed)), ("new", "".join(added))) if text]


def _joined(parts: list[Part]) -> list[Part]:
    """Neighbours of one kind in one; a blank between two changes is part of them, which reads better."""
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].kind == part.kind:
            joined[-1] = Part(part.kind, joined[-1].text + part.text)
        else:
            joined.append(part)
    return joined
