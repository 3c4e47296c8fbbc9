"""An ORCID iD is proved over real HTTP; whatever is wrong with the proof, nothing is connected."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import OrcidTakenBackError, OrcidTakenError, connect_orcid, disconnect_orcid, revoke_verification
from accounts.models import User, Verification
from accounts.orcid import OrcidProof
from accounts.verification import current_verification
from tests.accounts.factories import ExpertProfileFactory, UserFactory, VerificationFactory
from tests.accounts.open_id import CLIENT_ID, CLIENT_SECRET, ORCID, LyingProvider, foreign_provider, new_key

pytestmark = pytest.mark.django_db

START, CALLBACK, CONFIRM = "/account/orcid/start/", "/account/orcid/callback/", "/account/orcid/confirm/"
NOT_SURE = "We could not be sure that this came from ORCID. Nothing was connected."


def use(settings: Settings, issuer: str) -> None:
    settings.ORCID_CLIENT_ID, settings.ORCID_CLIENT_SECRET, settings.ORCID_URL = CLIENT_ID, CLIENT_SECRET, issuer


@pytest.fixture(scope="module")
def foreign() -> Iterator[str]:
    with foreign_provider() as issuer:
        yield issuer


@pytest.fixture
def provider(settings: Settings) -> Iterator[LyingProvider]:
    with LyingProvider() as running:
        use(settings, running.issuer)
        yield running


@pytest.fixture
def expert(client: Client) -> User:
    user = ExpertProfileFactory.create().user
    client.force_login(user)
    return user


def go_there(client: Client, start: str = START) -> str:
    """Press the button; the address at the provider."""
    response = client.post(start)
    assert response.status_code == 302
    return str(response["Location"])


def come_back(client: Client, location: str) -> Any:
    parts = urlsplit(location)
    return client.get(f"{parts.path}?{parts.query}", follow=True)


def authorize(address: str) -> str:
    """Where the provider sends the browser to when the person is signed in there and agrees."""
    return requests.get(address, allow_redirects=False, timeout=10).headers["Location"]


def directives(page: Any) -> list[str]:
    """What the page's policy allows, in whatever order."""
    return [directive.strip() for directive in page["Content-Security-Policy"].split(";")]


def prove(client: Client) -> Any:
    return come_back(client, authorize(go_there(client)))


def refused(page: Any, words: str = NOT_SURE) -> bool:
    return (
        words in page.content.decode()
        and not Verification.objects.exists()
        and "orcid_proof" not in page.client.session
    )


@pytest.mark.slow
class TestForeignProvider:
    """Against a provider that others wrote."""

    def test_expert_connects_an_id_that_a_foreign_provider_proves(
        self, client: Client, expert: User, settings: Settings, foreign: str
    ) -> None:
        use(settings, foreign)
        address = go_there(client)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
        assert asked["redirect_uri"] == f"{settings.SITE_URL}/account/orcid/callback/"
        back = requests.post(address, data={"sub": ORCID}, allow_redirects=False, timeout=10)
        page = come_back(client, back.headers["Location"])
        assert f"{foreign}/{ORCID}" in page.content.decode()
        assert not Verification.objects.exists()
        client.post(CONFIRM, {"connect": "yes"})
        row = Verification.objects.get()
        assert (row.user, row.method, row.orcid, row.evidence, row.is_public) == (
            expert,
            "orcid",
            ORCID,
            f"{foreign}/{ORCID}",
            False,
        )
        assert row.expires_at == row.checked_at + timedelta(days=365)

    def test_saying_no_connects_nothing(self, client: Client, expert: User, settings: Settings, foreign: str) -> None:
        use(settings, foreign)
        back = requests.post(go_there(client), data={"action": "deny"}, allow_redirects=False, timeout=10)
        page = come_back(client, back.headers["Location"])
        assert refused(page, "You did not allow it at ORCID. Nothing was connected.")

    def test_code_that_was_used_is_refused(
        self, client: Client, expert: User, settings: Settings, foreign: str
    ) -> None:
        use(settings, foreign)
        first = requests.post(go_there(client), data={"sub": ORCID}, allow_redirects=False, timeout=10)
        come_back(client, first.headers["Location"])
        code = parse_qs(urlsplit(first.headers["Location"]).query)["code"][0]
        state = parse_qs(urlsplit(go_there(client)).query)["state"][0]
        assert refused(client.get(CALLBACK, {"code": code, "state": state}, follow=True))


