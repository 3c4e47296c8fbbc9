"""Fixed words of a submission in the three languages the mandates work in: part of the letter, not of the page."""

# ruff: noqa: E501  a sentence of the letter stays in one piece

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from mandates.models import Violation

VIOLATIONS_CSV = Path(__file__).resolve().parent / "violations.csv"

HEADINGS: dict[str, dict[str, str]] = {
    "en": {
        "urgent_appeal": "URGENT APPEAL", "allegation_letter": "ALLEGATION LETTER", "other_letter": "OTHER LETTER",
        "cover_expert": "JOINT STATEMENT HANDED OVER", "cover_public": "PETITION HANDED OVER",
        "cover_organisations": "ORGANISATIONS' LETTER HANDED OVER",
        "colon": ": ", "to": "To", "copy": "Copy to", "dated": "Dated", "page": "Page", "of": "of",
        "with_others": "{lead} and {number} more", "annex": "Further information for the {mandate}",
        "statement": "The statement", "title": "Title", "version": "Version and language",
        "fingerprint": "Fingerprint (SHA-256)", "page_of": "Its page",
        "verify": "The attached file {name} is the signed text in its exact form; its SHA-256 is the fingerprint above.",
        "signatures": "Who stands behind it",
        "counted": "As of {day}, {signed} had signed version {number}; all versions together, {all}.",
        "demands": "What it asks", "people": "People whose cases we document",
        "asked_of_you": "What we ask of you", "submitted_by": "Handed over by", "full_text": "The text as it was signed",
        "translation": "Unofficial translation, for reading only",
        "proposed": "We propose that this be treated as: {kind}.",
        "also_to": "The same submission goes to:",
        "reference": "Our reference",
        "victim": "Alleged victim", "perpetrators": "Alleged perpetrators",
        "unknown": "Not known, because: {why}",
        "submitter": "Submitted by (please keep confidential)",
        "when": "Date", "where": "Place", "facts": "What happened",
        "circumstances": "Date, place and circumstances",
        "violations": "Violations alleged", "steps": "Steps taken at home and with other bodies",
        "no_steps": "None known to us.",
        "request": "What is asked", "consent": "Consent and confidentiality",
        "consent_a": "The person concerned or a representative knows and agrees that a letter with the name and details may go to the Government or another actor: {answer}.",
        "consent_b": "The person concerned or a representative knows and agrees that a letter with the name may appear in public reports and in the public database of communications: {answer}.",
        "yes": "yes", "no": "no",
        "decided": "no; nobody can be asked, and two of us have decided that it is in the person's best interest",
        "sources": "Sources", "interest": "the publisher's interest: {interest}",
        "no_link": "no public address", "withheld": "not named, for their safety",
        "dossier": "The dossier",
        "dossier_counted": "It holds the text and the {number} signatures counted up to {day}.",
        "dossier_attached": "Attached: {name}.",
        "dossier_not_attached": "{name} is too large for an e-mail ({size} MB); we hand it over separately.",
        "dossier_page": "Once the handover is confirmed, this page compares a file with what was delivered",
    },
    "fr": {
        "urgent_appeal": "APPEL URGENT", "allegation_letter": "LETTRE D'ALLÉGATION", "other_letter": "AUTRE LETTRE",
        "cover_expert": "REMISE D'UNE DÉCLARATION COMMUNE", "cover_public": "REMISE D'UNE PÉTITION",
        "cover_organisations": "REMISE D'UNE LETTRE D'ORGANISATIONS",
        "colon": " : ", "to": "À", "copy": "Copie à", "dated": "Datée du", "page": "Page", "of": "sur",
        "with_others": "{lead} et {number} autres", "annex": "Informations complémentaires à l'intention de : {mandate}",
        "statement": "La déclaration", "title": "Titre", "version": "Version et langue",
        "fingerprint": "Empreinte (SHA-256)", "page_of": "Sa page",
        "verify": "Le fichier joint {name} est le texte signé dans sa forme exacte ; son SHA-256 est l'empreinte ci-dessus.",
        "signatures": "Qui la soutient",
        "counted": "Au {day}, {signed} personnes avaient signé la version {number} ; toutes versions confondues, {all}.",
        "demands": "Ce qu'elle demande", "people": "Personnes dont nous documentons la situation",
        "asked_of_you": "Ce que nous vous demandons", "submitted_by": "Remise par", "full_text": "Le texte tel qu'il a été signé",
        "translation": "Traduction non officielle, pour lecture seulement",
        "proposed": "Nous proposons de traiter la présente comme : {kind}.",
        "also_to": "La même communication est adressée à :",
        "reference": "Notre référence",
        "victim": "Victime présumée", "perpetrators": "Auteurs présumés",
        "unknown": "Inconnus, parce que : {why}",
        "submitter": "Présentée par (merci de garder confidentiel)",
        "when": "Date", "where": "Lieu", "facts": "Ce qui s'est passé",
        "circumstances": "Date, lieu et circonstances",
        "violations": "Violations alléguées", "steps": "Démarches entreprises dans le pays et auprès d'autres organes",
        "no_steps": "Aucune à notre connaissance.",
        "request": "Ce qui est demandé", "consent": "Consentement et confidentialité",
        "consent_a": "La personne concernée ou son représentant sait et accepte qu'une lettre comportant son nom et des détails soit envoyée au Gouvernement ou à un autre acteur : {answer}.",
        "consent_b": "La personne concernée ou son représentant sait et accepte qu'une lettre comportant son nom figure dans les rapports publics et dans la base de données publique des communications : {answer}.",
        "yes": "oui", "no": "non",
        "decided": "non ; personne ne peut être consulté, et deux d'entre nous ont jugé que c'est dans l'intérêt supérieur de la personne",
        "sources": "Sources", "interest": "intérêt de l'éditeur : {interest}",
        "no_link": "sans adresse publique", "withheld": "non nommée, pour sa sécurité",
        "dossier": "Le dossier",
        "dossier_counted": "Il contient le texte et les {number} signatures comptées jusqu'au {day}.",
        "dossier_attached": "Ci-joint : {name}.",
        "dossier_not_attached": "{name} est trop volumineux pour un courriel ({size} Mo) ; nous le remettons séparément.",
        "dossier_page": "Une fois la remise confirmée, cette page compare un fichier avec ce qui a été remis",
    },
    "es": {
        "urgent_appeal": "LLAMAMIENTO URGENTE", "allegation_letter": "CARTA DE ALEGACIÓN", "other_letter": "OTRA CARTA",
        "cover_expert": "ENTREGA DE UNA DECLARACIÓN CONJUNTA", "cover_public": "ENTREGA DE UNA PETICIÓN",
        "cover_organisations": "ENTREGA DE UNA CARTA DE ORGANIZACIONES",
        "colon": ": ", "to": "Para", "copy": "Con copia a", "dated": "Fechada el", "page": "Página", "of": "de",
        "with_others": "{lead} y {number} más", "annex": "Información adicional a la atención de: {mandate}",
        "statement": "La declaración", "title": "Título", "version": "Versión e idioma",
        "fingerprint": "Huella (SHA-256)", "page_of": "Su página",
        "verify": "El archivo adjunto {name} es el texto firmado en su forma exacta; su SHA-256 es la huella indicada arriba.",
        "signatures": "Quiénes la respaldan",
        "counted": "Al {day}, {signed} personas habían firmado la versión {number}; sumadas todas las versiones, {all}.",
        "demands": "Lo que pide", "people": "Personas cuyos casos documentamos",
        "asked_of_you": "Lo que le pedimos", "submitted_by": "Entregada por", "full_text": "El texto tal como se firmó",
        "translation": "Traducción no oficial, solo para lectura",
        "proposed": "Proponemos que se trate como: {kind}.",
        "also_to": "La misma comunicación se dirige a:",
        "reference": "Nuestra referencia",
        "victim": "Presunta víctima", "perpetrators": "Presuntos autores",
        "unknown": "No se conocen, porque: {why}",
        "submitter": "Presentada por (se ruega confidencialidad)",
        "when": "Fecha", "where": "Lugar", "facts": "Qué ocurrió",
        "circumstances": "Fecha, lugar y circunstancias",
        "violations": "Violaciones alegadas", "steps": "Gestiones realizadas en el país y ante otros órganos",
        "no_steps": "Ninguna que conozcamos.",
        "request": "Qué se pide", "consent": "Consentimiento y confidencialidad",
        "consent_a": "La persona afectada o su representante sabe y acepta que se envíe al Gobierno o a otro actor una carta con su nombre y sus datos: {answer}.",
        "consent_b": "La persona afectada o su representante sabe y acepta que una carta con su nombre aparezca en los informes públicos y en la base de datos pública de comunicaciones: {answer}.",
        "yes": "sí", "no": "no",
        "decided": "no; no se puede consultar a nadie, y dos de nosotros hemos decidido que redunda en el interés superior de la persona",
        "sources": "Fuentes", "interest": "interés de quien publica: {interest}",
        "no_link": "sin dirección pública", "withheld": "sin nombrar, por su seguridad",
        "dossier": "El expediente",
        "dossier_counted": "Contiene el texto y las {number} firmas contadas hasta el {day}.",
        "dossier_attached": "Se adjunta: {name}.",
        "dossier_not_attached": "{name} es demasiado grande para un correo ({size} MB); lo entregamos por separado.",
        "dossier_page": "Confirmada la entrega, esta página compara un archivo con lo entregado",
    },
}  # fmt: skip

