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
from accounts.actions.people import grant_role, open_account, revoke_role
from accounts.actions.profiles import (
    ProfileMissingError,
    ProfileSaved,
    RequestOpenError,
    check_address,
    request_check,
    save_profile,
)

__all__ = [
    "AlreadyCheckedError",
    "AlreadyDecidedError",
    "OwnIdentityError",
    "ProfileChangedError",
    "ProfileMissingError",
    "ProfileSaved",
    "RequestOpenError",
    "check_address",
    "confirm_identity",
    "grant_role",
    "open_account",
    "refuse_identity",
    "request_check",
    "revoke_role",
    "revoke_verification",
    "save_profile",
]
