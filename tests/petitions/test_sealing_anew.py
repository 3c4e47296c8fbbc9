"""A protected signatory signs the next version in place: counted once, sealed once, withheld all along."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ExpertProfile, User, Verification
from petitions.actions import (
    accept_signature,
    ask_to_open,
    consent_to_open,
    find_own,
    run_retention,
    sign_new_version,
    submit_statement,
)
from petitions.actions.retaining import note_endings
from petitions.counts.counting import count_signatures
from petitions.errors import NameDestroyedError, NoCustodiansError, NotAllowedHereError, NotVerifiedError
from petitions.models import Custodian, SealedName, Signature, Statement, Tally
from petitions.signatories import sealing
from petitions.signatories.receipts import build_receipt
from tests.accounts.factories import UserFactory, VerificationFactory
from tests.petitions.desk import a_draft, amended, approve, editor
from tests.petitions.dossiers import built
from tests.petitions.factories import verified_expert
from tests.petitions.mail import last_body, mails_to
from tests.petitions.test_concurrency import at_once
from tests.petitions.test_erasing import cells
from tests.petitions.withheld import PASSPHRASES, sign_withheld, two_custodians

pytestmark = pytest.mark.django_db

NAME = "Kanarya Singvogel"


def a_withheld_signature(*, now: datetime | None = None) -> tuple[User, Signature]:
    """An accepted protected signatory of version 1, asked about version 2; custodians must exist."""
    user, writer, second = verified_expert(printed_name=NAME, affiliation="Canary College"), editor(), editor()
    statement = a_draft(writer)
    Statement.objects.filter(pk=statement.pk).update(kind="expert")
    submit_statement(statement=statement, by=writer, now=timezone.now())
    statement = approve(statement, second)
    signature = sign_withheld(user, statement, now=now)
    accept_signature(signature=signature, seen_state="pending", by=UserFactory.create(), now=timezone.now())
    amended(statement, writer, second)
    signature.refresh_from_db()
    return user, signature


def sign_anew(signature: Signature, by: User | None) -> Signature:
    text = signature.statement.versions.get(number=2).texts.get()
    return sign_new_version(signature=signature, text=text, by=by, now=timezone.now())


def test_s5_a_withheld_name_signs_the_new_version_in_place_and_is_never_doubled() -> None:
    two_custodians()
    user, signature = a_withheld_signature()
    new = sign_anew(signature, user)
    assert sign_anew(signature, user) == new
    signature.refresh_from_db()
    assert (signature.state, new.state, new.version_number, new.replaces) == ("superseded", "accepted", 2, signature)
    count_signatures()
    assert Tally.objects.get().counted == 1
    assert find_own(statement=new.statement, user=user) == new
    assert SealedName.objects.filter(destroyed_at=None).get().signature == new


def test_s5_the_old_seal_is_destroyed_and_the_new_one_opens_with_both_alone() -> None:
    first, second = two_custodians()
    user, signature = a_withheld_signature()
    old, now = SealedName.objects.get(), timezone.now()
    asked = ask_to_open(sealed_name=old, reason="A court asks", passphrase=PASSPHRASES[0], by=first, now=now)
    stolen = (bytes(old.ciphertext or b""), bytes(old.first_share or b""))
    new = sign_anew(signature, user)
    old.refresh_from_db()
    assert (old.ciphertext, old.first_share, old.second_share) == (None, None, None)
    with pytest.raises(NameDestroyedError):
        consent_to_open(opening=asked, passphrase=PASSPHRASES[1], by=second, now=now)
    sealed = SealedName.objects.get(signature=new)
    assert bytes(sealed.ciphertext or b"") != stolen[0]
    private = sealing.unlock(bytes(sealed.first.private_key), PASSPHRASES[0])
    with pytest.raises(sealing.CannotOpenError):
        sealing.open_with(private, stolen[1], about=f"petitions.sealed_name:{new.pk}".encode())
    opening = ask_to_open(sealed_name=sealed, reason="Again", passphrase=PASSPHRASES[0], by=first, now=now)
    identity = consent_to_open(opening=opening, passphrase=PASSPHRASES[1], by=second, now=now)
    assert (identity.name, identity.email) == (NAME, user.email)
    assert "Again" in last_body(user.email)


def test_s5_the_name_stays_withheld_in_list_receipt_dossier_and_every_table(client: Client) -> None:
    two_custodians()
    user, signature = a_withheld_signature()
    client.force_login(user)
    page = reverse("petitions:signature_version", args=[signature.pk])
    sha = signature.statement.versions.get(number=2).texts.get().sha256
    assert client.post(page, {"sign": "1", "fingerprint": sha}).status_code == 302
    new = Signature.objects.get(state="accepted")
    allowed = {"accounts_user", "accounts_expertprofile", "accounts_verification"}
    for word in (NAME, "Canary College", user.email):
        assert {table for table, value in cells() if word.encode() in value} <= allowed
    assert mails_to(user.email) == []
    assert NAME not in str(build_receipt(new))
    count_signatures()
    folder = built(new.statement).files
    assert folder.exists()
    listed = Client().get(reverse("petitions:statement_signatories", args=[new.statement.slug])).content.decode()
    assert "Professor of law" in listed
    assert listed.count("identity verified, name withheld") == 1
    assert NAME not in listed


def test_s5_no_moment_finer_than_a_day_and_no_session_leads_from_the_new_row_to_the_account(client: Client) -> None:
    two_custodians()
    user, signature = a_withheld_signature()
    client.force_login(user)
    sha = signature.statement.versions.get(number=2).texts.get().sha256
    client.post(reverse("petitions:signature_version", args=[signature.pk]), {"sign": "1", "fingerprint": sha})
    signature.refresh_from_db()
    new = Signature.objects.get(replaces=signature)
    seals = SealedName.objects.order_by("pk")
    moments = [new.created_at, new.confirmed_at, signature.superseded_at, seals[0].destroyed_at, seals[1].sealed_at]
    assert {(moment.hour, moment.minute, moment.microsecond) for moment in moments if moment} == {(0, 0, 0)}
    assert (new.user, new.email, new.proved_on, new.verification) == (None, None, None, None)
    assert str(new.pk) not in client.session.get("signatures", {})


def test_s5_nobody_but_the_own_account_seals_anew() -> None:
    two_custodians()
    _user, signature = a_withheld_signature()
    for by in (None, verified_expert(), UserFactory.with_role("moderator")):
        with pytest.raises(NotAllowedHereError):
            sign_anew(signature, by)
    signature.refresh_from_db()
    assert signature.state == "accepted"
    assert SealedName.objects.get().destroyed_at is None


def test_s5_without_custodians_or_proof_the_old_signature_stands_with_its_seal() -> None:
    two_custodians()
    user, signature = a_withheld_signature()
    custodian = Custodian.objects.order_by("pk")[0]
    Custodian.objects.filter(pk=custodian.pk).update(retired_at=timezone.now())
    with pytest.raises(NoCustodiansError):
        sign_anew(signature, user)
    Custodian.objects.filter(pk=custodian.pk).update(retired_at=None)
    Verification.objects.filter(user=user).update(revoked_at=timezone.now())
    with pytest.raises(NotVerifiedError):
        sign_anew(signature, user)
    VerificationFactory.create(user=user, method="institution_domain", checked_by=None)
    with pytest.raises(NotAllowedHereError):
        sign_anew(signature, user)
    count_signatures()
    assert Tally.objects.get().counted == 1
    assert SealedName.objects.get().destroyed_at is None


@pytest.mark.parametrize("change", ["checked again", "category"])
def test_s5_a_moderator_looks_again_at_who_was_checked_again_or_is_of_another_category(change: str) -> None:
    two_custodians()
    user, signature = a_withheld_signature()
    if change == "category":
        ExpertProfile.objects.filter(user=user).update(category="judge")
    else:
        VerificationFactory.create(user=user, checked_at=timezone.now())
    new = sign_anew(signature, user)
    assert (new.state, new.accepted_at, new.review_reason) == ("pending", None, "expert")


def test_s5_the_version_page_says_why_and_offers_it_to_the_account_alone(client: Client) -> None:
    two_custodians()
    user, signature = a_withheld_signature()
    page = reverse("petitions:signature_version", args=[signature.pk])
    client.force_login(user)
    html = client.get(page).content.decode()
    assert "sealed anew to two members of staff, and the old seal is destroyed" in html
    assert "Sign version 2" in html
    Custodian.objects.update(retired_at=timezone.now())
    html = client.get(page).content.decode()
    assert "Sign version 2" not in html
    assert "That needs two members of staff" in html


def test_s5_the_new_seal_is_destroyed_by_the_same_schedule(settings: Any) -> None:
    two_custodians()
    user, signature = a_withheld_signature()
    new, now = sign_anew(signature, user), timezone.now()
    Statement.objects.update(state="closed")
    note_endings(now=now)
    run_retention(now=now + timedelta(days=settings.RETENTION_DAYS_SEALED_NAME - 1))
    assert SealedName.objects.get(signature=new).destroyed_at is None
    run_retention(now=now + timedelta(days=settings.RETENTION_DAYS_SEALED_NAME + 1))
    assert not SealedName.objects.filter(destroyed_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_s5_from_eight_tabs_there_is_one_new_signature_and_one_seal() -> None:
    two_custodians()
    user, signature = a_withheld_signature()
    results = at_once(8, lambda _: sign_anew(signature, user))
    assert {getattr(result, "pk", result) for result in results} == {Signature.objects.get(version_number=2).pk}
    assert SealedName.objects.filter(destroyed_at=None).count() == 1
    count_signatures()
    assert Tally.objects.get().counted == 1