class TestRefused:
    def test_the_lying_provider_is_believed_while_it_does_not_lie(
        self, client: Client, expert: User, provider: LyingProvider
    ) -> None:
        page = prove(client)
        assert "Josiah Carberry" in page.content.decode()
        client.post(CONFIRM, {"connect": "yes", "is_public": "on"})
        row = Verification.objects.get()
        assert (row.orcid, row.is_public, row.evidence) == (
            ORCID,
            True,
            f"{provider.issuer}/{ORCID}\nJosiah Carberry",
        )

    @pytest.mark.parametrize(
        "lies",
        [
            {"nonce": "another"},
            {"aud": "APP-SOMEBODY-ELSE"},
            {"aud": [CLIENT_ID, "APP-SOMEBODY-ELSE"]},
            {"azp": "APP-SOMEBODY-ELSE"},
            {"exp": 1_700_000_000},
            {"iat": 4_000_000_000},
            {"iss": "https://orcid.example"},
            {"sub": "0000-0002-1825-0098"},
            {"sub": "https://evil.example/0000-0002-1825-0097"},
        ],
        ids=str,
    )
    def test_a_false_claim_connects_nothing(
        self, client: Client, expert: User, provider: LyingProvider, lies: dict[str, Any]
    ) -> None:
        provider.lies = lies
        assert refused(prove(client))
        assert provider.token_requests == 1

    @pytest.mark.parametrize("name", ["nonce", "aud", "exp", "iat", "iss", "sub"])
    def test_a_missing_claim_connects_nothing(
        self, client: Client, expert: User, provider: LyingProvider, name: str
    ) -> None:
        provider.claims_to_drop = {name}
        assert refused(prove(client))

    def test_a_signature_by_another_key_connects_nothing(
        self, client: Client, expert: User, provider: LyingProvider
    ) -> None:
        provider.signing_key = new_key()
        assert refused(prove(client))

    @pytest.mark.parametrize("algorithm", ["none", "HS256"])
    def test_another_algorithm_connects_nothing(
        self, client: Client, expert: User, provider: LyingProvider, algorithm: str
    ) -> None:
        provider.algorithm = algorithm
        assert refused(prove(client))

    def test_an_unknown_key_connects_nothing(self, client: Client, expert: User, provider: LyingProvider) -> None:
        provider.kid = "key-2"
        assert refused(prove(client))

    def test_wrong_state_connects_nothing_and_ends_the_attempt(
        self, client: Client, expert: User, provider: LyingProvider
    ) -> None:
        location = authorize(go_there(client))
        assert refused(come_back(client, location.replace("state=", "state=x")))
        assert refused(come_back(client, location))
        assert provider.token_requests == 0

    def test_an_attempt_of_another_browser_connects_nothing(
        self, client: Client, expert: User, provider: LyingProvider
    ) -> None:
        """The attacker's answer, opened by the victim, would put the attacker's iD on the victim's account."""
        attacker = Client()
        attacker.force_login(UserFactory.create())
        location = authorize(go_there(attacker))
        assert refused(come_back(client, location))
        go_there(client)
        assert refused(come_back(client, location))

    def test_an_answer_that_names_another_issuer_connects_nothing(
        self, client: Client, expert: User, provider: LyingProvider
    ) -> None:
        assert refused(come_back(client, f"{authorize(go_there(client))}&iss=https%3A%2F%2Forcid.example"))
        assert provider.token_requests == 0

    def test_an_old_attempt_connects_nothing(self, client: Client, expert: User, provider: LyingProvider) -> None:
        location = authorize(go_there(client))
        with time_machine.travel(time.time() + 601):
            assert refused(come_back(client, location))

    @pytest.mark.parametrize(
        "description",
        [
            {"issuer": "https://orcid.example"},
            {"token_endpoint": "https://evil.example/token"},
            {"authorization_endpoint": "https://evil.example/authorize"},
            {"jwks_uri": None},
        ],
        ids=str,
    )
    def test_a_description_of_another_place_sends_nobody_anywhere(
        self, client: Client, expert: User, provider: LyingProvider, description: dict[str, Any]
    ) -> None:
        provider.description = description
        page = client.post(START, follow=True)
        assert refused(page, "ORCID does not answer at the moment")
        assert provider.token_requests == 0

    def test_a_broken_provider_is_said_and_nothing_breaks(
        self, client: Client, expert: User, provider: LyingProvider
    ) -> None:
        location = authorize(go_there(client))
        provider.status = 503
        assert refused(client.post(START, follow=True), "ORCID does not answer at the moment")
        assert provider.token_requests == 0
        assert refused(come_back(client, location), "ORCID does not answer at the moment")

    def test_proof_is_forgotten_after_ten_minutes(self, client: Client, expert: User, provider: LyingProvider) -> None:
        prove(client)
        with time_machine.travel(time.time() + 601):
            page = client.post(CONFIRM, {"connect": "yes"}, follow=True)
        assert NOT_SURE in page.content.decode()
        assert not Verification.objects.exists()


