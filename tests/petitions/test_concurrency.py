import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.actions import (
    accept_signature,
    confirm_code,
    confirm_link,
    cosign_statement,
    follow_by_link,
    forget_unconfirmed,
    freeze_version,
    refuse_signature,
    stop_following,
    take_hand,
    withdraw_signature,
)
from petitions.counts.counting import count_signatures
from petitions.errors import PetitionsError
from petitions.models import (
    DemandText,
    Follower,
    ModerationDecision,
    Reservation,
    Signature,
    SigningMailbox,
    SigningTicket,
    StatementVersion,
    Tally,
)
from petitions.signatories.mailboxes import follower_digest
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory
from tests.petitions.crowds import crowd
from tests.petitions.factories import (
    FollowerFactory,
    SignatureFactory,
    StatementFactory,
    draft_version,
    verified_expert,
)
from tests.petitions.following import ask, follow
from tests.petitions.mail import last_code, last_token, mails_to
from tests.petitions.signing import ADDRESS, request, sign

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """Runs `act` in `number` threads from one starting line; returns results and errors."""
    line = threading.Barrier(number)
    results: list[Any] = [None] * number

    def run(position: int) -> None:
        try:
            line.wait()
            results[position] = act(position)
        except Exception as error:
            results[position] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[position]) for position in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_parallel_confirms_make_one_signature() -> None:
    ticket = request(StatementFactory.open())
    code = last_code(ADDRESS)
    results = at_once(8, lambda _: confirm_code(ticket=ticket, code=code, now=timezone.now()))
    assert {getattr(result, "pk", result) for result in results} == {Signature.objects.get().pk}
    count_signatures()
    assert Tally.objects.get().counted == 1


def test_parallel_submits_make_one_mailbox_and_one_mail() -> None:
    statement = StatementFactory.open()
    results = at_once(8, lambda _: sign(Client(), statement).status_code)
    assert results == [302] * 8
    assert SigningMailbox.objects.count() == 1
    assert len(mails_to(ADDRESS)) == 1


def test_parallel_cosigning_makes_one_signature() -> None:
    statement, user = StatementFactory.open(kind="expert"), verified_expert()
    text = statement.current_version().text_to_sign("en")  # type: ignore[union-attr]  # there is one
    assert text is not None
    results = at_once(
        4,
        lambda _: cosign_statement(statement=statement, text=text, language="en", by=user, now=timezone.now()),
    )
    assert {getattr(result, "pk", result) for result in results} == {Signature.objects.get().pk}
    assert len(mails_to(user.email)) == 1


def test_two_moderators_at_once_make_one_decision() -> None:
    signature = SignatureFactory.create()
    moderators = [UserFactory.with_role("moderator") for _ in range(2)]

    def decide(position: int) -> Any:
        common: dict[str, Any] = {
            "signature": signature, "seen_state": "pending", "by": moderators[position], "now": timezone.now(),
        }  # fmt: skip
        return refuse_signature(**common, reason="abusive", note="") if position else accept_signature(**common)

    results = at_once(2, decide)
    assert sum(isinstance(result, ModerationDecision) for result in results) == 1
    assert sum(isinstance(result, PetitionsError) for result in results) == 1
    assert ModerationDecision.objects.count() == 1


def test_hands_taken_at_once_never_meet() -> None:
    statement = StatementFactory.open()
    crowd(statement, 60, domain="people.example", state="pending")
    moderators = [UserFactory.with_role("moderator") for _ in range(6)]
    for _round in range(3):
        hands = at_once(6, lambda position: take_hand(by=moderators[position], now=timezone.now()))
        taken = [row.pk for hand in hands for row in hand]
        assert (len(taken), len(set(taken))) == (60, 60)
        Reservation.objects.all().delete()


def test_wording_added_while_freezing_is_hashed_or_refused() -> None:
    for _ in range(5):
        statement = StatementFactory.create()
        version = draft_version(statement)
        demand = version.demands.first()
        assert demand is not None

        def act(position: int, version: StatementVersion = version, demand: Any = demand) -> Any:
            if position:
                return DemandText.objects.filter(demand=demand, language="en").update(text="Changed in passing")
            return freeze_version(version=version, by=version.statement.written_by, now=timezone.now())

        at_once(2, act)
        from petitions.texts.fingerprints import fingerprint

        text = version.texts.get(language="en")
        assert text.sha256 == fingerprint(text)


