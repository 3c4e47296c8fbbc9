"""Whom a letter goes to, and what those want to know besides."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from mandates.actions.history import lock_letter, touch_letter
from mandates.addressing import proposed_for
from mandates.drafting import prefill_answers
from mandates.models import Letter, LetterAddressee, LetterAnswer, LetterStep, Mandate
from mandates.questions import asked_mandates, question_of

State = Letter.State


@transaction.atomic
def choose_addressees(
    *,
    letter: Letter,
    mandates: Iterable[Mandate],
    by: User,
    now: datetime,
    lead: Mandate | None = None,
    is_joint: bool | None = None,
) -> Letter:
    """Send the letter to exactly these mandates. A letter in review becomes a draft again.

    `is_joint` (None: as it was): one submission with `lead` in To and the others in Cc, or one for each. Without a
    `lead` among them the first one leads.
    """
    letter = lock_letter(letter, State.DRAFT, State.IN_REVIEW)
    chosen = list(mandates)
    letter.addressees.exclude(mandate__in=chosen).delete()
    proposed = {mandate.pk for mandate, _why in proposed_for(letter)}
    add_addressees(letter, [m for m in chosen if m.pk in proposed])
    add_addressees(letter, [m for m in chosen if m.pk not in proposed], is_proposed=False)
    if lead is not None:
        letter.addressees.filter(is_lead=True).exclude(mandate=lead).update(is_lead=False)
        letter.addressees.filter(mandate=lead).update(is_lead=True)
    letter.is_joint = letter.is_joint if is_joint is None else is_joint
    fit_answers(letter, now=now)
    return touch_letter(letter, ["is_joint"], LetterStep.What.ADDRESSED, by=by, now=now)


@transaction.atomic
def answer_questions(*, letter: Letter, answers: Mapping[tuple[int, str], str], by: User, now: datetime) -> Letter:
    """Store answers by mandate (its pk) and question. A letter in review becomes a draft again.

    ValueError for a question that this mandate does not ask, or a mandate the letter does not go to.
    """
    letter = lock_letter(letter, State.DRAFT, State.IN_REVIEW)
    asked = {mandate.pk: mandate for mandate in asked_mandates(letter)}
    for (mandate, key), text in answers.items():
        if mandate not in asked or question_of(asked[mandate], key) is None:
            raise ValueError(f"{key} is not asked by {mandate}")
        LetterAnswer.objects.update_or_create(
            letter=letter, mandate=asked[mandate], question=key, defaults={"text": text}
        )
    return touch_letter(letter, [], LetterStep.What.EDITED, by=by, now=now)


def add_addressees(letter: Letter, mandates: Iterable[Mandate], *, is_proposed: bool = True) -> None:
    """Add those that are missing."""
    for mandate in mandates:
        LetterAddressee.objects.get_or_create(letter=letter, mandate=mandate, defaults={"is_proposed": is_proposed})


def fit_answers(letter: Letter, *, now: datetime) -> None:
    """Answers of mandates that the letter no longer goes to leave; new mandates are answered from the case."""
    asked = list(asked_mandates(letter))
    letter.answers.exclude(mandate__in=asked).delete()
    there = set(letter.answers.values_list("mandate_id", flat=True))
    for mandate in asked:
        if mandate.pk not in there:
            first = prefill_answers(letter, mandate, today=now.date())
            LetterAnswer.objects.bulk_create(
                LetterAnswer(letter=letter, mandate=mandate, question=key, text=text) for key, text in first.items()
            )
