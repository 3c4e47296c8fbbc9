"""What a version still needs before a second person can look at it, and what exactly that person reads."""

import hashlib
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions.models import StatementVersion
from petitions.texts.fingerprints import fingerprint


@dataclass(frozen=True)
class Need:
    """One thing a version needs; `section` is where on the desk's page it is given."""

    words: str | Promise
    is_met: bool
    section: str


def needs_of(version: StatementVersion) -> list[Need]:
    """Each need of `version`, met or not."""
    languages = {text.language for text in version.texts.all()}
    demands = list(version.demands.order_by("position", "number").prefetch_related("texts"))
    needs = [
        Need(_("the text in its original language"), version.statement.original_language in languages, "texts"),
        Need(_("at least one demand"), bool(demands), "demands"),
    ]
    for demand in demands:
        worded = {text.language for text in demand.texts.all()}
        if not languages <= worded:
            words = gettext("demand %(number)s in each language of the text") % {"number": demand.number}
            needs.append(Need(words, is_met=False, section="demands"))
    return needs


def missing_in(version: StatementVersion) -> list[str | Promise]:
    return [need.words for need in needs_of(version) if not need.is_met]


def digest_of(version: StatementVersion) -> str:
    """64 hexadecimal digits over all wordings of `version`: what a reviewer read is what is frozen, or nothing is."""
    texts = version.texts.select_related("version").order_by("language")
    lines = [f"{text.language} {text.is_unofficial} {fingerprint(text)}" for text in texts]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
