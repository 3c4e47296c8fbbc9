"""Signing in with an authenticator app, from setting it up to removing it."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.factories import UserFactory
from tests.accounts.mails import mails_to

pytestmark = pytest.mark.django_db

PASSWORD = "four quiet herons wade"


def code_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def sign_in(client: Client, user: User) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True)


def set_up(client: Client, user: User) -> str:
    sign_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    found = re.search(r"<code>(\w+)</code>", page.content.decode())
    assert found
    client.post(reverse("mfa_activate_totp"), {"code": code_now(found.group(1))})
    return found.group(1)


def test_wrong_code_sets_nothing_up(client: Client) -> None:
    sign_in(client, UserFactory.with_password(PASSWORD))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    page = client.post(reverse("mfa_activate_totp"), {"code": "abc"})
    assert page.context["form"].errors.keys() == {"code"}
    assert not Authenticator.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_second_step_is_asked_for_and_takes_a_recovery_code_in_persian_digits(client: Client) -> None:
    user = UserFactory.with_password(PASSWORD)
    set_up(client, user)
    assert {row.type for row in Authenticator.objects.all()} == {"totp", "recovery_codes"}
    assert mails_to(user.email)
    client.post(reverse("account_logout"))

    page = sign_in(client, user)
    assert page.redirect_chain[-1][0] == reverse("mfa_authenticate")
    assert page.content.decode().count("<h1>") == 1
    page = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert page.context["form"].errors.keys() == {"code"}
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    persian = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    page = client.post(reverse("mfa_authenticate"), {"code": persian}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("accounts:profile")


def test_pages_of_the_second_step_are_drawn_and_it_can_be_removed(client: Client) -> None:
    set_up(client, UserFactory.with_password(PASSWORD))
    for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        page = client.get(reverse(name))
        assert page.status_code == 200, name
        assert page.content.decode().count("<h1>") == 1, name
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(type="totp").exists()


def test_list_of_security_keys_is_drawn(client: Client) -> None:
    user = UserFactory.with_password(PASSWORD)
    sign_in(client, user)
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "My key", "credential": {}})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    body = client.get(reverse("mfa_list_webauthn")).content.decode()
    assert "My key" in body
    assert "Not used yet." in body
