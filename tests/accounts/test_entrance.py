"""Signing up, in and out: what a person meets, and what nobody is told."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import Settings

from accounts.models import User
from campaign import settings as campaign_settings
from tests.accounts.factories import UserFactory
from tests.accounts.hashers import QuickArgon2PasswordHasher
from tests.accounts.mails import code_in, mails_to, text_of

pytestmark = pytest.mark.django_db

PASSWORD = "four quiet herons wade"


def sign_up(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_signup"), {"email": email, "password1": password}, follow=True)


def type_code(client: Client, code: str) -> Any:
    return client.post(reverse("account_email_verification_sent"), {"code": code}, follow=True)


def comparable(response: Any, *addresses: str) -> str:
    """The body without what differs between any two visits: tokens, and the address that was typed."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    for address in addresses:
        body = body.replace(address, "ADDRESS")
    return body


class TestSignUp:
    def test_sign_up_with_code_proves_address_and_signs_in(self, client: Client) -> None:
        page = sign_up(client, "ada@people.example")
        assert page.redirect_chain[-1][0] == reverse("account_email_verification_sent")
        assert not EmailAddress.objects.get(email="ada@people.example").verified

        page = type_code(client, code_in(mails_to("ada@people.example")[0]))

        assert page.redirect_chain[-1][0] == reverse("accounts:profile")
        assert EmailAddress.objects.get(email="ada@people.example").verified
        assert page.context["user"].email == "ada@people.example"

    def test_code_is_accepted_in_persian_digits_with_spaces(self, client: Client) -> None:
        sign_up(client, "ada@people.example")
        code = code_in(mails_to("ada@people.example")[0])
        persian = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        page = type_code(client, f"{persian[:4]} {persian[4:]}")
        assert page.redirect_chain[-1][0] == reverse("accounts:profile")

    def test_wrong_code_is_said_beside_field_and_third_ends_trying(self, client: Client) -> None:
        sign_up(client, "ada@people.example")
        code = code_in(mails_to("ada@people.example")[0])
        wrong = "00000000" if code != "00000000" else "11111111"
        for _ in range(2):
            page = type_code(client, wrong)
            assert page.context["verify_form"].errors.keys() == {"code"}
            assert 'aria-invalid="true"' in page.content.decode()
        page = type_code(client, wrong)
        assert page.redirect_chain[-1][0] == reverse("account_login")
        page = type_code(client, code)
        assert page.redirect_chain[-1][0] == reverse("account_login")
        assert not EmailAddress.objects.get(email="ada@people.example").verified

    def test_new_code_replaces_the_old_one(self, client: Client) -> None:
        sign_up(client, "ada@people.example")
        cache.clear()
        client.post(reverse("account_email_verification_sent"), {"action": "resend"})
        first, second = (code_in(mail) for mail in mails_to("ada@people.example"))
        assert first != second
        assert type_code(client, first).context["verify_form"].errors
        assert type_code(client, second).redirect_chain[-1][0] == reverse("accounts:profile")

    @pytest.mark.parametrize(
        ("email", "password", "field"),
        [
            ("ada@people.example", "short12char", "password1"),
            ("ada@people.example", "ada@people.example", "password1"),
            ("ada@people.example", "q1w2e3r4t5y6", "password1"),
            ("not-an-address", PASSWORD, "email"),
            ("آدا@people.example", PASSWORD, "email"),
            ("ada@people.example\x00", PASSWORD, "email"),
            ("", "", "email"),
        ],
    )
    def test_bad_input_is_said_beside_its_field_and_makes_no_account(
        self, client: Client, email: str, password: str, field: str
    ) -> None:
        page = sign_up(client, email, password)
        assert field in page.context["form"].errors
        assert not User.objects.exists()

    def test_password_is_kept_with_argon2(self, client: Client, settings: Settings) -> None:
        settings.PASSWORD_HASHERS = campaign_settings.PASSWORD_HASHERS
        sign_up(client, "ada@people.example")
        assert User.objects.get().password.startswith("argon2$argon2id$")

    def test_sign_up_in_persian_writes_in_persian_ever_after(self, client: Client) -> None:
        with override("fa"):
            sign_up(client, "ada@people.example")
        assert User.objects.get().language == "fa"

    def test_sign_up_without_token_is_refused(self) -> None:
        client = Client(enforce_csrf_checks=True)
        assert sign_up(client, "ada@people.example").status_code == 403
        assert not User.objects.exists()


