"""Fixed words of a first draft in the three languages the mandates work in, and the mark for what is not translated."""

# ruff: noqa: E501  a sentence of the letter stays in one piece

from datetime import date

from django.utils import translation
from django.utils.dates import MONTHS

from cases.models import Claim, Person, Source, StatusEvent
from mandates.models import Letter
from text.calendars import format_partial

Status, Attribute, Kind = StatusEvent.Status, Claim.Attribute, Source.Kind
# Stands before every fact that the case holds in English only; the checker asks for it until it is gone.
MARKS = {"fr": "[à traduire]", "es": "[por traducir]"}

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "colon": ": ", "name": "Name", "spellings": "Other spellings", "gender": "Gender", "source": "source",
        "withheld": "{kind}, not named for their safety", "as_of": "as of {day}", "span": "{first} to {last}",
        "court": "{value}: the court that is reported to have passed the sentence",
        "prison": "The authorities of {value}, where the person is reported to be held",
        "disagree": "On this the sources disagree: {words}",
        "subject": "A prisoner's case",
    },
    "fr": {
        "colon": " : ", "name": "Nom", "spellings": "Autres graphies", "gender": "Sexe", "source": "source",
        "withheld": "{kind}, non nommé pour sa sécurité", "as_of": "au {day}", "span": "{first} – {last}",
        "court": "{value} : tribunal qui aurait prononcé la peine",
        "prison": "Les autorités de {value}, où la personne serait détenue",
        "disagree": "Sur ce point les sources divergent : {words}",
        "subject": "Situation d'un prisonnier",
        "about": "vers le {day}", "before": "avant le {day}", "after": "après le {day}", "unknown": "date inconnue",
    },
    "es": {
        "colon": ": ", "name": "Nombre", "spellings": "Otras grafías", "gender": "Sexo", "source": "fuente",
        "withheld": "{kind}, sin nombrar por su seguridad", "as_of": "a {day}", "span": "{first} – {last}",
        "court": "{value}: tribunal que habría dictado la pena",
        "prison": "Las autoridades de {value}, donde estaría recluida la persona",
        "disagree": "Sobre esto las fuentes discrepan: {words}",
        "subject": "Situación de una persona presa",
        "about": "hacia el {day}", "before": "antes del {day}", "after": "después del {day}", "unknown": "fecha desconocida",
    },
}  # fmt: skip
ATTRIBUTES = {
    Attribute.AGE: ("Âge", "Edad"),
    Attribute.CHARGE: ("Accusation", "Cargo"),
    Attribute.ALLEGED_AFFILIATION: ("Affiliation alléguée par les autorités", "Afiliación alegada por las autoridades"),
    Attribute.COURT: ("Tribunal", "Tribunal"),
    Attribute.SENTENCE: ("Peine", "Condena"),
    Attribute.SENTENCE_DATE: ("Date de la condamnation", "Fecha de la condena"),
    Attribute.ARREST_DATE: ("Date d'arrestation", "Fecha de detención"),
    Attribute.PRISON: ("Prison", "Prisión"),
    Attribute.OCCUPATION: ("Profession", "Ocupación"),
    Attribute.ROLE: ("Rôle", "Función"),
}
STATUSES = {
    Status.ARRESTED: ("arrestation", "detención"),
    Status.HELD: ("en détention", "en reclusión"),
    Status.ON_TRIAL: ("procès en cours", "en juicio"),
    Status.DEATH_ROW_NOT_FINAL: ("condamnation à mort, non définitive", "condena a muerte, no firme"),
    Status.DEATH_ROW: ("condamnation à mort", "condena a muerte"),
    Status.RETRIAL_REFUSED: ("nouveau procès refusé", "nuevo juicio denegado"),
    Status.SENTENCE_QUASHED: ("condamnation annulée", "condena anulada"),
    Status.EXECUTION_IMMINENT: ("risque imminent d'exécution", "riesgo inminente de ejecución"),
    Status.COMMUTED: ("peine commuée", "pena conmutada"),
    Status.RELEASED: ("libération", "puesta en libertad"),
    Status.EXECUTED: ("exécution", "ejecución"),
    Status.DIED_IN_CUSTODY: ("décès en détention", "muerte bajo custodia"),
    Status.UNKNOWN: ("situation inconnue", "situación desconocida"),
}
SOURCE_KINDS = {
    Kind.NGO: ("publication d'une organisation", "publicación de una organización"),
    Kind.PRESS: ("presse", "prensa"),
    Kind.STATE_MEDIA: ("médias d'État", "medios estatales"),
    Kind.UN_DOCUMENT: ("document des Nations Unies", "documento de las Naciones Unidas"),
    Kind.COURT_PAPER: ("pièce judiciaire", "documento judicial"),
    Kind.FAMILY: ("famille", "familia"),
    Kind.LAWYER: ("avocat", "abogado"),
    Kind.PRISONER_LETTER: ("lettre de prison", "carta desde la prisión"),
    Kind.SOCIAL_POST: ("publication sur un réseau social", "publicación en una red social"),
    Kind.DATABASE: ("base de données", "base de datos"),
}
GENDERS = {
    Person.Gender.FEMALE: ("féminin", "femenino"),
    Person.Gender.MALE: ("masculin", "masculino"),
    Person.Gender.OTHER: ("autre", "otro"),
    Person.Gender.UNKNOWN: ("inconnu", "desconocido"),
}
# English, French, Spanish.
SUBJECTS = {
    Status.EXECUTION_IMMINENT: (
        "Person at imminent risk of execution", "Personne risquant une exécution imminente", "Persona en riesgo inminente de ejecución",
    ),
    Status.DEATH_ROW: (
        "Person under sentence of death", "Personne condamnée à mort", "Persona condenada a muerte",
    ),
    Status.DEATH_ROW_NOT_FINAL: (
        "Person sentenced to death, sentence not final", "Personne condamnée à mort, peine non définitive", "Persona condenada a muerte, sentencia no firme",
    ),
    Status.RETRIAL_REFUSED: (
        "Person sentenced to death whose retrial was refused", "Personne condamnée à mort, nouveau procès refusé", "Persona condenada a muerte, nuevo juicio denegado",
    ),
    Status.EXECUTED: ("Execution of a prisoner", "Exécution d'un prisonnier", "Ejecución de una persona presa"),
    Status.DIED_IN_CUSTODY: ("Death of a prisoner in custody", "Décès d'un prisonnier en détention", "Muerte de una persona presa bajo custodia"),
}  # fmt: skip
REQUESTS: dict[str, tuple[str, str, str]] = {
    Letter.Kind.URGENT_APPEAL: (
        "We ask the mandate holders to consider sending an urgent appeal to the Government, asking it to halt any step towards execution or further harm, to state the legal basis of detention and sentence, and to grant a review that meets international standards of fair trial.",
        "Nous demandons aux titulaires de mandat d'envisager l'envoi d'un appel urgent au Gouvernement, afin qu'il suspende toute mesure conduisant à l'exécution ou à un autre préjudice, qu'il indique le fondement légal de la détention et de la peine, et qu'il accorde un réexamen conforme aux normes internationales du procès équitable.",
        "Pedimos a los titulares de mandatos que consideren enviar un llamamiento urgente al Gobierno para que detenga toda medida conducente a la ejecución o a otro daño, indique el fundamento legal de la detención y de la pena, y conceda una revisión conforme a las normas internacionales del juicio imparcial.",
    ),
    Letter.Kind.ALLEGATION_LETTER: (
        "We ask the mandate holders to consider sending an allegation letter to the Government, asking it to clarify the facts, to have them investigated independently, and to provide remedy to those harmed and their families.",
        "Nous demandons aux titulaires de mandat d'envisager l'envoi d'une lettre d'allégation au Gouvernement, afin qu'il éclaircisse les faits, les fasse examiner de manière indépendante et accorde réparation aux personnes lésées et à leurs familles.",
        "Pedimos a los titulares de mandatos que consideren enviar una carta de alegación al Gobierno para que aclare los hechos, los haga investigar de manera independiente y repare a las personas perjudicadas y a sus familias.",
    ),
    Letter.Kind.OTHER_LETTER: (
        "We ask the mandate holders to consider writing to the Government on the law, policy or practice described here and on its compatibility with international human rights law.",
        "Nous demandons aux titulaires de mandat d'envisager d'écrire au Gouvernement au sujet de la loi, de la politique ou de la pratique décrite ici et de sa compatibilité avec le droit international des droits humains.",
        "Pedimos a los titulares de mandatos que consideren escribir al Gobierno sobre la ley, la política o la práctica aquí descrita y su compatibilidad con el derecho internacional de los derechos humanos.",
    ),
}
_PLACE = {"en": 0, "fr": 1, "es": 2}


