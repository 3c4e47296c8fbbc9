import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from limits import RateLimitItemPerMinute

from cases.models import Case
from petitions.actions import (
    disown_following,
    follow_by_code,
    follow_by_link,
    forget_unconfirmed,
    resend_code,
    stop_following,
)
from petitions.errors import CodeRefusedError, LinkRefusedError, NotPublishedError
from petitions.models import Follower, SigningMailbox, SigningTicket, Statement
from petitions.news.stopping import follower_token
from petitions.signatories import pace
from petitions.signatories.mailboxes import follower_digest, signatory_digest
from tests.cases.factories import CaseFactory
from tests.petitions.factories import FollowerFactory, SignatureFactory, StatementFactory
from tests.petitions.following import ADDRESS, ask, follow, stop_url
from tests.petitions.mail import last_body, last_code, last_token, mails_to
from tests.petitions.signing import request, sign

pytestmark = pytest.mark.django_db


def published(kind: str) -> Statement | Case:
    return CaseFactory.published() if kind == "case" else StatementFactory.open()


# --- asking and confirming


@pytest.mark.parametrize(
    ("kind", "wording"),
    [
        ("case", "Write to me about this case: what was delivered, and what was answered."),
        ("statement", "Write to me about this petition: what was delivered, and what was answered."),
    ],
)
def test_typed_code_follows_once(client: Client, kind: str, wording: str) -> None:
    about = published(kind)
    page = client.get(about.get_absolute_url())
    assert wording in page.content.decode()
    # Reading alone leaves nothing behind in the browser.
    assert page.cookies == {}
    response = follow(client, about)
    assert response.status_code == 302
    assert Follower.objects.count() == 0
    done = client.post(response["Location"], {"code": last_code(ADDRESS)}, follow=True)
    assert "You will get our news by e-mail." in done.content.decode()
    follower = Follower.objects.get()
    assert (follower.about, follower.email, follower.wording, follower.language) == (about, ADDRESS, wording, "en")
    assert follower.agreed_at < follower.confirmed_at
    assert SigningTicket.objects.get().typed is None
    client.post(response["Location"], {"code": last_code(ADDRESS)})
    again = follow(client, about, "Ada+x@PEOPLE.example")
    client.post(again["Location"], {"code": last_code("Ada+x@people.example")})
    assert Follower.objects.get().email == ADDRESS


def test_form_says_what_is_wrong_with_an_address(client: Client) -> None:
    response = follow(client, StatementFactory.open(), "nobody")
    assert (response.status_code, SigningMailbox.objects.count()) == (422, 0)
    assert "There is something to correct" in response.content.decode()


def test_persian_reader_agrees_to_persian_words_and_gets_a_persian_mail(client: Client) -> None:
    case = CaseFactory.published()
    response = client.post(f"/fa/statements/follow/case/{case.slug}/", {"email": ADDRESS})
    assert "/fa/statements/following/link/" in last_body(ADDRESS)
    client.post(response["Location"], {"code": last_code(ADDRESS)})
    follower = Follower.objects.get()
    assert (follower.language, "پرونده" in follower.wording) == ("fa", True)


def test_opening_the_link_confirms_nothing_and_one_press_does() -> None:
    follow(Client(), CaseFactory.published())
    url = reverse("petitions:follow_link", args=[last_token(ADDRESS)])
    scanner = Client()
    for _ in range(3):
        assert scanner.get(url).status_code == 200
        assert scanner.head(url).status_code == 200
    assert scanner.options(url).status_code == 405
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403
    assert Follower.objects.count() == 0
    assert Client().post(url).status_code == 302
    assert Client().post(url).status_code == 302
    assert Follower.objects.count() == 1


def test_code_to_sign_opens_no_following_and_the_other_way_round(client: Client) -> None:
    statement = StatementFactory.open()
    to_sign = sign(client, statement)["Location"].rstrip("/").rpartition("/")[2]
    signing_link = last_token(ADDRESS)
    to_follow = follow(client, statement)["Location"].rstrip("/").rpartition("/")[2]
    following_link = last_token(ADDRESS)
    assert len(mails_to(ADDRESS)) == 2
    for name, secret in [
        ("follow_confirm", to_sign),
        ("follow_link", signing_link),
        ("signature_confirm", to_follow),
        ("signature_link", following_link),
    ]:
        assert client.post(reverse(f"petitions:{name}", args=[secret]), {"code": "123456"}).status_code == 410
    assert Follower.objects.count() == 0


# --- no oracle


def answers_for(about: Statement | Case, client: Client, email: str) -> list[Any]:
    """What one who types `email` and a wrong code sees, without what differs at random."""
    response = follow(client, about, email)
    ticket = response["Location"].rstrip("/").rpartition("/")[2]
    pages = [client.get(response["Location"]), client.post(response["Location"], {"code": "000000"})]
    pages.append(client.post(reverse("petitions:follow_resend", args=[ticket]), follow=True))

    def plain(page: Any) -> str:
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
        return text.replace(ticket, "TICKET")

    return [response.status_code, len(ticket), *[(page.status_code, plain(page)) for page in pages]]


