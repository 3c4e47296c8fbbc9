"""Everything that is shared about one published case, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from campaign.models import Campaign
from campaign.people import ShownPerson, shown_person
from campaign.share.drawing import draw
from campaign.share.qr import qr_for_print
from campaign.share.words import Words, words_about
from cases.models import Case
from text.bidi import direction_of, isolate


@dataclass(frozen=True)
class Kit:
    person: ShownPerson
    campaign_title: str
    hashtags: list[str]
    address: str
    words: Words
    language: str

    @property
    def inputs(self) -> dict[str, str]:
        """What the templates for typst are filled with: text only, nothing that is not public."""
        return {
            **_frame(self.campaign_title, self.hashtags, self.language),
            "tone": self.person.tone,
            "name": self.person.name,
            "other": self.person.other_name,
            "headline": self.words.headline,
            "kicker": self.words.kicker,
            "status": self.words.status,
            "source": self.words.source,
            "call": self.words.call,
            "address": self.address,
            "note": _("A status can change any day. The page behind the code has the newest word and its sources."),
            "qr": qr_for_print(self.address),
        }


def make_kit(case: Case, *, language: str) -> Kit:
    """The kit of `case` (loaded `with_status()`); the caller has made sure that it is published."""
    campaign = case.campaigns.filter(is_public=True).prefetch_related("texts").order_by("pk").first()
    text = campaign.text_in(language) if campaign else None
    hashtags = [str(hashtag) for hashtag in campaign.hashtags] if campaign else []
    person = shown_person(case, language)
    address = settings.SITE_URL + case.get_absolute_url()
    words = words_about(person, language=language, hashtags=hashtags, address=address)
    return Kit(person, text.title if text else "", hashtags, address, words, language)


def draw_campaign_card(campaign: Campaign, *, language: str) -> tuple[bytes, str]:
    """The picture that goes with the address of the campaign itself, and the digest of what is in it."""
    text = campaign.text_in(language)
    title = text.title if text else campaign.slug
    inputs = {
        **_frame("", campaign.hashtags, language),
        "tone": "",
        "name": title,
        "kicker": _("Add your name"),
        "status": "",
    }
    return draw("card.typ", inputs, to="png")


def _frame(title: str, hashtags: list[str], language: str) -> dict[str, str]:
    return {
        "direction": direction_of(language),
        "language": language,
        "campaign": title,
        "hashtags": " ".join(isolate(hashtag) for hashtag in hashtags),
        "site": urlsplit(settings.SITE_URL).netloc,
    }