def in_letter(words: tuple[str, str, str], language: str) -> str:
    """The one of the three (English, French, Spanish) that a letter of `language` takes."""
    return words[_PLACE.get(language, 0)]


def told(row: Claim | StatusEvent | Source | Person, language: str) -> str:
    """What a row is, in the language of the letter: the attribute, the status, the kind of source, the gender."""
    with translation.override("en"):
        match row:
            case Claim():
                english, others = row.get_attribute_display(), ATTRIBUTES[Attribute(row.attribute)]
            case StatusEvent():
                english, others = row.get_status_display(), STATUSES[Status(row.status)]
            case Source():
                english, others = row.get_kind_display(), SOURCE_KINDS[Kind(row.kind)]
            case Person():
                english, others = row.get_gender_display(), GENDERS[Person.Gender(row.gender)]
        return in_letter((str(english), *others), language)


def marked(fact: str, language: str) -> str:
    """`fact`, which the case holds in English, marked for translation in a letter of another language."""
    mark = MARKS.get(language)
    return f"{mark} {fact}" if mark and any(letter.isalpha() for letter in fact) else fact


def day_in(day: date, language: str) -> str:
    """`27 July 2025`, `27 juillet 2025`, `27 de julio de 2025`."""
    return _day(day, "day", language)


def when(day: date | None, precision: str, language: str) -> str:
    """A partial date in the language of the letter; a month or year of the other calendar keeps its English name."""
    if language not in MARKS or precision.startswith("sh_"):
        return format_partial(day, precision, "en")
    phrases = PHRASES[language]
    if day is None or precision == "unknown":
        return phrases["unknown"]
    told_day = _day(day, precision if precision in {"month", "year"} else "day", language)
    return phrases[precision].format(day=told_day) if precision in {"about", "before", "after"} else told_day


def _day(day: date, precision: str, language: str) -> str:
    with translation.override(language):
        month = str(MONTHS[day.month])
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    joint = " de " if language == "es" else " "
    return joint.join({"day": [number, month], "month": [month], "year": []}[precision] + [str(day.year)])
