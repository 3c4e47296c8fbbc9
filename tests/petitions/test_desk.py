"""The moderators' desk: hands, keys without scripts, groups, what stands out, the second look, the alarm."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from outbox.models import Message
from petitions import tasks
from petitions.actions import (
    accept_signature,
    decide_together,
    look_again,
    refuse_signature,
    release_hand,
    set_aside,
    settle_second_look,
    take_hand,
    tell_of_queue,
    undo_together,
)
from petitions.errors import CannotUndoError, OwnSignatureError, StateChangedError
from petitions.models import ModerationDecision, Reservation, SecondLook, Signature, SignatureTrait, Statement
from petitions.moderation.agreement import cohens_kappa, disagreements, measure_agreement, second_looks_for
from petitions.moderation.clusters import find_cluster, find_clusters
from petitions.moderation.traits import forget_traits, note_traits
from tests.accounts.factories import UserFactory
from tests.petitions.crowds import crowd
from tests.petitions.factories import SignatureFactory, StatementFactory, verified_expert
from tests.petitions.test_cosigning import cosign
from text.names import search_key

pytestmark = pytest.mark.django_db


def a_moderator() -> User:
    return UserFactory.with_role("moderator")


def waiting(number: int, **fields: Any) -> list[Signature]:
    start = timezone.now() - timedelta(hours=1)
    statement = fields.pop("statement", None) or StatementFactory.open()
    return [
        SignatureFactory.create(statement=statement, created_at=start + timedelta(seconds=n), **fields)
        for n in range(number)
    ]


def test_hand_is_the_oldest_ten_and_nobody_gets_them_twice() -> None:
    rows, now = waiting(25), timezone.now()
    first, second, third, fourth = (a_moderator() for _ in range(4))
    hands = [[row.pk for row in take_hand(by=person, now=now)] for person in (first, second, third, fourth)]
    numbers = [row.pk for row in rows]
    assert hands == [numbers[:10], numbers[10:20], numbers[20:], []]
    release_hand(by=second)
    assert [row.pk for row in take_hand(by=fourth, now=now)] == numbers[10:20]


def test_hand_ends_by_itself_and_by_deciding() -> None:
    (row, *_rest), now, first, second = waiting(3), timezone.now(), a_moderator(), a_moderator()
    take_hand(by=first, now=now)
    assert take_hand(by=second, now=now + timedelta(minutes=19)) == []
    assert len(take_hand(by=second, now=now + timedelta(minutes=21))) == 3
    accept_signature(signature=row, seen_state="pending", by=first, now=now)
    assert Reservation.objects.filter(signature=row).count() == 0
    assert Reservation.objects.filter(by=second).count() == 2


def test_set_aside_is_for_a_colleague() -> None:
    (row,), now, first, second = waiting(1), timezone.now(), a_moderator(), a_moderator()
    take_hand(by=first, now=now)
    set_aside(signature=row, by=first, now=now)
    set_aside(signature=row, by=first, now=now)
    assert take_hand(by=first, now=now) == []
    assert take_hand(by=second, now=now) == [row]
    assert row.set_aside.count() == 1
    accept_signature(signature=row, seen_state="pending", by=second, now=now)
    with pytest.raises(StateChangedError):
        set_aside(signature=row, by=first, now=now)


def test_own_signature_is_not_offered() -> None:
    expert = verified_expert()
    expert.staff_roles.create(role="moderator")
    signature = cosign(StatementFactory.open(kind="expert"), expert)
    assert take_hand(by=expert, now=timezone.now()) == []
    with pytest.raises(OwnSignatureError):
        set_aside(signature=signature, by=expert, now=timezone.now())


def test_desk_works_without_scripts(client: Client) -> None:
    rows, moderator, colleague = waiting(3), a_moderator(), a_moderator()
    client.force_login(moderator)
    queue = reverse("petitions:moderation_queue")
    assert "3 signatures are yours" in client.post(reverse("petitions:hand_take"), follow=True).content.decode()
    html = client.get(queue).content.decode()
    assert "3 signatures are in your hand" in html
    assert f'name="next" value="{rows[1].pk}"' in html

    other = Client()
    other.force_login(colleague)
    assert "has it in hand until" in other.get(queue).content.decode()
    # Deciding on what a colleague holds is not forbidden, and the seen state still stands between the two.
    seen = {"seen_state": "pending", "next": rows[1].pk}
    answer = other.post(reverse("petitions:signature_accept", args=[rows[0].pk]), seen)
    assert answer["Location"] == f"{queue}#signature-{rows[1].pk}"
    again = client.post(reverse("petitions:signature_accept", args=[rows[0].pk]), seen, follow=True)
    assert "A colleague was faster" in again.content.decode()

    answer = client.post(reverse("petitions:signature_skip", args=[rows[1].pk]), {"next": "https://evil.example"})
    assert answer["Location"] == queue
    assert "a colleague should look" in other.get(queue).content.decode()
    assert "Given back" in client.post(reverse("petitions:hand_release"), follow=True).content.decode()
    assert not Reservation.objects.exists()


def test_desk_without_anything_to_do_opens(client: Client) -> None:
    client.force_login(a_moderator())
    assert "Nothing waits." in client.get(reverse("petitions:moderation_queue")).content.decode()


def hold_back(name: str) -> None:
    """A rule as another part of the house may put into the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.state = 'accepted' AND"
            f" NEW.name = '{name}' THEN RAISE EXCEPTION 'the name is on the watch list' USING ERRCODE ="
            " 'integrity_constraint_violation'; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER hold BEFORE UPDATE ON petitions_signature FOR EACH ROW EXECUTE FUNCTION hold();"
        )


