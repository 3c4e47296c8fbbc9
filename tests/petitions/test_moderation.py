from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import revoke_verification
from accounts.models import User
from petitions.actions import (
    accept_signature,
    answer_moderator,
    ask_signatory,
    refuse_signature,
    remove_signature,
    undo_decision,
    withdraw_signature,
)
from petitions.errors import CannotUndoError, NothingToAnswerError, OwnSignatureError, StateChangedError
from petitions.models import ModerationDecision, SignatoryAnswer, Signature
from petitions.moderation.evidence import MOST_NAMESAKES, gather_evidence
from tests.accounts.factories import UserFactory
from tests.petitions.factories import SignatureFactory, StatementFactory, verified_expert
from tests.petitions.mail import last_body, mails_to
from tests.petitions.test_cosigning import cosign

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator() -> User:
    return UserFactory.with_role("moderator")


def accept(signature: Signature, by: User, seen: str = "pending") -> ModerationDecision:
    return accept_signature(signature=signature, seen_state=seen, by=by, now=timezone.now())


def refuse(signature: Signature, by: User, seen: str = "pending") -> ModerationDecision:
    return refuse_signature(
        signature=signature, seen_state=seen, reason="identity_doubted", note="Why so", by=by, now=timezone.now()
    )


def ask(signature: Signature, by: User) -> ModerationDecision:
    return ask_signatory(signature=signature, seen_state="pending", note="Which faculty?", by=by, now=timezone.now())


def state(signature: Signature) -> str:
    signature.refresh_from_db()
    return signature.state


def test_accept_counts_and_tells(moderator: User) -> None:
    user = verified_expert()
    signature = cosign(StatementFactory.open(kind="expert"), user)
    decision = accept(signature, moderator)
    assert state(signature) == "accepted"
    assert (decision.state_before, decision.state_after, decision.by) == ("pending", "accepted", moderator)
    assert "accepted and counted" in last_body(user.email)


def test_refuse_tells_the_reason_and_takes_an_answer(moderator: User) -> None:
    signature = SignatureFactory.create(address="r@people.example")
    refuse(signature, moderator)
    assert state(signature) == "refused"
    body = last_body("r@people.example")
    assert "identity not proved" in body
    assert "Why so" in body
    assert f"/statements/{signature.statement.slug}/manage/" in body

    answer_moderator(signature=signature, text="See my page", now=timezone.now())
    assert state(signature) == "pending"
    with pytest.raises(NothingToAnswerError):
        answer_moderator(signature=signature, text="More", now=timezone.now())


def test_question_and_answer_are_kept(moderator: User, client: Client) -> None:
    user = verified_expert()
    signature = cosign(StatementFactory.open(kind="expert"), user)
    ask(signature, moderator)
    assert "Which faculty?" in last_body(user.email)
    client.force_login(user)
    assert "A moderator asked you" in client.get(reverse("petitions:my_signatures")).content.decode()
    page = client.get(reverse("petitions:signature_receipt", args=[signature.pk])).content.decode()
    assert "Which faculty?" in page
    empty = client.post(reverse("petitions:signature_answer", args=[signature.pk]), {"answer": " "})
    assert (empty.status_code, empty.content.count(b'class="error-summary"')) == (422, 1)
    client.post(reverse("petitions:signature_answer", args=[signature.pk]), {"answer": "Law <b>"})
    assert state(signature) == "pending"

    staff = Client()
    staff.force_login(moderator)
    review = staff.get(reverse("petitions:signature_review", args=[signature.pk])).content.decode()
    assert "Law &lt;b&gt;" in review
    answer = SignatoryAnswer.objects.get()
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        SignatoryAnswer.objects.filter(pk=answer.pk).update(text="x")


def test_second_moderator_gets_a_clear_message(moderator: User, client: Client) -> None:
    signature = SignatureFactory.create()
    client.force_login(UserFactory.with_role("moderator"))
    accept(signature, moderator)
    page = client.post(
        reverse("petitions:signature_refuse", args=[signature.pk]),
        {"seen_state": "pending", "reason": "not_a_name", "note": ""},
        follow=True,
    )
    assert "A colleague was faster" in page.content.decode()
    assert state(signature) == "accepted"
    assert ModerationDecision.objects.count() == 1


