"""Profiles, checks, and what the person is told."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import IntegrityError, connection

from accounts import actions
from accounts.models import ExpertProfile, StaffRole, User, Verification
from outbox.models import Message
from tests.accounts.factories import (
    EmailAddressFactory,
    ExpertProfileFactory,
    InstitutionDomainFactory,
    UserFactory,
    VerificationFactory,
    VerificationRequestFactory,
)
from tests.accounts.mails import mails_to, text_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
FIELDS: dict[str, Any] = {
    "printed_name": "Maria Example",
    "original_name": "",
    "title": "Professor of criminal law",
    "is_current": True,
    "affiliation": "Invented University",
    "country": "NL",
    "field": "Criminal law",
}


def save(user: User, **changes: Any) -> actions.ProfileSaved:
    return actions.save_profile(by=user, fields={**FIELDS, **changes}, language="en", now=NOW)


def person_at(address: str, *, verified: bool = True) -> User:
    user = UserFactory.create()
    EmailAddressFactory.create(user=user, email=address, verified=verified)
    return user


class TestSaveProfile:
    def test_save_profile_makes_one_row_and_changes_it(self) -> None:
        user = UserFactory.create()
        save(user)
        save(user, title="Dean")
        assert ExpertProfile.objects.get().title == "Dean"

    def test_save_profile_verifies_by_a_proved_address(self) -> None:
        row = InstitutionDomainFactory.create(domain="university.example", institution__name="Invented University")
        found = save(person_at("maria@university.example")).verification
        assert found is not None
        assert found.method == "institution_domain"
        assert found.institution == row.institution
        assert found.checked_by is None
        assert found.expires_at == NOW + timedelta(days=365)
        assert "university.example" in found.evidence
        assert "Invented University" in found.evidence

    def test_save_profile_does_not_believe_an_unproved_address(self) -> None:
        InstitutionDomainFactory.create(domain="university.example")
        assert save(person_at("maria@university.example", verified=False)).verification is None

    @pytest.mark.parametrize("name", ExpertProfile.CHECKED_FIELDS)
    def test_changing_what_was_checked_ends_the_staff_check(self, name: str) -> None:
        user = UserFactory.create()
        save(user)
        check = VerificationFactory.create(user=user)
        now = False if name == "is_current" else "Somebody Else"
        saved = save(user, **{name: now})
        check.refresh_from_db()
        assert saved.ended_staff_check
        assert saved.verification is None
        assert (check.revoked_at, check.ending) == (NOW, "profile_changed")
        assert f"→ {now}" in check.ending_note

    def test_changing_the_field_keeps_the_staff_check(self) -> None:
        user = UserFactory.create()
        save(user)
        check = VerificationFactory.create(user=user)
        saved = save(user, field="Criminal law")
        assert not saved.ended_staff_check
        assert saved.verification == check

    def test_changing_the_name_keeps_what_the_address_shows(self) -> None:
        InstitutionDomainFactory.create(domain="university.example")
        user = person_at("maria@university.example")
        first = save(user).verification
        assert save(user, printed_name="Maria B. Example").verification == first


class TestCheckAddress:
    def test_check_address_twice_records_once(self) -> None:
        InstitutionDomainFactory.create(domain="university.example")
        user = person_at("maria@university.example")
        first = actions.check_address(by=user, now=NOW)
        assert actions.check_address(by=user, now=NOW + timedelta(days=200)) == first
        assert Verification.objects.count() == 1

    def test_check_address_renews_shortly_before_the_end(self) -> None:
        InstitutionDomainFactory.create(domain="university.example")
        user = person_at("maria@university.example")
        first = actions.check_address(by=user, now=NOW)
        second = actions.check_address(by=user, now=NOW + timedelta(days=350))
        assert second is not None
        assert second != first

    def test_check_address_does_not_bring_back_what_staff_took(self) -> None:
        InstitutionDomainFactory.create(domain="university.example")
        user = person_at("maria@university.example")
        row = actions.check_address(by=user, now=NOW)
        assert row is not None
        actions.revoke_verification(verification=row, reason="Student address.", by=UserFactory.create(), now=NOW)
        assert actions.check_address(by=user, now=NOW) is None

    def test_check_address_looks_at_every_proved_address(self) -> None:
        InstitutionDomainFactory.create(domain="university.example")
        user = person_at("maria@gmail.com")
        EmailAddressFactory.create(user=user, email="m@university.example")
        found = actions.check_address(by=user, now=NOW)
        assert found is not None
        assert found.domain == "university.example"


class TestRequestCheck:
    OFFER: ClassVar[dict[str, str]] = {"staff_page": "https://university.example/maria", "orcid": "", "note": ""}

    def test_request_check_needs_a_profile(self) -> None:
        user = UserFactory.create()
        with pytest.raises(actions.ProfileMissingError):
            actions.request_check(by=user, **self.OFFER, now=NOW)
        save(user)
        assert actions.request_check(by=user, **self.OFFER, now=NOW).is_open

    def test_request_check_twice_is_refused(self) -> None:
        user = ExpertProfileFactory.create().user
        actions.request_check(by=user, **self.OFFER, now=NOW)
        with pytest.raises(actions.RequestOpenError):
            actions.request_check(by=user, **self.OFFER, now=NOW)

    def test_request_check_of_a_checked_person_is_refused(self) -> None:
        user = ExpertProfileFactory.create().user
        VerificationFactory.create(user=user)
        with pytest.raises(actions.RequestOpenError):
            actions.request_check(by=user, **self.OFFER, now=NOW)


class TestStaffChecks:
    def confirm(self, expert: ExpertProfile, by: User) -> Verification:
        return actions.confirm_identity(
            user=expert.user, evidence="Staff page.", profile_seen_at=expert.updated_at, by=by, now=NOW
        )

    def test_confirm_identity_records_closes_and_tells(self) -> None:
        expert, checker = ExpertProfileFactory.create(), UserFactory.create()
        asked = VerificationRequestFactory.create(user=expert.user)
        row = self.confirm(expert, checker)
        asked.refresh_from_db()
        assert (row.method, row.checked_by, row.evidence) == ("staff_check", checker, "Staff page.")
        assert (asked.outcome, asked.decided_by) == ("confirmed", checker)
        (mail,) = mails_to(expert.user.email)
        assert expert.printed_name in text_of(mail)
        assert "/account/" in text_of(mail)

    def test_confirm_identity_of_oneself_is_refused(self) -> None:
        expert = ExpertProfileFactory.create()
        with pytest.raises(actions.OwnIdentityError):
            self.confirm(expert, expert.user)
        assert self.confirm(expert, UserFactory.create())

    def test_confirm_identity_of_a_changed_profile_is_refused(self) -> None:
        expert = ExpertProfileFactory.create()
        save(expert.user, printed_name="Somebody Else")
        with pytest.raises(actions.ProfileChangedError):
            self.confirm(expert, UserFactory.create())
        expert.refresh_from_db()
        assert self.confirm(expert, UserFactory.create())

    def test_confirm_identity_twice_is_refused(self) -> None:
        expert = ExpertProfileFactory.create()
        self.confirm(expert, UserFactory.create())
        with pytest.raises(actions.AlreadyCheckedError):
            self.confirm(expert, UserFactory.create())
        assert Message.objects.count() == 1

    def test_refuse_identity_gives_the_reason_in_the_persons_language(self) -> None:
        asked = VerificationRequestFactory.create(user__language="fa")
        row = actions.refuse_identity(request=asked, reason="The page is gone.", by=UserFactory.create(), now=NOW)
        assert (row.outcome, row.reason) == ("refused", "The page is gone.")
        (mail,) = mails_to(asked.user.email)
        assert "The page is gone." in text_of(mail)
        assert "/fa/account/" in text_of(mail)

    def test_refuse_identity_twice_or_of_oneself_is_refused(self) -> None:
        asked = VerificationRequestFactory.create()
        with pytest.raises(actions.OwnIdentityError):
            actions.refuse_identity(request=asked, reason="No.", by=asked.user, now=NOW)
        actions.refuse_identity(request=asked, reason="No.", by=UserFactory.create(), now=NOW)
        with pytest.raises(actions.AlreadyDecidedError):
            actions.refuse_identity(request=asked, reason="No.", by=UserFactory.create(), now=NOW)
        assert Message.objects.count() == 1

    def test_revoke_verification_ends_it_and_tells(self) -> None:
        row, checker = VerificationFactory.create(), UserFactory.create()
        ended = actions.revoke_verification(verification=row, reason="It was a mistake.", by=checker, now=NOW)
        assert (ended.ending, ended.revoked_by, ended.revoked_at) == ("revoked", checker, NOW)
        assert "It was a mistake." in text_of(mails_to(row.user.email)[0])
        with pytest.raises(actions.AlreadyDecidedError):
            actions.revoke_verification(verification=row, reason="Again.", by=checker, now=NOW)

    def test_revoke_verification_of_oneself_is_refused(self) -> None:
        row = VerificationFactory.create()
        with pytest.raises(actions.OwnIdentityError):
            actions.revoke_verification(verification=row, reason="Mine.", by=row.user, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_checkers_at_once_confirm_once() -> None:
    expert = ExpertProfileFactory.create()
    checkers, results = [UserFactory.create(), UserFactory.create()], []
    start = threading.Barrier(2, timeout=10)

    def confirm(checker: User) -> None:
        try:
            start.wait()
            actions.confirm_identity(
                user=expert.user, evidence="Page.", profile_seen_at=expert.updated_at, by=checker, now=NOW
            )
            results.append("confirmed")
        except actions.AlreadyCheckedError:
            results.append("already")
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=(checker,)) for checker in checkers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(results) == ["already", "confirmed"]
    assert Verification.objects.count() == 1
    assert Message.objects.count() == 1


class TestPeople:
    def test_open_account_can_sign_in_at_once(self) -> None:
        user = actions.open_account(email="Ada@People.example", password="four quiet herons wade", by=None, now=NOW)
        assert user.email == "ada@people.example"
        assert user.emailaddress_set.get().verified  # type: ignore[attr-defined]  # allauth has no types
        with pytest.raises(IntegrityError):
            actions.open_account(email="ADA@people.example", password=None, by=None, now=NOW)

    def test_grant_role_twice_gives_it_once_and_revoke_takes_it(self) -> None:
        user, by = UserFactory.create(), UserFactory.create()
        first = actions.grant_role(user=user, role="verifier", by=by, now=NOW)
        assert actions.grant_role(user=user, role="verifier", by=None, now=NOW) == first
        user.refresh_from_db()
        assert user.is_staff
        assert first.granted_by == by
        assert actions.revoke_role(user=user, role="verifier", by=by, now=NOW)
        assert not actions.revoke_role(user=user, role="verifier", by=by, now=NOW)
        user.refresh_from_db()
        assert not user.is_staff

    def test_grant_role_refuses_an_unknown_role(self) -> None:
        with pytest.raises(ValueError, match="emperor"):
            actions.grant_role(user=UserFactory.create(), role="emperor", by=None, now=NOW)
        assert not StaffRole.objects.exists()
