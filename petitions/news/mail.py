"""What an update's mail says, for a reader and for the desk's preview: one context for the templates of both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from outbox.composing import Words, compose
from petitions.models import Update
from petitions.news.wordings import SIGNER_WORDING
from petitions.texts.reading import title_of

TEMPLATE = "petitions/emails/update"


@dataclass(frozen=True)
class Addressee:
    """What one reader's mail adds to the words: the name ("" for a follower), what was agreed to and when, the way out
    and, in an invitation, the way to the next text, both without the host."""

    name: str
    wording: str
    agreed_at: datetime
    stop_path: str = ""
    invitation_path: str = ""


def shared_context(update: Update, language: str) -> dict[str, Any]:
    """What the mails to all readers of `language` have in common, for the templates below `TEMPLATE`."""
    about, to = update.about, update.invites_to
    return {
        "update": update,
        "text": update.text_in(language),
        "about_title": title_of(about, language) if about else "",
        "next_title": title_of(to, language) if to else "",
    }


def mail_context(update: Update, language: str, addressee: Addressee) -> dict[str, Any]:
    """The whole context of one mail; without a way out it is a preview or a trial, and the mail says so."""
    return {**shared_context(update, language), "to": addressee}


def preview(update: Update, language: str, *, now: datetime) -> Words:
    """The mail of `update` in `language` as an invented signatory would get it, without the ways that are one's own."""
    return compose(
        template=TEMPLATE, context=mail_context(update, language, invented(language, now)), language=language
    )


def invented(language: str, now: datetime) -> Addressee:
    """A reader who does not exist."""
    with override(language):
        return Addressee(name=gettext("Invented Reader"), wording=gettext(str(SIGNER_WORDING)), agreed_at=now)


def languages() -> list[str]:
    """The codes of the site's languages, the default first."""
    return [code for code, _name in settings.LANGUAGES]
