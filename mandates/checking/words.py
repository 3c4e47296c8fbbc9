"""What the letter itself says: the minimum information, its language, its tone."""

import re
from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import PersonName
from mandates.checking.findings import Finding, Severity
from mandates.checking.tone import abusive_words
from mandates.drafting import MARKS
from mandates.models import Letter
from mandates.rules import CHANNEL, CONDUCT, HOUSE_LANGUAGE, HOUSE_NAMES, MINIMUM, NOT_ANONYMOUS, Rule

ANONYMOUS = re.compile(r"\b(anonym\w*|anónim\w*|withheld|unnamed)\b", re.IGNORECASE)
# Words of the proposed subject lines: whoever bears one as a name is not named by it.
ORDINARY = {"person", "prisoner", "case"}
YEAR = re.compile(r"\b(1[34]|19|20)\d\d\b")
ENGLISH = re.compile(r"\b(?:the|and|was|were|that|which|with|by)\b", re.IGNORECASE)
MESSAGES: dict[str, tuple[Promise, Rule]] = {
    "subject": (_("The letter has no subject line."), CHANNEL),
    "name_in_subject": (_("The subject line holds a name."), HOUSE_NAMES),
    "victim": (_("It does not say who the alleged victim is."), MINIMUM),
    "perpetrators": (_("It names no alleged perpetrator and does not say why none is known."), MINIMUM),
    "date": (_("It does not say when it happened, at least the year."), MINIMUM),
    "place": (_("It does not say where it happened."), MINIMUM),
    "facts": (_("It does not tell what happened."), MINIMUM),
    "submitter": (_("It does not name who submits it."), MINIMUM),
    "anonymous": (_("Who submits it stays unnamed; an anonymous letter is not taken up."), NOT_ANONYMOUS),
    "request": (_("It does not say what is asked."), MINIMUM),
    "language": (_("It must be in English, French or Spanish."), CHANNEL),
    "violations": (_("No violation is chosen."), MINIMUM),
}
# A cover letter alleges nothing of its own: the statement speaks.
OF_COVER = {"subject", "name_in_subject", "submitter", "anonymous", "request", "language"}


def findings(letter: Letter) -> Iterator[Finding]:
    """What is missing in the words of `letter`, words that may sound abusive, and what is not yet translated."""
    fine = _what_is_fine(letter)
    for code, (message, rule) in MESSAGES.items():
        if not fine[code] and (code in OF_COVER or not letter.is_cover):
            yield _finding(letter, code, Severity.MISSING, message, rule)
    answers = [row.text for row in letter.answers.all()]
    abusive = abusive_words(" ".join([letter.victim, letter.perpetrators, letter.facts, letter.request, *answers]))
    if abusive:
        message = _("These words may sound abusive: %(words)s. An abusive letter is set aside.")
        yield _finding(letter, "tone", Severity.WARNING, message % {"words": ", ".join(abusive)}, CONDUCT)
    if _is_untranslated(letter, answers):
        message = _("Parts of it are still in English: translate them and take the marks out.")
        yield _finding(letter, "untranslated", Severity.WARNING, message, HOUSE_LANGUAGE)


def _what_is_fine(letter: Letter) -> dict[str, bool]:
    return {
        "subject": bool(letter.subject.strip()),
        "name_in_subject": not _names_somebody(letter),
        "victim": bool(letter.victim.strip()),
        "perpetrators": bool(letter.perpetrators.strip() or letter.perpetrators_unknown_because.strip()),
        "date": bool(YEAR.search(letter.date_of_events)),
        "place": bool(letter.place_of_events.strip()),
        "facts": bool(letter.facts.strip()),
        "submitter": bool(letter.submitter.strip()),
        "anonymous": not ANONYMOUS.search(letter.submitter),
        "request": bool(letter.request.strip()),
        "language": letter.language in Letter.Language.values,
        "violations": letter.violations.exists(),
    }


def _names_somebody(letter: Letter) -> bool:
    subject = set(re.findall(r"\w+", letter.subject.casefold()))
    names = PersonName.objects.filter(person__case__in=letter.cases).values_list("text", flat=True)
    words = {word for name in names for word in re.findall(r"\w+", name.casefold())}
    return bool({word for word in words if len(word) > 3} & (subject - ORDINARY))


def _is_untranslated(letter: Letter, answers: list[str]) -> bool:
    """Whether a mark of the first draft is left, or the facts of a French or Spanish letter read like English."""
    mark = MARKS.get(letter.language)
    if mark is None:
        return False
    words = [letter.victim, letter.perpetrators, letter.facts, letter.steps_taken, letter.request, *answers]
    return any(mark in text for text in words) or len(ENGLISH.findall(letter.facts)) >= 5


def _finding(letter: Letter, code: str, severity: Severity, message: "str | Promise", rule: Rule) -> Finding:
    return Finding(code, severity, message, rule, "mandates:letter_edit", (letter.pk,), _("Mend it in the letter"))
