"""Protected signatories: counted, shown by the office, the name opened by two people and by nothing less."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRole, User
from outbox.models import Message
from petitions.actions import (
    accept_signature,
    ask_to_open,
    become_custodian,
    consent_to_open,
    erase_signature,
    find_own,
    lapse_openings,
    run_retention,
    withdraw_signature,
)
from petitions.actions.retaining import note_endings
from petitions.counts.counting import count_signatures
from petitions.errors import (
    AlreadyAskedError,
    NameDestroyedError,
    NoCustodiansError,
    NotAllowedHereError,
    NotYoursToOpenError,
    OwnSignatureError,
)
from petitions.models import NameOpening, SealedName, Signature, Statement, Tally
from petitions.signatories import sealing
from petitions.signatories.protection import find_custodians
from tests.accounts.factories import ExpertProfileFactory, UserFactory, VerificationFactory
from tests.accounts.proving import sign_in
from tests.petitions.factories import StatementFactory, verified_expert
from tests.petitions.mail import last_body, mails_to
from tests.petitions.test_erasing import cells
from tests.petitions.withheld import PASSPHRASES, sign_withheld, two_custodians

pytestmark = pytest.mark.django_db

NAME = "Kanarya Singvogel"


def test_row_names_nobody_and_the_list_shows_the_office(client: Client) -> None:
    two_custodians()
    user = verified_expert(printed_name=NAME, affiliation="Canary College", category="academic")
    signature = sign_withheld(user)
    statement = signature.statement
    assert (signature.user_id, signature.email, signature.name, signature.proved_on) == (None, None, "", None)
    assert mails_to(user.email) == []
    allowed = {"accounts_user", "accounts_expertprofile", "accounts_verification"}
    for word in (NAME, "Canary College", user.email):
        assert {table for table, value in cells() if word.encode() in value} <= allowed
    accept_signature(signature=signature, seen_state="pending", by=UserFactory.create(), now=timezone.now())
    count_signatures()
    assert Tally.objects.get(statement=statement).counted == 1
    page = client.get(reverse("petitions:statement_signatories", args=[statement.slug])).content.decode()
    assert "Professor of law" in page
    assert "identity verified, name withheld" in page
    assert NAME not in page
    assert "Canary College" not in page


def test_signatory_finds_the_own_signature_and_nobody_else_does(client: Client) -> None:
    two_custodians()
    user = verified_expert()
    signature = sign_withheld(user)
    url = reverse("petitions:signature_receipt", args=[signature.pk])
    client.force_login(UserFactory.create())
    assert client.get(url).status_code == 404
    client.force_login(user)
    assert "name withheld" in client.get(url).content.decode()
    assert url in client.get(reverse("petitions:my_signatures")).content.decode()
    assert find_own(statement=signature.statement, user=user) == signature
    withdraw_signature(signature=signature, now=timezone.now())
    erase_signature(signature=Signature.objects.get(), now=timezone.now())
    sealed = SealedName.objects.get()
    assert (sealed.ciphertext, sealed.first_share, sealed.destroyed_at is not None) == (None, None, True)


def test_moderator_decides_without_the_name_and_never_on_the_own() -> None:
    two_custodians()
    user = verified_expert(printed_name=NAME)
    signature = sign_withheld(user)
    with pytest.raises(OwnSignatureError):
        accept_signature(signature=signature, seen_state="pending", by=user, now=timezone.now())
    staff = Client()
    staff.force_login(UserFactory.with_role("moderator"))
    page = staff.get(reverse("petitions:moderation_queue")).content.decode()
    assert "name withheld" in page
    assert NAME not in page


def test_only_who_a_person_checked_may_withhold_and_only_with_two_custodians() -> None:
    statement = StatementFactory.open(kind="expert")
    with pytest.raises(NoCustodiansError), transaction.atomic():
        sign_withheld(verified_expert(), statement)
    two_custodians()
    by_address = ExpertProfileFactory.create().user
    VerificationFactory.create(user=by_address, method="institution_domain", checked_by=None)
    with pytest.raises(NotAllowedHereError):
        sign_withheld(by_address, statement)


def test_names_are_sealed_only_to_who_may_enter_the_desk_of_names() -> None:
    first, second = two_custodians()
    assert find_custodians() is not None
    first.staff_roles.all().delete()
    with pytest.raises(NoCustodiansError), transaction.atomic():
        sign_withheld(verified_expert())
    third = UserFactory.with_role("verifier")
    StaffRole.objects.create(user=first, role="moderator")
    become_custodian(by=third, passphrase="a third long passphrase", now=timezone.now())
    sealed = SealedName.objects.get(signature=sign_withheld(verified_expert()))
    assert {sealed.first.user, sealed.second.user} == {second, third}


def test_both_together_open_the_name_once_and_the_signatory_is_told() -> None:
    first, second = two_custodians()
    user = verified_expert(printed_name=NAME)
    sealed = SealedName.objects.get(signature=sign_withheld(user))
    now = timezone.now()
    opening = ask_to_open(sealed_name=sealed, reason="A court asks", passphrase=PASSPHRASES[0], by=first, now=now)
    with pytest.raises(AlreadyAskedError):
        ask_to_open(sealed_name=sealed, reason="Again", passphrase=PASSPHRASES[1], by=second, now=now)
    identity = consent_to_open(opening=opening, passphrase=PASSPHRASES[1], by=second, now=now)
    assert (identity.name, identity.email) == (NAME, user.email)
    assert "A court asks" in last_body(user.email)
    with pytest.raises(NameDestroyedError):
        consent_to_open(opening=opening, passphrase=PASSPHRASES[1], by=second, now=now)
    opening.refresh_from_db()
    assert (opening.asked_by.user, opening.opened_by and opening.opened_by.user) == (first, second)


def test_one_alone_opens_nothing() -> None:
    first, second = two_custodians()
    sealed = SealedName.objects.get(signature=sign_withheld(verified_expert(printed_name=NAME)))
    now = timezone.now()
    with pytest.raises(sealing.CannotOpenError):
        ask_to_open(sealed_name=sealed, reason="x", passphrase="a wrong passphrase", by=first, now=now)
    opening = ask_to_open(sealed_name=sealed, reason="x", passphrase=PASSPHRASES[0], by=first, now=now)
    with pytest.raises(NotYoursToOpenError):
        consent_to_open(opening=opening, passphrase=PASSPHRASES[0], by=first, now=now)
    with pytest.raises(NotYoursToOpenError):
        consent_to_open(opening=opening, passphrase=PASSPHRASES[0], by=UserFactory.with_role("verifier"), now=now)
    with pytest.raises(sealing.CannotOpenError):
        consent_to_open(opening=opening, passphrase=PASSPHRASES[0], by=second, now=now)
    # The first one with the whole database in hand: the own half, and the halves sealed to the other.
    private = sealing.unlock(bytes(sealed.first.private_key), PASSPHRASES[0])
    about = f"petitions.sealed_name:{sealed.signature_id}".encode()
    half = sealing.open_with(private, bytes(sealed.first_share or b""), about=about)
    for foreign in (sealed.second_share, opening.passed_share):
        with pytest.raises(sealing.CannotOpenError):
            sealing.open_with(private, bytes(foreign or b""), about=about)
    with pytest.raises(sealing.CannotOpenError):
        sealing.open_by_two(bytes(sealed.ciphertext or b""), half, half, about=about)


def test_request_lapses_after_an_hour() -> None:
    first, second = two_custodians()
    sealed = SealedName.objects.get(signature=sign_withheld(verified_expert()))
    now = timezone.now()
    opening = ask_to_open(sealed_name=sealed, reason="x", passphrase=PASSPHRASES[0], by=first, now=now)
    late = now + timedelta(minutes=61)
    with pytest.raises(NameDestroyedError):
        consent_to_open(opening=opening, passphrase=PASSPHRASES[1], by=second, now=late)
    assert lapse_openings(now=late) == 1
    assert ask_to_open(sealed_name=sealed, reason="y", passphrase=PASSPHRASES[0], by=first, now=late)


def test_destroyed_on_schedule_and_the_count_stands() -> None:
    first, _second = two_custodians()
    signature = sign_withheld(verified_expert())
    accept_signature(signature=signature, seen_state="pending", by=UserFactory.create(), now=timezone.now())
    Statement.objects.update(state="closed")
    now = timezone.now()
    note_endings(now=now - timedelta(days=89))
    assert run_retention(now=now).names_destroyed == 0
    assert run_retention(now=now + timedelta(days=2)).names_destroyed == 1
    sealed = SealedName.objects.get()
    assert (sealed.ciphertext, sealed.first_share, sealed.second_share) == (None, None, None)
    with pytest.raises(NameDestroyedError):
        ask_to_open(sealed_name=sealed, reason="x", passphrase=PASSPHRASES[0], by=first, now=now)
    assert Signature.objects.counted().get().title == "Professor of law"


def test_database_holds_what_must_hold() -> None:
    first, second = two_custodians()
    signature = sign_withheld(verified_expert())
    sealed = SealedName.objects.get()
    opening = ask_to_open(sealed_name=sealed, reason="x", passphrase=PASSPHRASES[0], by=first, now=timezone.now())
    for change in ({"name": NAME}, {"email": "a@b.example"}, {"user": first}, {"country": "NL"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.filter(pk=signature.pk).update(**change)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        SealedName.objects.update(first_share=b"other")
    with pytest.raises(Exception, match="Cannot"), transaction.atomic():
        NameOpening.objects.update(reason="another reason")
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        opening.delete()
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        sealed.first.__class__.objects.update(public_key=b"x" * 32)
    become_custodian(by=first, passphrase="a third long passphrase", now=timezone.now())
    assert consent_to_open(opening=opening, passphrase=PASSPHRASES[1], by=second, now=timezone.now()).name


def test_pages_of_the_desk(client: Client) -> None:
    first, second = two_custodians()
    sealed = SealedName.objects.get(signature=sign_withheld(verified_expert(printed_name=NAME)))
    sign_in(client, first)
    assert "Professor of law" in client.get(reverse("petitions:sealed_names")).content.decode()
    ask = reverse("petitions:sealed_ask", args=[sealed.pk])
    wrong = client.post(ask, {"reason": "A court asks", "passphrase": "wrong"})
    assert (wrong.status_code, "does not open your half" in wrong.content.decode()) == (422, True)
    assert client.post(ask, {"reason": "A court asks", "passphrase": PASSPHRASES[0]}).status_code == 302
    sign_in(client, second)
    opening = reverse("petitions:sealed_open", args=[NameOpening.objects.get().pk])
    assert NAME not in client.get(opening).content.decode()
    assert NAME in client.post(opening, {"passphrase": PASSPHRASES[1]}).content.decode()
    assert NAME not in client.post(opening, {"passphrase": PASSPHRASES[1]}, follow=True).content.decode()
    client.force_login(UserFactory.with_role("moderator"))
    assert client.get(reverse("petitions:sealed_names")).status_code == 403


def test_download_tells_a_protected_signatory_what_is_kept(client: Client) -> None:
    two_custodians()
    user = verified_expert(printed_name=NAME)
    signature = sign_withheld(user)
    sign_in(client, user)
    data = json.loads(client.get(reverse("petitions:signature_data", args=[signature.pk])).content)
    assert (data["kept"]["is_protected"], data["kept"]["name"]) == (True, "")
    whole = json.loads(client.get(reverse("petitions:account_data")).content)
    assert (whole["account"]["email"], len(whole["signatures"])) == (user.email, 1)
    assert whole["profile"]["printed_name"] == NAME


def test_who_asked_to_be_withheld_never_signs_under_the_name(client: Client) -> None:
    """The way was closed between the page and the press: nothing is signed, by no other way either."""
    first, _second = two_custodians()
    user, statement = verified_expert(), StatementFactory.open(kind="expert")
    client.force_login(user)
    page = reverse("petitions:statement_sign", args=[statement.slug]) + "?as=withheld"
    assert 'name="way" value="withheld"' in client.get(page).content.decode()
    User.objects.filter(pk=first.pk).update(is_active=False)
    given = {"way": "withheld", "office": "Professor of law", "agrees": "on", "fingerprint": fingerprint_of(statement)}
    for fields in (given, {name: value for name, value in given.items() if name != "way"}):
        answer = client.post(page, fields, follow=True)
        assert "not open at the moment" in answer.content.decode()
    assert not Signature.objects.exists()
    assert not Message.objects.filter(kind="signature_received").exists()


def fingerprint_of(statement: Statement) -> str:
    version = statement.current_version()
    text = version.text_to_sign("en") if version else None
    assert text is not None
    return text.sha256
