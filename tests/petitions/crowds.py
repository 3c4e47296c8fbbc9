"""Many signatures at once, as a rush or a flood leaves them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from petitions.models import Signature, Statement
from petitions.signatories.mailboxes import signatory_digest


def crowd(statement: Statement, number: int, *, domain: str, **fields: Any) -> list[Signature]:
    """`number` signatures of the public from mailboxes at `domain`, a second apart; `{n}` in a name is its number."""
    text = statement.current_version().text_to_sign("en")  # type: ignore[union-attr]  # there is one
    assert text is not None
    name, state = fields.pop("name", "Ann Lee"), fields.pop("state", "accepted")
    start: datetime = fields.pop("start", timezone.now() - timedelta(days=1))
    rows = []
    for n in range(number):
        moment, address = start + timedelta(seconds=n), f"{fields.get('proof', 'p')}{n}@{domain}"
        rows.append(
            Signature(
                statement=statement,
                text=text,
                version_number=text.version.number,
                text_language=text.language,
                text_sha256=text.sha256,
                email=address,
                email_digest=signatory_digest(statement=statement, address=address),
                name=name.format(n=n),
                state=state,
                created_at=moment,
                confirmed_at=moment,
                proved_on=moment.date(),
                accepted_at=moment + timedelta(microseconds=n + 1) if state == "accepted" else None,
                **{"proof": Signature.Proof.EMAIL_CODE, **fields},
            )
        )
    return Signature.objects.bulk_create(rows, batch_size=1000)
