from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Verification
from accounts.verification import current_verification
from tests.accounts.factories import UserFactory, VerificationFactory, VerificationRequestFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def address_proof(**fields: object) -> Verification:
    return VerificationFactory.create(
        method="institution_domain", checked_by=None, domain="university.example", **fields
    )


def test_current_verification_prefers_a_staff_check_to_a_newer_address() -> None:
    check = VerificationFactory.create(checked_at=NOW - timedelta(days=90))
    address_proof(user=check.user, checked_at=NOW - timedelta(days=1))
    assert current_verification(user=check.user, now=NOW) == check


def test_current_verification_takes_the_newest_of_one_kind() -> None:
    old = address_proof(checked_at=NOW - timedelta(days=90))
    new = address_proof(user=old.user, checked_at=NOW - timedelta(days=1))
    assert current_verification(user=old.user, now=NOW) == new


def test_current_verification_leaves_out_ended_and_expired() -> None:
    user = UserFactory.create()
    VerificationFactory.create(user=user, revoked_at=NOW - timedelta(days=1))
    row = address_proof(user=user, expires_at=NOW)
    assert current_verification(user=user, now=NOW) is None
    assert current_verification(user=user, now=NOW - timedelta(seconds=1)) == row


def test_current_verification_of_somebody_else_does_not_count() -> None:
    VerificationFactory.create()
    assert current_verification(user=UserFactory.create(), now=NOW) is None


def test_database_refuses_a_staff_check_without_a_checker() -> None:
    with pytest.raises(IntegrityError, match="staff_check_names_checker"):
        VerificationFactory.create(checked_by=None)


def test_database_refuses_a_check_of_oneself() -> None:
    user = UserFactory.create()
    with pytest.raises(IntegrityError, match="not_of_oneself"):
        VerificationFactory.create(user=user, checked_by=user)


def test_database_keeps_what_was_found() -> None:
    row = VerificationFactory.create()
    rows = Verification.objects.filter(pk=row.pk)
    assert rows.update(revoked_at=NOW) == 1
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        rows.update(evidence="something else")
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        rows.update(checked_at=NOW)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        rows.delete()


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"staff_page": ""}, "offers_something"),
        ({"outcome": "confirmed"}, "decided_by_somebody"),
        ({"decided_at": NOW}, "decided_by_somebody"),
    ],
)
def test_database_refuses_half_a_request(fields: dict[str, object], rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule):
        VerificationRequestFactory.create(**fields)


def test_database_refuses_a_second_open_request_and_silent_refusal() -> None:
    row = VerificationRequestFactory.create()
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        VerificationRequestFactory.create(user=row.user)
    decided = {"outcome": "refused", "decided_at": NOW, "decided_by": UserFactory.create()}
    with pytest.raises(IntegrityError, match="refusal_says_why"), transaction.atomic():
        VerificationRequestFactory.create(user=row.user, **decided)
    with pytest.raises(IntegrityError, match="not_of_oneself"), transaction.atomic():
        VerificationRequestFactory.create(user=row.user, **{**decided, "reason": "no", "decided_by": row.user})
    assert VerificationRequestFactory.create(user=row.user, **decided, reason="The page names somebody else.")
