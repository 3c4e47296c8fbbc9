import struct
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override

from campaign.people import shown_person
from campaign.share import drawing
from campaign.share.words import Words, links_out, mail_link, words_about
from cases.models import Case
from tests.accounts.factories import UserFactory
from tests.campaign.factories import CampaignFactory
from tests.cases.factories import CaseFactory, SourceFactory

pytestmark = pytest.mark.django_db

FORMS = ["", "card.png", "poster.pdf"]


@pytest.fixture
def case() -> Case:
    """A published case of a person sentenced to death, in a campaign."""
    case = CaseFactory.published(
        slug="invented", person__named=("Farhad Invented-Far", "فرهاد ساختگی‌فر"), on=date(2025, 7, 12)
    )
    CampaignFactory.create().cases.add(case)
    return case


def words(status: str, language: str = "en", **fields: Any) -> Words:
    case = CaseFactory.published(status=status, on=date(2025, 7, 27), **fields)
    with override(language):
        loaded = Case.objects.with_status().get(pk=case.pk)
        address = settings.SITE_URL + loaded.get_absolute_url()
        person = shown_person(loaded, language)
        return words_about(person, language=language, hashtags=["#InventedTag"], address=address)


def test_words_carry_name_status_day_source_address_and_tags() -> None:
    plain = words("death_row", slug="invented", person__named=("Farhad Far", "فرهاد فر")).plain

    assert plain.splitlines() == [
        "Do not let them execute \u2068Farhad Far\u2069.",
        "Status: sentenced to death, as of 27 July 2025. Reported by \u2068Invented Monitor\u2069.",
        "Read what is known, add your name, and pass it on.",
        f"{settings.SITE_URL}/cases/invented/",
        "#InventedTag",
    ]


@pytest.mark.parametrize("status", ["executed", "died_in_custody"])
def test_words_of_the_dead_ask_to_remember_and_never_to_save(status: str) -> None:
    said = words(status)

    assert said.headline.startswith("Remember ")
    for part in (said.headline, said.kicker, said.call, said.plain):
        assert "Do not let" not in part
        assert "execute " not in part


@pytest.mark.parametrize("status", ["held", "released", "arrested"])
def test_words_of_others_do_not_speak_of_execution(status: str) -> None:
    assert words(status).headline.startswith("Do not forget ")


def test_words_in_persian_isolate_a_name_and_lead_to_the_persian_page() -> None:
    plain = words("death_row", "fa", slug="invented", person__named=("Farhad Far", "فرهاد فر")).plain

    assert "\u2068فرهاد فر\u2069" in plain
    assert "۵ مرداد ۱۴۰۴" in plain
    assert f"{settings.SITE_URL}/fa/cases/invented/" in plain
    assert plain.count("\u2068") == plain.count("\u2069")


def test_words_name_the_publisher_as_persian_readers_know_it() -> None:
    source = SourceFactory.create(publisher="Invented Watch", publisher_fa="دیدبان ساختگی")

    english, persian = words("death_row", source=source).source, words("death_row", "fa", source=source).source

    assert ("Invented Watch" in english, "دیدبان ساختگی" in english) == (True, False)
    assert ("Invented Watch" in persian, "دیدبان ساختگی" in persian) == (False, True)


def test_words_do_not_name_a_source_that_must_stay_unnamed() -> None:
    brother = SourceFactory.create(publisher="The brother", is_withheld=True)

    said = words("death_row", source=brother)

    assert said.source == ""
    assert "The brother" not in said.plain


def test_links_out_are_filled_in_and_say_the_address_once() -> None:
    said = words("death_row", slug="invented")
    address = f"{settings.SITE_URL}/cases/invented/"

    links = {link["name"]: parse_qs(urlsplit(link["url"]).query) for link in links_out(said, address)}

    assert links["WhatsApp"]["text"] == [said.plain]
    assert links["Telegram"]["url"] == [address]
    assert address not in links["Telegram"]["text"][0]
    assert "+" not in mail_link(said)
    assert "%0D%0A" in mail_link(said)


