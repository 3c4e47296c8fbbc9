"""How a signatory's identity was proved, frozen at signing. The words are those of `accounts.badges`.

`badge_of(signature)` gives the `Badge`, for a page or, by `as_json`, for a file. Use `Signature.objects.with_badges()`
for lists.
"""

from dataclasses import replace

from accounts.badges import Badge, badge_for, badge_of_verification
from accounts.models import Verification
from petitions.models import Signature

__all__ = ["Badge", "badge_of", "proof_of"]

Method = Verification.Method
Proof = Signature.Proof

# The classes by which the count is told; the three ways of staff are one.
_PROOFS = {
    Method.ORCID.value: Proof.ORCID,
    Method.INSTITUTION_DOMAIN.value: Proof.INSTITUTION_DOMAIN,
    Method.VOUCHED.value: Proof.VOUCHED,
    **dict.fromkeys(Verification.BY_STAFF, Proof.STAFF_CHECK),
}


def proof_of(verification: Verification) -> str:
    """The class, a `Signature.Proof`, under which a signature by `verification` is counted."""
    return _PROOFS[verification.method]


def badge_of(signature: Signature) -> Badge:
    """How the identity behind `signature` was proved when it was given.

    Who is shown by initials, or not at all, is not given away by an institution or an iD.
    """
    if signature.verification is None:
        return badge_for(signature.proof, proved_on=signature.proved_on)
    badge = badge_of_verification(signature.verification, proved_on=signature.proved_on)
    return badge if signature.display == Signature.Display.FULL else replace(badge, evidence="", url="")
