"""Protected signatories: the row leads to no account, only the keyed digest of the account's address finds it."""

from django.db.models import Q

from accounts.models import StaffRole, User
from petitions.models import Custodian, Signature, Statement
from petitions.signatories.mailboxes import signatory_digest


def is_signatory(signature: Signature, user: User) -> bool:
    """Whether `signature` is that of `user`, by its account or, when it is protected, by the address of the account."""
    if signature.belongs_to(user):
        return True
    if not signature.is_protected or signature.email_digest is None:
        return False
    return bytes(signature.email_digest) == signatory_digest(statement=signature.statement, address=user.email)


def own_signatures(user: User) -> Q:
    """A filter for the signatures of `user`, protected ones too."""
    own = Q(user=user)
    statements = Statement.objects.filter(signatures__is_protected=True).distinct()
    for statement in statements:
        digest = signatory_digest(statement=statement, address=user.email)
        own |= Q(statement=statement, email_digest=digest, is_protected=True)
    return own


def find_custodians() -> tuple[Custodian, Custodian] | None:
    """The two who hold the halves of names sealed from now on, the longest-serving; None while there are not two.

    Only who may enter the desk where names are opened: who checks identities.
    """
    verifiers = StaffRole.objects.filter(role=StaffRole.Role.VERIFIER).values("user")
    active = Custodian.objects.filter(retired_at__isnull=True, user__is_active=True, user__in=verifiers)
    pair = list(active.select_related("user").order_by("created_at", "pk")[:2])
    return (pair[0], pair[1]) if len(pair) == 2 else None