def test_answers_are_the_same_for_new_pending_following_stopped_signed_and_blocked_addresses() -> None:
    statement = StatementFactory.open()
    FollowerFactory.create(about=statement, address="follows@people.example")
    SignatureFactory.accepted(statement=statement, address="signed@people.example")
    FollowerFactory.create(about=statement, address="stopped@people.example")
    digest = follower_digest(about=statement, address="stopped@people.example")
    stop_following(about=statement, digest=digest, now=timezone.now())
    ask(statement, "pending@people.example")
    ask(statement, "blocked@people.example")
    disown_following(token=last_token("blocked@people.example"), now=timezone.now())
    names = ["new", "pending", "follows", "stopped", "signed", "blocked"]
    answers = [answers_for(statement, Client(), f"{name}@people.example") for name in names]
    assert [answer == answers[0] for answer in answers] == [True] * len(names)
    assert len(mails_to("blocked@people.example")) == 1


def test_a_follower_cannot_be_found_by_the_digest_of_a_signature() -> None:
    statement = StatementFactory.open()
    assert follower_digest(about=statement, address=ADDRESS) != signatory_digest(statement=statement, address=ADDRESS)


def test_nothing_in_the_database_holds_the_address_in_clear() -> None:
    ticket = ask(CaseFactory.published(), "zzyzx@people.example")
    follow_by_code(ticket=ticket, code=last_code("zzyzx@people.example"), now=timezone.now())
    ask(StatementFactory.open(), "zzyzx@people.example")
    with connection.cursor() as cursor:
        for table in ("petitions_signingticket", "petitions_signingmailbox", "petitions_follower", "outbox_message"):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608  names from this file only
            dump = " ".join(row[0] for row in cursor.fetchall())
            assert ("zzyzx" in dump, b"zzyzx".hex() in dump) == (False, False)


# --- bounded


def test_no_more_than_five_mails_a_day_and_one_a_minute() -> None:
    ticket = ask(CaseFactory.published())
    start = timezone.now().replace(hour=8)
    resend_code(ticket=ticket, now=timezone.now() + timedelta(seconds=30))
    assert len(mails_to(ADDRESS)) == 1
    SigningMailbox.objects.update(mails_on=start.date(), sent_at=start)
    for minute in range(2, 22, 2):
        resend_code(ticket=ticket, now=start + timedelta(minutes=minute))
    assert len(mails_to(ADDRESS)) == 5


def test_wrong_codes_end_the_code() -> None:
    ticket = ask(StatementFactory.open())
    right = last_code(ADDRESS)
    for _ in range(5):
        with pytest.raises(CodeRefusedError):
            follow_by_code(ticket=ticket, code="000000" if right != "000000" else "111111", now=timezone.now())
    with pytest.raises(CodeRefusedError):
        follow_by_code(ticket=ticket, code=right, now=timezone.now())
    assert Follower.objects.count() == 0