def test_rule_of_the_database_that_holds_back_is_said_in_its_words(client: Client) -> None:
    (row,) = waiting(1, name="Famous Person")
    hold_back("Famous Person")
    client.force_login(a_moderator())
    url = reverse("petitions:signature_accept", args=[row.pk])
    page = client.post(url, {"seen_state": "pending"}, follow=True).content.decode()
    assert "a rule holds it back: the name is on the watch list" in page
    row.refresh_from_db()
    assert (row.state, row.decisions.count()) == ("pending", 0)
    # A broken constraint is a fault of ours and not said to be a rule.
    (row,) = waiting(1, name="Other")
    Signature.objects.filter(pk=row.pk).update(confirmed_at=None)
    with pytest.raises(IntegrityError, match="accepted_is_proved"), transaction.atomic():
        accept_signature(signature=row, seen_state="pending", by=a_moderator(), now=timezone.now())


def from_domain(domain: str, number: int, statement: Statement, **fields: Any) -> list[Signature]:
    moment = fields.pop("created_at", timezone.now() - timedelta(hours=1))
    first = fields.pop("address_from", 0)
    return [
        SignatureFactory.create(statement=statement, address=f"p{n}@{domain}", created_at=moment, **fields)
        for n in range(first, first + number)
    ]


def test_t39_groups_by_domain_day_pattern_comment_and_name() -> None:
    statement = StatementFactory.open()
    moment = timezone.now().replace(hour=12) - timedelta(days=2)
    from_domain("bought.example", 17, statement, created_at=moment, name="Ann Lee")
    from_domain("gmail.com", 5, statement, name="A Person", comment="Please stop the executions now")
    for n, name in enumerate(("Mohammad Ahmadi", "محمد احمدی", "Muhammed Ahmedi")):
        SignatureFactory.create(statement=statement, name=name, search_key=search_key(name), address=f"n@x{n}.example")
    for n in range(4):
        SignatureFactory.create(statement=statement, name=f"Maria{n}{n}", address=f"m{n}@y{n}.example")
    note_traits()
    found = {(row.kind.value, row.number, row.label) for row in find_clusters()}
    assert found == {
        ("domain", 17, "bought.example"),
        ("comment", 5, "Please stop the executions now"),
        ("name", 3, "Mohammad Ahmadi"),
        ("shape", 4, "Maria00"),
    }
    with CaptureQueriesContext(connection) as queries:
        find_clusters()
    assert len(queries) == 7


def test_t39_flood_is_a_few_cards() -> None:
    """1,000 fakes of four shapes, and every one of them is in a group."""
    statement, midnight = StatementFactory.open(), timezone.now().replace(hour=0, minute=0)
    shapes: list[dict[str, Any]] = [
        {"domain": "bought.example"},
        {"domain": "gmail.com", "name": "Maria{n}"},
        {"domain": "yahoo.com", "comment": "Dear sirs, please look at this"},
        {"domain": "outlook.com", "review_reason": "rush_even"},
    ]
    for shape in shapes:
        crowd(statement, 250, state="pending", start=midnight - timedelta(days=1), **shape)
    note_traits()
    clusters = find_clusters()
    grouped = {row.pk for cluster in clusters for row in cluster.members}
    assert (len(clusters) <= 10, len(grouped)) == (True, 1000)


def cluster_of(statement: Statement) -> Any:
    note_traits()
    found = next(row for row in find_clusters() if row.statement_id == statement.pk)
    return find_cluster(statement=statement, kind=found.kind, value=found.value, on=found.on)