class TestNobodyIsTold:
    """The answers for an address with an account and for one without are the same, letter for letter."""

    KNOWN, UNKNOWN = "known@people.example", "other@people.example"

    @pytest.fixture(autouse=True)
    def somebody(self) -> None:
        UserFactory.with_password(PASSWORD, email=self.KNOWN)

    def same(self, known: Any, unknown: Any) -> None:
        assert known.status_code == unknown.status_code
        assert known.redirect_chain == unknown.redirect_chain
        assert comparable(known, self.KNOWN) == comparable(unknown, self.UNKNOWN)

    def test_sign_up_answers_the_same(self) -> None:
        known, unknown = Client(), Client()
        self.same(sign_up(known, self.KNOWN), sign_up(unknown, self.UNKNOWN))
        for _ in range(3):
            self.same(type_code(known, "x"), type_code(unknown, "x"))

    def test_asking_for_a_new_code_answers_the_same(self) -> None:
        known, unknown = Client(), Client()
        sign_up(known, self.KNOWN)
        sign_up(unknown, self.UNKNOWN)
        for _ in range(3):
            cache.clear()
            url, data = reverse("account_email_verification_sent"), {"action": "resend"}
            self.same(known.post(url, data, follow=True), unknown.post(url, data, follow=True))

    def test_signing_up_twice_answers_the_same(self) -> None:
        for _ in range(2):
            self.same(sign_up(Client(), self.KNOWN), sign_up(Client(), self.UNKNOWN))

    @pytest.mark.parametrize("leaves_first", [False, True])
    @pytest.mark.parametrize("name", ["account_login", "account_signup", "account_email_verification_sent"])
    def test_pages_after_signing_up_are_the_same(self, name: str, leaves_first: bool) -> None:
        known, unknown = Client(), Client()
        sign_up(known, self.KNOWN)
        sign_up(unknown, self.UNKNOWN)
        if leaves_first:
            data = {"next": reverse("account_signup")}
            self.same(*(client.post(reverse("account_logout"), data, follow=True) for client in (known, unknown)))
        self.same(*(client.get(reverse(name), follow=True) for client in (known, unknown)))

    def test_sign_up_costs_the_same_hashing(self) -> None:
        costs = []
        for address in (self.KNOWN, self.UNKNOWN):
            before = QuickArgon2PasswordHasher.hashed
            sign_up(Client(), address)
            costs.append(QuickArgon2PasswordHasher.hashed - before)
        assert costs == [1, 1]

    def test_starting_again_with_another_address_shows_the_empty_form(self, client: Client) -> None:
        sign_up(client, self.UNKNOWN)
        page = client.post(reverse("account_logout"), {"next": reverse("account_signup")}, follow=True)
        assert not page.context["form"].is_bound

    def test_sign_up_writes_to_both_but_a_code_to_the_new_one_only(self) -> None:
        sign_up(Client(), self.KNOWN)
        sign_up(Client(), self.UNKNOWN)
        assert code_in(mails_to(self.UNKNOWN)[0])
        assert reverse("account_reset_password") in text_of(mails_to(self.KNOWN)[0])
        assert not re.search(r"\d{8}", text_of(mails_to(self.KNOWN)[0]))

    def test_wrong_password_answers_the_same(self) -> None:
        url = reverse("account_login")
        known, unknown = (
            Client().post(url, {"login": email, "password": "wrong words here"}, follow=True)
            for email in (self.KNOWN, self.UNKNOWN)
        )
        assert known.context["form"].non_field_errors()
        self.same(known, unknown)

    def test_too_many_wrong_passwords_answer_the_same(self) -> None:
        url = reverse("account_login")
        for _ in range(7):
            known, unknown = (
                Client().post(url, {"login": email, "password": "wrong words here"}, follow=True)
                for email in (self.KNOWN, self.UNKNOWN)
            )
            self.same(known, unknown)

    def test_new_password_answers_the_same_and_writes_to_both(self) -> None:
        url = reverse("account_reset_password")
        self.same(
            Client().post(url, {"email": self.KNOWN}, follow=True),
            Client().post(url, {"email": self.UNKNOWN}, follow=True),
        )
        assert len(mails_to(self.KNOWN)) == len(mails_to(self.UNKNOWN)) == 1

    def test_adding_an_address_of_somebody_else_answers_the_same(self) -> None:
        answers = []
        for number, address in enumerate([self.KNOWN, self.UNKNOWN]):
            client = Client()
            client.post(
                reverse("account_login"),
                {
                    "login": UserFactory.with_password(PASSWORD, email=f"me{number}@people.example").email,
                    "password": PASSWORD,
                },
            )
            answers.append(client.post(reverse("account_email"), {"email": address, "action_add": ""}, follow=True))
        assert "code" in answers[0].context["verify_form"].fields
        self.same(*answers)


