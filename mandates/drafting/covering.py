"""The first words of a letter that hands over a statement, and whom it may name."""

# ruff: noqa: E501  a sentence of the letter stays in one piece

from datetime import datetime

from cases.models import Case
from mandates.drafting.phrases import in_letter
from mandates.standing import may_be_named
from petitions.models import StatementVersion

OPENINGS = (
    "We hand over the statement below in the name of those who signed it. Its text is frozen: the fingerprint beneath it proves that what you read is what they signed.",
    "Nous vous remettons la déclaration ci-dessous au nom de celles et ceux qui l'ont signée. Son texte est figé : l'empreinte indiquée prouve que ce que vous lisez est ce qui a été signé.",
    "Le entregamos la declaración que sigue en nombre de quienes la firmaron. Su texto está fijado: la huella indicada prueba que lo que usted lee es lo que se firmó.",
)
REQUESTS = (
    "We ask you to consider what the statement asks, to raise it with the Government concerned, and to let us know what you decide.",
    "Nous vous prions d'examiner ce que la déclaration demande, d'en saisir le Gouvernement concerné et de nous faire connaître votre décision.",
    "Le rogamos que examine lo que pide la declaración, lo plantee al Gobierno en cuestión y nos comunique su decisión.",
)


def prefill_cover(version: StatementVersion, *, language: str) -> dict[str, str]:
    """The text fields of a new cover letter for `version`."""
    text = version.text_in(language)
    return {
        "subject": text.title[:200] if text else version.statement.slug,
        "facts": in_letter(OPENINGS, language),
        "request": in_letter(REQUESTS, language),
    }


def named_at_first(version: StatementVersion, *, now: datetime) -> list[Case]:
    """The statement's cases that a cover letter may name at `now`: the author takes out whom the letter need not name."""
    cases = version.statement.cases.select_related("person").order_by("slug")
    return [case for case in cases if may_be_named(case, now=now)]
