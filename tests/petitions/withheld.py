"""Protected signatories and the two custodians to whom their names are sealed."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from petitions.actions import Withheld, ask_to_open, become_custodian, cosign_statement
from petitions.models import NameOpening, SealedName, Signature, Statement
from tests.accounts.factories import UserFactory
from tests.petitions.factories import StatementFactory, verified_expert

PASSPHRASES = ("the first long passphrase", "the second long passphrase")


def two_custodians() -> tuple[User, User]:
    """Two identity checkers with a key each, under `PASSPHRASES`."""
    now = timezone.now()
    first, second = UserFactory.with_role("verifier"), UserFactory.with_role("verifier")
    become_custodian(by=first, passphrase=PASSPHRASES[0], now=now)
    become_custodian(by=second, passphrase=PASSPHRASES[1], now=now)
    return first, second


def sign_withheld(
    user: User, statement: Statement | None = None, *, office: str = "Professor of law", now: datetime | None = None
) -> Signature:
    """A protected signature of `user`; custodians must exist."""
    statement = statement or StatementFactory.open(kind="expert")
    version = statement.current_version()
    text = version.text_to_sign("en") if version else None
    assert text is not None
    return cosign_statement(
        statement=statement, text=text, language="en", by=user, now=now or timezone.now(), signing_as=Withheld(office)
    )


def asked_opening(**profile: Any) -> NameOpening:
    """The first custodian asked for the name of a new protected signatory."""
    first, _second = two_custodians()
    signature = sign_withheld(verified_expert(**profile))
    sealed = SealedName.objects.get(signature=signature)
    return ask_to_open(
        sealed_name=sealed, reason="A court asks", passphrase=PASSPHRASES[0], by=first, now=timezone.now()
    )
