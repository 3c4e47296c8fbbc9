"""The way out of news: a link in every such e-mail that one press on stops, without signing in (RFC 8058)."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from petitions.models import Signature

SALT = "petitions.updates"


def unsubscribe_token(signature: Signature) -> str:
    """A token that stops news to this signatory and can do nothing else; it does not expire."""
    return signing.dumps(signature.pk, salt=SALT)


def signature_of(token: str) -> Signature | None:
    """Whose token it is, or None when it is not ours."""
    try:
        return Signature.objects.filter(pk=signing.loads(token, salt=SALT)).first()
    except signing.BadSignature:
        return None


def unsubscribe_headers(token: str) -> dict[str, str]:
    """The two headers by which a mail program offers its own button (RFC 2369, RFC 8058)."""
    url = f"{settings.SITE_URL}{reverse('petitions:updates_stop', args=[token])}"
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