# The office is addressed, so that a letter is right whoever holds it; a working group is addressed as a group.
SALUTATIONS: dict[str, dict[str, str]] = {
    "en": {
        "special rapporteur": "Dear Special Rapporteur,",
        "independent expert": "Dear Independent Expert,",
        "working group": "Dear members of the Working Group,",
        "fact-finding mission": "Dear members of the Fact-Finding Mission,",
        "state group": "Excellencies,",
        "": "Excellency,",
    },
    "fr": {
        "special rapporteur": "Madame la Rapporteuse spéciale, Monsieur le Rapporteur spécial,",
        "independent expert": "Madame l'Experte indépendante, Monsieur l'Expert indépendant,",
        "working group": "Mesdames et Messieurs les membres du Groupe de travail,",
        "fact-finding mission": "Mesdames et Messieurs les membres de la mission d'établissement des faits,",
        "state group": "Excellences,",
        "": "Excellence,",
    },
    "es": {
        "special rapporteur": "Estimada Relatora Especial, estimado Relator Especial:",
        "independent expert": "Estimada Experta Independiente, estimado Experto Independiente:",
        "working group": "Estimados miembros del Grupo de Trabajo:",
        "fact-finding mission": "Estimados miembros de la misión de determinación de los hechos:",
        "state group": "Excelencias:",
        "": "Excelencia:",
    },
}

