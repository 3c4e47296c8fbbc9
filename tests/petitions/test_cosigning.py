import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ExpertProfile, User, Verification
from petitions.actions import accept_signature, cosign_statement, freeze_version
from petitions.counts.counting import count_signatures
from petitions.errors import NotVerifiedError, StatementClosedError, TextChangedError
from petitions.models import Signature, Statement
from tests.accounts.factories import ExpertProfileFactory, UserFactory
from tests.petitions.factories import SignatureFactory, StatementFactory, draft_version, new_version, verified_expert
from tests.petitions.mail import last_body, mails_to

pytestmark = pytest.mark.django_db


def signable(statement: Statement) -> Any:
    return statement.current_version().text_to_sign("en")  # type: ignore[union-attr]  # there is one


def cosign(statement: Statement, user: User) -> Signature:
    return cosign_statement(statement=statement, text=signable(statement), language="en", by=user, now=timezone.now())


def sign_url(statement: Statement) -> str:
    return reverse("petitions:statement_sign", args=[statement.slug])


def test_expert_reads_and_signs(client: Client) -> None:
    statement = StatementFactory.open(kind="expert")
    user = verified_expert(original_name="کارشناس", is_current=False)
    client.force_login(user)
    page = client.get(sign_url(statement)).content.decode()
    assert signable(statement).sha256 in page
    assert "former" in page

    response = client.post(
        sign_url(statement), {"agrees": "on", "fingerprint": signable(statement).sha256}, follow=True
    )
    signature = Signature.objects.get()
    assert "A person will look at it" in response.content.decode()
    profile = user.expert_profile
    assert (signature.state, signature.user, signature.proof) == ("pending", user, "staff_check")
    assert (signature.name, signature.title, signature.affiliation, signature.is_current) == (
        profile.printed_name,
        profile.title,
        profile.affiliation,
        False,
    )
    assert signature.text_sha256 in last_body(user.email)


def test_box_must_be_ticked(client: Client) -> None:
    statement = StatementFactory.open(kind="expert")
    client.force_login(verified_expert())
    response = client.post(sign_url(statement), {"fingerprint": signable(statement).sha256})
    assert (response.status_code, Signature.objects.count()) == (422, 0)
    assert "Tick the box" in response.content.decode()


def test_profile_is_frozen_into_the_signature() -> None:
    user = verified_expert()
    signature = cosign(StatementFactory.open(kind="expert"), user)
    ExpertProfile.objects.filter(user=user).update(affiliation="Elsewhere")
    signature.refresh_from_db()
    assert signature.affiliation == "Example University"


def test_signing_twice_gives_the_same_row_and_a_kind_message(client: Client) -> None:
    statement, user = StatementFactory.open(kind="expert"), verified_expert()
    first = cosign(statement, user)
    assert cosign(statement, user) == first
    assert len(mails_to(user.email)) == 1
    client.force_login(user)
    page = client.get(sign_url(statement), follow=True)
    assert "signed this statement already" in page.content.decode()
    assert Signature.objects.count() == 1


def test_anonymous_is_sent_to_sign_in_and_back(client: Client) -> None:
    statement = StatementFactory.open(kind="expert")
    response = client.get(sign_url(statement))
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next={sign_url(statement)}"


@pytest.mark.parametrize("missing", ["profile", "verification"])
def test_missing_step_is_named(client: Client, missing: str) -> None:
    statement = StatementFactory.open(kind="expert")
    user = UserFactory.create() if missing == "profile" else ExpertProfileFactory.create().user
    client.force_login(user)
    page = client.get(sign_url(statement)).content.decode()
    assert "Before you can co-sign" in page
    assert page.count("tag--wait") == (2 if missing == "profile" else 1)
    client.post(sign_url(statement), {"agrees": "on", "fingerprint": signable(statement).sha256})
    assert Signature.objects.count() == 0


