"""What single Special Rapporteurs ask beyond the minimum."""

from django.utils.translation import gettext_lazy as _

from mandates.questions.form import Question
from mandates.rules import DEFENDERS, EXECUTIONS, EXPRESSION, JUDGES, TORTURE, WOMEN

EXECUTIONS_QUESTIONS = (
    Question(
        "limit",
        _("Which limit on the death penalty is breached"),
        EXECUTIONS,
        {"fr": "Limite à la peine de mort qui est violée", "es": "Límite a la pena de muerte que se vulnera"},
        help=_(
            "Unfair trial, no appeal or clemency, age under 18, disability, pregnancy or a new mother, an offence that "
            "is not of the most serious kind. For other killings: which use of force or which failure to protect."
        ),
        needed=True,
    ),
    Question(
        "stage",
        _("Where the sentence stands: appeal, clemency, date set"),
        EXECUTIONS,
        {
            "fr": "État de la procédure : recours, grâce, date fixée",
            "es": "Estado de la condena: recursos, indulto, fecha fijada",
        },
        needed=True,
    ),
)
TORTURE_QUESTIONS = (
    Question(
        "treatment",
        _("Treatment suffered, or feared and why"),
        TORTURE,
        {"fr": "Traitement subi, ou redouté et pourquoi", "es": "Trato sufrido, o temido y por qué"},
        help=_(
            "For an urgent appeal for example: corporal punishment, long incommunicado or solitary detention, "
            "torturous conditions, food or medical care denied, deportation to danger, excessive force."
        ),
        needed=True,
    ),
    Question(
        "arrest",
        _("Date, time and place of arrest and detention"),
        TORTURE,
        {
            "fr": "Date, heure et lieu de l'arrestation et de la détention",
            "es": "Fecha, hora y lugar de la detención y la reclusión",
        },
        needed=True,
    ),
    Question(
        "access",
        _("Visits by family, lawyer and doctor"),
        TORTURE,
        {
            "fr": "Visites de la famille, de l'avocat et du médecin",
            "es": "Visitas de la familia, el abogado y el médico",
        },
    ),
)
EXPRESSION_QUESTIONS = (
    Question(
        "person",
        _("Profession, views and affiliations of the person, or the medium"),
        EXPRESSION,
        {
            "fr": "Profession, opinions et affiliations de la personne, ou média concerné",
            "es": "Profesión, opiniones y afiliaciones de la persona, o medio afectado",
        },
        help=_("Ethnic background only where it matters to what happened."),
        needed=True,
    ),
    Question(
        "why_responsible",
        _("Why those named are thought to be responsible"),
        EXPRESSION,
        {
            "fr": "Raisons de croire à la responsabilité des auteurs désignés",
            "es": "Por qué se cree responsables a los señalados",
        },
    ),
    Question(
        "statute",
        _("Law invoked against the person"),
        EXPRESSION,
        {"fr": "Loi invoquée contre la personne", "es": "Ley invocada contra la persona"},
        needed=True,
    ),
    Question(
        "remedy",
        _("Remedy sought in the country"),
        EXPRESSION,
        {"fr": "Recours exercés dans le pays", "es": "Recursos interpuestos en el país"},
    ),
)
JUDGES_QUESTIONS = (
    Question(
        "person",
        _("Age, sex and residence of the person, or the group"),
        JUDGES,
        {
            "fr": "Âge, sexe et résidence de la personne, ou groupe",
            "es": "Edad, sexo y residencia de la persona, o grupo",
        },
        needed=True,
    ),
    Question(
        "suspects",
        _("Those suspected, with title and motive"),
        JUDGES,
        {"fr": "Personnes soupçonnées, titre et mobile", "es": "Personas sospechosas, cargo y motivo"},
    ),
    Question(
        "steps",
        _("National and international steps taken"),
        JUDGES,
        {"fr": "Démarches nationales et internationales", "es": "Gestiones nacionales e internacionales"},
    ),
)
DEFENDERS_QUESTIONS = (
    Question(
        "work",
        _("The person's human rights work and organisation"),
        DEFENDERS,
        {
            "fr": "Activités de la personne en faveur des droits humains et organisation",
            "es": "Labor de la persona por los derechos humanos y organización",
        },
        needed=True,
    ),
    Question(
        "situation",
        _("Current situation and risk, with dates"),
        DEFENDERS,
        {"fr": "Situation actuelle et risques, avec dates", "es": "Situación actual y riesgos, con fechas"},
        needed=True,
    ),
    Question(
        "actions",
        _("Actions taken and their results"),
        DEFENDERS,
        {"fr": "Démarches entreprises et résultats", "es": "Medidas tomadas y sus resultados"},
    ),
    Question(
        "pattern",
        _("Earlier incidents, patterns or trends"),
        DEFENDERS,
        {"fr": "Incidents antérieurs, schémas ou tendances", "es": "Incidentes anteriores, pautas o tendencias"},
    ),
)
WOMEN_QUESTIONS = (
    Question(
        "because",
        _("How the violence is tied to sex or gender"),
        WOMEN,
        {
            "fr": "Lien de la violence avec le sexe ou le genre",
            "es": "Relación de la violencia con el sexo o el género",
        },
        needed=True,
    ),
)