# Several at once: holders of mandates, or others among them.
JOINT = {
    "en": ("Dear mandate holders,", "Excellencies, dear mandate holders,"),
    "fr": ("Mesdames et Messieurs les titulaires de mandat,", "Excellences, Mesdames et Messieurs,"),
    "es": ("Estimadas y estimados titulares de mandatos:", "Excelencias, estimadas señoras y estimados señores:"),
}


def words_of(language: str) -> dict[str, str]:
    return HEADINGS.get(language, HEADINGS["en"])


def salutation(kind: str, language: str) -> str:
    """How an office of `kind` (as the directory names it) is greeted."""
    table = SALUTATIONS.get(language, SALUTATIONS["en"])
    return table.get(kind, table[""])


def joint_salutation(kinds: Sequence[str], language: str) -> str:
    """How several offices of `kinds` are greeted in one letter."""
    only_holders, mixed = JOINT.get(language, JOINT["en"])
    return only_holders if all(kind in SALUTATIONS["en"] and kind for kind in kinds) else mixed


def violation_in(violation: Violation, language: str) -> str:
    """What is alleged, in the language of the letter; in English while nobody has translated a new entry."""
    return _violations().get(violation.slug, {}).get(language) or violation.label


@cache
def _violations() -> dict[str, dict[str, str]]:
    with VIOLATIONS_CSV.open(encoding="utf-8", newline="") as file:
        return {row["slug"]: {"fr": row["fr"], "es": row["es"]} for row in csv.DictReader(file)}
