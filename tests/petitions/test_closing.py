"""Closing an account: what is said first, what becomes of the signatures, and that nothing leads to the owner."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import StaffAccountError, check_address
from accounts.models import ExpertProfile, User, Verification, VerificationRequest, Voucher
from petitions.actions import Fate, close_account, cosign_statement
from petitions.actions.codes import find_signature
from petitions.errors import CustodianAccountError, NotVerifiedError
from petitions.models import Signature, SigningMailbox, Statement
from petitions.signatories.mailboxes import signatory_digest
from tests.accounts.factories import (
    EmailAddressFactory,
    ExpertProfileFactory,
    InstitutionDomainFactory,
    UserFactory,
    VerificationFactory,
    VerificationRequestFactory,
)
from tests.accounts.proving import sign_in
from tests.petitions.factories import StatementFactory, verified_expert
from tests.petitions.mail import last_body, mails_to
from tests.petitions.withheld import sign_withheld, two_custodians

pytestmark = pytest.mark.django_db

ADDRESS = "kanarienvogel@people.example"
WORDS = ("kanarienvogel", "Zaunkönig", "Rotkehlchen", "Blaumeise")
REFUSED = DatabaseError


def canary(**fields: Any) -> User:
    """An expert of whom everything there is says one of `WORDS`."""
    user = verified_expert(printed_name="Zaunkönig", user=UserFactory.create(email=ADDRESS), **fields)
    User.objects.filter(pk=user.pk).update(name="Zaunkönig")
    EmailAddressFactory.create(user=user, email=ADDRESS, primary=True)
    EmailAddressFactory.create(user=user, email="kanarienvogel2@people.example")
    VerificationFactory.create(user=user, evidence="The page of Rotkehlchen names kanarienvogel")
    VerificationRequestFactory.create(
        user=user,
        note="Rotkehlchen",
        outcome="refused",
        reason="Rotkehlchen",
        decided_by=UserFactory.create(),
        decided_at=timezone.now(),
    )
    Voucher.objects.create(
        voucher=UserFactory.create(),
        person=user,
        name="Zaunkönig",
        statement="I know Blaumeise",
        given_at=timezone.now(),
    )
    user.refresh_from_db()
    return user


def sign(user: User, statement: Statement | None = None, **fields: Any) -> Signature:
    statement = statement or StatementFactory.open(kind="expert")
    version = statement.current_version()
    text = version.text_to_sign("en") if version else None
    assert text is not None
    return cosign_statement(statement=statement, text=text, language="en", by=user, now=timezone.now(), **fields)


def where(word: str) -> list[str]:
    """Every column of every table that holds `word` in clear, whatever its type."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')"
        )
        found = []
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE %s LIMIT 1', [f"%{word}%"])  # noqa: S608  names from the catalogue
            if cursor.fetchone():
                found.append(f"{table}.{column}")
            if word.isascii():
                hexed = word.encode().hex()
                cursor.execute(f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE %s LIMIT 1', [f"%{hexed}%"])  # noqa: S608  the same
                if cursor.fetchone():
                    found.append(f"{table}.{column}")
    return found


def close(user: User, fate: Fate = Fate.STAY) -> Any:
    return close_account(user=user, fate=fate, now=timezone.now())


def test_erased_account_leaves_no_word_of_its_owner_in_any_table() -> None:
    user = canary()
    sign(user, updates_wording="Write to me")
    assert {word: bool(where(word)) for word in WORDS} == dict.fromkeys(WORDS, True)
    close(user, Fate.ERASE)
    assert {word: where(word) for word in WORDS} == {word: [] for word in WORDS}


def test_account_whose_signatures_stay_leaves_its_address_nowhere_and_its_name_beside_them_alone() -> None:
    user = canary()
    sign(user, updates_wording="Write to me")
    close(user)
    assert (where("kanarienvogel"), where("Rotkehlchen"), where("Blaumeise")) == ([], [], [])
    assert {place.partition(".")[0] for place in where("Zaunkönig")} == {"petitions_signature"}


def test_row_stays_for_what_points_to_it_and_names_nobody() -> None:
    user = canary()
    close(user)
    user = User.objects.get(pk=user.pk)
    assert (str(user), user.email) == ("closed account", f"closed-{user.pk}@closed.invalid")
    assert (user.name, user.is_active, user.has_usable_password(), user.last_login) == ("", False, False, None)
    for table in (EmailAddress, ExpertProfile, VerificationRequest):
        assert not table.objects.filter(user=user).exists()
    assert set(Verification.objects.filter(user=user).values_list("evidence", "ending")) == {("", "closed")}
    with pytest.raises(User.DoesNotExist):
        close(user)


@pytest.mark.parametrize(
    ("fate", "state", "name"),
    [(Fate.STAY, "accepted", "Zaunkönig"), (Fate.WITHDRAW, "withdrawn", "Zaunkönig"), (Fate.ERASE, "withdrawn", "")],
)
def test_signatures_get_what_their_owner_chose(fate: Fate, state: str, name: str) -> None:
    user = canary()
    signatures = [sign(user, updates_wording="Write to me") for _number in range(2)]
    Signature.objects.update(state="accepted", accepted_at=timezone.now())
    other = sign(verified_expert())
    assert close(user, fate).signatures == 2
    rows = Signature.objects.filter(pk__in=[row.pk for row in signatures])
    assert set(rows.values_list("state", "name", "wants_updates", "email")) == {(state, name, False, None)}
    other.refresh_from_db()
    assert (other.state, bool(other.email)) == ("pending", True)


def test_signature_that_stays_is_still_its_owners_by_a_code_to_the_mailbox() -> None:
    user = canary()
    signature = sign(user)
    close(user)
    digest = signatory_digest(statement=signature.statement, address=ADDRESS)
    mailbox = SigningMailbox.objects.create(statement=signature.statement, email_digest=digest)
    assert find_signature(mailbox) == signature


def test_protected_signatures_are_found_before_the_address_is_gone() -> None:
    two_custodians()
    user = canary()
    signature = sign_withheld(user)
    close(user, Fate.ERASE)
    signature.refresh_from_db()
    assert signature.erased_at is not None


def test_one_last_mail_says_what_was_done() -> None:
    user = canary()
    sign(user)
    close(user, Fate.WITHDRAW)
    assert "Your signatures are withdrawn" in last_body(ADDRESS)
    assert [mail["Subject"] for mail in mails_to(ADDRESS)][-1] == "Your account is closed"


def test_staff_and_custodians_do_not_close_by_themselves(client: Client) -> None:
    staff, (custodian, _second) = UserFactory.with_role("moderator"), two_custodians()
    sign_withheld(verified_expert())
    with pytest.raises(StaffAccountError):
        close(staff)
    custodian.staff_roles.all().delete()
    User.objects.filter(pk=custodian.pk).update(is_staff=False)
    custodian = User.objects.get(pk=custodian.pk)
    with pytest.raises(CustodianAccountError):
        close(custodian)
    url = reverse("petitions:account_close")
    for user, words in ((staff, "take your roles away"), (custodian, "name another custodian first")):
        sign_in(client, user)
        page = client.get(url).content.decode()
        assert words in page
        assert "Close my account now" not in page
        assert client.post(url, {"fate": "stay"}).status_code == 200
        assert User.objects.filter(pk=user.pk, closed_at=None).exists()


def test_page_says_first_what_happens_and_ends_every_session(client: Client) -> None:
    user = canary()
    user.set_password("four words put together")
    user.save(update_fields=["password"])
    sign(user)
    elsewhere = sign_in(Client(), user)
    sign_in(client, user)
    url = reverse("petitions:account_close")
    assert url in client.get(reverse("accounts:profile")).content.decode()
    page = client.get(url).content.decode()
    assert "signed out everywhere" in page
    assert "checked" in page.split('value="stay"')[1].split(">")[0]
    assert client.post(url, {"fate": "nothing"}).status_code == 422
    assert User.objects.filter(pk=user.pk, closed_at=None).exists()
    answer = client.post(url, {"fate": "stay"}).content.decode()
    assert "Your account is closed" in answer
    for browser in (client, elsewhere):
        assert "/login/" in browser.get(reverse("accounts:profile"))["Location"]
    again = Client().post(reverse("account_login"), {"login": ADDRESS, "password": "four words put together"})
    assert "the account was closed by its owner" in again.content.decode()


def test_database_holds_what_a_closed_account_is() -> None:
    user = canary()
    for change in ({"closed_at": timezone.now()}, {"closed_at": timezone.now(), "name": "", "is_active": False}):
        with pytest.raises(REFUSED), transaction.atomic():
            User.objects.filter(pk=user.pk).update(**change)
    # Evidence goes with a closed account only.
    with pytest.raises(REFUSED), transaction.atomic():
        user.verifications.update(evidence="", revoked_at=timezone.now(), emptied_at=timezone.now())
    with pytest.raises(REFUSED), transaction.atomic():
        user.vouchers.update(name="", statement="", ended_at=timezone.now(), ending="closed", emptied_at=timezone.now())
    close(user)
    for again in ({"email": ADDRESS}, {"is_active": True}, {"closed_at": None}):
        with pytest.raises(REFUSED), transaction.atomic():
            User.objects.filter(pk=user.pk).update(**again)


def test_account_that_was_closed_meanwhile_signs_nothing() -> None:
    user = canary()
    stale = User.objects.get(pk=user.pk)
    close(user)
    with pytest.raises(NotVerifiedError):
        sign(stale)


def test_word_of_a_closed_account_stays_and_its_pages_still_open(client: Client) -> None:
    """What its owner said of somebody is that person's proof; the pages that list it, and the desk, name nobody."""
    voucher, person = canary(), verified_expert()
    given = Voucher.objects.create(
        voucher=voucher, person=person, name="Ada", statement="I know her", given_at=timezone.now()
    )
    close(voucher)
    given.refresh_from_db()
    assert (given.ended_at, given.statement) == (None, "I know her")
    client.force_login(person)
    page = client.get(reverse("accounts:identity")).content.decode()
    assert "closed account" in page
    client.force_login(UserFactory.with_role("verifier"))
    for pk in (person.pk, voucher.pk):
        assert client.get(reverse("accounts:verification_check", args=[pk])).status_code in {200, 404}
    desk = client.get(reverse("accounts:verification_queue")).content.decode()
    assert "closed account" in desk
    assert "Zaunkönig" not in desk


def test_address_may_open_a_new_account() -> None:
    close(canary())
    assert UserFactory.create(email=ADDRESS).pk


@pytest.mark.parametrize("signs_again", [True, False])
@pytest.mark.parametrize(("fate", "is_free"), [(Fate.STAY, False), (Fate.ERASE, True)])
def test_mailbox_does_not_sign_once_more_from_the_next_account(fate: Fate, is_free: bool, signs_again: bool) -> None:
    address, now = "ada@law.university.example", timezone.now()
    InstitutionDomainFactory.create(domain="university.example")
    user = ExpertProfileFactory.create().user
    proved = EmailAddressFactory.create(user=user, email=address)
    first = check_address(by=user, now=now - timedelta(days=360))
    older = sign(user)
    assert check_address(by=user, now=now) != first
    if signs_again:
        sign(user)
    close(user, fate)
    assert not EmailAddress.objects.filter(pk=proved.pk).exists()
    again = UserFactory.create()
    EmailAddressFactory.create(user=again, email=address)
    assert (check_address(by=again, now=now) is not None) == is_free
    older.refresh_from_db()
    assert (older.state == "pending") != is_free