def test_sweeps_at_once_lose_nothing() -> None:
    statement = StatementFactory.open()

    def act(position: int) -> Any:
        if position % 2:
            return count_signatures()
        return SignatureFactory.accepted(statement=statement)

    at_once(8, act)
    count_signatures()
    assert Tally.objects.get(statement=statement).counted == 4


def test_withdrawing_wins_against_a_link_pressed_at_once() -> None:
    statement = StatementFactory.open()
    signature = SignatureFactory.accepted(statement=statement, address=ADDRESS)
    for _round in range(12):
        request(statement)
        token = last_token(ADDRESS)
        acts: list[Callable[[], Any]] = [
            lambda: withdraw_signature(signature=signature, now=timezone.now()),  # noqa: B023  called within the same turn
            lambda: confirm_link(token=token, now=timezone.now()),  # noqa: B023  called within the same turn
        ]
        withdrawn, pressed = at_once(2, lambda position: acts[position]())  # noqa: B023  called within the same turn
        assert withdrawn.state == "withdrawn"
        assert isinstance(pressed, Signature | PetitionsError | SigningTicket.DoesNotExist), pressed
        assert not Signature.objects.live().exists()
        SigningMailbox.objects.all().delete()
        signature = SignatureFactory.accepted(statement=statement, address=ADDRESS)


def test_forgetting_idle_mailboxes_takes_no_ticket_away() -> None:
    statement = StatementFactory.open()
    for _round in range(10):
        SigningTicket.objects.all().delete()
        long_ago = timezone.now() - timedelta(days=3)
        SigningMailbox.objects.update(sent_at=long_ago, mails_sent=0, code_digest=None)
        acts: list[Callable[[], Any]] = [
            lambda: forget_unconfirmed(now=timezone.now()),
            lambda: request(statement),
        ]
        forgotten, ticket = at_once(2, lambda position: acts[position]())  # noqa: B023  called within the same turn
        assert forgotten == 0
        assert SigningTicket.objects.get() == ticket


def test_sixty_four_submits_to_follow_make_one_mail_and_one_follower() -> None:
    case = CaseFactory.published()
    answers = at_once(64, lambda n: follow(Client(), case, REMOTE_ADDR=f"192.0.{n}.7"))
    assert [answer.status_code for answer in answers] == [302] * 64
    assert (SigningMailbox.objects.count(), SigningTicket.objects.count(), len(mails_to(ADDRESS))) == (1, 64, 1)
    code, pages = last_code(ADDRESS), [answer["Location"] for answer in answers]
    # A code is good for one tab: all the others are told that it does not match.
    confirmed = at_once(64, lambda position: Client().post(pages[position], {"code": code}).status_code)
    assert sorted(set(confirmed)) == [302, 422]
    url = reverse("petitions:follow_link", args=[last_token(ADDRESS)])
    assert at_once(64, lambda _: Client().post(url).status_code) == [302] * 64
    assert Follower.objects.count() == 1


def test_stopping_wins_against_a_link_pressed_at_once() -> None:
    case = CaseFactory.published()
    digest = follower_digest(about=case, address=ADDRESS)
    for _round in range(12):
        FollowerFactory.create(about=case, address=ADDRESS)
        ask(case)
        token = last_token(ADDRESS)
        acts: list[Callable[[], Any]] = [
            lambda: stop_following(about=case, digest=digest, now=timezone.now()),
            lambda: follow_by_link(token=token, now=timezone.now()),  # noqa: B023  called within the same turn
        ]
        stopped, pressed = at_once(2, lambda position: acts[position]())  # noqa: B023  called within the same turn
        assert stopped is None
        assert isinstance(pressed, Follower | PetitionsError | SigningTicket.DoesNotExist), pressed
        assert not Follower.objects.live().exists()
        SigningMailbox.objects.all().delete()
