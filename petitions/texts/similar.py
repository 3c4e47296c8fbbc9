"""Statements that ask for much the same: a hint to who writes another one, so that people are not split in two."""

from dataclasses import dataclass

from petitions.models import Statement, VersionText
from text.names import search_key

# Share of the rarer text's long words that both have; tried on the demonstration's two texts, which are not alike.
ALIKE = 0.5
_MOST_WORDS = 400


@dataclass(frozen=True)
class Alike:
    """A statement, its title, and how alike it is, from 0 to 1."""

    statement: Statement
    title: str
    share: float


def statements_like(*, title: str, body: str) -> list[Alike]:
    """Statements in any state whose title or text shares most of its words with these; at most 5.

    Words are compared by their search key, so that spellings and scripts do not hide a likeness.
    """
    own = _words(title), _words(body)
    best: dict[int, Alike] = {}
    texts = VersionText.objects.select_related("version__statement").order_by("pk")
    for text in texts.iterator(chunk_size=200):
        share = max(_shared(own[0], _words(text.title)), _shared(own[1], _words(text.body)))
        statement = text.version.statement
        if share >= ALIKE and share > (best[statement.pk].share if statement.pk in best else 0):
            best[statement.pk] = Alike(statement=statement, title=text.title, share=share)
    return sorted(best.values(), key=lambda alike: -alike.share)[:5]


def _words(text: str) -> set[str]:
    keys = (search_key(word) for word in text.split()[:_MOST_WORDS])
    return {key for key in keys if len(key) > 2}


def _shared(one: set[str], other: set[str]) -> float:
    fewer = min(len(one), len(other))
    # Two or three words are alike by chance.
    return len(one & other) / fewer if fewer >= 3 else 0.0
