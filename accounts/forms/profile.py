"""An expert's own words: the profile, and what is offered for a check by staff."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ExpertProfile
from accounts.orcid import find_orcid
from text.names import clean_name, find_spoofing


class NameField(forms.CharField):
    """Words that will be printed: in NFC, single spaces, nothing in them that deceives the eye."""

    def to_python(self, value: Any) -> str:
        return clean_name(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        problem = find_spoofing(value) if value else None
        if problem:
            raise forms.ValidationError(str(problem), code="deceiving")


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    printed_name = NameField(
        label=_("Name, as it is to be printed"),
        max_length=120,
        help_text=_("In Latin letters, for example Maria Example. No titles here."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    original_name = NameField(
        label=_("Name in its original script"),
        required=False,
        max_length=120,
        help_text=_("If your name is written in another script, so that readers of that script find you."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    title = NameField(
        label=_("Title or office"),
        max_length=160,
        help_text=_("For example Professor of criminal law, or Judge at the Court of Appeal."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title", "dir": "auto"}),
    )
    affiliation = NameField(
        label=_("Institution or organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "list": "institutions", "dir": "auto"}),
    )
    field = NameField(
        label=_("Field of work"),
        max_length=120,
        help_text=_("For example International human rights law."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    class Meta:
        model = ExpertProfile
        fields: ClassVar[list[str]] = [
            "printed_name",
            "original_name",
            "title",
            "is_current",
            "affiliation",
            "country",
            "field",
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "is_current": _("Leave it empty if you held it before: we then print “former”."),
            "country": _("Where the institution is."),
        }


class CheckRequestForm(forms.Form):
    staff_page = forms.URLField(
        label=_("A page that names you"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("On the web site of your institution, court or bar, for example a staff page."),
        widget=forms.URLInput(attrs={"dir": "ltr", "inputmode": "url"}),
    )
    orcid = forms.CharField(
        label=_("Your ORCID iD"),
        required=False,
        max_length=60,
        help_text=_("16 digits, for example 0000-0002-1825-0097."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    note = forms.CharField(
        label=_("Anything else that shows who you are"),
        required=False,
        max_length=2000,
        help_text=_("Say where we can look it up. Do not send copies of identity papers: we do not want to keep them."),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )

    def clean_staff_page(self) -> str:
        page: str = self.cleaned_data["staff_page"]
        if page and not page.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(_("Please give the address of a web page, beginning with https://"))
        return page

    def clean_orcid(self) -> str:
        typed: str = self.cleaned_data["orcid"]
        if not typed:
            return ""
        found = find_orcid(typed)
        if not found:
            raise forms.ValidationError(_("This is not an ORCID iD. Please check its 16 digits."))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(name) for name in ("staff_page", "orcid", "note")):
            raise forms.ValidationError(_("Fill in at least one field, so that somebody can check."))
        return cleaned
