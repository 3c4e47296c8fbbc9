from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("grant_role", *arguments, stdout=out)
    return out.getvalue()


def test_grant_role_gives_and_takes() -> None:
    user = UserFactory.create(email="ada@people.example")
    assert run("ADA@people.example", "verifier") == "ada@people.example: roles verifier\n"
    assert User.objects.get(pk=user.pk).has_role("verifier")
    assert run("ada@people.example", "verifier", "--revoke") == "ada@people.example: roles none\n"


def test_grant_role_to_nobody_says_what_to_do() -> None:
    with pytest.raises(CommandError, match=r"has no account\. Register on the site first"):
        run("nobody@people.example", "verifier")


def test_grant_role_refuses_an_unknown_role() -> None:
    UserFactory.create(email="ada@people.example")
    with pytest.raises(CommandError, match="invalid choice"):
        run("ada@people.example", "emperor")
