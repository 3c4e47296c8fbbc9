"""Signatures of invented people, so that a list, a queue and a count have something to show."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from campaign.demonstration.people import Cast
from campaign.demonstration.reading import Row, read
from petitions.actions import accept_signature, cosign_statement, recount_signatures, watch_name
from petitions.actions.watching import NameToWatch
from petitions.models import Signature, Statement, VersionText
from petitions.signatories.mailboxes import signatory_digest
from petitions.signatories.names import binding_of
from text.names import search_key

PACE = timedelta(hours=7)


def load_signatures(*, statements: dict[str, Statement], cast: Cast, moderator: User, since: datetime) -> None:
    """Sign both statements, one person after the other from `since` on, moderate some, and have all counted."""
    experts, public = statements[Statement.Kind.EXPERT], statements[Statement.Kind.PUBLIC]
    for place, (user, row) in enumerate(cast.signing, start=1):
        _sign_as_expert(experts, user, row, moderator=moderator, at=since + place * PACE)
    for place, row in enumerate(cast.public, start=1):
        _sign_as_public(public, row, at=since + place * PACE)
    recount_signatures(now=timezone.now())


def _sign_as_expert(statement: Statement, user: User, row: Row, *, moderator: User, at: datetime) -> None:
    text = _text_to_sign(statement)
    signature = cosign_statement(statement=statement, text=text, language=text.language, by=user, now=at)
    if "display" in row:
        signature.display = row["display"]
        signature.save(update_fields=["display"])
    if row["state"] == Signature.State.ACCEPTED:
        accept_signature(
            signature=signature, seen_state=signature.state, by=moderator, now=at + PACE / 2, note="Demonstration"
        )


def _sign_as_public(statement: Statement, row: Row, *, at: datetime) -> None:
    """As after a typed code; there is no mailbox to which one could be sent."""
    text = _text_to_sign(statement)
    signature = Signature(
        statement=statement,
        text=text,
        version_number=text.version.number,
        text_language=text.language,
        text_sha256=text.sha256,
        email_digest=signatory_digest(statement=statement, address=row["email"]),
        search_key=search_key(row["name"]),
        state=Signature.State.ACCEPTED,
        proof=Signature.Proof.EMAIL_CODE,
        proved_on=at.date(),
        created_at=at,
        confirmed_at=at,
        accepted_at=at,
        is_demonstration=True,
        **row,
    )
    signature.name_binding = binding_of(signature)
    signature.save(force_insert=True)


def _text_to_sign(statement: Statement) -> VersionText:
    version = statement.versions.get(number=1)
    return version.texts.get(language=statement.original_language)


def load_watched_names(*, by: User, now: datetime) -> None:
    """Put the invented names on the watch list, so that the desk shows how it works."""
    for row in read("people.yaml")["watched_names"]:
        watch_name(entry=NameToWatch(**row), by=by, now=now, is_demonstration=True)
