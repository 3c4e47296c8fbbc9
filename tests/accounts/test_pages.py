"""The account page, the profile and the desk, over HTTP."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ExpertProfile, User, Verification, VerificationRequest
from tests.accounts.factories import (
    EmailAddressFactory,
    ExpertProfileFactory,
    InstitutionDomainFactory,
    UserFactory,
    VerificationFactory,
    VerificationRequestFactory,
)
from tests.accounts.mails import code_in, mails_to
from tests.accounts.test_forms import DATA

pytestmark = pytest.mark.django_db

PASSWORD = "four quiet herons wade"


def register(client: Client, address: str) -> User:
    client.post(reverse("account_signup"), {"email": address, "password1": PASSWORD})
    client.post(reverse("account_email_verification_sent"), {"code": code_in(mails_to(address)[0])})
    return User.objects.get(email=address)


def post(client: Client, name: str, data: dict[str, Any], *args: Any) -> Any:
    return client.post(reverse(f"accounts:{name}", args=args), data, follow=True)


class TestJourney:
    def test_expert_registers_and_is_verified_by_the_institutions_address(self, client: Client) -> None:
        InstitutionDomainFactory.create(domain="university.example", institution__name="Invented University")
        register(client, "maria@university.example")
        page = post(client, "profile_edit", DATA)
        assert page.redirect_chain[-1][0] == reverse("accounts:profile")
        body = page.content.decode()
        assert "e-mail address at <bdi>Invented University</bdi>" in body
        assert "staff and students alike" in body

    def test_expert_is_verified_by_staff(self, client: Client) -> None:
        expert = register(client, "maria@people.example")
        post(client, "profile_edit", DATA)
        page = post(client, "check_request", {"staff_page": "https://university.example/maria"})
        assert "waiting for our staff" in page.content.decode()

        desk = Client()
        desk.force_login(UserFactory.with_role("verifier"))
        page = desk.get(reverse("accounts:verification_queue"))
        assert "Maria Example" in page.content.decode()
        page = desk.get(reverse("accounts:verification_check", args=[expert.pk]))
        assert "https://university.example/maria" in page.content.decode()
        seen = page.context["confirm_form"]["profile_seen_at"].value()
        post(desk, "verification_confirm", {"evidence": "Staff page.", "profile_seen_at": seen}, expert.pk)

        page = client.get(reverse("accounts:profile"))
        assert "identity checked by staff" in page.content.decode()
        assert len(mails_to(expert.email)) == 2

    def test_expert_adds_an_address_at_the_institution_later(self, client: Client) -> None:
        InstitutionDomainFactory.create(domain="university.example")
        register(client, "maria@people.example")
        post(client, "profile_edit", DATA)
        page = post(client, "address_check", {})
        assert "None of your addresses shows an institution" in page.content.decode()

        client.post(reverse("account_email"), {"email": "m@university.example", "action_add": ""})
        code = code_in(mails_to("m@university.example")[0])
        client.post(reverse("account_email_verification_sent"), {"code": code})
        assert "you belong to" in post(client, "address_check", {}).content.decode()


class TestProfile:
    @pytest.fixture(autouse=True)
    def somebody(self, client: Client) -> User:
        self.user: User = UserFactory.create(email="maria@people.example")
        client.force_login(self.user)
        return self.user

    def test_bad_name_keeps_what_was_typed_and_says_it_beside_the_field(self, client: Client) -> None:
        page = post(client, "profile_edit", {**DATA, "printed_name": "Mаria Example"})
        assert page.context["form"].errors.keys() == {"printed_name"}
        assert 'value="Invented University"' in page.content.decode()
        assert not ExpertProfile.objects.exists()

    def test_form_warns_before_a_staff_check_would_end(self, client: Client) -> None:
        ExpertProfileFactory.create(user=self.user)
        url = reverse("accounts:profile_edit")
        assert "that check ends" not in client.get(url).content.decode()
        VerificationFactory.create(user=self.user)
        assert "that check ends" in client.get(url).content.decode()
        page = post(client, "profile_edit", DATA)
        assert "has ended. You can ask for a new one." in page.content.decode()
        assert "because the name or the institution was changed" in page.content.decode()

    def test_get_and_head_change_nothing(self, client: Client) -> None:
        InstitutionDomainFactory.create(domain="people.example")
        EmailAddressFactory.create(user=self.user, email=self.user.email)
        assert client.get(reverse("accounts:address_check")).status_code == 405
        client.get(reverse("accounts:profile"))
        client.head(reverse("accounts:profile_edit"))
        assert not Verification.objects.exists()

    def test_refusal_shows_its_reason_and_the_way_to_ask_again(self, client: Client) -> None:
        ExpertProfileFactory.create(user=self.user)
        VerificationRequestFactory.create(
            user=self.user,
            outcome="refused",
            reason="The page <b>names</b> somebody else.",
            decided_by=UserFactory.create(),
            decided_at="2026-01-12T12:00Z",
        )
        body = client.get(reverse("accounts:profile")).content.decode()
        assert "The page &lt;b&gt;names&lt;/b&gt; somebody else." in body
        assert reverse("accounts:check_request") in body

    def test_request_without_profile_leads_to_the_profile(self, client: Client) -> None:
        page = post(client, "check_request", {"note": "Look me up."})
        assert page.redirect_chain[-1][0] == reverse("accounts:profile_edit")
        assert not VerificationRequest.objects.exists()

    @pytest.mark.parametrize("role", ["moderator", "case_editor", "letter_author", "verifier"])
    def test_desks_are_shown_to_those_who_work_there(self, client: Client, role: str) -> None:
        assert 'id="desks"' not in client.get(reverse("accounts:profile")).content.decode()
        client.force_login(UserFactory.with_role(role))
        assert 'id="desks"' in client.get(reverse("accounts:profile")).content.decode()


@pytest.mark.parametrize("name", ["profile", "profile_edit", "check_request", "verification_queue"])
def test_anonymous_people_are_sent_to_sign_in(client: Client, name: str) -> None:
    url = reverse(f"accounts:{name}")
    page = client.get(url)
    assert page.status_code == 302
    assert page["Location"] == f"{reverse('account_login')}?next={url}"


class TestDesk:
    @pytest.fixture(autouse=True)
    def checker(self, client: Client) -> User:
        self.verifier: User = UserFactory.with_role("verifier")
        client.force_login(self.verifier)
        return self.verifier

    def test_queue_is_empty_in_words_then_oldest_first(self, client: Client) -> None:
        url = reverse("accounts:verification_queue")
        assert "Nobody is waiting" in client.get(url).content.decode()
        for name, day in (("Younger", 20), ("Older", 10)):
            user = ExpertProfileFactory.create(printed_name=name).user
            VerificationRequestFactory.create(user=user, created_at=f"2026-01-{day}T12:00Z")
        body = client.get(url).content.decode()
        assert body.index("Older") < body.index("Younger")

    def test_queue_asks_the_database_as_often_for_three_as_for_one(
        self, client: Client, django_assert_num_queries: Any
    ) -> None:
        url = reverse("accounts:verification_queue")

        def add() -> None:
            expert = ExpertProfileFactory.create()
            VerificationRequestFactory.create(user=expert.user)
            VerificationFactory.create(user=ExpertProfileFactory.create().user, checked_by=self.verifier)

        add()
        client.get(url)
        with django_assert_num_queries(5):
            client.get(url)
        add()
        add()
        with django_assert_num_queries(5):
            assert client.get(url).content.decode().count("Asked on") == 3

    @pytest.mark.parametrize("role", ["moderator", "case_editor", "letter_author", ""])
    def test_others_are_refused(self, client: Client, role: str) -> None:
        expert = ExpertProfileFactory.create()
        request = VerificationRequestFactory.create(user=expert.user)
        row = VerificationFactory.create()
        client.force_login(UserFactory.with_role(role) if role else UserFactory.create())
        for name, pk in (("verification_queue", None), ("verification_check", expert.user.pk)):
            assert client.get(reverse(f"accounts:{name}", args=[pk] if pk else [])).status_code == 403
        for name, pk in (
            ("verification_confirm", expert.user.pk),
            ("verification_refuse", expert.user.pk),
            ("verification_revoke", row.pk),
        ):
            assert client.post(reverse(f"accounts:{name}", args=[pk]), {"reason": "x"}).status_code == 403
        request.refresh_from_db()
        row.refresh_from_db()
        assert request.is_open
        assert row.revoked_at is None

    def test_unknown_person_is_404(self, client: Client) -> None:
        assert client.get(reverse("accounts:verification_check", args=[99999999])).status_code == 404
        for name in ("verification_confirm", "verification_refuse", "verification_revoke"):
            assert post(client, name, {}, 99999999).status_code == 404

    def test_confirm_without_evidence_says_so_beside_the_field(self, client: Client) -> None:
        expert = ExpertProfileFactory.create()
        page = post(client, "verification_confirm", {"profile_seen_at": expert.updated_at.isoformat()}, expert.user.pk)
        assert page.context["confirm_form"].errors.keys() == {"evidence"}
        assert not Verification.objects.exists()

    @pytest.mark.parametrize("seen", ["", "yesterday", "2026-13-45T99:99Z", "2026-01-01"])
    def test_confirm_with_broken_moment_is_no_error_page(self, client: Client, seen: str) -> None:
        expert = ExpertProfileFactory.create()
        page = post(client, "verification_confirm", {"evidence": "Page.", "profile_seen_at": seen}, expert.user.pk)
        assert page.status_code == 200
        assert not Verification.objects.exists()

    def test_confirm_of_a_profile_changed_meanwhile_shows_the_new_one_then_works(self, client: Client) -> None:
        expert = ExpertProfileFactory.create()
        seen = expert.updated_at.isoformat()
        expert.printed_name = "Changed Meanwhile"
        expert.save()
        page = post(client, "verification_confirm", {"evidence": "Page.", "profile_seen_at": seen}, expert.user.pk)
        assert "was changed while you looked" in page.content.decode()
        assert "Changed Meanwhile" in page.content.decode()
        form = page.context["confirm_form"]
        data = {name: form[name].value() for name in ("evidence", "profile_seen_at")}
        post(client, "verification_confirm", data, expert.user.pk)
        assert Verification.objects.get().evidence == "Page."

    def test_nobody_confirms_themselves(self, client: Client) -> None:
        expert = ExpertProfileFactory.create(user=self.verifier)
        page = client.get(reverse("accounts:verification_check", args=[self.verifier.pk]))
        assert "Nobody checks themselves" in page.content.decode()
        data = {"evidence": "It is me.", "profile_seen_at": expert.updated_at.isoformat()}
        page = post(client, "verification_confirm", data, self.verifier.pk)
        assert "Nobody checks themselves" in page.content.decode()
        assert not Verification.objects.exists()

    def test_refuse_needs_a_reason_and_tells_it(self, client: Client) -> None:
        request = VerificationRequestFactory.create(user=ExpertProfileFactory.create().user)
        page = post(client, "verification_refuse", {"reason": " "}, request.user.pk)
        assert page.context["refuse_form"].errors.keys() == {"reason"}
        post(client, "verification_refuse", {"reason": "The page is gone."}, request.user.pk)
        request.refresh_from_db()
        assert (request.outcome, request.decided_by) == ("refused", self.verifier)
        assert len(mails_to(request.user.email)) == 1

    def test_refuse_twice_says_that_it_is_decided(self, client: Client) -> None:
        request = VerificationRequestFactory.create(user=ExpertProfileFactory.create().user)
        post(client, "verification_refuse", {"reason": "The page is gone."}, request.user.pk)
        page = post(client, "verification_refuse", {"reason": "The page is gone."}, request.user.pk)
        assert "decided this request already" in page.content.decode()
        assert len(mails_to(request.user.email)) == 1

    def test_revoke_needs_a_reason_and_is_recorded(self, client: Client) -> None:
        row = VerificationFactory.create(user=ExpertProfileFactory.create().user)
        page = post(client, "verification_revoke", {"reason": ""}, row.pk)
        assert "<details open>" in page.content.decode()
        post(client, "verification_revoke", {"reason": "A mistake of ours."}, row.pk)
        row.refresh_from_db()
        assert (row.ending, row.revoked_by) == ("revoked", self.verifier)
        page = post(client, "verification_revoke", {"reason": "Again."}, row.pk)
        assert "has ended already" in page.content.decode()

    def test_desk_without_token_is_refused(self) -> None:
        request = VerificationRequestFactory.create(user=ExpertProfileFactory.create().user)
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(self.verifier)
        assert post(strict, "verification_refuse", {"reason": "No."}, request.user.pk).status_code == 403
        request.refresh_from_db()
        assert request.is_open
