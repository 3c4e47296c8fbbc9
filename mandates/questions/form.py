from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.functional import Promise

from mandates.rules import Rule

SEPARATOR = ", "


@dataclass(frozen=True)
class Choice:
    """One answer to choose; `label` in the languages of pages, `words` in French and Spanish letters."""

    value: str
    label: Promise
    words: Mapping[str, str] = field(default_factory=dict)

    def in_letter(self, language: str) -> str:
        return self.words.get(language) or _english(self.label)


@dataclass(frozen=True)
class Question:
    """One question of a mandate. `words` head the answer in French and Spanish letters, the label in English ones.

    A `needed` one must be answered before the letter can be approved. `many` lets several choices be ticked.
    """

    key: str
    label: Promise
    rule: Rule
    words: Mapping[str, str]
    help: "str | Promise" = ""
    needed: bool = False
    choices: tuple[Choice, ...] = ()
    many: bool = False

    def in_letter(self, language: str) -> str:
        """The heading of the answer in a letter of `language`."""
        return self.words.get(language) or _english(self.label)

    def told(self, answer: str, language: str) -> str:
        """`answer` as the letter prints it: the words of what was chosen, or what was typed."""
        if not self.choices:
            return answer.strip()
        chosen = read_many(answer)
        return "\n".join(choice.in_letter(language) for choice in self.choices if choice.value in chosen)


def read_many(answer: str) -> list[str]:
    """The values ticked in a stored answer."""
    return [value for value in answer.split(SEPARATOR) if value]


def _english(label: Promise) -> str:
    with translation.override("en"):
        return str(label)
