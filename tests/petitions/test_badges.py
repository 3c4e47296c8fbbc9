"""The badge: frozen at signing, asked anew for each statement, the same on page and in file."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User, Verification
from petitions.actions import cosign_statement
from petitions.counts.counting import count_signatures
from petitions.models import Signature, Statement
from petitions.signatories.badges import badge_of, proof_of
from tests.accounts.factories import ExpertProfileFactory, UserFactory, VerificationFactory
from tests.petitions.factories import SignatureFactory, StatementFactory

pytestmark = pytest.mark.django_db


def cosign(user: User, statement: Statement | None = None) -> Signature:
    statement = statement or StatementFactory.open(kind="expert")
    version = statement.current_version()
    assert version is not None
    text = version.text_to_sign("en")
    assert text is not None
    return cosign_statement(statement=statement, text=text, language="en", by=user, now=timezone.now())


def expert(method: str = "institution_domain", **fields: object) -> User:
    user = ExpertProfileFactory.create().user
    by = UserFactory.create() if method in Verification.BY_STAFF else None
    VerificationFactory.create(user=user, method=method, checked_by=by, **fields)
    return user


@pytest.mark.parametrize(
    ("method", "proof"),
    [
        ("institution_domain", "institution_domain"),
        ("vouched", "vouched"),
        ("staff_page", "staff_check"),
        ("document", "staff_check"),
    ],
)
def test_the_strongest_proof_of_the_day_is_frozen_with_its_class(method: str, proof: str) -> None:
    user = expert(method, institution_name="Invented University")
    signature = cosign(user)
    assert (signature.proof, badge_of(signature).method) == (proof, method)
    assert signature.proved_on == user.verifications.get().checked_at.date()
    assert proof_of(user.verifications.get()) == proof


def test_every_method_has_a_class_of_the_count() -> None:
    assert {proof_of(Verification(method=method)) for method in Verification.Method.values} == {
        "orcid",
        "institution_domain",
        "vouched",
        "staff_check",
    }


def test_each_statement_asks_what_holds_now() -> None:
    user = expert("staff_page")
    VerificationFactory.create(user=user, method="institution_domain", checked_by=None, institution_name="Invented")
    first = cosign(user)
    user.verifications.filter(method="staff_page").update(expires_at=timezone.now())
    second = cosign(user)
    first.refresh_from_db()
    assert [badge_of(row).method for row in (first, second)] == ["staff_page", "institution_domain"]


def test_the_signer_reads_what_has_expired(client: Client) -> None:
    user = expert("staff_page", expires_at=timezone.now() - timedelta(days=1))
    client.force_login(user)
    statement = StatementFactory.open(kind="expert")
    page = client.get(reverse("petitions:statement_sign", args=[statement.slug])).content.decode()
    assert "This no longer holds: staff page seen by our staff." in page
    assert "Before you can co-sign" in page
    VerificationFactory.create(user=user, method="institution_domain", checked_by=None, institution_name="Invented")
    page = client.get(reverse("petitions:statement_sign", args=[statement.slug])).content.decode()
    assert "This no longer holds: staff page seen by our staff." in page
    assert "How you will appear" in page


def test_the_badge_names_the_institution_that_was_proved_not_the_one_that_is_claimed(client: Client) -> None:
    user = expert(institution_name="Small College", evidence="Proved address at small.example")
    signature = cosign(user)
    Signature.objects.filter(pk=signature.pk).update(state="accepted", accepted_at=timezone.now())
    count_signatures()
    page = client.get(reverse("petitions:statement_signatories", args=[signature.statement.slug])).content.decode()
    assert "e-mail address at <bdi>Small College</bdi>" in page
    assert "small.example" not in page
    assert f"{reverse('accounts:how_we_verify')}#institution_domain" in page


def test_the_receipt_carries_the_same_badge(client: Client) -> None:
    user = expert(institution_name="Small College")
    signature = cosign(user)
    client.force_login(user)
    told = json.loads(client.get(reverse("petitions:signature_receipt_json", args=[signature.pk])).content)["badge"]
    assert told == badge_of(signature).as_json()
    assert (told["method"], told["evidence"], told["checked_by"]) == (
        "institution_domain",
        "Small College",
        "the typed code",
    )


def test_an_id_that_was_disconnected_is_not_shown_beside_old_signatures() -> None:
    user = expert("orcid", orcid="0000-0002-1825-0097", is_public=True)
    signature = cosign(user)
    assert badge_of(signature).evidence == "0000-0002-1825-0097"
    user.verifications.update(is_public=False, revoked_at=timezone.now())
    assert badge_of(Signature.objects.get()).as_json()["evidence"] == ""
    assert badge_of(Signature.objects.get()).method == "orcid"


def test_a_public_signature_carries_the_lowest_rung() -> None:
    assert badge_of(SignatureFactory.create()).method == "email_code"


def test_a_list_asks_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    statement = StatementFactory.open(kind="expert")
    for _ in range(3):
        cosign(expert(institution_name="Small College"), statement)
    with django_assert_num_queries(1):
        assert len([badge_of(row) for row in Signature.objects.with_badges()]) == 3


@pytest.mark.parametrize("display", ["initials", "hidden"])
def test_a_badge_gives_nobody_away_who_does_not_show_their_name(client: Client, display: str) -> None:
    users = [expert(institution_name="Small College"), expert("orcid", orcid="0000-0002-1825-0097", is_public=True)]
    signatures = [cosign(user) for user in users]
    assert [badge_of(signature).evidence for signature in signatures] == ["Small College", "0000-0002-1825-0097"]
    Signature.objects.update(display=display, state="accepted", accepted_at=timezone.now())
    count_signatures()
    for signature in Signature.objects.with_badges():
        badge = badge_of(signature)
        assert (badge.evidence, badge.url, badge.method == "email_code") == ("", "", False)
        page = client.get(reverse("petitions:statement_signatories", args=[signature.statement.slug])).content.decode()
        assert "Small College" not in page
        assert "0000-0002-1825-0097" not in page