def test_group_is_decided_together_and_taken_back_together(client: Client) -> None:
    statement, moderator, colleague = StatementFactory.open(), a_moderator(), a_moderator()
    rows = from_domain("bought.example", 6, statement)
    cluster = cluster_of(statement)
    late = SignatureFactory.create(statement=statement, address="late@bought.example", created_at=rows[0].created_at)
    note_traits()
    Reservation.objects.create(signature=rows[0], by=colleague, until=timezone.now() + timedelta(minutes=5))

    client.force_login(moderator)
    url = reverse("petitions:cluster_detail", args=[statement.pk, "domain"]) + "?" + cluster.query
    assert "7 waiting from one mail domain" in client.get(url).content.decode()
    for persian in (f"/fa{url}", f"/fa{reverse('petitions:cluster_list')}"):
        assert "<bdi>جان‌ها را نجات دهید</bdi>" in client.get(persian).content.decode()
    wrong = client.post(url, {"up_to": rows[-1].pk, "verdict": "refuse", "note": "Typed"})
    assert (wrong.status_code, "Typed" in wrong.content.decode()) == (422, True)
    page = client.post(url, {"up_to": rows[-1].pk, "verdict": "refuse", "reason": "bulk"}, follow=True)
    assert "5 signatures decided together" in page.content.decode()
    states = Counter(Signature.objects.values_list("state", flat=True))
    assert states == {"refused": 5, "pending": 2}
    late.refresh_from_db()
    assert late.state == "pending"
    (batch,) = set(ModerationDecision.objects.values_list("batch", flat=True))
    assert batch is not None

    alone = ModerationDecision.objects.get(signature=rows[1])
    client.post(reverse("petitions:decision_undo", args=[alone.pk]))
    done = undo_together(batch=batch, by=moderator, now=timezone.now())
    assert (done.decided, done.left) == (4, 1)
    assert set(Signature.objects.values_list("state", flat=True)) == {"pending"}


def test_group_leaves_what_a_rule_holds_back() -> None:
    statement = StatementFactory.open()
    rows = from_domain("bought.example", 1, statement, name="Famous Person")
    rows += from_domain("bought.example", 2, statement, name="Ann Lee", address_from=1)
    hold_back("Famous Person")
    cluster = cluster_of(statement)
    done = decide_together(
        cluster=cluster, up_to=rows[-1].pk, verdict="accept", reason="", note="", by=a_moderator(), now=timezone.now()
    )
    assert (done.decided, done.left) == (2, 1)
    with pytest.raises(CannotUndoError):
        undo_together(batch=uuid.uuid4(), by=a_moderator(), now=timezone.now())


def test_traits_go_with_the_signature() -> None:
    statement = StatementFactory.open()
    erased, withdrawn = from_domain("bought.example", 2, statement)
    assert note_traits() == 2
    assert note_traits() == 0
    Signature.objects.filter(pk=erased.pk).update(email=None)
    Signature.objects.filter(pk=withdrawn.pk).update(state="withdrawn", withdrawn_at=timezone.now())
    assert forget_traits() == 2
    assert [row.domain_digest for row in SignatureTrait.objects.all()] == [None]


def test_what_was_left_behind_is_noted_by_the_daily_look() -> None:
    (old,) = crowd(StatementFactory.open(), 1, domain="one.example", id=1)
    crowd(StatementFactory.open(), 1, domain="two.example", id=9000)
    note_traits(statement_id=Signature.objects.get(pk=9000).statement_id)
    assert note_traits() == 0
    tasks.forget_traits()
    assert SignatureTrait.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize("number", [2, 6])
def test_queries_of_the_desk_do_not_grow(client: Client, number: int) -> None:
    statement, moderator = StatementFactory.open(), a_moderator()
    from_domain("bought.example", number, statement, comment="We all say the very same words")
    note_traits()
    take_hand(by=moderator, now=timezone.now())
    client.force_login(moderator)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("petitions:moderation_queue")).status_code == 200
    assert len(queries) <= 25


def test_signatory_reads_what_the_moderator_reads(client: Client) -> None:
    user = verified_expert(printed_name="Ada 7 Invented")
    signature = cosign(StatementFactory.open(kind="expert"), user)
    client.force_login(user)
    own = client.get(reverse("petitions:signature_receipt", args=[signature.pk])).content.decode()
    client.force_login(a_moderator())
    desk = client.get(reverse("petitions:moderation_queue")).content.decode()
    assert "The name holds digits." in own
    assert "The name holds digits." in desk


