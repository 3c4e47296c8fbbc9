"""The walk: the whole main job, by people in front of browsers with scripts off, on the site as `make run` starts it.

It is one story, told at every width and in every language; with TELLINGS=all, at every width in every language. The
steps run in order; each is told by the person who does it.
"""

import os
import re
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.album import Album
from tests.browser.site import Site
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site"), pytest.mark.timeout(400)]

PASSWORD = "long enough for a walk"
STATEMENT = "/statements/experts-joint-statement/"
PETITION = "/statements/stop-executions-petition/"
SENTENCED_ON = {"en": "5 October 2026", "fa": "۱۳ مهر ۱۴۰۵"}
TELLINGS = [("en", 1280), ("en", 768), ("fa", 360)]
if os.environ.get("TELLINGS") == "all":
    TELLINGS += [("en", 360), ("fa", 1280), ("fa", 768)]


@dataclass(frozen=True)
class Walk:
    """One telling of the story, with people of its own."""

    site: Site
    browser: Browser
    album: Album
    language: str
    width: int

    def visitor(self) -> Visitor:
        return Visitor.arrive(self.browser, self.site, width=self.width, language=self.language)

    def photograph(self, visitor: Visitor, moment: str) -> None:
        self.album.photograph(visitor.page, f"walk-{moment}-{self.language}-{self.width}")

    @property
    def surname(self) -> str:
        """Differs in each telling, so that nobody is found who came before."""
        size = {360: "Small", 768: "Middle", 1280: "Large"}[self.width]
        return f"{size} {'Persian' if self.language == 'fa' else 'English'}"

    @property
    def expert(self) -> str:
        return f"Demo Walker {self.surname}"

    @property
    def expert_email(self) -> str:
        return f"walker-{self.language}-{self.width}@university.example"

    @property
    def supporter_email(self) -> str:
        return f"passer-by-{self.language}-{self.width}@people.example"

    @property
    def prisoner(self) -> str:
        return f"Demo Prisoner {self.surname}"

    @property
    def prisoner_in_persian(self) -> str:
        size = {360: "کوچک", 768: "میانه", 1280: "بزرگ"}[self.width]
        return f"زندانی نمایشی {size} {'فارسی' if self.language == 'fa' else 'انگلیسی'}"

    @property
    def slug(self) -> str:
        return self.prisoner.lower().replace(" ", "-")


@pytest.mark.parametrize(("language", "width"), TELLINGS)
def test_the_walk(site: Site, browser: Browser, album: Album, language: str, width: int) -> None:
    walk = Walk(site, browser, album, language, width)
    with walk.visitor() as visitor:
        sees_the_campaign(walk, visitor)
    signs_and_is_accepted(walk)
    with walk.visitor() as supporter:
        signs_without_an_account(walk, supporter)
        signs_again_and_is_counted_once(walk, supporter)
    with walk.visitor() as editor, walk.visitor() as second_editor:
        documents_a_case(walk, editor)
        publishes_it(walk, second_editor)
    writes_to_the_mandates(walk)
    with walk.visitor() as supporter:
        sees_the_clock(walk, supporter)
        shares_the_case(walk, supporter)
    with walk.visitor() as expert:
        withdraws(walk, expert)


def signs_and_is_accepted(walk: Walk) -> None:
    with ExitStack() as people:
        expert = people.enter_context(walk.visitor())
        registers_and_is_verified(walk, expert)
        counted = co_signs(walk, expert)
        accepts_the_signature(walk, people.enter_context(walk.visitor()))
        finds_the_name_in_the_list(walk, expert, counted)


def writes_to_the_mandates(walk: Walk) -> None:
    with walk.visitor() as author, walk.visitor() as second_author:
        drafts_a_letter(walk, author)
        approves_it(walk, second_author)
        sees_it_delivered(walk, author)
        records_the_reply(walk, author)
        publishes_the_reply(walk, second_author)


def sees_the_campaign(walk: Walk, visitor: Visitor) -> None:
    visitor.open("/")
    direction, prisoner = {"en": ("ltr", "Behrouz Ehsani"), "fa": ("rtl", "بهروز احسانی")}[walk.language]
    expect(visitor.page.locator("html")).to_have_attribute("dir", direction)
    visitor.sees(prisoner, {"en": "301", "fa": "۳۰۱"}[walk.language])
    walk.photograph(visitor, "home")


def registers_and_is_verified(walk: Walk, expert: Visitor) -> None:
    expert.open("/account/signup/")
    expert.fill(email=walk.expert_email, password1=PASSWORD)
    expert.press("Continue")
    walk.photograph(expert, "code")
    expert.fill(code=expert.code_sent_to(walk.expert_email))
    expert.press("Confirm the address")
    expert.open("/account/profile/")
    expert.fill(
        printed_name=walk.expert,
        original_name="رهرو نمایشی",
        title="Professor of law",
        affiliation="Example University (demonstration)",
        country="NL",
        field="International law",
    )
    walk.photograph(expert, "profile")
    expert.press("Save the profile")
    expert.open("/account/")
    expert.sees("Example University")
    expert.reads("Ask our staff to check")
    walk.photograph(expert, "account")