def test_revoked_or_expired_verification_does_not_sign() -> None:
    statement = StatementFactory.open(kind="expert")
    for change in ({"revoked_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(days=1)}):
        user = verified_expert()
        Verification.objects.filter(user=user).update(**change)
        with pytest.raises(NotVerifiedError):
            cosign(statement, user)
    assert cosign(statement, verified_expert()).state == "pending"


def test_closed_statement_and_old_version_are_refused() -> None:
    statement, user = StatementFactory.open(kind="expert"), verified_expert()
    old = signable(statement)
    new_version(statement)
    with pytest.raises(TextChangedError):
        cosign_statement(statement=statement, text=old, language="en", by=user, now=timezone.now())
    Statement.objects.filter(pk=statement.pk).update(state="closed")
    with pytest.raises(StatementClosedError):
        cosign(statement, user)
    Statement.objects.filter(pk=statement.pk).update(state="open")
    assert cosign(statement, user).version_number == 2


def test_persian_reader_signs_the_original_when_the_translation_is_unofficial() -> None:
    statement = StatementFactory.open(kind="expert")
    version = statement.current_version()
    assert version is not None
    assert version.text_to_sign("fa").language == "en"  # type: ignore[union-attr]  # there is one
    official = StatementFactory.create(kind="expert")
    draft = draft_version(official)
    draft.texts.filter(language="fa").update(is_unofficial=False)
    freeze_version(version=draft, by=official.written_by, now=timezone.now())
    assert official.current_version().text_to_sign("fa").language == "fa"  # type: ignore[union-attr]  # there is one


def test_my_signatures_receipt_and_withdrawal(client: Client) -> None:
    statement, user = StatementFactory.open(kind="expert"), verified_expert()
    signature = cosign(statement, user)
    receipt = reverse("petitions:signature_receipt", args=[signature.pk])
    withdraw = reverse("petitions:signature_withdraw", args=[signature.pk])
    client.force_login(user)
    assert receipt in client.get(reverse("petitions:my_signatures")).content.decode()
    data = json.loads(client.get(reverse("petitions:signature_receipt_json", args=[signature.pk])).content)
    assert (data["text_sha256"], data["version"], data["state"]) == (signature.text_sha256, 1, "pending")
    assert user.email not in json.dumps(data)

    stranger = Client()
    stranger.force_login(UserFactory.create())
    for url in (receipt, withdraw, reverse("petitions:signature_receipt_json", args=[signature.pk])):
        assert stranger.get(url).status_code == 404
    assert stranger.post(withdraw).status_code == 404

    assert client.get(withdraw).status_code == 200
    signature.refresh_from_db()
    assert signature.state == "pending"
    client.post(withdraw)
    client.post(withdraw)
    signature.refresh_from_db()
    assert signature.state == "withdrawn"
    again = cosign(statement, user)
    assert again.pk != signature.pk


def test_canonical_text_hashes_to_the_fingerprint(client: Client) -> None:
    import hashlib

    statement = StatementFactory.open()
    for text in statement.versions.get().texts.all():
        response = client.get(reverse("petitions:statement_canonical", args=[statement.slug, 1, text.language]))
        assert hashlib.sha256(response.content).hexdigest() == text.sha256
    assert client.get(reverse("petitions:statement_canonical", args=[statement.slug, 9, "en"])).status_code == 404


def test_two_accounts_behind_one_mailbox_sign_once(client: Client) -> None:
    statement = StatementFactory.open(kind="expert")
    for address in ("ann@university.example", "ann+second@university.example"):
        user = verified_expert()
        user.email = address
        user.save()
        client.force_login(user)
        signed = client.post(sign_url(statement), {"fingerprint": signable(statement).sha256, "agrees": "on"})
    assert Signature.objects.count() == 1
    assert signed["Location"] == reverse("petitions:signature_manage", args=[statement.slug])
    assert "under another account" in client.get(signed["Location"]).content.decode()


def test_all_that_identifies_is_copied_and_shown(client: Client) -> None:
    statement = StatementFactory.open(kind="expert")
    user = verified_expert(
        printed_name="Maria Example",
        honorific="Prof. Dr.",
        sort_key="Example, Maria",
        category="academic",
        ror_id="https://ror.org/05dxps055",
        in_personal_capacity=True,
    )
    signature = cosign(statement, user)
    copied = (signature.honorific, signature.sort_key, signature.category, signature.ror_id)
    assert copied == ("Prof. Dr.", "Example, Maria", "academic", "https://ror.org/05dxps055")
    accept_signature(signature=signature, seen_state="pending", by=UserFactory.create(), now=timezone.now())
    count_signatures()
    page = client.get(reverse("petitions:statement_signatories", args=[statement.slug])).content.decode()
    for words in ("Prof. Dr.", "Maria Example", "(in a personal capacity)", "academics"):
        assert words in page


def test_agreement_says_the_capacity(client: Client) -> None:
    statement = StatementFactory.open(kind="expert")
    for personal in (True, False):
        client.force_login(verified_expert(in_personal_capacity=personal))
        page = client.get(sign_url(statement)).content.decode()
        assert ("sign it in a personal capacity" in page) is personal


def test_experts_are_listed_by_their_own_key_and_initials_last(client: Client) -> None:
    statement = StatementFactory.open(kind="expert")
    people = (("Ada Zeta", "Zeta", "full"), ("Zoe Alpha", "alpha", "full"), ("Bo Beta", "beta", "initials"))
    for name, key, display in people:
        signature = cosign(statement, verified_expert(printed_name=name, sort_key=key))
        accept_signature(signature=signature, seen_state="pending", by=UserFactory.create(), now=timezone.now())
        Signature.objects.filter(pk=signature.pk).update(display=display)
    count_signatures()
    page = client.get(reverse("petitions:statement_signatories", args=[statement.slug])).content.decode()
    places = [page.index(name) for name in ("Zoe Alpha", "Ada Zeta", "B. B.")]
    assert places == sorted(places)


def test_organisation_signs_in_a_list_of_its_own(client: Client) -> None:
    statement = StatementFactory.open(kind="organisations")
    user = verified_expert(printed_name="Maria Example")
    client.force_login(user)
    page = client.get(sign_url(statement)).content.decode()
    assert "has authorised me to" in page
    given = {
        "way": "organisation",
        "agrees": "on",
        "fingerprint": signable(statement).sha256,
        "organisation": "Lives without Borders",
        "organisation_role": "President",
        "authority": "https://lives.example/board",
    }
    assert client.post(sign_url(statement), {**given, "organisation": ""}).status_code == 422
    assert client.post(sign_url(statement), given).status_code == 302
    signature = Signature.objects.get()
    assert (signature.signs_as, signature.organisation, signature.in_personal_capacity) == (
        "organisation",
        "Lives without Borders",
        False,
    )
    moderator = UserFactory.with_role("moderator")
    client.force_login(moderator)
    assert "https://lives.example/board" in client.get(reverse("petitions:moderation_queue")).content.decode()
    accept_signature(signature=signature, seen_state="pending", by=moderator, now=timezone.now())
    count_signatures()
    client.logout()
    page = client.get(reverse("petitions:statement_signatories", args=[statement.slug])).content.decode()
    assert "Lives without Borders" in page
    assert "lives.example" not in page
    # With individuals in it too, their list follows the organisations'; an empty one is not shown.
    assert ("<h2>Organisations</h2>" in page, "<h2>Individuals</h2>" in page) == (True, False)
    SignatureFactory.accepted(statement=statement)
    page = client.get(reverse("petitions:statement_signatories", args=[statement.slug])).content.decode()
    assert page.index("<h2>Organisations</h2>") < page.index("<h2>Individuals</h2>")


def test_expert_statement_takes_organisations_only_when_it_says_so(client: Client) -> None:
    statement = StatementFactory.open(kind="expert")
    client.force_login(verified_expert())
    assert "For an organisation" not in client.get(sign_url(statement)).content.decode()
    assert "Name of the organisation" not in client.get(sign_url(statement) + "?as=organisation").content.decode()
    Statement.objects.filter(pk=statement.pk).update(takes_organisations=True)
    assert "Name of the organisation" in client.get(sign_url(statement) + "?as=organisation").content.decode()
    assert "Name of the organisation" not in client.get(sign_url(statement)).content.decode()