class TestPages:
    def test_t14_coming_back_answers_the_same_for_an_id_that_is_taken(
        self, client: Client, expert: User, provider: LyingProvider
    ) -> None:
        free = prove(client).content.decode()
        connect(UserFactory.create())
        taken = prove(client).content.decode()
        assert [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in (free, taken)] == [
            re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", free)
        ] * 2
        page = client.post(CONFIRM, {"connect": "yes"}, follow=True)
        assert "This ORCID iD is connected to another account here." in page.content.decode()
        assert not expert.verifications.exists()

    def test_nobody_signs_in_or_registers_by_orcid(self, client: Client, provider: LyingProvider) -> None:
        assert client.post(START).headers["Location"].startswith("/account/login/")
        response = client.get(CALLBACK, {"code": "x", "state": "y"})
        assert response["Location"] == "/account/login/?next=/account/identity/"
        assert "_auth_user_id" not in client.session
        assert not User.objects.exists()

    def test_connecting_makes_no_account_to_sign_in_with(
        self, client: Client, expert: User, provider: LyingProvider
    ) -> None:
        prove(client)
        client.post(CONFIRM, {"connect": "yes"})
        assert Verification.objects.count() == 1
        assert not SocialAccount.objects.exists()

    def test_without_keys_there_is_no_button_and_no_way(self, client: Client, expert: User) -> None:
        page = client.get(reverse("accounts:identity"))
        assert "orcid" not in page.content.decode().lower()
        assert "form-action 'self'" in directives(page)
        assert (client.post(START).status_code, client.get(CALLBACK).status_code) == (404, 404)

    def test_the_page_with_the_button_lets_its_form_lead_to_orcid_alone(
        self, client: Client, expert: User, provider: LyingProvider
    ) -> None:
        page = client.get(reverse("accounts:identity"))
        assert "Connect your ORCID iD" in page.content.decode()
        assert f"form-action 'self' {provider.issuer}" in directives(page)
        assert provider.issuer not in client.get(reverse("accounts:profile"))["Content-Security-Policy"]

    def test_persian_reader_comes_back_to_persian(self, client: Client, expert: User, provider: LyingProvider) -> None:
        page = come_back(client, authorize(go_there(client, f"/fa{START}")))
        assert page.request["PATH_INFO"] == f"/fa{CONFIRM}"

    def test_disconnecting_ends_it_and_hides_the_id(
        self, client: Client, expert: User, provider: LyingProvider
    ) -> None:
        prove(client)
        client.post(CONFIRM, {"connect": "yes", "is_public": "on"})
        client.post(reverse("accounts:orcid_disconnect"))
        row = Verification.objects.get()
        assert (row.ending, row.is_public, row.revoked_by) == ("disconnected", False, expert)
        assert current_verification(user=expert, now=timezone.now()) is None


PROOF = OrcidProof(orcid=ORCID, name="")


def connect(user: User) -> Verification:
    return connect_orcid(by=user, proof=PROOF, is_public=False, now=timezone.now())


class TestConnecting:
    def test_an_id_belongs_to_one_person(self) -> None:
        first, second = UserFactory.create(), UserFactory.create()
        connect(first)
        with pytest.raises(OrcidTakenError):
            connect(second)
        assert second.verifications.count() == 0
        disconnect_orcid(by=first, now=timezone.now())
        assert connect(second).user == second

    def test_database_refuses_one_id_for_two(self) -> None:
        VerificationFactory.create(method="orcid", checked_by=None, orcid=ORCID)
        with pytest.raises(IntegrityError, match="orcid_of_one_person"):
            VerificationFactory.create(method="orcid", checked_by=None, orcid=ORCID)

    @pytest.mark.parametrize("fields", [{"method": "orcid"}, {"orcid": ORCID}, {"method": "orcid", "orcid": "x"}])
    def test_database_refuses_a_rung_without_its_id(self, fields: dict[str, str]) -> None:
        with pytest.raises(IntegrityError, match="orcid_is_an_id"):
            VerificationFactory.create(**fields)

    def test_proving_again_renews(self) -> None:
        user = UserFactory.create()
        first, second = connect(user), connect(user)
        first.refresh_from_db()
        assert (first.ending, second.revoked_at, user.verifications.count()) == ("renewed", None, 2)

    def test_what_staff_took_back_is_not_brought_back(self) -> None:
        user = UserFactory.create()
        revoke_verification(
            verification=connect(user), reason="Not theirs", by=UserFactory.create(), now=timezone.now()
        )
        with pytest.raises(OrcidTakenBackError):
            connect(user)
