from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """Where we know something from. The publisher's own interest is always shown with it."""

    class Kind(models.TextChoices):
        NGO = "ngo", _("organisation's publication")
        PRESS = "press", _("press")
        STATE_MEDIA = "state_media", _("State media")
        UN_DOCUMENT = "un_document", _("UN document")
        COURT_PAPER = "court_paper", _("court paper")
        FAMILY = "family", _("family")
        LAWYER = "lawyer", _("lawyer")
        PRISONER_LETTER = "prisoner_letter", _("letter from prison")
        SOCIAL_POST = "social_post", _("post on a social network")
        DATABASE = "database", _("database")

    class Reliability(models.TextChoices):
        """HURIDOCS list 42."""

        HIGH = "high", _("highly reliable")
        LIKELY = "likely", _("likely reliable")
        UNSURE = "unsure", _("unsure")
        UNLIKELY = "unlikely", _("likely unreliable")
        UNKNOWN = "unknown", _("not assessed")

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=250)
    publisher = models.CharField(_("publisher"), max_length=160)
    publisher_fa = models.CharField(
        _("publisher's usual name in Persian"),
        max_length=160,
        blank=True,
        help_text=_("As Persian readers know it; leave it empty where there is none."),
    )
    publisher_interest = models.CharField(
        _("publisher's interest, in English"),
        max_length=200,
        blank=True,
        help_text=_("Is the publisher a party to the subject?"),
    )
    publisher_interest_fa = models.CharField(
        _("publisher's interest, in Persian"),
        max_length=200,
        blank=True,
        help_text=_("While this is empty, Persian pages show the English words."),
    )
    is_party = models.BooleanField(_("the publisher is a party to the subject"), default=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    url = models.URLField(_("address"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    published_on = models.DateField(_("published on"), null=True, blank=True)
    accessed_on = models.DateField(_("read on"), null=True, blank=True)
    reliability = models.CharField(
        _("reliability"), max_length=10, choices=Reliability.choices, default=Reliability.UNKNOWN
    )
    note = models.TextField(_("note"), blank=True)
    is_withheld = models.BooleanField(
        _("do not name this source in public"),
        default=False,
        help_text=_(
            "For relatives, lawyers and everybody who could be harmed: the page then names only the kind of source."
        ),
    )
    is_demonstration = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"

    def publisher_in(self, language: str) -> str:
        """The publisher's name for a reader of `language`: the usual Persian one if there is one, else as published."""
        return self.publisher_fa if language == "fa" and self.publisher_fa else self.publisher
