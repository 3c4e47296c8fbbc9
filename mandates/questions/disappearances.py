"""The Working Group on Enforced or Involuntary Disappearances: six required elements, one form for each person.

Names of institutions stand in full. Within three months of the disappearance the urgent procedure is open; after that
the case goes the standard way.
"""

import re
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from mandates.questions.form import Choice, Question
from mandates.rules import DISAPPEARANCES, DISAPPEARANCES_URGENT

URGENT, STANDARD = "urgent", "standard"
URGENT_FOR = timedelta(days=92)
SPELT_OUT = ("place", "forces", "action", "submitter")
_ABBREVIATION = re.compile(r"\b(?:[A-Z]{2,6}s?|(?:[A-Z]\.){2,6})(?![\w.])")
# Numbers of branches and councils, and two abbreviations that are themselves names.
_ALLOWED = re.compile(r"[IVX]+|UN|NGO")
_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for number, name in enumerate(names.split(), 1)
}
_IN_DIGITS = re.compile(r"\b((?:19|20)\d\d)-(\d\d)(?:-(\d\d))?\b")
_IN_WORDS = re.compile(rf"\b(?:(\d\d?)(?:er)? )?(?:de )?({'|'.join(_MONTHS)}) (?:de )?((?:19|20)\d\d)\b", re.IGNORECASE)

DISAPPEARANCES_QUESTIONS = (
    Question(
        "route",
        _("Procedure asked for"),
        DISAPPEARANCES_URGENT,
        {"fr": "Procédure demandée", "es": "Procedimiento solicitado"},
        needed=True,
        choices=(
            Choice(
                URGENT,
                _("Urgent procedure: less than three months have passed"),
                {
                    "fr": "Procédure d'urgence : moins de trois mois se sont écoulés",
                    "es": "Procedimiento urgente: han pasado menos de tres meses",
                },
            ),
            Choice(
                STANDARD,
                _("Standard procedure"),
                {"fr": "Procédure ordinaire", "es": "Procedimiento ordinario"},
            ),
        ),
    ),
    Question(
        "full_name",
        _("Full name of the disappeared person"),
        DISAPPEARANCES,
        {"fr": "Nom complet de la personne disparue", "es": "Nombre completo de la persona desaparecida"},
        help=_("One person only: each disappearance is a letter of its own."),
        needed=True,
    ),
    Question(
        "date",
        _("Date of the disappearance"),
        DISAPPEARANCES,
        {"fr": "Date de la disparition", "es": "Fecha de la desaparición"},
        help=_("At least month and year, for example: July 2025 or 27 July 2025."),
        needed=True,
    ),
    Question(
        "place",
        _("Place of arrest or where the person was last seen"),
        DISAPPEARANCES,
        {
            "fr": "Lieu de l'arrestation ou dernier lieu où la personne a été vue",
            "es": "Lugar de la detención o último lugar donde fue vista la persona",
        },
        needed=True,
    ),
    Question(
        "forces",
        _("Forces believed to be responsible"),
        DISAPPEARANCES,
        {"fr": "Forces présumées responsables", "es": "Fuerzas presuntamente responsables"},
        help=_("State forces, or forces the State supports. Full names of institutions, no abbreviations."),
        needed=True,
    ),
    Question(
        "action",
        _("Action taken by relatives, or why none was possible"),
        DISAPPEARANCES,
        {
            "fr": "Démarches des proches, ou raison pour laquelle aucune n'a été possible",
            "es": "Gestiones de los familiares, o por qué no fue posible ninguna",
        },
        needed=True,
    ),
    Question(
        "submitter",
        _("Who submits, and how to reach them"),
        DISAPPEARANCES,
        {"fr": "Auteur de la communication et moyen de le joindre", "es": "Quién la presenta y cómo contactarlo"},
        help=_("An organisation must be able to stay in touch with the family."),
        needed=True,
    ),
)


def disappeared_on(answer: str) -> date | None:
    """The first day that fits a date written with at least its month and year, in English, French or Spanish."""
    if found := _IN_DIGITS.search(answer):
        year, month, day = found[1], int(found[2]), found[3]
    elif found := _IN_WORDS.search(answer):
        year, month, day = found[3], _MONTHS[found[2].lower()], found[1]
    else:
        return None
    try:
        return date(int(year), month, int(day or 1))
    except ValueError:
        return None


def may_be_urgent(disappeared: date, *, today: date) -> bool:
    """Whether the urgent procedure is still open: three months from the disappearance."""
    return disappeared <= today <= disappeared + URGENT_FOR


def abbreviations_in(text: str) -> list[str]:
    """Short forms of institutions in `text`, each once, which the form asks to write in full."""
    found = dict.fromkeys(match.group() for match in _ABBREVIATION.finditer(text))
    return [word for word in found if not _ALLOWED.fullmatch(word)]
