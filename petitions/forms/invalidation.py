from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from petitions.forms.choosing import StatementField
from petitions.models import Invalidation, Signature, Sparing, Statement
from petitions.moderation.rules import name_regex, reached_by
from petitions.moderation.traits import is_shared_domain


class InvalidationForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A rule for bulk invalidation. The same rules stand in the database; here they are said beside the field."""

    statement = StatementField()

    class Meta:
        model = Invalidation
        fields = (
            "statement",
            "confirmed_from",
            "confirmed_to",
            "domain",
            "name_pattern",
            "comment",
            "country",
            "reason",
        )
        widgets = {
            "confirmed_from": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "confirmed_to": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "reason": forms.Textarea({"rows": 3}),
        }
        help_texts = {
            "confirmed_from": _("In UTC."),
            "confirmed_to": _("In UTC, not later than now."),
            "domain": _("For example mail.example. Everything that was signed from there."),
            "name_pattern": _("The whole name: * stands for anything, ? for one letter, # for digits. Maria* #"),
            "comment": _("The words, in whatever upper or lower case."),
            "country": _("Narrows the rule further; by itself it is no reason."),
            "reason": _("The person who releases it reads this, and so does every later moderator."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statements = Statement.objects.exclude(state__in=[Statement.State.DRAFT, Statement.State.IN_REVIEW])
        statement = self.fields["statement"]
        assert isinstance(statement, forms.ModelChoiceField)  # noqa: S101  it is one: a foreign key above
        statement.queryset = statements.order_by("slug")
        everywhere = [("", _("Any country")), *countries]
        self.fields["country"].choices = everywhere  # type: ignore[attr-defined]  # a plain Field to the stubs

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"].strip().lower().removeprefix("@")
        try:
            return domain.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise ValidationError(_("This is not a mail domain.")) from error

    def clean_name_pattern(self) -> str:
        pattern: str = self.cleaned_data["name_pattern"].strip()
        try:
            name_regex(pattern)
        except ValueError as error:
            raise ValidationError(_("At most four of * ? and # in one pattern.")) from error
        if pattern and not any(letter.isalnum() for letter in pattern) and "#" not in pattern:
            raise ValidationError(_("This pattern is every name. Give at least one letter, or # for digits."))
        return pattern

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("confirmed_from"), cleaned.get("confirmed_to")
        # The database holds it too, by a moment that is no field of the form.
        if start and end and not start < end <= timezone.now():
            self.add_error("confirmed_to", _("The time must lie in the past, its beginning before its end."))
        if is_shared_domain(cleaned.get("domain", "")) and not (cleaned.get("name_pattern") or cleaned.get("comment")):
            self.add_error(
                "domain",
                _("Everybody can have an address there, or a whole university. Add a pattern of names or a comment."),
            )
        if not cleaned.get("country"):
            cleaned["country"] = ""
        return cleaned


class SparingForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Which of the signatures that `rule` reaches it is to leave alone, and why."""

    signatures = forms.ModelMultipleChoiceField(
        label=_("Leave alone"),
        queryset=Signature.objects.none(),
        error_messages={
            "required": _("Choose at least one signature."),
            "invalid_choice": _("The rule does not reach one of them any more. Look again."),
        },
    )

    class Meta:
        model = Sparing
        fields = ("reason",)
        help_texts = {"reason": _("The person who releases the rule reads this.")}

    def __init__(self, *args: Any, rule: Invalidation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signatures"].queryset = reached_by(rule)  # type: ignore[attr-defined]  # a plain Field to the stubs