def co_signs(walk: Walk, expert: Visitor) -> int:
    """The count of the statement before the signature."""
    counted = expert.tally(STATEMENT)
    expert.open(f"{STATEMENT}sign/")
    expert.sees(walk.expert)
    walk.photograph(expert, "cosign")
    expert.check("agrees")
    expert.press("Sign")
    expert.open("/statements/mine/")
    expert.reads("waiting for moderation")
    walk.photograph(expert, "waiting")
    return counted


def accepts_the_signature(walk: Walk, moderator: Visitor) -> None:
    moderator.sign_in("moderator1@people.example")
    moderator.open("/statements/moderation/")
    entry = moderator.page.locator("main article").filter(has_text=walk.expert)
    expect(entry).to_contain_text("university.example")
    walk.photograph(moderator, "moderation")
    entry.get_by_role("button", name=moderator.words("Accept"), exact=True).click()
    moderator.open("/statements/moderation/")
    moderator.sees(walk.expert)
    moderator.reads("Undo")


def finds_the_name_in_the_list(walk: Walk, expert: Visitor, counted: int) -> None:
    expert.waits_for_tally(STATEMENT, counted + 1)
    walk.photograph(expert, "statement")
    expert.open(f"{STATEMENT}signatories/")
    expert.sees(walk.expert)
    expert.reads("e-mail address at the institution")
    walk.photograph(expert, "signatories")
    expert.open("/statements/mine/")
    expert.follow("Receipt")
    expert.reads("Fingerprint of the text", "Counted since")
    walk.photograph(expert, "receipt")


def sign_petition(walk: Walk, supporter: Visitor) -> None:
    supporter.ask_to_sign(PETITION, name=f"Demo Passer-by {walk.surname}", email=walk.supporter_email)


def signs_without_an_account(walk: Walk, supporter: Visitor) -> None:
    counted = supporter.tally(PETITION)
    sign_petition(walk, supporter)
    supporter.fill(code=supporter.code_sent_to(walk.supporter_email))
    walk.photograph(supporter, "petition-code")
    supporter.press("Confirm my signature")
    supporter.sees_heading("Thank you")
    walk.photograph(supporter, "thanks")
    supporter.waits_for_tally(PETITION, counted + 1)


def signs_again_and_is_counted_once(walk: Walk, supporter: Visitor) -> None:
    counted = supporter.tally(PETITION)
    sign_petition(walk, supporter)
    assert supporter.tally(PETITION) == counted


def documents_a_case(walk: Walk, editor: Visitor) -> None:
    editor.sign_in("editor1@people.example")
    editor.open("/cases/desk/new/")
    editor.fill(
        name_latin=walk.prisoner,
        name_persian=walk.prisoner_in_persian,
        headline="Invented: sentenced to death after a trial without a lawyer",
        story="An invented person, written down to try things out.",
    )
    editor.check("is_demonstration")
    walk.photograph(editor, "case-new")
    editor.press("Keep the draft")
    editor.follow("Write a source down")
    editor.fill(title=f"Invented court paper {walk.surname}", publisher="Invented Lawyers", kind="court_paper")
    editor.submit()
    desk = f"/cases/desk/{walk.slug}"
    editor.open(f"{desk}/statuses/new/")
    editor.fill(status="death_row_not_final", when="2026-10-05", source=source_choice(walk, editor))
    editor.submit()
    editor.open(f"{desk}/claims/new/")
    editor.fill(attribute="charge", value="moharebeh", source=source_choice(walk, editor))
    editor.submit()
    editor.open(f"{desk}/events/new/")
    editor.fill(text="Invented arrest in Ahvaz", when="2026-03")
    editor.page.get_by_label(f"Invented court paper {walk.surname}").check()
    walk.photograph(editor, "event-new")
    editor.submit()
    records_consent(walk, editor)
    editor.press("Hand in for a second person")
    editor.reads("waiting for a second person")
    walk.photograph(editor, "case-desk")


def source_choice(walk: Walk, editor: Visitor) -> str:
    """The value by which the source of this telling is chosen."""
    choice = editor.page.locator("select[name=source] option").filter(has_text=walk.surname)
    value = choice.get_attribute("value")
    assert value
    return value


def records_consent(walk: Walk, editor: Visitor) -> None:
    editor.open(f"/cases/desk/{walk.slug}/consents/new/")
    editor.fill(capacity="family", how="Invented: recorded message", given_on="2026-10-20")
    for name in ("may_publish", "may_send_to_un", "may_name_to_government", "may_name_in_un_report"):
        editor.check(name)
    walk.photograph(editor, "consent")
    editor.submit()


