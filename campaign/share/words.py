"""The words for sharing a case, in one language and right in both directions.

Of the living they ask for action; of the dead they ask to be remembered, never to be saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaign.people import ShownPerson
from text.bidi import isolate
from text.calendars import format_partial


@dataclass(frozen=True)
class Words:
    """`headline` names the person, `kicker` stands above the name on picture and poster, `plain` is the message."""

    headline: str
    kicker: str
    status: str
    source: str
    call: str
    plain: str


def words_about(person: ShownPerson, *, language: str, hashtags: list[str], address: str) -> Words:
    """What to say about `person`; `address` is the full address of the case in that language."""
    headline, kicker, call = _appeal(person)
    status, source = _status(person, language), _source(person, language)
    opening = headline % {"name": isolate(person.name)}
    known = " ".join(part for part in (status, source) if part)
    lines = [f"{opening}.", known, call, address, " ".join(hashtags)]
    return Words(
        headline=headline % {"name": person.name},
        kicker=kicker,
        status=status,
        source=source,
        call=call,
        plain="\n".join(line for line in lines if line),
    )


def _appeal(person: ShownPerson) -> tuple[str, str, str]:
    """The headline with a place for the name, the words above the name, and what is asked of the reader."""
    if person.is_dead:
        call = _("Read the story and add your name, so that nobody else is killed this way.")
        return _("Remember %(name)s"), pgettext("above a name", "Remember"), call
    if person.tone == "risk":
        call = _("Read what is known, add your name, and pass it on.")
        return _("Do not let them execute %(name)s"), pgettext("above a name", "Do not let them execute"), call
    return (
        _("Do not forget %(name)s"),
        pgettext("above a name", "Do not forget"),
        _("Read what is known, and pass it on."),
    )


def _status(person: ShownPerson, language: str) -> str:
    if person.status is None:
        return _("Status not known.")
    when = format_partial(person.status.on, person.status.precision, language)
    return _("Status: %(status)s, as of %(date)s.") % {"status": person.status.get_status_display(), "date": when}


def _source(person: ShownPerson, language: str) -> str:
    if person.status is None or person.status.source.is_withheld:
        return ""
    return _("Reported by %(publisher)s.") % {"publisher": isolate(person.status.source.publisher_in(language))}


def links_out(words: Words, address: str) -> list[dict[str, str]]:
    """Addresses that open a message in somebody else's service, filled in. Nothing is loaded from there before."""
    without_address = words.plain.replace(f"{address}\n", "").removesuffix(address).strip()
    return [
        {"name": "Telegram", "url": f"https://t.me/share/url?{urlencode({'url': address, 'text': without_address})}"},
        {"name": "WhatsApp", "url": f"https://wa.me/?{urlencode({'text': words.plain})}"},
        {"name": "X", "url": f"https://x.com/intent/post?{urlencode({'text': words.plain})}"},
    ]


def mail_link(words: Words) -> str:
    """RFC 6068: a space is %20 there, a plus sign would stay one, and lines end in CRLF."""
    fields = urlencode({"subject": words.headline, "body": words.plain.replace("\n", "\r\n")})
    return f"mailto:?{fields.replace('+', '%20')}"
