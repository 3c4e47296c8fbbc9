"""The Working Group on Arbitrary Detention: its questionnaire, for the regular procedure or for an urgent appeal."""

from django.utils.translation import gettext_lazy as _

from mandates.questions.form import Choice, Question
from mandates.rules import DETENTION, DETENTION_PROCEDURES

REGULAR, URGENT = "regular", "urgent"
# The regular procedure ends in an opinion and needs the whole questionnaire.
ONLY_REGULAR = {"categories", "why_arbitrary", "steps"}

DETENTION_QUESTIONS = (
    Question(
        "procedure",
        _("Procedure asked for"),
        DETENTION_PROCEDURES,
        {"fr": "Procédure demandée", "es": "Procedimiento solicitado"},
        help=_("They are two different requests. A case for the regular procedure is a letter of its own."),
        needed=True,
        choices=(
            Choice(
                URGENT,
                _("Urgent appeal: liberty, health or life is in danger now"),
                {
                    "fr": "Appel urgent : la liberté, la santé ou la vie est en danger immédiat",
                    "es": "Llamamiento urgente: la libertad, la salud o la vida corren peligro inmediato",
                },
            ),
            Choice(
                REGULAR,
                _("Regular procedure: an opinion of the Working Group"),
                {
                    "fr": "Procédure ordinaire : un avis du Groupe de travail",
                    "es": "Procedimiento ordinario: una opinión del Grupo de Trabajo",
                },
            ),
        ),
    ),
    Question(
        "identity",
        _("Identity of the person"),
        DETENTION,
        {"fr": "Identité de la personne", "es": "Identidad de la persona"},
        help=_("Name in full, sex, date of birth or age, nationality, identity document, profession, usual residence."),
        needed=True,
    ),
    Question(
        "arrest",
        _("Arrest"),
        DETENTION,
        {"fr": "Arrestation", "es": "Detención inicial"},
        help=_("Date and place, who carried it out, whether a warrant was shown, which law and reason were given."),
        needed=True,
    ),
    Question(
        "detention",
        _("Detention"),
        DETENTION,
        {"fr": "Détention", "es": "Privación de libertad"},
        help=_("Since when, where, under which authority; transfers; contact to family and lawyer."),
        needed=True,
    ),
    Question(
        "reasons",
        _("Reasons given by the authorities, and the law they apply"),
        DETENTION,
        {
            "fr": "Motifs invoqués par les autorités et législation appliquée",
            "es": "Motivos aducidos por las autoridades y legislación aplicada",
        },
        needed=True,
    ),
    Question(
        "categories",
        _("Categories of arbitrary detention"),
        DETENTION,
        {"fr": "Catégories de détention arbitraire", "es": "Categorías de detención arbitraria"},
        help=_("As the Working Group numbers them; tick each that applies."),
        many=True,
        choices=(
            Choice(
                "I",
                _("I: no legal basis can be invoked"),
                {
                    "fr": "I : aucune base légale ne peut être invoquée",
                    "es": "I: no puede invocarse ninguna base legal",
                },
            ),
            Choice(
                "II",
                _("II: it punishes the exercise of a right or freedom"),
                {
                    "fr": "II : elle réprime l'exercice d'un droit ou d'une liberté",
                    "es": "II: castiga el ejercicio de un derecho o una libertad",
                },
            ),
            Choice(
                "III",
                _("III: the norms of a fair trial were gravely breached"),
                {
                    "fr": "III : les normes du procès équitable ont été gravement violées",
                    "es": "III: se violaron gravemente las normas del juicio imparcial",
                },
            ),
            Choice(
                "IV",
                _("IV: asylum seekers or migrants held long without review"),
                {
                    "fr": "IV : demandeurs d'asile ou migrants retenus longuement sans recours",
                    "es": "IV: solicitantes de asilo o migrantes retenidos largo tiempo sin recurso",
                },
            ),
            Choice(
                "V",
                _("V: it rests on discrimination"),
                {"fr": "V : elle repose sur une discrimination", "es": "V: se basa en una discriminación"},
            ),
        ),
    ),
    Question(
        "why_arbitrary",
        _("Why the detention is arbitrary"),
        DETENTION,
        {"fr": "Pourquoi la détention est arbitraire", "es": "Por qué la detención es arbitraria"},
    ),
    Question(
        "steps",
        _("Steps taken in the country"),
        DETENTION,
        {"fr": "Recours exercés dans le pays", "es": "Recursos interpuestos en el país"},
        help=_("Before which court or authority, when, and with what result."),
    ),
)
