from django.db.models import QuerySet

from mandates.models import Letter, Mandate
from mandates.questions.detention import DETENTION_QUESTIONS
from mandates.questions.disappearances import DISAPPEARANCES_QUESTIONS
from mandates.questions.form import Choice, Question, read_many
from mandates.questions.thematic import (
    DEFENDERS_QUESTIONS,
    EXECUTIONS_QUESTIONS,
    EXPRESSION_QUESTIONS,
    JUDGES_QUESTIONS,
    TORTURE_QUESTIONS,
    WOMEN_QUESTIONS,
)

__all__ = ["ASKED", "Choice", "Question", "asked_mandates", "question_of", "questions_for", "read_many"]

# By the slug of the directory, which never changes.
ASKED: dict[str, tuple[Question, ...]] = {
    "wg-arbitrary-detention": DETENTION_QUESTIONS,
    "wg-disappearances": DISAPPEARANCES_QUESTIONS,
    "sr-executions": EXECUTIONS_QUESTIONS,
    "sr-torture": TORTURE_QUESTIONS,
    "sr-freedom-of-opinion-and-expression": EXPRESSION_QUESTIONS,
    "sr-independence-of-judges-and-lawyers": JUDGES_QUESTIONS,
    "sr-human-rights-defenders": DEFENDERS_QUESTIONS,
    "sr-violence-against-women": WOMEN_QUESTIONS,
}


def questions_for(mandate: Mandate) -> tuple[Question, ...]:
    """What `mandate` asks beyond the minimum, in its order; empty for most."""
    return ASKED.get(mandate.slug, ())


def question_of(mandate: Mandate, key: str) -> Question | None:
    return next((question for question in questions_for(mandate) if question.key == key), None)


def asked_mandates(letter: Letter) -> QuerySet[Mandate]:
    """The addressees of `letter` that have questions of their own; a cover letter is asked nothing."""
    if letter.is_cover:
        return Mandate.objects.none()
    return Mandate.objects.filter(letters__letter=letter, slug__in=ASKED).order_by("letters__pk")
