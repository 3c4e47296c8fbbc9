"""The walk: the whole main job, by people in front of browsers with scripts off, on the site as `make run` starts it.

The steps are one story and run in order; each is told by the person who does it.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site"), pytest.mark.timeout(400)]

EXPERT = "walker@university.example"
PASSWORD = "long enough for a walk"
STATEMENT = "/statements/experts-joint-statement/"
PETITION = "/statements/stop-executions-petition/"


def test_the_walk(site: Site, browser: Browser, pictures: Path) -> None:
    with Visitor.arrive(browser, site) as visitor:
        sees_the_campaign(visitor)
    with Visitor.arrive(browser, site) as expert:
        registers_and_is_verified(expert)
        counted = co_signs(expert)
        with Visitor.arrive(browser, site) as moderator:
            accepts_the_signature(moderator)
        finds_the_name_in_the_list(expert, counted)
    with Visitor.arrive(browser, site, width=360) as supporter:
        signs_without_an_account(supporter)
        signs_again_and_is_counted_once(supporter)
    with Visitor.arrive(browser, site) as editor, Visitor.arrive(browser, site) as second_editor:
        documents_a_case(editor)
        publishes_it(second_editor)
    with Visitor.arrive(browser, site) as author, Visitor.arrive(browser, site) as second_author:
        drafts_a_letter(author)
        approves_it(second_author)
        sees_it_delivered(author)
        records_the_reply(author)
    with Visitor.arrive(browser, site) as supporter:
        sees_the_clock(supporter)
        shares_the_case(supporter)
    with Visitor.arrive(browser, site) as expert:
        withdraws(expert)


def sees_the_campaign(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.sees("Behrouz Ehsani", "as of", "301")
    visitor.open("/fa/")
    expect(visitor.page.locator("html")).to_have_attribute("dir", "rtl")
    visitor.sees("بهروز احسانی")


def registers_and_is_verified(expert: Visitor) -> None:
    expert.open("/account/signup/")
    expert.fill(email=EXPERT, password1=PASSWORD)
    expert.press("Continue")
    expert.fill(code=expert.code_sent_to(EXPERT))
    expert.press("Confirm the address")
    expert.open("/account/profile/")
    expert.fill(
        printed_name="Demo Walker",
        original_name="رهرو نمایشی",
        title="Professor of law",
        affiliation="Example University (demonstration)",
        country="NL",
        field="International law",
    )
    expert.press("Save the profile")
    expert.open("/account/")
    expert.sees("It shows belonging to Example University")


def co_signs(expert: Visitor) -> int:
    """The count of the statement before the signature."""
    expert.open(STATEMENT)
    counted = tally(expert)
    expert.open(f"{STATEMENT}sign/")
    expert.sees_heading("Co-sign version 1")
    expert.sees("Demo Walker")
    expert.page.get_by_label("I have read version 1").check()
    expert.press("Sign")
    expert.open("/statements/mine/")
    expert.sees("waiting for moderation")
    return counted


def accepts_the_signature(moderator: Visitor) -> None:
    moderator.sign_in("moderator1@people.example")
    moderator.open("/statements/moderation/")
    entry = moderator.page.locator("main article, main section, main li").filter(has_text="Demo Walker").last
    expect(entry).to_contain_text("university.example")
    entry.get_by_role("button", name="Accept").click()
    moderator.open("/statements/moderation/")
    moderator.sees("Demo Walker", "Undo")


def finds_the_name_in_the_list(expert: Visitor, counted: int) -> None:
    expert.waits_to_see(STATEMENT, str(counted + 1))
    expert.open(f"{STATEMENT}signatories/")
    expert.sees("Demo Walker", "e-mail address at the institution")
    expert.open("/statements/mine/")
    expert.follow("Receipt")
    expert.sees("Fingerprint of the text", "Counted since")


def sign_petition(supporter: Visitor) -> None:
    supporter.open(f"{PETITION}sign/")
    supporter.fill(name="Demo Passer-by", email="passer-by@people.example", country="IE")
    supporter.press("Send me the code")
    supporter.sees_heading("Type the code we sent you")


def signs_without_an_account(supporter: Visitor) -> None:
    supporter.open(PETITION)
    counted = tally(supporter)
    sign_petition(supporter)
    supporter.fill(code=supporter.code_sent_to("passer-by@people.example"))
    supporter.press("Confirm my signature")
    supporter.sees_heading("Thank you")
    supporter.waits_to_see(PETITION, str(counted + 1))


def signs_again_and_is_counted_once(supporter: Visitor) -> None:
    supporter.open(PETITION)
    counted = tally(supporter)
    sign_petition(supporter)
    supporter.open(PETITION)
    assert tally(supporter) == counted


def tally(visitor: Visitor) -> int:
    return int(visitor.page.locator("main .tally").first.inner_text().replace(",", ""))


SLUG = "demo-walk-prisoner"


def documents_a_case(editor: Visitor) -> None:
    editor.sign_in("editor1@people.example")
    editor.open("/cases/desk/new/")
    editor.fill(
        name_latin="Demo Walk Prisoner",
        name_persian="زندانی نمایشی",
        headline="Invented: sentenced to death after a trial without a lawyer",
        story="An invented person, written down to try things out.",
    )
    editor.page.get_by_label("This person is invented").check()
    editor.press("Keep the draft")
    editor.sees_heading("Demo Walk Prisoner")
    editor.follow("Write a source down")
    editor.fill(title="Invented court paper", publisher="Invented Lawyers", kind="court_paper")
    editor.page.locator("main button[type=submit]").last.click()
    editor.open(f"/cases/desk/{SLUG}/statuses/new/")
    editor.fill(status="death_row_not_final", when="2026-10-05", source=source_choice(editor))
    editor.page.locator("main button[type=submit]").last.click()
    editor.open(f"/cases/desk/{SLUG}/claims/new/")
    editor.fill(attribute="charge", value="moharebeh", source=source_choice(editor))
    editor.page.locator("main button[type=submit]").last.click()
    editor.open(f"/cases/desk/{SLUG}/events/new/")
    editor.fill(text="Invented arrest in Ahvaz", when="2026-03")
    editor.page.get_by_label("Invented court paper").check()
    editor.page.locator("main button[type=submit]").last.click()
    records_consent(editor)
    editor.press("Hand in for a second person")
    editor.sees("waiting for a second person")


def source_choice(editor: Visitor) -> str:
    """The value of the only real choice of the source field."""
    value = editor.page.locator("select[name=source] option").nth(1).get_attribute("value")
    assert value
    return value


def records_consent(editor: Visitor) -> None:
    editor.open(f"/cases/desk/{SLUG}/consents/new/")
    editor.fill(capacity="family", how="Invented: recorded message", given_on="2026-10-20")
    for name in ("may_publish", "may_send_to_un", "may_name_to_government", "may_name_in_un_report"):
        editor.page.locator(f"[name={name}]").check()
    editor.page.locator("main button[type=submit]").last.click()


def publishes_it(second_editor: Visitor) -> None:
    assert second_editor.context.request.get(f"{second_editor.site.url}/cases/{SLUG}/").status == 404
    second_editor.sign_in("editor2@people.example")
    second_editor.open(f"/cases/desk/{SLUG}/")
    second_editor.press("I have read it: publish")
    second_editor.open(f"/cases/{SLUG}/")
    second_editor.sees("Demo Walk Prisoner", "invented", "5 October 2026", "moharebeh")


def drafts_a_letter(author: Visitor) -> None:
    author.sign_in("author1@people.example")
    author.open(f"/un/letters/new/{SLUG}/")
    author.press("Take the draft from the case")
    author.sees_heading("Edit the letter")
    author.fill(
        perpetrators="Branch 1 of the Revolutionary Court of Ahvaz (invented)",
        place_of_events="Ahvaz",
        submitter="Demo Letter Author One, Countersign demonstration",
    )
    author.press("Save")
    author.sees("Nothing is missing")
    author.press("Give it to a second person")
    author.sees("somebody else must approve it")


def approves_it(second_author: Visitor) -> None:
    second_author.sign_in("author2@people.example")
    second_author.open("/un/letters/")
    second_author.page.locator("main [aria-labelledby=in-review] a").first.click()
    second_author.press("I have read it: approve and send")
    second_author.sees("as it was approved")


def sees_it_delivered(author: Visitor) -> None:
    letter = author.page.url.removeprefix(author.site.url)
    author.waits_to_see(letter, "delivered to the mail server")
    mail = author.mail_to("sr-executions@un-demo.example")
    assert "Demo Walk Prisoner" in mail


def records_the_reply(author: Visitor) -> None:
    author.follow("Record an answer")
    author.page.get_by_label("acknowledged").check()
    author.fill(received_on="2026-11-21", public_summary="Invented: the mandate has acknowledged the letter.")
    author.press("Record the answer")
    author.sees("acknowledged")


def sees_the_clock(supporter: Visitor) -> None:
    supporter.open("/un/sent/")
    entry = supporter.page.locator(f"#case-{SLUG}")
    expect(entry).to_contain_text("days left of 60")
    expect(entry).to_contain_text("Invented: the mandate has acknowledged the letter.")
    expect(entry).not_to_contain_text("Revolutionary Court")


def shares_the_case(supporter: Visitor) -> None:
    supporter.open(f"/share/{SLUG}/")
    supporter.sees("as of 5 October 2026")
    for name, kind, start in (("card.png", "image/png", b"\x89PNG"), ("poster.pdf", "application/pdf", b"%PDF")):
        answer = supporter.context.request.get(f"{supporter.site.url}/share/{SLUG}/{name}")
        assert (answer.status, answer.headers["content-type"], answer.body()[:4]) == (200, kind, start)


def withdraws(expert: Visitor) -> None:
    expert.open("/account/login/")
    expert.fill(login=EXPERT, password=PASSWORD)
    expert.press("Sign in")
    expert.open(STATEMENT)
    counted = tally(expert)
    expert.open("/statements/mine/")
    expert.follow("Withdraw")
    expert.press("Withdraw my signature")
    expert.waits_to_see(STATEMENT, str(counted - 1))
    expert.open(f"{STATEMENT}signatories/")
    expect(expert.page.locator("main")).not_to_contain_text("Demo Walker")
