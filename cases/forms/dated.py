"""A form part for partial dates: typed as far as they are known, in either calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from persiantools.jdatetime import JalaliDate

from cases.dates import GREGORIAN, SOLAR_HIJRI, DateNotUnderstoodError, PartialDate, parse_partial
from cases.models.dating import Dated, Precision

CALENDARS = [(GREGORIAN, _("Gregorian")), (SOLAR_HIJRI, _("Solar Hijri"))]
CERTAINTIES = [
    ("", _("as written")),
    (Precision.ABOUT, _("about this day")),
    (Precision.BEFORE, _("before it")),
    (Precision.AFTER, _("after it")),
]


class DatedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Base of forms for rows with a partial date; sets `on` and `precision` of the row."""

    is_date_required = False

    when = forms.CharField(
        label=_("Date"),
        max_length=20,
        required=False,
        help_text=_("As far as it is known: 2025, 2025-07 or 2025-07-12; in Solar Hijri 1404-04-21."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    calendar = forms.ChoiceField(label=_("Calendar of this date"), choices=CALENDARS, required=False)
    certainty = forms.ChoiceField(label=_("How sure is the date?"), choices=CERTAINTIES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"].required = self.is_date_required
        row = self.instance
        if row.pk and row.on:
            self.initial.update(_typed(row))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed = cleaned.get("when")
        if typed:
            try:
                self._set_date(
                    parse_partial(typed, cleaned.get("calendar") or GREGORIAN), cleaned.get("certainty") or ""
                )
            except DateNotUnderstoodError as error:
                self.add_error("when", str(error.reason))
        elif "when" not in self.errors:
            self.instance.on, self.instance.precision = None, Precision.UNKNOWN
        return cleaned

    def _set_date(self, parsed: PartialDate, certainty: str) -> None:
        if certainty == Precision.ABOUT and parsed.precision != "day":
            raise DateNotUnderstoodError(
                _("“About” needs a whole day; a month or a year alone is read as it is written.")
            )
        self.instance.on = parsed.last if certainty == Precision.AFTER else parsed.first
        self.instance.precision = certainty or parsed.precision


def _typed(row: Dated) -> dict[str, str]:
    """What an editor would have typed for the date of `row`."""
    assert row.on is not None  # noqa: S101  asked by the caller
    if row.precision in {"sh_month", "sh_year"}:
        solar = JalaliDate(row.on)
        shape = f"{solar.year}-{solar.month:02}" if row.precision == "sh_month" else str(solar.year)
        return {"when": shape, "calendar": SOLAR_HIJRI}
    shapes = {"year": f"{row.on.year}", "month": f"{row.on:%Y-%m}"}
    certainty = row.precision if row.precision in {"about", "before", "after"} else ""
    return {"when": shapes.get(row.precision, row.on.isoformat()), "certainty": certainty}