def publishes_it(walk: Walk, second_editor: Visitor) -> None:
    assert second_editor.context.request.get(second_editor.url(f"/cases/{walk.slug}/")).status == 404
    second_editor.sign_in("editor2@people.example")
    second_editor.open(f"/cases/desk/{walk.slug}/")
    second_editor.press("I have read it: publish")
    second_editor.open(f"/cases/{walk.slug}/")
    second_editor.sees(walk.prisoner_in_persian, SENTENCED_ON[walk.language], "moharebeh")
    second_editor.reads("This person is invented.")
    walk.photograph(second_editor, "case")


def drafts_a_letter(walk: Walk, author: Visitor) -> None:
    author.sign_in("author1@people.example")
    author.open(f"/un/letters/new/{walk.slug}/")
    walk.photograph(author, "letter-new")
    author.press("Take the draft from the case")
    author.sees_heading("Edit the letter")
    author.fill(
        perpetrators="Branch 1 of the Revolutionary Court of Ahvaz (invented)",
        place_of_events="Ahvaz",
        submitter="Demo Letter Author One, Countersign demonstration",
    )
    author.press("Save")
    answers_what_mandates_ask(walk, author)
    author.reads("Nothing is missing")
    walk.photograph(author, "letter-checked")
    author.press("Give it to a second person")
    author.reads("You wrote or last changed this letter, so somebody else must approve it.")


def answers_what_mandates_ask(walk: Walk, author: Visitor) -> None:
    author.follow("Answer their questions")
    author.page.locator("main [name$='-procedure'][value=urgent]").check()
    for question in author.page.locator("main textarea, main input[type=text]").all():
        if not question.input_value():
            question.fill("Not known yet (invented).")
    walk.photograph(author, "letter-questions")
    author.press("Save")


def approves_it(walk: Walk, second_author: Visitor) -> None:
    second_author.sign_in("author2@people.example")
    second_author.open("/un/letters/")
    waiting = second_author.page.locator("main [aria-labelledby=mine]")
    prisoner = walk.prisoner_in_persian if walk.language == "fa" else walk.prisoner
    waiting.get_by_role("link", name=prisoner).first.click()
    walk.photograph(second_author, "letter-read")
    second_author.press("I have read it: approve and send")
    second_author.reads("The letter as it was approved")


def sees_it_delivered(walk: Walk, author: Visitor) -> None:
    author.waits_to_read(letter_of(author), "delivered to the mail server")
    walk.photograph(author, "letter-delivered")
    assert walk.prisoner in author.mail_to("sr-executions@un-demo.example")


def records_the_reply(walk: Walk, author: Visitor) -> None:
    author.follow("Record an answer")
    author.check("kind", "acknowledged")
    today = datetime.now(UTC).date().isoformat()
    author.fill(received_on=today, public_summary="Invented: the mandate has acknowledged the letter.")
    walk.photograph(author, "answer")
    author.press("Record the answer")
    author.reads("acknowledged")


def publishes_the_reply(walk: Walk, second_author: Visitor) -> None:
    letter = letter_of(second_author)
    second_author.open(letter)
    second_author.follow("Read and publish")
    walk.photograph(second_author, "answer-read")
    second_author.press("Publish")
    second_author.open(letter)
    second_author.reads("Take it off the public pages")


def letter_of(author: Visitor) -> str:
    """The path of the letter that the author's page is about."""
    found = re.search(r"/un/letters/[0-9]+/", author.page.url)
    assert found, author.page.url
    return found[0]


def sees_the_clock(walk: Walk, supporter: Visitor) -> None:
    supporter.open("/un/sent/")
    entry = supporter.page.locator(f"#case-{walk.slug}")
    expect(entry.locator("progress[max='60']")).to_be_visible()
    expect(entry).to_contain_text("Invented: the mandate has acknowledged the letter.")
    expect(entry).not_to_contain_text("Revolutionary Court")
    walk.photograph(supporter, "sent")


def shares_the_case(walk: Walk, supporter: Visitor) -> None:
    supporter.open(f"/share/{walk.slug}/")
    supporter.sees(SENTENCED_ON[walk.language])
    walk.photograph(supporter, "share")
    for name, kind, start in (("card.png", "image/png", b"\x89PNG"), ("poster.pdf", "application/pdf", b"%PDF")):
        answer = supporter.context.request.get(supporter.url(f"/share/{walk.slug}/{name}"))
        assert (answer.status, answer.headers["content-type"], answer.body()[:4]) == (200, kind, start)


def withdraws(walk: Walk, expert: Visitor) -> None:
    expert.open("/account/login/")
    expert.fill(login=walk.expert_email, password=PASSWORD)
    expert.press("Sign in")
    counted = expert.tally(STATEMENT)
    expert.open("/statements/mine/")
    expert.follow("Withdraw")
    walk.photograph(expert, "withdraw")
    expert.press("Withdraw my signature")
    expert.waits_for_tally(STATEMENT, counted - 1)
    expert.open(f"{STATEMENT}signatories/")
    expect(expert.page.locator("main")).not_to_contain_text(walk.expert)