def test_undo_restores_the_state_once(moderator: User) -> None:
    for decide, before in ((accept, "pending"), (refuse, "pending"), (ask, "pending")):
        signature = SignatureFactory.create()
        decision = decide(signature, moderator)
        undo = undo_decision(decision=decision, by=moderator, now=timezone.now())
        assert (state(signature), undo.kind, undo.undoes) == (before, "undo", decision)
        assert signature.accepted_at is None
        for again in (decision, undo):
            with pytest.raises(CannotUndoError):
                undo_decision(decision=again, by=moderator, now=timezone.now())


def test_refusing_a_counted_signature_removes_it_and_undo_gives_back_its_exact_place(moderator: User) -> None:
    signature = SignatureFactory.accepted(address="c@people.example")
    signature.refresh_from_db()
    place = signature.accepted_at
    decision = refuse(signature, moderator, seen="accepted")
    assert (state(signature), decision.kind, signature.accepted_at) == ("removed", "remove", None)
    assert ModerationDecision.objects.get(signature__removed_at=decision.at) == decision
    assert "out of the count" in last_body("c@people.example")
    undo_decision(decision=decision, by=moderator, now=timezone.now())
    assert Signature.objects.filter(state="accepted", accepted_at=place, removed_at=None).get() == signature


def test_removed_signatory_can_answer_withdraw_and_sign_again_only_past_a_moderator(moderator: User) -> None:
    answered, withdrawn = SignatureFactory.accepted(), SignatureFactory.accepted()
    for signature in (answered, withdrawn):
        remove_signature(
            signature=signature, seen_state="accepted", reason="impersonated", note="", by=moderator, now=timezone.now()
        )
    answer_moderator(signature=answered, text="It is me", now=timezone.now())
    assert (state(answered), answered.removed_at) == ("pending", None)
    withdraw_signature(signature=withdrawn, now=timezone.now())
    assert (state(withdrawn), withdrawn.removed_at) == ("withdrawn", None)


def test_undo_is_refused_after_withdrawal_or_a_later_decision(moderator: User) -> None:
    withdrawn = SignatureFactory.create()
    decision = accept(withdrawn, moderator)
    withdraw_signature(signature=withdrawn, now=timezone.now())
    with pytest.raises(CannotUndoError):
        undo_decision(decision=decision, by=moderator, now=timezone.now())
    assert state(withdrawn) == "withdrawn"

    later = SignatureFactory.create()
    first = accept(later, moderator)
    refuse(later, moderator, seen="accepted")
    with pytest.raises(CannotUndoError):
        undo_decision(decision=first, by=moderator, now=timezone.now())


def test_decision_is_not_taken_back_by_raw_update(moderator: User) -> None:
    decision = accept(SignatureFactory.create(), moderator)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        ModerationDecision.objects.filter(pk=decision.pk).update(reason="mistake")
    with pytest.raises(IntegrityError, match="undo_names"), transaction.atomic():
        ModerationDecision.objects.create(
            signature=decision.signature, kind="undo", reason="mistake", by=moderator, at=timezone.now()
        )


def test_withdrawn_is_final_in_the_database() -> None:
    signature = SignatureFactory.accepted()
    withdraw_signature(signature=signature, now=timezone.now())
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(state="pending", withdrawn_at=None)


def test_withdrawn_signature_cannot_be_decided(moderator: User) -> None:
    signature = SignatureFactory.create()
    withdraw_signature(signature=signature, now=timezone.now())
    for seen in ("pending", "withdrawn"):
        with pytest.raises(StateChangedError):
            accept(signature, moderator, seen=seen)


def test_moderator_does_not_decide_on_the_own_signature() -> None:
    user = verified_expert()
    user.staff_roles.create(role="moderator")
    signature = cosign(StatementFactory.open(kind="expert"), user)
    with pytest.raises(OwnSignatureError):
        accept(signature, user)
    assert accept(signature, UserFactory.with_role("moderator")).kind == "accept"


def test_desk_is_for_moderators(client: Client, moderator: User) -> None:
    signature = SignatureFactory.create()
    pages = [reverse("petitions:moderation_queue"), reverse("petitions:signature_review", args=[signature.pk])]
    acts = [reverse(f"petitions:signature_{name}", args=[signature.pk]) for name in ("accept", "refuse", "ask")]
    for url in pages:
        assert client.get(url).status_code == 302
    client.force_login(UserFactory.with_role("case_editor"))
    assert [client.get(url).status_code for url in pages] == [403, 403]
    assert [client.post(url, {"seen_state": "pending"}).status_code for url in acts] == [403, 403, 403]
    assert state(signature) == "pending"
    client.force_login(moderator)
    assert [client.get(url).status_code for url in pages] == [200, 200]
    assert client.post(acts[0], {"seen_state": "pending"}).status_code == 302
    assert state(signature) == "accepted"