def test_haste_from_one_network_waits_and_others_go_on(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "FROM_ONE_NETWORK", RateLimitItemPerMinute(3, 10))
    case = CaseFactory.published()
    seen = [follow(client, case, f"f{n}@people.example", REMOTE_ADDR="192.0.2.7") for n in range(4)]
    assert [response.status_code for response in seen] == [302, 302, 302, 429]
    assert "try again in ten minutes" in seen[3].content.decode()
    assert mails_to("f3@people.example") == []
    assert follow(client, case, REMOTE_ADDR="198.51.100.7").status_code == 302
    assert follow(client, StatementFactory.open(), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_unconfirmed_is_forgotten_after_seven_days() -> None:
    ask(CaseFactory.published())
    assert forget_unconfirmed(now=timezone.now() + timedelta(days=6)) == 0
    assert forget_unconfirmed(now=timezone.now() + timedelta(days=8)) == 1
    assert (SigningTicket.objects.count(), SigningMailbox.objects.count()) == (0, 0)


# --- what is not on the site


def test_nothing_can_be_asked_about_what_is_not_published(client: Client) -> None:
    case, statement = CaseFactory.complete(), StatementFactory.create()
    for about in (case, statement):
        assert follow(client, about).status_code == 404
        with pytest.raises(NotPublishedError):
            ask(about)
    assert client.post(f"/statements/follow/letter/{case.slug}/", {"email": ADDRESS}).status_code == 404
    assert SigningMailbox.objects.count() == 0


def test_case_taken_off_the_site_is_named_nowhere_and_still_can_be_stopped(client: Client) -> None:
    case = CaseFactory.published()
    follower, name = FollowerFactory.create(about=case), case.person.name_in("en")
    token = follower_token(follower)
    confirm = follow(client, case)["Location"]
    code, link = last_code(ADDRESS), reverse("petitions:follow_link", args=[last_token(ADDRESS)])
    assert name in client.get(confirm).content.decode()
    assert name in client.get(stop_url(token)).content.decode()
    Case.objects.filter(pk=case.pk).update(state="unpublished")
    pages = [client.get(confirm), client.post(confirm, {"code": code}), client.get(link), client.post(link)]
    pages.append(client.post(f"{confirm}resend/"))
    assert [page.status_code for page in pages] == [410] * 5
    stop = client.get(stop_url(token))
    assert "Stop the news?" in stop.content.decode()
    assert not [page for page in [*pages, stop] if name in page.content.decode()]
    assert (Follower.objects.count(), len(mails_to(ADDRESS))) == (1, 1)
    client.post(stop_url(token))
    assert not Follower.objects.live().exists()


# --- the way out


def test_one_press_without_a_cookie_stops_and_erases(client: Client) -> None:
    follower, other = FollowerFactory.create(about=CaseFactory.published()), FollowerFactory.create()
    url = stop_url(follower_token(follower))
    assert "Stop the news?" in client.get(url).content.decode()
    assert Follower.objects.live().count() == 2
    # A mail program presses without a cookie (RFC 8058).
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert "No more news" in strict.post(url, {"List-Unsubscribe": "One-Click"}).content.decode()
    follower.refresh_from_db()
    assert (follower.email, follower.email_digest, follower.stopped_at is not None) == (None, None, True)
    assert list(Follower.objects.live()) == [other]
    assert client.get(stop_url("x:y:z")).status_code == 404


def test_the_page_of_the_way_out_says_what_stopped(client: Client) -> None:
    statement = StatementFactory.open()
    signature = SignatureFactory.accepted(statement=statement, address=ADDRESS, wants_updates=True)
    url = stop_url(follower_token(FollowerFactory.create(about=statement, address=ADDRESS)))
    page = client.post(url).content.decode()
    assert "If you signed this and asked for news then, that has stopped too." in page
    assert "The link in that e-mail stops it." not in page
    signature.refresh_from_db()
    assert (signature.wants_updates, signature.email) == (False, ADDRESS)
    of_case = stop_url(follower_token(FollowerFactory.create(about=CaseFactory.published())))
    assert "The link in that e-mail stops it." in client.post(of_case).content.decode()


def test_stopping_ends_links_mailed_before_and_its_own_link_stops_a_later_beginning(client: Client) -> None:
    case = CaseFactory.published()
    ticket = ask(case)
    follower = follow_by_code(ticket=ticket, code=last_code(ADDRESS), now=timezone.now())
    ask(case)
    url, link = stop_url(follower_token(follower)), last_token(ADDRESS)
    client.post(url)
    with pytest.raises(LinkRefusedError):
        follow_by_link(token=link, now=timezone.now())
    follow_by_code(ticket=ask(case), code=last_code(ADDRESS), now=timezone.now())
    assert "Stop the news?" in client.get(url).content.decode()
    client.post(url)
    assert (Follower.objects.count(), Follower.objects.live().count()) == (2, 0)


def test_not_me_forgets_ends_and_blocks(client: Client) -> None:
    case = CaseFactory.published()
    follow(client, case)
    token = last_token(ADDRESS)
    follow_by_link(token=token, now=timezone.now())
    response = client.post(reverse("petitions:follow_disown", args=[token]))
    assert "It is forgotten" in response.content.decode()
    assert (SigningTicket.objects.count(), Follower.objects.live().count()) == (0, 0)
    follow(client, case)
    assert len(mails_to(ADDRESS)) == 1
    # Only about this: signing, and other cases, stay open to the mailbox.
    statement = StatementFactory.open()
    request(statement)
    follow(client, statement)
    assert len(mails_to(ADDRESS)) == 3


# --- held by the database


def test_a_row_is_about_one_thing_once_and_a_stopped_one_holds_no_address() -> None:
    follower = FollowerFactory.create(about=CaseFactory.published(), address=ADDRESS)
    statement = StatementFactory.open()
    wrong: list[Any] = [
        lambda: FollowerFactory.create(about=follower.case, address=ADDRESS),
        lambda: FollowerFactory.create(about=follower.case, statement=statement),
        lambda: FollowerFactory.create(statement=None),
        lambda: Follower.objects.update(stopped_at=timezone.now()),
        lambda: Follower.objects.update(email=None),
        lambda: SigningMailbox.objects.create(email_digest=b"x" * 32),
    ]
    for act in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    stop_following(about=follower.about, digest=bytes(follower.email_digest or b""), now=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Follower.objects.update(stopped_at=None, email=ADDRESS, email_digest=b"x" * 32)
