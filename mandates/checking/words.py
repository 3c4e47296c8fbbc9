"""What the letter itself says: the minimum information, its language, its tone."""

import re
from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mandates.checking.findings import CHANNEL, CONDUCT, HOUSE_NAMES, MINIMUM, Finding, Rule, Severity
from mandates.checking.tone import abusive_words
from mandates.models import Letter

ANONYMOUS = re.compile(r"\b(anonym\w*|withheld|unnamed)\b", re.IGNORECASE)
# Words of the proposed subject lines: whoever bears one as a name is not named by it.
ORDINARY = {"person", "prisoner", "case"}
YEAR = re.compile(r"\b(1[34]|19|20)\d\d\b")
MESSAGES: dict[str, tuple[Promise, Rule]] = {
    "subject": (_("The letter has no subject line."), CHANNEL),
    "name_in_subject": (_("The subject line holds a name."), HOUSE_NAMES),
    "victim": (_("It does not say who the alleged victim is."), MINIMUM),
    "perpetrators": (_("It names no alleged perpetrator and does not say why none is known."), MINIMUM),
    "date": (_("It does not say when it happened, at least the year."), MINIMUM),
    "place": (_("It does not say where it happened."), MINIMUM),
    "facts": (_("It does not tell what happened."), MINIMUM),
    "submitter": (_("It does not name who submits it; an anonymous letter is not taken up."), MINIMUM),
    "request": (_("It does not say what is asked."), MINIMUM),
    "language": (_("It must be in English, French or Spanish."), CHANNEL),
    "violations": (_("No violation is chosen."), MINIMUM),
}


def findings(letter: Letter) -> Iterator[Finding]:
    """What is missing in the words of `letter`, and words that may sound abusive."""
    fine = _what_is_fine(letter)
    for code, (message, rule) in MESSAGES.items():
        if not fine[code]:
            yield _finding(letter, code, Severity.MISSING, message, rule)
    abusive = abusive_words(" ".join([letter.victim, letter.perpetrators, letter.facts, letter.request]))
    if abusive:
        message = _("These words may sound abusive: %(words)s. An abusive letter is set aside.")
        yield _finding(letter, "tone", Severity.WARNING, message % {"words": ", ".join(abusive)}, CONDUCT)


def _what_is_fine(letter: Letter) -> dict[str, bool]:
    return {
        "subject": bool(letter.subject.strip()),
        "name_in_subject": not _names_somebody(letter),
        "victim": bool(letter.victim.strip()),
        "perpetrators": bool(letter.perpetrators.strip() or letter.perpetrators_unknown_because.strip()),
        "date": bool(YEAR.search(letter.date_of_events)),
        "place": bool(letter.place_of_events.strip()),
        "facts": bool(letter.facts.strip()),
        "submitter": bool(letter.submitter.strip()) and not ANONYMOUS.search(letter.submitter),
        "request": bool(letter.request.strip()),
        "language": letter.language in Letter.Language.values,
        "violations": letter.violations.exists(),
    }


def _names_somebody(letter: Letter) -> bool:
    subject = set(re.findall(r"\w+", letter.subject.casefold()))
    names = letter.case.person.names.values_list("text", flat=True)
    words = {word for name in names for word in re.findall(r"\w+", name.casefold())}
    return bool({word for word in words if len(word) > 3} & (subject - ORDINARY))


def _finding(letter: Letter, code: str, severity: Severity, message: "str | Promise", rule: Rule) -> Finding:
    return Finding(code, severity, message, rule, "mandates:letter_edit", (letter.pk,), _("Mend it in the letter"))
