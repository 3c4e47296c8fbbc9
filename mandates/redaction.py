"""What must not stand in a text that everybody may read: names of people who are not public, addresses, references.

The person who redacts decides; this finds what a tired eye passes over. A leak stops the publication, a likeness is
shown to both people who look at the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case, PersonName
from mandates.incoming.matching import un_references_in
from mandates.reply_address import tokens_in
from petitions.models import Signature
from text.names import clean_name, search_key

LONGEST_NAME = 6
# Shorter skeletons are like too many words to say anything.
SHORTEST_KEY = 4
_ADDRESS = re.compile(r"[^\s<>,;:\"'()]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w/])\+?[0-9۰-۹٠-٩](?:[ ().-]{0,2}[0-9۰-۹٠-٩]){8,14}(?![\w/])")


@dataclass(frozen=True)
class Leak:
    """`words` as they stand in the text, and what is wrong with them. `is_sure`: nothing may be published with it."""

    words: str
    why: str
    is_sure: bool = True

    def __str__(self) -> str:
        return f"“{self.words}”: {self.why}"


def leaks_in(text: str, *, reference_from: date, today: date) -> list[Leak]:
    """Everything in `text` that must not, or perhaps should not, be public on `today`.

    UN references are confidential until `reference_from`; a text that names one cannot come out before.
    """
    found = [Leak(words, _("an e-mail address")) for words in _ADDRESS.findall(text)]
    found += [Leak(words, _("a telephone number")) for words in _PHONE.findall(text)]
    found += [Leak(token, _("the letter's secret address")) for token in tokens_in(text)]
    if reference_from > today:
        found += [Leak(words, _("a reference of the UN, still confidential")) for words in un_references_in(text)]
    return list(dict.fromkeys([*found, *_names_in(text)]))


def _names_in(text: str) -> Iterator[Leak]:
    runs = _runs_of(text)
    keys = {key: run for run in runs for key in [search_key(run)] if len(key) >= SHORTEST_KEY}
    exact = {run.casefold() for run in runs}
    for name in _hidden_people():
        if name.text.casefold() in exact:
            yield Leak(name.text, _("a person whose case is not published"))
        elif name.search_key in keys:
            yield Leak(keys[name.search_key], _("like the name of a person whose case is not published"), is_sure=False)
    for name_of_staff in User.objects.filter(staff_roles__isnull=False).exclude(name="").values_list("name", flat=True):
        if clean_name(name_of_staff).casefold() in exact:
            yield Leak(name_of_staff, _("a member of staff"))
    hidden = Signature.objects.exclude(display=Signature.Display.FULL)
    hidden = hidden.filter(Q(search_key__in=[*keys]) | Q(name__in=runs))
    for signatory in set(hidden.values_list("name", flat=True)):
        if clean_name(signatory).casefold() in exact:
            yield Leak(signatory, _("a signatory whose name is not shown"))


def _hidden_people() -> list[PersonName]:
    """The names of people without a published case; a name that a published person bears too is public."""
    public = PersonName.objects.filter(person__case__state=Case.State.PUBLISHED)
    hidden = PersonName.objects.exclude(person__case__state=Case.State.PUBLISHED)
    return list(hidden.exclude(text__in=public.values("text")).order_by("pk"))


def _runs_of(text: str) -> list[str]:
    """Every run of one to six words of `text`, without the punctuation round them."""
    words = [word for raw in clean_name(text).split() if (word := raw.strip(".,;:!?()[]{}«»“”\"'،؛؟"))]
    runs = {" ".join(words[i : i + n]) for n in range(1, LONGEST_NAME + 1) for i in range(len(words) - n + 1)}
    return sorted(runs)
