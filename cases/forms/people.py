"""Names, texts and details of a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from cases.models import Case, CaseText, Person, PersonName
from text.names import clean_name, find_spoofing, scripts_of

PERSIAN = {"lang": "fa", "dir": "rtl"}
STORY_LENGTH = 60_000
# What a name typed as this script must hold at least one letter of, and the words for its absence.
_LETTERS = {
    "latn": ("LATIN", _("Write this name in Latin letters.")),
    "arab": ("ARABIC", _("Write this name in Arabic or Persian letters.")),
}


def checked_name(name: str, script: str) -> str:
    """`name` tidied; forms.ValidationError when it could deceive the eye or is not in `script`."""
    name = clean_name(name)
    problem = find_spoofing(name)
    if problem:
        raise forms.ValidationError(str(problem), code="spoofed")
    if script in _LETTERS and _LETTERS[script][0] not in scripts_of(name):
        raise forms.ValidationError(_LETTERS[script][1], code="script")
    return name


class CaseCreateForm(forms.Form):
    """The first page of a case: who it is, and the story in one or two languages."""

    name_latin = forms.CharField(label=_("Name in Latin letters"), max_length=160)
    name_persian = forms.CharField(
        label=_("Name in Arabic or Persian letters"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs=PERSIAN),
    )
    gender = forms.ChoiceField(label=_("Gender"), choices=Person.Gender.choices, initial=Person.Gender.UNKNOWN)
    country = CountryField(blank_label="…").formfield(label=_("Country"), initial="IR")
    headline = forms.CharField(
        label=_("Headline in English"), max_length=160, help_text=_("One sober sentence: who, and what threatens them.")
    )
    story = forms.CharField(
        label=_("Story in English"),
        max_length=STORY_LENGTH,
        widget=forms.Textarea,
        help_text=_("In our own words, the source of every fact named. Markdown: **bold**, lists, links."),
    )
    headline_fa = forms.CharField(
        label=_("Headline in Persian"), max_length=160, required=False, widget=forms.TextInput(attrs=PERSIAN)
    )
    story_fa = forms.CharField(
        label=_("Story in Persian"), max_length=STORY_LENGTH, required=False, widget=forms.Textarea(attrs=PERSIAN)
    )
    is_demonstration = forms.BooleanField(
        label=_("This person is invented, for trying things out"),
        required=False,
        help_text=_("The page will say so in plain words."),
    )
    is_another_person = forms.BooleanField(
        label=_("This is another person than the ones we have under a like name"),
        required=False,
        help_text=_("Tick this only after you compared the cases."),
    )

    def clean_name_latin(self) -> str:
        return checked_name(self.cleaned_data["name_latin"], "latn")

    def clean_name_persian(self) -> str:
        name = self.cleaned_data["name_persian"]
        return checked_name(name, "arab") if name else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("headline_fa")) != bool(cleaned.get("story_fa")) and not self.errors:
            empty = "story_fa" if cleaned.get("headline_fa") else "headline_fa"
            self.add_error(empty, _("In Persian give both the headline and the story, or leave both for later."))
        return cleaned

    def names(self) -> dict[str, str]:
        given = {"latn": self.cleaned_data["name_latin"], "arab": self.cleaned_data["name_persian"]}
        return {script: name for script, name in given.items() if name}

    def texts(self) -> dict[str, tuple[str, str]]:
        data = self.cleaned_data
        given = {"en": (data["headline"], data["story"]), "fa": (data["headline_fa"], data["story_fa"])}
        return {language: text for language, text in given.items() if text[0]}


class NameForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = PersonName
        fields = ["text", "script", "kind", "is_shown", "source"]
        widgets = {"text": forms.TextInput(attrs={"dir": "auto"})}
        help_texts = {"is_shown": _("One name in each script is shown; this one would take its place.")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "text" in cleaned:
            try:
                cleaned["text"] = checked_name(cleaned["text"], cleaned.get("script", ""))
            except forms.ValidationError as error:
                self.add_error("text", error)
        return cleaned


class TextForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    story = forms.CharField(
        label=_("Story"),
        max_length=STORY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("In our own words, the source of every fact named. Markdown: **bold**, lists, links."),
    )

    class Meta:
        model = CaseText
        fields = ["headline", "story"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.language == "fa":
            for field in self.fields.values():
                field.widget.attrs.update(PERSIAN)


class DetailsForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The country, the basis of publication, the risk note; and of the person, gender and invention."""

    gender = forms.ChoiceField(label=_("Gender"), choices=Person.Gender.choices)
    is_demonstration = forms.BooleanField(label=_("This person is invented, for trying things out"), required=False)

    class Meta:
        model = Case
        fields = ["country", "publication_basis", "publication_note", "publication_note_fa", "risk_note"]
        widgets = {"publication_basis": forms.RadioSelect, "publication_note_fa": forms.Textarea(attrs=PERSIAN)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.instance.person
        self.initial.update(gender=person.gender, is_demonstration=person.is_demonstration)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_from_reports = cleaned.get("publication_basis") == Case.PublicationBasis.PUBLIC_REPORTS
        if is_from_reports and not (cleaned.get("publication_note") or "").strip():
            self.add_error("publication_note", _("Say why it may be published without consent."))
        return cleaned

    def person(self) -> Person:
        """The person as the form leaves them, not saved."""
        person: Person = self.instance.person
        person.gender = self.cleaned_data["gender"]
        person.is_demonstration = self.cleaned_data["is_demonstration"]
        return person
