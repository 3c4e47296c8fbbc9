"""News: what it is about, its words in each language, and why it is sent back."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from petitions.actions import TypedWords, seen_words
from petitions.errors import WordsOvertakenError
from petitions.forms.signing import SignForm
from petitions.models import Statement, Update
from petitions.texts.reading import titles_of
from text.bidi import direction_of
from text.prose import ProseField


class UpdateStartForm(forms.Form):
    """What the news is about. It stays so, as it decides who gets it."""

    statement = forms.ChoiceField(
        label=_("Statement"),
        required=False,
        help_text=_("Its signatories and followers get it, if they asked for news."),
    )
    case = forms.ChoiceField(
        label=_("Case"),
        required=False,
        help_text=_("Followers of the case get it, and who signed or follows a statement on it."),
    )
    invites_to = forms.ChoiceField(
        label=_("An invitation to this next statement"),
        required=False,
        help_text=_(
            "Leave it empty for news. An invitation goes from a statement that is closed or handed over to those of "
            "its signatories who agreed to be told what can be signed next, once each. Choose no case then."
        ),
    )
    original_language = forms.ChoiceField(label=_("Language you write in first"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statements = list(Statement.objects.published().order_by("-published_at", "-pk")[:200])
        titles = titles_of(statements, language)
        choices = [(row.slug, titles.get(row.pk, row.slug)) for row in statements]
        opened = {row.slug for row in statements if row.is_open}
        cases = Case.objects.published().select_related("person").prefetch_related("person__names").order_by("slug")
        nothing = ("", _("none"))
        self._choose("statement", [nothing, *choices])
        self._choose("invites_to", [nothing, *(choice for choice in choices if choice[0] in opened)])
        self._choose("case", [nothing, *((row.slug, row.person.name_in(language)) for row in cases)])
        self.initial.setdefault("original_language", language)

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("statement", "invites_to"):
            cleaned[name] = Statement.objects.published().filter(slug=cleaned.get(name)).first()
        cleaned["case"] = Case.objects.published().filter(slug=cleaned.get("case")).first()
        if cleaned["invites_to"] and (cleaned["case"] or not cleaned["statement"]):
            self.add_error("invites_to", _("An invitation leads from one statement: choose that, and no case."))
        elif not cleaned["statement"] and not cleaned["case"]:
            self.add_error("statement", _("Choose what the news is about: a statement, a case or both."))
        return cleaned


class UpdateTextsForm(forms.Form):
    """A title and a text in each language of the site; the first language is needed, another may stay empty."""

    def __init__(self, *args: Any, update: Update, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.update = update
        written = {text.language: text for text in update.texts.all()}
        for code, name in self.languages():
            wide = {"lang": code, "dir": direction_of(code)}
            self.fields[f"title_{code}"] = ProseField(
                label=_("Title, %(language)s") % {"language": name},
                max_length=160,
                required=code == update.original_language,
                widget=forms.TextInput(wide),
            )
            self.fields[f"body_{code}"] = ProseField(
                label=_("Text, %(language)s") % {"language": name},
                max_length=20000,
                required=code == update.original_language,
                help_text=_("Markdown: a blank line makes a paragraph, **two stars** make it bold."),
                widget=forms.Textarea({"rows": 10, **wide}),
            )
            self.fields[f"seen_{code}"] = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
            if code in written:
                self.initial.update({f"title_{code}": written[code].title, f"body_{code}": written[code].body})
                self.initial[f"seen_{code}"] = seen_words(written[code])

    def languages(self) -> list[tuple[str, Any]]:
        """Code and name of each language, the original one first."""
        return sorted(settings.LANGUAGES, key=lambda language: language[0] != self.update.original_language)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for code, _name in self.languages():
            title, body = cleaned.get(f"title_{code}"), cleaned.get(f"body_{code}")
            if bool(title) != bool(body) and not self.errors:
                missing = "body" if title else "title"
                self.add_error(
                    f"{missing}_{code}", _("In one language there are both, a title and a text, or neither.")
                )
        return cleaned

    def texts(self) -> list[TypedWords]:
        """The words of each language as they were typed, and what of them the page had shown."""
        data = self.cleaned_data
        parts = ("title", "body", "seen")
        return [
            TypedWords(language=code, **{part: data[f"{part}_{code}"] for part in parts})
            for code, _name in self.languages()
        ]

    def refuse(self, error: WordsOvertakenError) -> None:
        """Says which languages a colleague wrote meanwhile; the next press is on the words that are shown now."""
        shown = QueryDict(mutable=True)
        shown.update(self.data)
        for code, text in error.now.items():
            shown[f"seen_{code}"] = seen_words(text)
            self.add_error(
                f"body_{code}",
                _(
                    "A colleague changed these words while you wrote. Theirs stand at the top of the page. Nothing is"
                    " saved yet: put here what should stand, and save again."
                ),
            )
        self.data = shown


class ReturnForm(forms.Form):
    reason = ProseField(label=_("What has to change"), max_length=2000, widget=forms.Textarea({"rows": 3}))


class StopForm(forms.Form):
    reason = ProseField(
        label=_("Why it has to stop"),
        max_length=500,
        help_text=_("Colleagues read it here before anybody lets it go on."),
        widget=forms.Textarea({"rows": 2}),
    )


class CarryForm(SignForm):
    """The public's form for who was invited and has proved the mailbox: no address to type, and nothing ticked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["email"]
