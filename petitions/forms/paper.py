"""Signatures on paper, as staff enter and check them."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from petitions.forms.choosing import StatementField
from petitions.models import PaperBatch, Statement
from text.names import clean_name

# What a scan may be, known by its first bytes and not by its name.
_KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class PaperForm(forms.Form):
    statement = StatementField()
    claimed = forms.IntegerField(label=_("Signatures on the sheets"), min_value=1, max_value=1_000_000)
    place = forms.CharField(
        label=_("Where they were collected"), max_length=160, widget=forms.TextInput({"dir": "auto"})
    )
    collected_on = forms.DateField(
        label=_("When they were collected"), widget=forms.DateInput({"type": "date", "dir": "ltr"})
    )
    responsible = forms.CharField(
        label=_("Who answers for them"),
        max_length=160,
        help_text=_("The person who collected them and keeps the sheets. Never shown in public."),
        widget=forms.TextInput({"dir": "auto"}),
    )
    scan = forms.FileField(
        label=_("Scan of the sheets"),
        help_text=_("A PDF, PNG or JPEG file of at most 10 MB. It is stored encrypted and no public page leads to it."),
        widget=forms.FileInput({"accept": "application/pdf,image/png,image/jpeg"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["statement"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = Statement.objects.published().order_by("slug")

    def clean_responsible(self) -> str:
        return clean_name(self.cleaned_data["responsible"])

    def clean_scan(self) -> "UploadedFile[Any]":
        upload: UploadedFile[Any] = self.cleaned_data["scan"]
        if (upload.size or 0) > PaperBatch.LARGEST_SCAN:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        head = upload.read(8)
        upload.seek(0)
        kind = next((kind for mark, kind in _KINDS.items() if head.startswith(mark)), None)
        if kind is None:
            raise forms.ValidationError(_("This is neither a PDF nor a PNG nor a JPEG file."))
        upload.content_type = kind
        return upload


class PaperCheckForm(forms.Form):
    accepted = forms.IntegerField(label=_("Signatures that stand"), min_value=0)
    note = forms.CharField(
        label=_("What was found"), max_length=500, required=False, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )

    def __init__(self, *args: Any, batch: PaperBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claimed = batch.claimed

    def clean_accepted(self) -> int:
        accepted: int = self.cleaned_data["accepted"]
        if accepted > self.claimed:
            raise forms.ValidationError(_("This is more than is on the sheets."))
        return accepted