class TestSignIn:
    def test_sign_in_leads_to_the_account(self, client: Client) -> None:
        UserFactory.with_password(PASSWORD, email="ada@people.example")
        data = {"login": "ADA@people.example", "password": PASSWORD}
        page = client.post(reverse("account_login"), data, follow=True)
        assert page.redirect_chain[-1][0] == reverse("accounts:profile")

    def test_closed_account_cannot_sign_in(self, client: Client) -> None:
        UserFactory.with_password(PASSWORD, email="ada@people.example", is_active=False)
        data = {"login": "ada@people.example", "password": PASSWORD}
        page = client.post(reverse("account_login"), data, follow=True)
        assert not page.context["user"].is_authenticated

    def test_sign_out_by_get_asks_first(self, client: Client) -> None:
        client.force_login(UserFactory.create())
        assert client.get(reverse("account_logout")).status_code == 200
        assert client.get(reverse("accounts:profile")).status_code == 200
        client.post(reverse("account_logout"))
        assert client.get(reverse("accounts:profile")).status_code == 302

    def test_new_password_by_the_link_in_the_mail(self, client: Client) -> None:
        user = UserFactory.with_password(PASSWORD, email="ada@people.example")
        client.post(reverse("account_reset_password"), {"email": user.email})
        link = re.search(r"https?://\S+/password/reset/key/\S+", text_of(mails_to(user.email)[0]))
        assert link
        page = client.get(link.group(0), follow=True)
        new = "seven loud geese return"
        client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
        user.refresh_from_db()
        assert user.check_password(new)
        assert len(mails_to(user.email)) == 2

    def test_mails_carry_no_network_address(self, client: Client) -> None:
        user = UserFactory.with_password(PASSWORD, email="ada@people.example")
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
        new = "seven loud geese return"
        data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        client.post(reverse("account_change_password"), data)
        (mail,) = mails_to(user.email)
        assert "password" in mail["subject"]
        assert "IP" not in text_of(mail)
        assert "Browser" not in text_of(mail)


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_reset_password_done", "account_inactive"],
)
def test_entrance_pages_look_like_the_site(client: Client, name: str, language: str) -> None:
    with override(language):
        page = client.get(reverse(name)).content.decode()
    assert page.count("<h1>") == 1
    assert 'class="masthead"' in page
    assert "placeholder" not in page
    assert not re.search(r"\s(style|onclick)=", page)


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_change_password",
        "account_logout",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "socialaccount_connections",
        "accounts:profile",
        "accounts:profile_edit",
        "accounts:check_request",
    ],
)
def test_account_pages_look_like_the_site(client: Client, name: str) -> None:
    user = UserFactory.with_password(PASSWORD, email="ada@people.example")
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    page = client.get(reverse(name), follow=True)
    body = page.content.decode()
    assert page.status_code == 200
    assert body.count("<h1>") == 1
    assert 'class="masthead"' in body
    assert not re.search(r"\s(style|onclick)=", body)


@pytest.mark.parametrize("path", ["login", "login/callback"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_service_without_keys_is_a_page_that_is_not_there(client: Client, path: str, method: str) -> None:
    assert getattr(client, method)(f"/account/orcid/{path}/").status_code == 404
