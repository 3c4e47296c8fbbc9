"""An expert's own words: the profile, and what is offered for a check by staff."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ExpertProfile, Institution
from accounts.orcid import find_orcid
from accounts.ror import find_ror
from text.names import clean_name, find_spoofing
from text.sorting import suggest_sort_key


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
    honorific = NameField(
        label=_("Form of address"),
        required=False,
        max_length=40,
        help_text=_("As it is to be printed before the name, for example Prof. Dr. or Judge."),
        widget=forms.TextInput(attrs={"autocomplete": "honorific-prefix", "dir": "auto"}),
    )
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
    sort_key = NameField(
        label=_("Name as it is sorted in a list"),
        required=False,
        max_length=120,
        help_text=_(
            "For example Example, Maria. Leave it empty and we put the last word first: that is a guess, and wrong for "
            "many names. You decide."
        ),
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
        help_text=_("Choose it from the list if it is there; otherwise type it."),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "list": "institutions", "dir": "auto"}),
    )
    ror_id = forms.CharField(
        label=_("Its entry at ror.org"),
        required=False,
        max_length=60,
        help_text=_(
            "The address of the institution in the registry of research organisations, for example "
            "https://ror.org/05dxps055. For institutions on our list we fill it in."
        ),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url"}),
    )
    category = forms.ChoiceField(
        label=_("Among whom you are listed"),
        required=False,
        choices=ExpertProfile.Category.choices,
        initial=ExpertProfile.Category.OTHER,
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
            "honorific",
            "printed_name",
            "original_name",
            "sort_key",
            "title",
            "is_current",
            "affiliation",
            "ror_id",
            "country",
            "category",
            "field",
            "in_personal_capacity",
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "is_current": _("Leave it empty if you held it before: we then print “former”."),
            "country": _("Where the institution is."),
            "in_personal_capacity": _("We print that your institution is named for identification only."),
        }

    def clean_ror_id(self) -> str:
        typed: str = self.cleaned_data["ror_id"]
        found = find_ror(typed)
        if typed and not found:
            raise forms.ValidationError(_("This is not an address at ror.org. Please copy it again."))
        return found

    def clean_category(self) -> str:
        return self.cleaned_data["category"] or ExpertProfile.Category.OTHER.value

    def clean(self) -> dict[str, Any]:
        """Fills in what follows from the rest: the institution on our list with its ROR id, and a place in the list."""
        cleaned = super().clean() or {}
        self._drop_what_was_filled_in(cleaned)
        cleaned["institution"] = known = _known_institution(cleaned.get("affiliation", ""))
        registered = find_ror(known.ror_id) if known else ""
        if registered and cleaned.get("ror_id") not in {"", None, registered}:
            self.add_error("ror_id", _("Our list has another entry for this institution. Leave the field empty."))
        cleaned["ror_id"] = registered or cleaned.get("ror_id", "")
        if not cleaned.get("sort_key"):
            cleaned["sort_key"] = suggest_sort_key(cleaned.get("printed_name", ""))
        return cleaned

    def _drop_what_was_filled_in(self, cleaned: dict[str, Any]) -> None:
        """Of a changed institution the old entry, of a changed name the old guess: nobody typed them again."""
        before = self.initial
        if cleaned.get("affiliation") != before.get("affiliation") and cleaned.get("ror_id") == before.get("ror_id"):
            cleaned["ror_id"] = ""
        guess = suggest_sort_key(before.get("printed_name", ""))
        if cleaned.get("printed_name") != before.get("printed_name") and cleaned.get("sort_key") == guess:
            cleaned["sort_key"] = ""


def _known_institution(affiliation: str) -> Institution | None:
    if not affiliation:
        return None
    return Institution.objects.filter(name__iexact=affiliation).order_by("pk").first()


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
