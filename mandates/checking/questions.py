"""What single mandates must be told beyond the minimum."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mandates.checking.findings import Finding, Severity
from mandates.models import Letter, Mandate
from mandates.questions import asked_mandates, detention, disappearances, questions_for
from mandates.rules import DETENTION_PROCEDURES, DISAPPEARANCES, DISAPPEARANCES_URGENT, Rule

Answers = dict[str, str]


def findings(letter: Letter, now: datetime) -> Iterator[Finding]:
    """Questions of the addressed mandates without an answer, and answers that contradict the mandate's procedure."""
    stored: dict[int, Answers] = {}
    for row in letter.answers.all():
        stored.setdefault(row.mandate_id, {})[row.question] = row.text.strip()
    for mandate in asked_mandates(letter):
        answers = stored.get(mandate.pk, {})
        yield from _unanswered(letter, mandate, answers)
        if mandate.slug == "wg-arbitrary-detention":
            yield from _detention(letter, mandate, answers)
        if mandate.slug == "wg-disappearances":
            yield from _disappearance(letter, mandate, answers, now)


def _unanswered(letter: Letter, mandate: Mandate, answers: Answers) -> Iterator[Finding]:
    is_regular = answers.get("procedure") == detention.REGULAR
    needed = [
        question
        for question in questions_for(mandate)
        if question.needed or (is_regular and question.key in detention.ONLY_REGULAR)
    ]
    missing = [question for question in needed if not answers.get(question.key)]
    if missing:
        message = _("“%(mandate)s” also needs: %(questions)s.")
        labels = "; ".join(str(question.label) for question in missing)
        words = str(message % {"mandate": mandate.title_in(get_language()), "questions": labels})
        yield _finding(letter, mandate, "questions", Severity.MISSING, words, missing[0].rule)


def _detention(letter: Letter, mandate: Mandate, answers: Answers) -> Iterator[Finding]:
    if answers.get("procedure") != detention.REGULAR:
        return
    if letter.kind == Letter.Kind.URGENT_APPEAL:
        message = _(
            "An urgent appeal and a case for the regular procedure of the Working Group on Arbitrary Detention are two "
            "different requests. Choose one here and write the other as a letter of its own."
        )
        yield _finding(letter, mandate, "two_requests", Severity.MISSING, message, DETENTION_PROCEDURES)
    elif letter.is_joint and letter.addressees.count() > 1:
        message = _(
            "A case for the regular procedure goes to the Working Group on Arbitrary Detention alone, not to several "
            "mandates jointly. Send separate submissions, or take the others out."
        )
        yield _finding(letter, mandate, "regular_alone", Severity.MISSING, message, DETENTION_PROCEDURES)


def _disappearance(letter: Letter, mandate: Mandate, answers: Answers, now: datetime) -> Iterator[Finding]:
    told = answers.get("date", "")
    day = disappearances.disappeared_on(told)
    if told and day is None:
        message = _("The date of the disappearance must hold at least the month and the year.")
        yield _finding(letter, mandate, "disappearance_date", Severity.MISSING, message, DISAPPEARANCES)
    if day is not None:
        is_open = disappearances.may_be_urgent(day, today=now.date())
        if answers.get("route") == disappearances.URGENT and not is_open:
            message = _("More than three months have passed: the urgent procedure is closed, the standard one is open.")
            yield _finding(letter, mandate, "urgent_closed", Severity.MISSING, message, DISAPPEARANCES_URGENT)
        if answers.get("route") == disappearances.STANDARD and is_open:
            message = _("Less than three months have passed: the urgent procedure is open.")
            yield _finding(letter, mandate, "urgent_open", Severity.WARNING, message, DISAPPEARANCES_URGENT)
    short = disappearances.abbreviations_in(" ".join(answers.get(key, "") for key in disappearances.SPELT_OUT))
    if short:
        words = str(_("Write the names of institutions in full: %(short)s.") % {"short": ", ".join(short)})
        yield _finding(letter, mandate, "abbreviations", Severity.MISSING, words, DISAPPEARANCES)


def _finding(
    letter: Letter, mandate: Mandate, code: str, severity: Severity, message: "str | Promise", rule: Rule
) -> Finding:
    return Finding(code, severity, message, rule, "mandates:letter_questions", (letter.pk,), _("Answer its questions"))
