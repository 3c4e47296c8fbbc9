"""Which letter a mail answers, and how that was found: the surest sign first."""

import re
from dataclasses import dataclass

from django.db.models import QuerySet

from mandates.incoming.reading import Mail
from mandates.models import Delivery, IncomingMail, Letter, Reply, ReplyAlias
from mandates.reply_address import tokens_in

Match = IncomingMail.Match
# Ours: CS-<case>-<letter>. The letter's own number finds it; the case's part must then be right too.
_OURS = re.compile(r"\bCS-[A-Z0-9-]{1,80}?-([0-9]{1,12})\b", re.IGNORECASE)
_UN = re.compile(r"\b(UA|AL|OL|JUA|JAL|JOL|OTH)[ -]{1,3}([A-Z]{3})[ -]{0,3}([0-9]{1,5})\s{0,2}/\s{0,2}([0-9]{4})\b")


@dataclass(frozen=True)
class Found:
    """The letter, how it was found, and the references of other letters that the same sign leads to."""

    letter: Letter
    by: str
    also: tuple[str, ...] = ()


def find_letter(mail: Mail) -> Found | None:
    """The approved letter that `mail` answers, or None: then it is a stray."""
    signs = (
        (Match.ADDRESS, _by_address),
        (Match.ALIAS, _by_alias),
        (Match.THREAD, _by_thread),
        (Match.REFERENCE, _by_our_reference),
        (Match.UN_REFERENCE, _by_un_reference),
    )
    for by, look in signs:
        letters = list(dict.fromkeys(look(mail)))
        if letters:
            return Found(letters[0], by, tuple(letter.reference for letter in letters[1:]))
    return None


def un_references_in(text: str) -> list[str]:
    """UN references in `text`, in the form `AL IRN 14/2021`, each once."""
    found = [f"{kind} {state} {int(number)}/{year}" for kind, state, number, year in _UN.findall(text.upper())]
    return list(dict.fromkeys(found))


def _approved() -> QuerySet[Letter]:
    return Letter.objects.filter(state=Letter.State.APPROVED).select_related("case__person")


def _by_address(mail: Mail) -> list[Letter]:
    tokens = tokens_in(" ".join(mail.recipients))
    found = {letter.reply_token: letter for letter in _approved().filter(reply_token__in=tokens)}
    return [found[token] for token in tokens if token in found]


def _by_alias(mail: Mail) -> list[Letter]:
    keys = {*mail.recipients, *tokens_in(" ".join(mail.recipients))}
    keys |= {recipient.partition("@")[0] for recipient in mail.recipients}
    aliases = ReplyAlias.objects.filter(value__in=keys).select_related("letter__case__person").order_by("pk")
    return [alias.letter for alias in aliases]


def _by_thread(mail: Mail) -> list[Letter]:
    deliveries = Delivery.objects.filter(message__message_id__in=mail.answered_ids).select_related(
        "letter__case__person", "message"
    )
    found = {delivery.message.message_id: delivery.letter for delivery in deliveries}
    return [found[message_id] for message_id in mail.answered_ids if message_id in found]


def _by_our_reference(mail: Mail) -> list[Letter]:
    subject = mail.subject.upper()
    numbers = [int(number) for number in _OURS.findall(subject)]
    letters = _approved().in_bulk(numbers)
    return [letters[n] for n in numbers if n in letters and letters[n].reference.upper() in subject]


def _by_un_reference(mail: Mail) -> list[Letter]:
    references = un_references_in(mail.subject)
    replies = Reply.objects.filter(reference__in=references).select_related("letter__case__person").order_by("pk")
    return [reply.letter for reply in replies]
