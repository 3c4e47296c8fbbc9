import hashlib
import re
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outbox import openpgp
from petitions.actions import Asked, Told
from petitions.models import Handover, Signature, StatementVersion

MOST_BYTES = 20 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DossierForm(forms.Form):
    """What a dossier of `version` is to be."""

    addressee = forms.CharField(label=_("For whom (name and office, as printed)"), max_length=300)
    planned_on = forms.DateField(
        label=_("To be handed over on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    language = forms.ChoiceField(
        label=_("Language of the words around the names"), choices=[("en", _("English")), ("fa", _("Persian"))]
    )
    covers_all_versions = forms.BooleanField(label=_("Also list who signed earlier versions, apart"), required=False)
    pinned = forms.CharField(
        label=_("Names that stand first"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("One a line, exactly as printed. All others are ordered by rule."),
    )
    annex_key = forms.CharField(
        label=_("The addressee's OpenPGP key"),
        max_length=openpgp.LONGEST_KEY,
        required=False,
        widget=forms.Textarea({"rows": 4, "dir": "ltr", "spellcheck": "false"}),
        help_text=_(
            "With it, those who agreed are named in a confidential annex that only the addressee can open."
            " Without a key there is no annex."
        ),
    )

    def __init__(self, *args: Any, version: StatementVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        if version.number == 1:
            del self.fields["covers_all_versions"]

    def clean_pinned(self) -> list[Signature]:
        """The signatures of the typed names, in their order; each must be one, and shown in full."""
        names = [" ".join(line.split()) for line in self.cleaned_data["pinned"].splitlines() if line.strip()]
        found, problems = [], []
        for name in dict.fromkeys(names):
            rows = list(self._named(name)[:2])
            if len(rows) == 1:
                found.append(rows[0])
            elif rows:
                problems.append(
                    _("“%(name)s” has signed more than once: nobody can tell who is meant.") % {"name": name}
                )
            else:
                problems.append(_("“%(name)s” is not a counted name that is shown in full.") % {"name": name})
        if problems:
            raise forms.ValidationError(problems)
        return found

    def _named(self, name: str) -> QuerySet[Signature]:
        return Signature.objects.searchable().filter(statement=self.version.statement, name=name).order_by("pk")

    def clean_annex_key(self) -> str:
        armored: str = self.cleaned_data["annex_key"].strip()
        if not armored:
            return ""
        try:
            return openpgp.read_key(armored + "\n", now=timezone.now()).armored
        except openpgp.UnusableKeyError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def asked(self) -> Asked:
        cleaned = self.cleaned_data
        return Asked(
            addressee=cleaned["addressee"],
            language=cleaned["language"],
            planned_on=cleaned["planned_on"],
            covers_all_versions=cleaned.get("covers_all_versions", False),
            pinned=cleaned["pinned"],
            annex_key=cleaned["annex_key"],
        )


def _not_in_future(day: Any) -> None:
    if day > timezone.localdate():
        raise forms.ValidationError(_("This day has not come yet."))


class HandoverForm(forms.Form):
    """How a dossier was handed over."""

    handed_over_on = forms.DateField(
        label=_("Handed over on"), widget=forms.DateInput(attrs={"type": "date"}), validators=[_not_in_future]
    )
    channel = forms.ChoiceField(label=_("How"), choices=Handover.Channel.choices, widget=forms.RadioSelect)
    recipient = forms.CharField(label=_("To whom (name and office, as everybody may read it)"), max_length=300)
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    copies_to = forms.CharField(
        label=_("Copies to"), max_length=2_000, required=False, widget=forms.Textarea({"rows": 2})
    )
    delivered_by = forms.CharField(
        label=_("Delivered by"), max_length=200, required=False, help_text=_("Kept to staff.")
    )
    proof_note = forms.CharField(
        label=_("Proof of delivery"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Receipt, number of the registered mail, where the photograph is kept. Kept to staff."),
    )
    proof_file = forms.FileField(
        label=_("File of the proof"),
        required=False,
        help_text=_("Only its fingerprint is kept here: keep the file yourself, unchanged."),
    )

    def __init__(self, *args: Any, handover: Handover, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handover = handover
        if handover.proof_sha256:
            kept = _("The fingerprint of a proof is kept here. Choose a file only when it is to take its place.")
            self.fields["proof_file"].help_text = kept

    def clean_handed_over_on(self) -> date:
        day: date = self.cleaned_data["handed_over_on"]
        if day < self.handover.as_of.date():
            raise forms.ValidationError(_("The dossier was not built yet on this day."))
        return day

    def clean_proof_file(self) -> str:
        """The file's SHA-256, or ""."""
        return hash_of_upload(self.cleaned_data.get("proof_file"))

    @property
    def told(self) -> Told:
        cleaned = dict(self.cleaned_data)
        return Told(proof_sha256=cleaned.pop("proof_file"), **cleaned)


class AcknowledgementForm(forms.Form):
    """What the recipient said on having it."""

    received_on = forms.DateField(
        label=_("On which day"), widget=forms.DateInput(attrs={"type": "date"}), validators=[_not_in_future]
    )
    said_by = forms.CharField(label=_("Who acknowledged it (name and office)"), max_length=300)
    quote = forms.CharField(label=_("In which words"), max_length=2_000, widget=forms.Textarea({"rows": 4}))
    source = forms.CharField(
        label=_("Where that can be read"),
        max_length=500,
        help_text=_("An address, or the reference of a letter. Shown to everybody."),
    )


class CompareForm(forms.Form):
    """A file, or the fingerprint somebody computed of it, to compare with what was handed over."""

    sha256 = forms.CharField(
        label=_("Fingerprint of your file (SHA-256)"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("64 letters and digits, as sha256sum prints them."),
    )
    file = forms.FileField(
        label=_("Or the file itself"),
        required=False,
        help_text=_("Up to 20 MB. It is compared and not kept."),
    )

    def clean_sha256(self) -> str:
        typed = "".join(self.cleaned_data["sha256"].lower().split())
        if not typed:
            return ""
        found = _SHA256.match(typed)
        if found is None:
            raise forms.ValidationError(_("A fingerprint has 64 digits and letters from a to f."))
        return found[0]

    def clean_file(self) -> str:
        return hash_of_upload(self.cleaned_data.get("file"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("sha256") and not cleaned.get("file"):
            raise forms.ValidationError(_("Give the fingerprint, or choose the file."))
        return cleaned

    @property
    def fingerprint(self) -> str:
        return str(self.cleaned_data["file"] or self.cleaned_data["sha256"])


def hash_of_upload(upload: Any) -> str:
    """SHA-256 (hex) of an uploaded file, "" for none; a file over `MOST_BYTES` is refused."""
    if not upload:
        return ""
    if (upload.size or 0) > MOST_BYTES:
        raise forms.ValidationError(_("This file is larger than 20 MB. Compute its fingerprint and paste that."))
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
