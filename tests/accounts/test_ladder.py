"""The ladder: which rung holds more and until when, vouching, reminding, and what is said of each."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.actions import (
    AlreadyCheckedError,
    MayNotVouchError,
    MutualVoucherError,
    OwnIdentityError,
    ProfileChangedError,
    TooManyVouchersError,
    VouchedAlreadyError,
    check_address,
    confirm_identity,
    remind_expiring,
    revoke_verification,
    save_profile,
    vouch_for,
    withdraw_voucher,
)
from accounts.badges import EMAIL_CODE, badge_of_verification, rungs
from accounts.models import User, Verification, Voucher
from accounts.verification import LADDER, LASTS, current_verification, last_ended
from accounts.vouching import MOST_A_YEAR, invitation_of
from tests.accounts.factories import (
    EmailAddressFactory,
    ExpertProfileFactory,
    InstitutionDomainFactory,
    UserFactory,
    VerificationFactory,
)
from tests.petitions.mail import last_body, mails_to

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
STATEMENT = "We have taught together since 2011 and met last week."


def rung(method: str, user: User | None = None, **fields: Any) -> Verification:
    by_staff = method in Verification.BY_STAFF
    more = {"orcid": "0000-0002-1825-0097"} if method == "orcid" else {}
    return VerificationFactory.create(
        user=user or UserFactory.create(),
        method=method,
        checked_by=UserFactory.create() if by_staff else None,
        **{"checked_at": NOW - timedelta(days=1), **more, **fields},
    )


def expert(method: str = "staff_check", **profile: Any) -> User:
    user = ExpertProfileFactory.create(**profile).user
    if method:
        rung(method, user)
    return user


def vouch(by: User, person: User, now: datetime = NOW) -> Voucher:
    name = person.expert_profile.printed_name
    return vouch_for(person=person, seen_name=name, statement=STATEMENT, by=by, now=now)


class TestOrder:
    @pytest.mark.parametrize(("lower", "higher"), list(pairwise(LADDER[:4])))
    def test_a_higher_rung_wins_though_it_is_older(self, lower: str, higher: str) -> None:
        row = rung(higher, checked_at=NOW - timedelta(days=300))
        rung(lower, row.user)
        assert current_verification(user=row.user, now=NOW) == row

    @pytest.mark.parametrize("method", ["staff_check", "staff_page", "document"])
    def test_of_the_ways_of_staff_the_newest_counts(self, method: str) -> None:
        row = rung(method)
        for other in Verification.BY_STAFF:
            rung(other, row.user, checked_at=NOW - timedelta(days=2))
        assert current_verification(user=row.user, now=NOW) == row

    def test_the_ladder_names_every_method_once(self) -> None:
        assert sorted(LADDER) == sorted(Verification.Method.values)
        assert set(LASTS) == set(LADDER)


class TestEnding:
    @pytest.mark.parametrize("method", LADDER)
    def test_a_rung_holds_until_its_moment_and_no_longer(self, method: str) -> None:
        row = rung(method, expires_at=NOW)
        held = [current_verification(user=row.user, now=NOW + timedelta(microseconds=each)) for each in (-1, 0)]
        assert held == [row, None]
        assert last_ended(user=row.user, now=NOW) == row
        assert last_ended(user=row.user, now=NOW - timedelta(microseconds=1)) is None

    def test_what_holds_again_is_not_said_to_have_ended(self) -> None:
        row = rung("institution_domain", expires_at=NOW)
        rung("institution_domain", row.user)
        assert last_ended(user=row.user, now=NOW) is None

    def test_a_check_by_staff_holds_two_years_and_is_renewed_near_its_end(self) -> None:
        person, checker = ExpertProfileFactory.create(), UserFactory.create()
        check: dict[str, Any] = {"user": person.user, "profile_seen_at": person.updated_at, "by": checker}
        row = confirm_identity(**check, evidence="https://u.example/p", method="staff_page", now=NOW)
        assert (row.method, row.expires_at) == ("staff_page", NOW + timedelta(days=730))
        with pytest.raises(AlreadyCheckedError):
            confirm_identity(**check, evidence="again", now=NOW + timedelta(days=600))
        again = confirm_identity(**check, evidence="Bar card", method="document", now=NOW + timedelta(days=710))
        assert again.method == "document"

    def test_a_check_is_by_a_way_of_staff(self) -> None:
        person = ExpertProfileFactory.create()
        with pytest.raises(ValueError, match="not a check by staff"):
            confirm_identity(
                user=person.user,
                evidence="x",
                profile_seen_at=person.updated_at,
                by=UserFactory.create(),
                now=NOW,
                method="orcid",
            )

    @pytest.mark.parametrize("method", ["staff_check", "staff_page", "document"])
    def test_database_wants_a_checker_for_every_way_of_staff(self, method: str) -> None:
        with pytest.raises(IntegrityError, match="staff_check_names_checker"):
            VerificationFactory.create(method=method, checked_by=None)


class TestReminding:
    def test_who_will_lose_a_proof_is_told_once(self) -> None:
        row = rung("institution_domain", expires_at=NOW + timedelta(days=30))
        later = rung("institution_domain", expires_at=NOW + timedelta(days=30, seconds=1))
        assert [remind_expiring(now=NOW), remind_expiring(now=NOW)] == [1, 0]
        assert (len(mails_to(row.user.email)), mails_to(later.user.email)) == (1, [])
        assert "3 March 2026" in last_body(row.user.email)

    @pytest.mark.parametrize("fields", [{"expires_at": NOW}, {"revoked_at": NOW}, {"expires_at": None}])
    def test_nothing_is_said_of_what_ended_or_never_ends(self, fields: dict[str, Any]) -> None:
        rung("institution_domain", **{"expires_at": NOW + timedelta(days=1), **fields})
        assert remind_expiring(now=NOW) == 0

    def test_nothing_is_said_of_what_was_renewed(self) -> None:
        row = rung("institution_domain", expires_at=NOW + timedelta(days=10))
        rung("institution_domain", row.user, expires_at=NOW + timedelta(days=365))
        assert remind_expiring(now=NOW) == 0


class TestVouching:
    def test_the_second_voucher_verifies_for_a_year(self) -> None:
        person = expert("")
        vouch(expert("institution_domain"), person)
        assert current_verification(user=person, now=NOW) is None
        vouch(expert("staff_page"), person)
        row = current_verification(user=person, now=NOW)
        assert row is not None
        assert (row.method, row.expires_at) == ("vouched", NOW + timedelta(days=365))
        assert "Two verified experts have vouched for you" in last_body(person.email)

    def test_two_addresses_alone_verify_nobody(self) -> None:
        """Students have them: one of the two must be known to our staff."""
        person = expert("")
        for _ in range(3):
            vouch(expert("institution_domain"), person)
        assert not person.verifications.exists()

    @pytest.mark.parametrize("method", ["", "orcid", "vouched"])
    def test_who_is_not_known_well_enough_does_not_vouch(self, method: str) -> None:
        with pytest.raises(MayNotVouchError):
            vouch(expert(method), expert(""))

    def test_nobody_vouches_for_themselves(self) -> None:
        user = expert()
        with pytest.raises(OwnIdentityError):
            vouch(user, user)
        with pytest.raises(IntegrityError, match="not_of_oneself"):
            Voucher.objects.create(voucher=user, person=user, name="x", statement="x", given_at=NOW)

    def test_two_do_not_vouch_for_each_other(self) -> None:
        first, second = expert(), expert()
        row = vouch(first, second)
        with pytest.raises(MutualVoucherError):
            vouch(second, first)
        pair: dict[str, Any] = {"voucher": second, "person": first, "name": "x", "statement": "x", "given_at": NOW}
        with pytest.raises(IntegrityError, match="do not vouch for each other"), transaction.atomic():
            Voucher.objects.create(**pair)
        withdraw_voucher(voucher=row, by=first, now=NOW)
        assert vouch(second, first).pk

    def test_one_vouches_once_for_one_person_and_for_five_in_a_year(self) -> None:
        by, first = expert(), expert("")
        row = vouch(by, first)
        with pytest.raises(VouchedAlreadyError):
            vouch(by, first)
        withdraw_voucher(voucher=row, by=by, now=NOW)
        for _ in range(MOST_A_YEAR - 1):
            vouch(by, expert(""))
        with pytest.raises(TooManyVouchersError):
            vouch(by, expert(""))
        rung("staff_check", by, checked_at=NOW)
        assert vouch(by, expert(""), now=NOW + timedelta(days=365)).pk

    def test_a_name_changed_meanwhile_is_read_again(self) -> None:
        with pytest.raises(ProfileChangedError):
            vouch_for(person=expert(""), seen_name="Another", statement=STATEMENT, by=expert(), now=NOW)

    def test_taking_back_ends_it_and_tells(self) -> None:
        person, first, second = expert(""), expert(), expert()
        row = vouch(first, person)
        vouch(second, person)
        withdraw_voucher(voucher=row, by=first, now=NOW)
        withdraw_voucher(voucher=row, by=first, now=NOW)
        assert person.verifications.get().ending == "unvouched"
        assert current_verification(user=person, now=NOW) is None
        assert len(mails_to(person.email)) == 2

    def test_what_staff_took_back_no_voucher_brings_back(self) -> None:
        person, first = expert(""), expert()
        row = vouch(first, person)
        vouch(expert(), person)
        revoke_verification(
            verification=person.verifications.get(), reason="An impostor", by=UserFactory.create(), now=NOW
        )
        vouch(expert(), person)
        withdraw_voucher(voucher=row, by=first, now=NOW)
        vouch(first, person)
        assert current_verification(user=person, now=NOW) is None

    def test_two_addresses_are_not_enough_when_the_one_known_to_staff_leaves(self) -> None:
        person, known = expert(""), expert()
        row = vouch(known, person)
        for _ in range(2):
            vouch(expert("institution_domain"), person)
        assert current_verification(user=person, now=NOW) is not None
        withdraw_voucher(voucher=row, by=known, now=NOW)
        assert current_verification(user=person, now=NOW) is None

    def test_an_account_that_is_switched_off_does_not_vouch(self) -> None:
        by = expert()
        User.objects.filter(pk=by.pk).update(is_active=False)
        with pytest.raises(MayNotVouchError):
            vouch(by, expert(""))

    def test_a_vouchers_own_end_ends_nothing_and_is_shown(self, client: Client) -> None:
        person, first, second = expert(""), expert(), expert()
        now = timezone.now()
        for by in (first, second):
            vouch(by, person, now=now)
        Verification.objects.filter(user=first).update(revoked_at=now)
        assert current_verification(user=person, now=timezone.now()) is not None
        client.force_login(UserFactory.with_role("verifier"))
        page = client.get(reverse("accounts:verification_check", args=[person.pk])).content.decode()
        assert page.count("their own proof has ended since") == 1
        assert STATEMENT in page

    def test_another_name_ends_what_was_said_of_the_old_one(self) -> None:
        person = expert("", printed_name="Ada Invented")
        for by in (expert(), expert()):
            vouch(by, person)
        profile = person.expert_profile
        fields = {name: getattr(profile, name) for name in ("title", "is_current", "affiliation", "country", "field")}
        saved = save_profile(by=person, fields={**fields, "printed_name": "Bea Invented"}, language="en", now=NOW)
        assert saved.verification is None
        assert set(person.vouchers.values_list("ending", flat=True)) == {"profile_changed"}

    def test_database_keeps_what_was_said(self) -> None:
        row = vouch(expert(), expert(""))
        for change in ({"statement": "other"}, {"name": "other"}):
            with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
                Voucher.objects.filter(pk=row.pk).update(**change)
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            row.delete()


class TestVouchingPages:
    def test_an_expert_vouches_by_the_address_they_were_sent(self, client: Client) -> None:
        by, person = expert(), expert("")
        client.force_login(person)
        address = reverse("accounts:vouch", args=[invitation_of(person)])
        assert address.split("vouch/")[0] in client.get(reverse("accounts:identity")).content.decode()
        client.force_login(by)
        assert person.expert_profile.printed_name in client.get(address).content.decode()
        typed = {"seen_name": person.expert_profile.printed_name, "statement": "too short"}
        page = client.post(address, typed)
        assert (page.status_code, "too short" in page.content.decode()) == (422, True)
        client.post(address, {**typed, "statement": STATEMENT, "is_sure": "on"})
        row = Voucher.objects.get()
        assert (row.voucher, row.person) == (by, person)
        stranger = Client()
        stranger.force_login(expert())
        assert stranger.post(reverse("accounts:voucher_withdraw", args=[row.pk])).status_code == 404
        client.post(reverse("accounts:voucher_withdraw", args=[row.pk]))
        row.refresh_from_db()
        assert row.ending == "withdrawn"

    def test_a_made_up_or_old_address_leads_nowhere(self, client: Client) -> None:
        client.force_login(expert())
        token = invitation_of(expert(""))
        assert client.get(reverse("accounts:vouch", args=[f"{token}x"])).status_code == 404
        assert client.get(reverse("accounts:vouch", args=[invitation_of(UserFactory.create())])).status_code == 404

    def test_a_refusal_is_said_in_words(self, client: Client) -> None:
        by, person = expert("orcid"), expert("")
        client.force_login(by)
        typed = {"seen_name": person.expert_profile.printed_name, "statement": STATEMENT, "is_sure": "on"}
        page = client.post(reverse("accounts:vouch", args=[invitation_of(person)]), typed, follow=True)
        assert "Only experts whom our staff checked" in page.content.decode()
        assert not Voucher.objects.exists()


@pytest.mark.parametrize(
    "address", ["ada@universlty.example", "ada@university.example.evil.example", "ada@unıversity.example"]
)
def test_t19_an_address_that_looks_like_the_institutions_proves_nothing(address: str) -> None:
    InstitutionDomainFactory.create(domain="university.example")
    user = ExpertProfileFactory.create().user
    EmailAddressFactory.create(user=user, email=address)
    assert check_address(by=user, now=NOW) is None
    EmailAddressFactory.create(user=user, email="ada@university.example")
    assert check_address(by=user, now=NOW) is not None


class TestWords:
    @pytest.mark.parametrize("method", [EMAIL_CODE, *LADDER])
    def test_every_rung_is_worded_in_both_languages(self, method: str) -> None:
        badge = next(badge for badge in rungs() if badge.method == method)
        english = [str(words) for words in (badge.label, badge.meaning, badge.checker)]
        with translation.override("fa"):
            persian = [str(words) for words in (badge.label, badge.meaning, badge.checker)]
        assert all(english)
        assert [one for one, other in zip(english, persian, strict=True) if one == other] == (
            ["ORCID"] if method == "orcid" else []
        )

    def test_a_badge_says_neither_who_checked_nor_what_was_seen(self) -> None:
        row = rung("document", evidence="Passport of Ada")
        told = str(badge_of_verification(row).as_json())
        assert "Passport" not in told
        assert str(row.checked_by) not in told

    @pytest.mark.parametrize(("is_public", "shown"), [(True, "0000-0002-1825-0097"), (False, "")])
    def test_an_id_is_shown_with_consent_alone(self, is_public: bool, shown: str) -> None:
        badge = badge_of_verification(rung("orcid", is_public=is_public))
        assert (badge.evidence, shown in badge.url if shown else badge.url) == (shown, True if shown else "")

    @pytest.mark.parametrize("language", ["", "/fa"])
    def test_the_page_explains_every_rung(self, client: Client, language: str) -> None:
        page = client.get(f"{language}/account/how-we-verify/").content.decode()
        assert [method for method in (EMAIL_CODE, *LADDER) if f'id="{method}"' not in page] == []
