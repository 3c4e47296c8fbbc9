"""How a form offers statements."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from petitions.models import Statement
from petitions.texts.reading import title_of


class StatementField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """One of the statements that the form sets as `queryset`, each by its title in the reader's language."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"label": _("Statement"), "empty_label": _("Choose a statement")}
        super().__init__(**{"queryset": Statement.objects.none(), **words, **kwargs})

    def label_from_instance(self, obj: Statement) -> str:
        return title_of(obj, (get_language() or "en").split("-")[0])