def test_refusing_without_a_reason_says_so_and_keeps_the_note(client: Client, moderator: User) -> None:
    signature = SignatureFactory.create()
    client.force_login(moderator)
    page = client.post(
        reverse("petitions:signature_refuse", args=[signature.pk]), {"seen_state": "pending", "note": "Typed words"}
    )
    assert page.status_code == 422
    assert "Typed words" in page.content.decode()
    assert state(signature) == "pending"


def test_queue_shows_evidence_and_the_oldest_first(client: Client, moderator: User) -> None:
    statement = StatementFactory.open(kind="expert")
    first = cosign(statement, verified_expert(printed_name="Mohsen Invented"))
    second = cosign(statement, verified_expert(printed_name="محسن Invented"))
    client.force_login(moderator)
    html = client.get(reverse("petitions:moderation_queue")).content.decode()
    assert html.index(f'id="signature-{first.pk}"') < html.index(f'id="signature-{second.pk}"')
    assert "https://example.edu/people/expert" in html
    assert "people.example" in html
    assert (first.email or "x") not in html
    assert reverse("petitions:signature_review", args=[second.pk]) in html.split(f'id="signature-{second.pk}"')[0]


def test_queue_needs_as_many_queries_for_three_as_for_one(
    client: Client, moderator: User, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(moderator)
    statement = StatementFactory.open(kind="expert")
    counts = []
    for number in (1, 2):
        for _ in range(number):
            ask(cosign(statement, verified_expert()), moderator)
            SignatureFactory.create(statement=statement)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse("petitions:moderation_queue")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_every_decision_mails_once(moderator: User) -> None:
    signature = SignatureFactory.create(address="m@people.example")
    decision = accept(signature, moderator)
    undo_decision(decision=decision, by=moderator, now=timezone.now())
    assert [str(mail["subject"]) for mail in mails_to("m@people.example")] == [
        "Your signature is counted",
        "A decision on your signature was taken back",
    ]


def test_namesakes_of_one_card_hide_those_of_no_other() -> None:
    statement = StatementFactory.open()
    fields = {"statement": statement, "search_key": "mhmd hmd"}
    many = [SignatureFactory.create(name="Mohammad Ahmadi", **fields) for _ in range(MOST_NAMESAKES + 2)]
    rare = [SignatureFactory.create(statement=statement, name="Zoe Roe", search_key="z r") for _ in range(2)]
    SignatureFactory.create(search_key="z r")
    found = gather_evidence([many[0], rare[0], SignatureFactory.create(search_key="")], now=timezone.now())
    assert MOST_NAMESAKES - 1 <= len(found[0].same_name) <= MOST_NAMESAKES
    assert (found[1].same_name, found[2].same_name) == ([rare[1]], [])


def test_a_proof_that_staff_took_back_counts_nobody(client: Client, moderator: User) -> None:
    user = verified_expert()
    signature, counted = (cosign(StatementFactory.open(kind="expert"), user) for _ in range(2))
    accept(counted, moderator)
    assert signature.verification is not None
    now = timezone.now()
    revoke_verification(verification=signature.verification, reason="A forged page", by=UserFactory.create(), now=now)
    client.force_login(moderator)
    url = reverse("petitions:signature_accept", args=[signature.pk])
    page = client.post(url, {"seen_state": "pending"}, follow=True).content.decode()
    assert "took back the proof of who this is" in page
    assert "A forged page" in page
    assert state(signature) == "pending"
    # Who was counted on it before is for a moderator to look at.
    page = client.get(reverse("petitions:moderation_queue")).content.decode()
    assert reverse("petitions:signature_review", args=[counted.pk]) in page


def test_a_proof_that_ended_in_time_was_good_on_the_day(moderator: User) -> None:
    signature = cosign(StatementFactory.open(kind="expert"), verified_expert())
    signature.user.verifications.update(expires_at=timezone.now())  # type: ignore[union-attr]  # there is one
    accept(signature, moderator)
    assert state(signature) == "accepted"
