"""What must be protected asks for the password again: over the addresses, with real passwords and time that passes."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from petitions.models import NameOpening, SealedName
from tests.accounts.factories import EmailAddressFactory, UserFactory
from tests.accounts.proving import sign_in
from tests.petitions.dossiers import built
from tests.petitions.factories import PaperBatchFactory, SignatureFactory, StatementFactory, verified_expert
from tests.petitions.withheld import PASSPHRASES, sign_withheld, two_custodians

pytestmark = pytest.mark.django_db
PASSWORD = "four words put together"


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    EmailAddressFactory.create(user=user, email=user.email, primary=True)
    return user


def moderator() -> User:
    return with_password(UserFactory.with_role("moderator"))


def is_asked(response: object, back: str) -> bool:
    return getattr(response, "url", "").startswith(f"{reverse('account_reauthenticate')}?next={quote(back, safe='')}")


def prove(client: Client, back: str) -> str:
    """Gives the password on the page that asks; where one is led then."""
    asked = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": back})
    assert asked.status_code == 302
    return str(asked["Location"])


def scan() -> tuple[User, str]:
    return moderator(), reverse("petitions:paper_scan", args=[PaperBatchFactory.create().pk])


def own_data() -> tuple[User, str]:
    return with_password(UserFactory.create()), reverse("petitions:account_data")


def closing() -> tuple[User, str]:
    return with_password(UserFactory.create()), reverse("petitions:account_close")


@pytest.mark.parametrize("thing", [scan, own_data, closing])
def test_old_proof_is_asked_for_again_and_leads_back(client: Client, thing: Callable[[], tuple[User, str]]) -> None:
    user, url = thing()
    sign_in(client, user, minutes_ago=14)
    assert client.get(url).status_code == 200
    sign_in(client, user, minutes_ago=16)
    assert is_asked(client.get(url), url)
    wrong = client.post(reverse("account_reauthenticate"), {"password": "another", "next": url})
    assert wrong.status_code == 200
    assert is_asked(client.get(url), url)
    assert prove(client, url) == url
    assert client.get(url).status_code == 200


def test_age_is_one_setting(client: Client, settings: Settings) -> None:
    user, url = own_data()
    settings.FRESH_PROOF_MINUTES = 5
    assert is_asked(sign_in(client, user, minutes_ago=6).get(url), url)
    assert sign_in(client, user, minutes_ago=4).get(url).status_code == 200


def test_session_without_any_proof_and_that_of_another_person_are_asked(client: Client) -> None:
    user, url = own_data()
    client.force_login(user)
    assert is_asked(client.get(url), url)
    sign_in(client, UserFactory.create())
    client.force_login(user)
    assert is_asked(client.get(url), url)
    assert "/login/" in Client().get(url)["Location"]


def test_file_of_a_dossier_leaves_only_after_a_fresh_proof(client: Client) -> None:
    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement, name="Ada Invented")
    handover = built(statement)
    url = reverse("petitions:dossier_file", args=[handover.pk, "signatories.csv"])
    user = moderator()
    sign_in(client, user, minutes_ago=16)
    assert is_asked(client.post(url), url)
    assert not handover.events.filter(what="opened").exists()
    # Coming back opens nothing by itself: it leads to the page with the button.
    back = client.get(prove(client, url))
    assert back["Location"] == reverse("petitions:dossier_detail", args=[handover.pk])
    file = client.post(url)
    assert file["Content-Disposition"].startswith("attachment")
    assert b"".join(file.streaming_content)  # type: ignore[attr-defined]  # a FileResponse
    assert handover.events.get(what="opened").by == user


def test_reason_for_opening_a_name_is_kept_and_the_passphrase_is_not(client: Client) -> None:
    first, second = two_custodians()
    sealed = SealedName.objects.get(signature=sign_withheld(verified_expert()))
    ask = reverse("petitions:sealed_ask", args=[sealed.pk])
    sign_in(client, with_password(first), minutes_ago=16)
    assert is_asked(client.post(ask, {"reason": "A court asks & waits", "passphrase": PASSPHRASES[0]}), ask)
    assert not NameOpening.objects.exists()
    assert PASSPHRASES[0] not in str(dict(client.session.items()))
    page = client.get(prove(client, ask)).content.decode()
    assert "A court asks &amp; waits" in page
    assert client.post(ask, {"reason": "A court asks & waits", "passphrase": PASSPHRASES[0]}).status_code == 302
    assert NameOpening.objects.get().reason == "A court asks & waits"
    assert "A court asks" not in client.get(ask).content.decode()
    # The other custodian, too.
    opening = reverse("petitions:sealed_open", args=[NameOpening.objects.get().pk])
    sign_in(client, with_password(second), minutes_ago=16)
    assert is_asked(client.post(opening, {"passphrase": PASSPHRASES[1]}), opening)
    assert NameOpening.objects.get().opened_at is None
