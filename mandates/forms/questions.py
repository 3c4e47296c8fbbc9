from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from mandates.forms.words import LONGEST, in_language_of, keep_short
from mandates.models import Letter, Mandate
from mandates.questions import Question, asked_mandates, questions_for, read_many
from mandates.questions.form import SEPARATOR


@dataclass(frozen=True)
class Asked:
    """One mandate's questions, as the page shows them, and the rule they come from."""

    mandate: Mandate
    fields: list[BoundField]
    question: Question


class QuestionsForm(forms.Form):
    """The questions of all addressed mandates. Nothing has to be filled to save; the checker names what is missing."""

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter, self.mandates = letter, list(asked_mandates(letter))
        stored = {(row.mandate_id, row.question): row.text for row in letter.answers.all()}
        for mandate in self.mandates:
            for question in questions_for(mandate):
                name = _name(mandate, question)
                self.fields[name] = _field(question, stored.get((mandate.pk, question.key), ""))
                if question.needed:
                    self.fields[name].template_name = "mandates/_needed_field.html"  # type: ignore[attr-defined]  # a plain Field to the stubs
        keep_short(self.fields, LONGEST)
        in_language_of(self.fields, letter.language, list(self.fields))

    @property
    def groups(self) -> Iterator[Asked]:
        for mandate in self.mandates:
            questions = questions_for(mandate)
            yield Asked(mandate, [self[_name(mandate, question)] for question in questions], questions[-1])

    @property
    def answers(self) -> dict[tuple[int, str], str]:
        """What `answer_questions` takes."""
        return {
            (mandate.pk, question.key): _stored(self.cleaned_data[_name(mandate, question)])
            for mandate in self.mandates
            for question in questions_for(mandate)
        }


def _name(mandate: Mandate, question: Question) -> str:
    return f"m{mandate.pk}-{question.key}"


def _stored(value: str | list[str]) -> str:
    return value if isinstance(value, str) else SEPARATOR.join(value)


def _field(question: Question, answer: str) -> forms.Field:
    common: dict[str, Any] = {"label": question.label, "help_text": question.help, "required": False}
    choices = [(choice.value, choice.label) for choice in question.choices]
    if question.many:
        initial = read_many(answer)
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=choices, initial=initial, widget=widget, **common)
    if choices:
        return forms.ChoiceField(choices=choices, initial=answer, widget=forms.RadioSelect, **common)
    rows = max(2, min(12, answer.count("\n") + len(answer) // 80 + 2))
    return forms.CharField(initial=answer, widget=forms.Textarea(attrs={"rows": rows}), **common)
