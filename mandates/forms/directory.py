from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.dates import DateNotUnderstoodError, PartialDate, parse_partial
from mandates.finding import Wanted
from mandates.models import Mandate, MandateHolder, Violation
from mandates.models.directory import KINDS
from mandates.models.holders import Precision

LARGEST_FILE = 2_000_000


def kind_choices() -> list[tuple[str, Any]]:
    return [("", _("Any kind")), *((kind, _(kind)) for kind in KINDS)]


class FindForm(forms.Form):
    """The search of the directory. What makes no sense is left out of the search instead of being refused."""

    q = forms.CharField(label=_("Office or name"), required=False, max_length=100)
    violation = forms.ChoiceField(label=_("Competent for"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("All entries")),
            ("thematic", _("Thematic mandates")),
            ("country", _("Country mandates")),
            ("other", _("Other addressees")),
            ("checked", _("With a checked address")),
            ("verified", _("Read in a source")),
            ("unverified", _("Not verified")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Violation.objects.order_by("position", "pk").values_list("slug", "group", "label", "label_fa")
        self.fields["violation"].choices = _grouped(list(rows))  # type: ignore[attr-defined]  # a plain Field to the stubs
        countries = {m.country.code: str(m.country.name) for m in Mandate.objects.exclude(country="").only("country")}
        named = sorted(countries.items(), key=lambda pair: pair[1])
        self.fields["country"].choices = [("", _("Any country")), *named]  # type: ignore[attr-defined]  # a plain Field to the stubs
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]  # a plain Field to the stubs

    @property
    def wanted(self) -> Wanted:
        """What is asked for; call `is_valid` first."""
        found = self.cleaned_data
        words = found.get("q", "")
        rest = {name: found.get(name, "") for name in ("violation", "country", "kind", "show")}
        return Wanted(words=words, **rest)


def _grouped(rows: list[tuple[str, str, str, str]]) -> list[Any]:
    groups: dict[str, list[tuple[str, str]]] = {str(value): [] for value in Violation.Group.values}
    for slug, group, label, label_fa in rows:
        groups[group].append((slug, label_fa if get_language() == "fa" and label_fa else label))
    return [("", _("Anything")), *((Violation.Group(group).label, found) for group, found in groups.items() if found)]


class PartialDateField(forms.CharField):
    """`2024`, `2024-08` or `2024-08-01`, cleaned to a PartialDate; nothing to None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, **options)

    def clean(self, value: Any) -> PartialDate | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_partial(text)
        except DateNotUnderstoodError as error:
            raise forms.ValidationError(str(error.reason)) from error


class MandateForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """An entry, changed by hand; the next import keeps what is typed here and reports it."""

    kind = forms.ChoiceField(label=_("Kind"))

    class Meta:
        model = Mandate
        fields = ["title", "title_fa", "kind", "scope", "country", "source_note", "is_verified"]
        labels = {"title_fa": _("Title in Persian")}
        widgets = {"source_note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()[1:]  # type: ignore[attr-defined]  # a plain Field to the stubs

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class HolderForm(forms.Form):
    """Who holds an office, from when to when, and where that is known from."""

    name = forms.CharField(label=_("Name"), max_length=160)
    since = PartialDateField(
        label=_("Since"), required=False, help_text=_("2024, 2024-08 or 2024-08-01: as much as the source says.")
    )
    until = PartialDateField(
        label=_("Until"), required=False, help_text=_("Empty as long as no end is known. The last day in office.")
    )
    until_is_latest = forms.BooleanField(label=_("The exact end is not known: it was before that day"), required=False)
    since_note = forms.CharField(
        label=_("Note"), required=False, max_length=200, help_text=_("For example: chair of the group.")
    )
    source_note = forms.CharField(
        label=_("Source"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The page or document."),
    )
    as_of = forms.DateField(label=_("Read on"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until.last < since.first:
            self.add_error("until", _("The end lies before the beginning."))
        if cleaned.get("until_is_latest") and until and until.precision != "day":
            self.add_error("until", _("Write the whole day before which it ended."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What `save_holder` takes."""
        found = self.cleaned_data
        since, until = found["since"], found["until"]
        until_precision = until.precision if until else "day"
        if until and found["until_is_latest"]:
            until_precision = Precision.BEFORE
        return {
            "name": found["name"],
            "since": since.first if since else None,
            "since_precision": since.precision if since else "day",
            # A year may end after the month in which it began.
            "until": max(until.first, since.first) if until and since else until.first if until else None,
            "until_precision": until_precision,
            "since_note": found["since_note"],
            "source_note": found["source_note"],
            "as_of": found["as_of"],
            "is_verified": True,
        }

    @staticmethod
    def initial_of(holder: MandateHolder | None, *, today: date) -> dict[str, Any]:
        if holder is None:
            return {"as_of": today}
        return {
            "name": holder.name,
            "since": holder.since_text,
            "until": holder.until_text.removeprefix("<"),
            "until_is_latest": holder.until_precision == Precision.BEFORE,
            "since_note": holder.since_note,
            "source_note": holder.source_note,
            "as_of": holder.as_of or today,
        }


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("The file"),
        help_text=_("CSV in UTF-8. Nothing changes before you have seen what would."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is too long."))
        return file
