"""What can happen to people and to what we know of them."""

from accounts.actions.checks import (
    AlreadyCheckedError,
    AlreadyDecidedError,
    OwnIdentityError,
    ProfileChangedError,
    confirm_identity,
    refuse_identity,
    revoke_verification,
)
from accounts.actions.closing import StaffAccountError, empty_account, is_of_staff, lock_account
from accounts.actions.orcid import (
    OrcidTakenBackError,
    OrcidTakenError,
    connect_orcid,
    disconnect_orcid,
    show_orcid,
)
from accounts.actions.people import grant_role, open_account, revoke_role
from accounts.actions.profiles import (
    ProfileMissingError,
    ProfileSaved,
    RequestOpenError,
    check_address,
    request_check,
    save_profile,
)
from accounts.actions.reminding import remind_expiring
from accounts.actions.vouching import (
    MayNotVouchError,
    MutualVoucherError,
    TooManyVouchersError,
    VouchedAlreadyError,
    vouch_for,
    withdraw_voucher,
)

__all__ = [
    "AlreadyCheckedError",
    "AlreadyDecidedError",
    "MayNotVouchError",
    "MutualVoucherError",
    "OrcidTakenBackError",
    "OrcidTakenError",
    "OwnIdentityError",
    "ProfileChangedError",
    "ProfileMissingError",
    "ProfileSaved",
    "RequestOpenError",
    "StaffAccountError",
    "TooManyVouchersError",
    "VouchedAlreadyError",
    "check_address",
    "confirm_identity",
    "connect_orcid",
    "disconnect_orcid",
    "empty_account",
    "grant_role",
    "is_of_staff",
    "lock_account",
    "open_account",
    "refuse_identity",
    "remind_expiring",
    "request_check",
    "revoke_role",
    "revoke_verification",
    "save_profile",
    "show_orcid",
    "vouch_for",
    "withdraw_voucher",
]
