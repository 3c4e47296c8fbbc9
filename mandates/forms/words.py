"""How the long fields of letters are set up."""

from collections.abc import Collection, Mapping

from django import forms
from django.core.validators import MaxLengthValidator

LONGEST = 20_000


def keep_short(fields: Mapping[str, forms.Field], longest: int) -> None:
    """No text area takes more than `longest` characters; the browser says so too."""
    for field in fields.values():
        if isinstance(field, forms.CharField) and isinstance(field.widget, forms.Textarea):
            field.max_length = longest
            field.validators.append(MaxLengthValidator(longest))
            field.widget.attrs["maxlength"] = longest


def in_language_of(fields: Mapping[str, forms.Field], language: str, names: Collection[str]) -> None:
    """What is typed into the fields `names` is in the letter's language, whatever the page's."""
    for name, field in fields.items():
        if name in names and isinstance(field.widget, forms.Textarea | forms.TextInput):
            field.widget.attrs.update({"lang": language, "dir": "auto"})
