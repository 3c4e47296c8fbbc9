"""People who sign in: users, expert profiles, institutions, how identities were verified, staff roles."""

from accounts.models.experts import ExpertProfile, Institution, InstitutionDomain
from accounts.models.people import StaffRole, User, UserManager
from accounts.models.verifications import Verification, VerificationQuerySet, VerificationRequest
from accounts.models.vouchers import Voucher, VoucherQuerySet

__all__ = [
    "ExpertProfile",
    "Institution",
    "InstitutionDomain",
    "StaffRole",
    "User",
    "UserManager",
    "Verification",
    "VerificationQuerySet",
    "VerificationRequest",
    "Voucher",
    "VoucherQuerySet",
]