def test_share_page_offers_words_picture_poster_and_code(client: Client, case: Case) -> None:
    html = client.get("/share/invented/").content.decode()

    assert "Do not let them execute Farhad Invented-Far" in html
    assert 'src="/share/invented/card.png"' in html
    assert 'href="/share/invented/poster.pdf"' in html
    assert '<svg role="img"' in html
    assert 'rel="noopener noreferrer nofollow external"' in html
    assert f'<meta property="og:image" content="{settings.SITE_URL}/share/invented/card.png">' in html
    assert f'<meta property="og:url" content="{settings.SITE_URL}/share/invented/">' in html


def test_share_page_loads_nothing_from_elsewhere(client: Client, case: Case) -> None:
    html = client.get("/share/invented/").content.decode()

    assert 'src="http' not in html
    assert 'style="' not in html


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("state", [Case.State.DRAFT, Case.State.UNPUBLISHED, Case.State.IN_REVIEW])
def test_share_of_an_unpublished_case_is_not_found_even_for_editors(
    client: Client, case: Case, form: str, state: str
) -> None:
    client.force_login(UserFactory.with_role("case_editor"))
    assert client.get(f"/share/invented/{form}").status_code == 200

    Case.objects.filter(pk=case.pk).update(state=state)

    assert client.get(f"/share/invented/{form}").status_code == 404


@pytest.mark.parametrize("path", ["/share/invented/card.png", "/fa/share/invented/card.png"])
def test_card_is_a_picture_of_the_size_messengers_show(client: Client, case: Case, path: str) -> None:
    response = client.get(path)

    assert response["Content-Type"] == "image/png"
    assert response.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", response.content[16:24]) == (1200, 630)


def test_poster_is_one_page_of_pdf(client: Client, case: Case) -> None:
    response = client.get("/fa/share/invented/poster.pdf")

    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert response.content.count(b"/Type /Page\n") + response.content.count(b"/Type /Page/") <= 1
    assert b"/Count 1" in response.content


@pytest.mark.parametrize("path", ["/share/invented/card.png", "/share/invented/poster.pdf"])
def test_drawing_asked_for_again_is_the_same_and_not_sent_again(client: Client, case: Case, path: str) -> None:
    first = client.get(path)
    again = client.get(path)
    unchanged = client.get(path, headers={"If-None-Match": first["ETag"]})

    assert again.content == first.content
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_drawing_differs_by_language_and_changes_with_the_status(client: Client, case: Case) -> None:
    english = client.get("/share/invented/card.png")
    persian = client.get("/fa/share/invented/card.png")
    case.status_events.create(
        status="executed", on=date(2025, 8, 1), source=case.status_events.get().source, recorded_at=case.created_at
    )
    later = client.get("/share/invented/card.png")

    assert len({english["ETag"], persian["ETag"], later["ETag"]}) == 3


def test_drawing_is_reproducible_and_its_data_are_only_text() -> None:
    inputs = {
        "direction": "ltr", "language": "en", "campaign": "", "hashtags": "", "site": "x", "tone": "risk",
        "kicker": "", "status": '#read("/etc/passwd") $x^2$ *b* \\ "', "name": "#panic()" + "N" * 5000,
    }  # fmt: skip

    one, _ = drawing.draw("card.typ", inputs, to="png")
    cache.clear()
    other, _ = drawing.draw("card.typ", inputs, to="png")

    assert one == other


def test_campaign_card_is_drawn_and_missing_without_a_campaign(client: Client) -> None:
    assert client.get("/card.png").status_code == 404

    CampaignFactory.create()

    assert client.get("/card.png")["Content-Type"] == "image/png"
    assert client.get("/fa/card.png")["ETag"] != client.get("/card.png")["ETag"]


@pytest.mark.parametrize("text", ["张三", "🕊", "a\x07b"])
def test_poster_with_a_letter_our_font_lacks_is_drawn_all_the_same(client: Client, text: str) -> None:
    other = CaseFactory.published(person__named=(text, "فرهاد"), source=SourceFactory.create(publisher=text))
    response = client.get(f"/share/{other.slug}/poster.pdf")
    assert response.status_code == 200
    assert response.content.startswith(b"%PDF")
