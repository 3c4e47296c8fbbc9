import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.source import Source


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Claim(models.Model):
    """One stated attribute of a person, with its source. Claims that disagree live side by side."""

    class Attribute(models.TextChoices):
        AGE = "age", _("age")
        CHARGE = "charge", _("charge")
        ALLEGED_AFFILIATION = "alleged_affiliation", _("affiliation alleged by the authorities")
        COURT = "court", _("court")
        SENTENCE = "sentence", _("sentence")
        SENTENCE_DATE = "sentence_date", _("date of sentence")
        ARREST_DATE = "arrest_date", _("date of arrest")
        PRISON = "prison", _("prison")
        OCCUPATION = "occupation", _("occupation")
        ROLE = "role", _("role")

    class Knowledge(models.TextChoices):
        STATED = "stated", _("stated by the source")
        NOT_KNOWN = "not_known", _("not known")
        WITHHELD = "withheld", _("withheld")

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="claims")
    attribute = models.CharField(_("what is stated"), max_length=24, choices=Attribute.choices)
    knowledge = models.CharField(
        _("how it is known"), max_length=10, choices=Knowledge.choices, default=Knowledge.STATED
    )
    value = models.CharField(_("in English"), max_length=300, blank=True)
    value_fa = models.CharField(_("in Persian"), max_length=300, blank=True)
    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    locator = models.CharField(_("where in the source"), max_length=160, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    is_shown = models.BooleanField(_("shown first"), default=False)
    reason = models.CharField(_("why it is shown first, in English"), max_length=200, blank=True)
    reason_fa = models.CharField(
        _("why it is shown first, in Persian"),
        max_length=200,
        blank=True,
        help_text=_("While this is empty, Persian pages show the English words."),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_claim_stated_has_value_and_source",
                condition=~Q(knowledge="stated") | (~Q(value="") & Q(source__isnull=False)),
            ),
            models.CheckConstraint(
                name="cases_claim_unstated_has_no_value",
                condition=Q(knowledge="stated") | Q(value="", value_fa=""),
            ),
            models.UniqueConstraint(
                fields=["case", "attribute"], condition=Q(is_shown=True), name="cases_claim_one_shown_per_attribute"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_attribute_display()}: {self.value or self.get_knowledge_display()}"
