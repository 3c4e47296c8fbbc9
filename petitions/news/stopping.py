"""The way out of news: a link in every such e-mail that one press on stops, without signing in (RFC 8058).

A signatory's link names the signature. A follower's names the mailbox by its digest, so that it also stops one who
stopped, was erased and followed again.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from cases.models import Case
from petitions.models import Follower, Signature, Statement, Update, UpdateDelivery
from petitions.models.about import as_fields

SALT = "petitions.news.stopping"
FOLLOWER_SALT = "petitions.following"
INVITATION_SALT = "petitions.invitation"


@dataclass(frozen=True)
class Followed:
    """What the mailbox of `digest` (32 bytes) follows, or followed once."""

    about: Statement | Case
    digest: bytes

    def is_live(self) -> bool:
        """Whether it follows now."""
        return Follower.objects.live().filter(**as_fields(self.about), email_digest=self.digest).exists()


def unsubscribe_path(reader: Signature | Follower) -> str:
    """The address, without the host, of the page that stops news to this reader and can do nothing else; for ever."""
    if isinstance(reader, Signature):
        return reverse("petitions:updates_stop", args=[unsubscribe_token(reader)])
    return reverse("petitions:follow_stop", args=[follower_token(reader)])


def unsubscribe_headers(path: str) -> dict[str, str]:
    """The two headers by which a mail program offers its own button (RFC 2369, RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{settings.SITE_URL}{path}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def unsubscribe_token(signature: Signature) -> str:
    """A token that stops news to this signatory and can do nothing else; it does not expire."""
    return signing.dumps(signature.pk, salt=SALT)


def signature_of(token: str) -> Signature | None:
    """Whose token it is, or None when it is not ours."""
    try:
        return Signature.objects.select_related("text").filter(pk=signing.loads(token, salt=SALT)).first()
    except signing.BadSignature:
        return None


def follower_token(follower: Follower) -> str:
    """The same for one who follows and has not stopped."""
    digest = urlsafe_b64encode(bytes(follower.email_digest or b"")).decode()
    return signing.dumps([follower.statement_id, follower.case_id, digest], salt=FOLLOWER_SALT)


def followed_of(token: str) -> Followed | None:
    """What a follower's token stops, or None when it is not ours or its thing is gone."""
    try:
        statement, case, digest = signing.loads(token, salt=FOLLOWER_SALT)
    except signing.BadSignature:
        return None
    about = Statement.objects.filter(pk=statement).first() or Case.objects.filter(pk=case).first()
    return Followed(about, urlsafe_b64decode(digest)) if about else None


def invitation_path(delivery: UpdateDelivery) -> str:
    """The address, without the host, of the page on which who was invited proves the mailbox and carries words over."""
    return reverse("petitions:invitation_open", args=[signing.dumps(delivery.pk, salt=INVITATION_SALT)])


def invitation_of(token: str) -> UpdateDelivery | None:
    """The delivery of the invitation whose token it is, or None when it is not ours or can no longer be followed."""
    try:
        pk = signing.loads(token, salt=INVITATION_SALT)
    except signing.BadSignature:
        return None
    rows = UpdateDelivery.objects.filter(pk=pk, update__in=Update.objects.published())
    return rows.select_related("update__invites_to", "signature__statement").first()
