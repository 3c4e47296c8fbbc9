"""Who may open a signature: its account, or the browser in which its mailbox was proved, for an hour."""

from datetime import datetime, timedelta

from django.http import Http404, HttpRequest
from django.utils import timezone

from petitions.models import Signature
from petitions.signatories.protection import is_signatory

SESSION_KEY = "signatures"
LIFE = timedelta(hours=1)


def grant(request: HttpRequest, signature: Signature) -> None:
    """Lets this browser open `signature` for an hour."""
    granted = dict(request.session.get(SESSION_KEY, {}))
    granted[str(signature.pk)] = (timezone.now() + LIFE).isoformat()
    request.session[SESSION_KEY] = granted
    if not request.user.is_authenticated:
        request.session.cycle_key()


def granted_ids(request: HttpRequest) -> list[int]:
    """The signatures this browser may open now."""
    granted = request.session.get(SESSION_KEY, {})
    now = timezone.now()
    return [int(pk) for pk, until in granted.items() if datetime.fromisoformat(until) > now]


def get_own_signature(request: HttpRequest, pk: int) -> Signature:
    """The signature `pk` for who may open it; 404 for everybody else, whether it exists or not."""
    signature = Signature.objects.select_related("statement", "text").filter(pk=pk).first()
    if signature is None:
        raise Http404
    is_owner = request.user.is_authenticated and is_signatory(signature, request.user)
    # Who holds a signature may read the older one it replaced, too.
    granted = granted_ids(request)
    is_granted = pk in granted or Signature.objects.filter(pk__in=granted, replaces=pk).exists()
    if not is_owner and not is_granted:
        raise Http404
    return signature
