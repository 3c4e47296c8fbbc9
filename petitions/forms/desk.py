"""What editors type at the statement desk."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Source
from petitions.actions import Wording
from petitions.models import Demand, DemandStatus, PreviewLink, Statement, StatementVersion, VersionText
from petitions.models.last_day import is_over
from petitions.texts.embargo import Embargo, NoSuchMomentError, embargo_until, is_ahead, zones
from text.bidi import direction_of
from text.prose import ProseField

BODY_LENGTH = 60_000
DAY = {"type": "date"}


def written_in(language: str) -> dict[str, str]:
    """The attributes of a field in which `language` is written."""
    return {"lang": language, "dir": direction_of(language)}


def language_name(language: str) -> str:
    return str(dict(settings.LANGUAGES).get(language, language))


def suggest_slug(title: str) -> str:
    """An address for `title`, in Latin letters; "" when there is none to be made of it."""
    return slugify(title)[:60].strip("-")


class StatementCreateForm(forms.Form):
    """The first page of a statement: what it is, its language and its text."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Statement.Kind.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Original language"),
        choices=settings.LANGUAGES,
        help_text=_("Its text is what counts when a translation says something else."),
    )
    title = ProseField(label=_("Title"), max_length=250, widget=forms.TextInput(attrs={"dir": "auto"}))
    slug = forms.SlugField(
        label=_("Address of the page"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=_("Small Latin letters and hyphens. Left empty, it is made of the title. It cannot change later."),
    )
    body = ProseField(
        label=_("Text"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 18, "dir": "auto"}),
        help_text=_("Markdown: **bold**, lists, links. Demands have their own place, on the next page."),
    )
    is_another = forms.BooleanField(
        label=_("This asks for something else than the statements we have with like words"),
        required=False,
        help_text=_("Tick this only after you compared them."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "slug" in cleaned and "title" in cleaned:
            cleaned["slug"] = cleaned["slug"] or suggest_slug(cleaned["title"])
            if problem := _slug_problem(cleaned["slug"]):
                self.add_error("slug", problem)
        return cleaned


def _slug_problem(slug: str) -> str:
    if not slug:
        return gettext("No address can be made of this title. Please type one in Latin letters.")
    if Statement.objects.filter(slug=slug).exists():
        return gettext("Another statement has this address.")
    try:
        is_free = resolve(reverse("petitions:statement_detail", args=[slug])).url_name == "statement_detail"
    except Resolver404:
        is_free = False
    return "" if is_free else gettext("This word is taken by the site itself. Please choose another one.")


class TextForm(forms.Form):
    """The text of a draft in one language."""

    title = ProseField(label=_("Title"), max_length=250)
    body = ProseField(
        label=_("Text"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("Markdown: **bold**, lists, links. Demands have their own place."),
    )
    is_unofficial = forms.BooleanField(
        label=_("An unofficial translation: for reading only, it is not what is signed"), required=False
    )

    def __init__(self, *args: Any, version: StatementVersion, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("title", "body"):
            self.fields[name].widget.attrs.update(written_in(language))
        text = VersionText.objects.filter(version=version, language=language).first()
        if text is not None:
            self.initial = {"title": text.title, "body": text.body, "is_unofficial": text.is_unofficial}
        if language == version.statement.original_language:
            del self.fields["is_unofficial"]
        elif text is None:
            self.initial["is_unofficial"] = True


class DemandForm(forms.Form):
    """A demand: its number, its day, and in each language of the version heading, words and addressees."""

    number = forms.CharField(label=_("Number"), max_length=8, help_text=_("As it is printed: 1, 2, 3a."))
    deadline_on = forms.DateField(label=_("To be met by"), required=False, widget=forms.DateInput(attrs=DAY))

    def __init__(self, *args: Any, version: StatementVersion, demand: Demand | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        original = version.statement.original_language
        languages = version.texts.values_list("language", flat=True)
        self.languages = sorted(languages, key=lambda language: (language != original, language))
        worded = {text.language: text for text in demand.texts.all()} if demand else {}
        if demand is not None:
            self.initial = {"number": demand.number, "deadline_on": demand.deadline_on}
        else:
            self.initial["number"] = str(version.demands.count() + 1)
        for language in self.languages:
            self._add_language(language, worded)

    def _add_language(self, language: str, worded: dict[str, Any]) -> None:
        name, attrs = language_name(language), written_in(language)
        labels = {
            "heading": _("Heading (%(language)s)"),
            "text": _("What is demanded (%(language)s)"),
            "addressees": _("Addressed to, as printed (%(language)s)"),
        }
        for part, label in labels.items():
            widget = forms.Textarea(attrs={"rows": 4, **attrs}) if part == "text" else forms.TextInput(attrs=attrs)
            self.fields[f"{part}_{language}"] = ProseField(
                label=label % {"language": name},
                max_length={"heading": 160, "text": 4000, "addressees": 300}[part],
                required=part == "text" and language == self.languages[0],
                widget=widget,
            )
            if language in worded:
                self.initial[f"{part}_{language}"] = getattr(worded[language], part)

    def clean_number(self) -> str:
        return " ".join(str(self.cleaned_data["number"]).split())

    def wordings(self) -> dict[str, Wording]:
        data = self.cleaned_data
        return {
            language: Wording(
                **{part: data.get(f"{part}_{language}", "") for part in ("heading", "text", "addressees")}
            )
            for language in self.languages
        }


class DetailsForm(forms.Form):
    goal = forms.IntegerField(
        label=_("Goal"),
        min_value=1,
        max_value=100_000_000,
        required=False,
        help_text=_("How many signatures we hope for."),
    )
    deadline_on = forms.DateField(
        label=_("Last day for signatures"),
        required=False,
        widget=forms.DateInput(attrs=DAY),
        help_text=_("Shown on the page. It closes by itself once the day is over everywhere on earth. Empty: no end."),
    )
    takes_organisations = forms.BooleanField(
        label=_("Organisations may sign it too"),
        required=False,
        help_text=_("Besides experts, in a list of their own."),
    )
    cases = forms.ModelMultipleChoiceField(
        label=_("Cases it is about"),
        queryset=Case.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, statement: Statement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].queryset = (  # type: ignore[attr-defined]  # a plain Field to the stubs
            Case.objects.select_related("person").prefetch_related("person__names").order_by("slug")
        )
        language = (get_language() or "en").split("-")[0]
        self.fields["cases"].label_from_instance = (  # type: ignore[attr-defined]  # likewise
            lambda case: case.person.name_in(language)
        )
        if statement.kind != Statement.Kind.EXPERT:
            del self.fields["takes_organisations"]
        self.initial = {
            "goal": statement.goal,
            "deadline_on": statement.deadline_on,
            "takes_organisations": statement.takes_organisations,
            "cases": [case.pk for case in statement.cases.all()],
        }

    def clean_deadline_on(self) -> date | None:
        given: date | None = self.cleaned_data["deadline_on"]
        return given if given == self.initial["deadline_on"] else _not_over(given)


def _not_over(day: date | None) -> date | None:
    if is_over(day, now=timezone.now()):
        raise forms.ValidationError(_("This day is over. Give today or a later day, or none."))
    return day


class NoteForm(forms.Form):
    """A decision that must be explained."""

    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say it in a few words.")},
    )


class ReopenForm(NoteForm):
    """Why it takes signatures again, and until when now."""

    note = forms.CharField(label=_("Why?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    deadline_on = forms.DateField(
        label=_("New last day for signatures"), required=False, widget=forms.DateInput(attrs=DAY)
    )

    def clean_deadline_on(self) -> date | None:
        return _not_over(self.cleaned_data["deadline_on"])


class ApproveForm(forms.Form):
    """What the second person read, and when it opens: at once, or at a moment of a time zone."""

    read = forms.CharField(max_length=64, widget=forms.HiddenInput)
    when = forms.ChoiceField(
        label=_("When does it open?"),
        choices=[("now", _("now")), ("later", _("later: keep it under embargo until then"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs=DAY))
    hour = forms.TimeField(label=_("Hour"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, digest: str, may_embargo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["read"] = digest
        self.embargo: Embargo | None = None
        if not may_embargo:
            for name in ("when", "day", "hour", "zone"):
                del self.fields[name]
        else:
            choices = [("", _("Choose a time zone")), *((zone, zone) for zone in zones())]
            self.fields["zone"].choices = choices  # type: ignore[attr-defined]  # likewise

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") == "later" and not self.errors:
            self._clean_embargo(cleaned)
        return cleaned

    def _clean_embargo(self, cleaned: dict[str, Any]) -> None:
        for name in ("day", "hour", "zone"):
            if not cleaned.get(name):
                self.add_error(name, _("An embargo needs its day, its hour and its time zone."))
                return
        try:
            self.embargo = embargo_until(cleaned["day"], cleaned["hour"], cleaned["zone"])
        except NoSuchMomentError:
            self.add_error("hour", _("The clocks change at this hour in this zone. Choose another hour, or UTC."))
            return
        if not is_ahead(self.embargo, now=timezone.now()):
            self.add_error("day", _("This moment is past, or less than a minute away."))


class PreviewForm(forms.Form):
    recipient = forms.CharField(
        label=_("For whom"), max_length=160, help_text=_("One person or newsroom: each gets a link of their own.")
    )
    days = forms.IntegerField(
        label=_("Good for how many days"), min_value=1, max_value=PreviewLink.LONGEST.days, initial=7
    )

    def expires_at(self, now: datetime) -> datetime:
        return now + timedelta(days=self.cleaned_data["days"])


class MirrorForm(forms.Form):
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https"], message=_("An address that begins with https://, please."))],
        widget=forms.URLInput(attrs={"dir": "ltr"}),
    )
    label = forms.CharField(label=_("Whose page it is"), max_length=120)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise forms.ValidationError(_("An address without a name and a password, please."))
        if parts.netloc == urlsplit(settings.SITE_URL).netloc:
            raise forms.ValidationError(_("This is our own page."))
        return url


class DemandStatusForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = DemandStatus
        fields = ["status", "as_of", "source", "note", "note_fa"]
        widgets = {
            "as_of": forms.DateInput(attrs=DAY),
            "note": forms.Textarea(attrs={"rows": 2}),
            "note_fa": forms.Textarea(attrs={"rows": 2, **written_in("fa")}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        source.label = _("Source")
        source.queryset = Source.objects.filter(is_withheld=False).order_by("title")  # type: ignore[attr-defined]  # likewise
        source.help_text = str(_("Written down at the case desk; it is shown."))

    def clean_as_of(self) -> date:
        as_of: date = self.cleaned_data["as_of"]
        if as_of > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return as_of
