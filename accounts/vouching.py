"""Who may vouch for whom, and when vouchers are enough. docs/verification.md says why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils.translation import gettext

from accounts.models import ExpertProfile, User, Verification, Voucher

NEEDED = 2
MOST_A_YEAR = 5
YEAR = timedelta(days=365)
INVITATION_LASTS = timedelta(days=30)

_SALT = "accounts.vouching"
# A vouched-only expert does not vouch, nor does one whose iD alone is proved: no chains.
_MAY_VOUCH = (*Verification.BY_STAFF, Verification.Method.INSTITUTION_DOMAIN)


def may_vouch(*, user: User, now: datetime) -> bool:
    """Whether `user` has a profile, and was checked by staff or proved an institution's address, as of `now`."""
    verified = user.verifications.valid_at(now).filter(method__in=_MAY_VOUCH)
    return user.is_active and verified.exists() and ExpertProfile.objects.filter(user=user).exists()


def invitation_of(person: User) -> str:
    """The secret part of the address that `person` sends to those who know them; it holds for 30 days."""
    return signing.dumps(person.pk, salt=_SALT)


def find_invited(token: str) -> User | None:
    """Whose invitation `token` is, or None when it is too old or was not made here."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=INVITATION_LASTS)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=pk, is_active=True, expert_profile__isnull=False).first()


def are_enough(*, person: User, now: datetime) -> list[Voucher]:
    """The standing vouchers for `person` under the present name if they verify them as of `now`; else an empty list.

    Two, both of people who may vouch now, one of whom was checked by staff: students have an institution's address too.
    """
    profile = ExpertProfile.objects.filter(user=person).first()
    if profile is None:
        return []
    rows = person.vouchers.standing().filter(name=profile.printed_name).select_related("voucher")
    good = [row for row in rows.order_by("given_at") if may_vouch(user=row.voucher, now=now)]
    by_staff = Verification.objects.valid_at(now).filter(
        user__in=[row.voucher_id for row in good], method__in=Verification.BY_STAFF
    )
    return good if len(good) >= NEEDED and by_staff.exists() else []


@dataclass(frozen=True)
class VoucherNow:
    """A voucher with the printed name of who gave it, and whether what verified them holds still."""

    row: Voucher
    name: str
    is_backed: bool


def list_vouchers(*, person: User, now: datetime) -> list[VoucherNow]:
    """All vouchers for `person`, the newest first, in a fixed number of queries."""
    rows = list(person.vouchers.select_related("voucher__expert_profile").order_by("-given_at", "-pk"))
    backed = set(
        Verification.objects.valid_at(now)
        .filter(user__in=[row.voucher_id for row in rows], method__in=_MAY_VOUCH)
        .values_list("user", flat=True)
    )
    return [VoucherNow(row=row, name=_printed(row.voucher), is_backed=row.voucher_id in backed) for row in rows]


def _printed(voucher: User) -> str:
    """The printed name of who vouched; who has no profile any more has closed the account."""
    profile = getattr(voucher, "expert_profile", None)
    return profile.printed_name if profile is not None else gettext("closed account")