def test_second_look_is_blind_by_another_and_changes_nothing(client: Client, settings: Any) -> None:
    settings.SECOND_LOOK_SHARE = 1.0
    (row,), first, second = waiting(1), a_moderator(), a_moderator()
    refuse_signature(
        signature=row, seen_state="pending", reason="not_a_name", note="Secret note", by=first, now=timezone.now()
    )
    look = SecondLook.objects.get()
    assert not second_looks_for(first).exists()
    with pytest.raises(StateChangedError):
        look_again(look=look, verdict="accept", reason="", by=first, now=timezone.now())
    with pytest.raises(IntegrityError, match="by_another"), transaction.atomic():
        SecondLook.objects.update(by=first, verdict="accept", looked_at=timezone.now())

    client.force_login(second)
    page = client.get(reverse("petitions:second_look")).content.decode()
    assert row.name in page
    assert "Secret note" not in page
    assert "tag--risk" not in page
    assert client.post(reverse("petitions:second_look_judge", args=[look.pk]), {}).status_code == 422
    page = client.post(
        reverse("petitions:second_look_judge", args=[look.pk]), {"verdict": "accept"}, follow=True
    ).content.decode()
    assert "judged differently" in page
    row.refresh_from_db()
    assert row.state == "refused"
    assert [found.pk for found in disagreements()] == [look.pk]
    answer = client.post(
        reverse("petitions:second_look_settle", args=[look.pk]), {"settlement": "Leave it"}, follow=True
    )
    assert "Noted." in answer.content.decode()
    assert not disagreements()
    with pytest.raises(StateChangedError):
        settle_second_look(look=look, settlement="x", by=second, now=timezone.now())


def test_second_look_that_lacks_its_verdict_stays_beside_its_own_signature(client: Client, settings: Any) -> None:
    settings.SECOND_LOOK_SHARE = 1.0
    rows, first, second = waiting(2), a_moderator(), a_moderator()
    looks = []
    for row, name in zip(rows, ("Older Invented", "Newer Invented"), strict=True):
        Signature.objects.filter(pk=row.pk).update(comment=name)
        decision = accept_signature(signature=row, seen_state="pending", by=first, now=timezone.now())
        looks.append(decision.second_look)
    client.force_login(second)
    newer = reverse("petitions:second_look_judge", args=[looks[1].pk])
    page = client.post(newer, {"reason": "Typed with care"}).content.decode()
    assert ("Newer Invented" in page, "Older Invented" in page, newer in page) == (True, False, True)
    client.force_login(first)
    answer = client.post(newer, {}, follow=True)
    assert "it is not for you to judge" in answer.content.decode()


def test_second_look_takes_the_share_that_is_set(settings: Any) -> None:
    settings.SECOND_LOOK_SHARE = 0.0
    for row in waiting(5):
        accept_signature(signature=row, seen_state="pending", by=a_moderator(), now=timezone.now())
    assert SecondLook.objects.count() == 0


def test_kappa_is_cohens() -> None:
    """His example worked by hand: 20 + 15 agreed of 50, chance 0.5, so 0.4."""
    pairs = Counter({("a", "a"): 20, ("a", "r"): 5, ("r", "a"): 10, ("r", "r"): 15})
    assert cohens_kappa(pairs) == pytest.approx(0.4)
    assert cohens_kappa(Counter({("a", "a"): 9})) is None
    assert cohens_kappa(Counter()) is None


def test_agreement_page_gives_figures(client: Client, settings: Any) -> None:
    settings.SECOND_LOOK_SHARE = 1.0
    first, second = a_moderator(), a_moderator()
    for row in waiting(4):
        decision = accept_signature(signature=row, seen_state="pending", by=first, now=timezone.now())
        look_again(look=decision.second_look, verdict="accept", reason="", by=second, now=timezone.now())
    measured = measure_agreement()
    assert (measured.number, measured.agreed, measured.percent, measured.kappa) == (4, 4, 100, None)
    client.force_login(first)
    assert "4 decisions were judged twice" in client.get(reverse("petitions:agreement")).content.decode()


def test_alarm_tells_moderators_once_a_day(settings: Any) -> None:
    settings.QUEUE_ALARM_WAITING = 2
    now, moderator = timezone.now(), a_moderator()
    waiting(2)
    assert tell_of_queue(now=now) == 0
    waiting(1)
    assert tell_of_queue(now=now) == 1
    assert tell_of_queue(now=now) == 0
    assert tell_of_queue(now=now + timedelta(days=1)) == 1
    mails = Message.objects.filter(kind="queue_waits")
    assert [mail.to_address for mail in mails] == [moderator.email] * 2


def test_alarm_by_age(settings: Any) -> None:
    a_moderator()
    SignatureFactory.create(created_at=timezone.now() - timedelta(days=2, hours=23))
    assert tell_of_queue(now=timezone.now()) == 0
    assert tell_of_queue(now=timezone.now() + timedelta(hours=2)) == 1
