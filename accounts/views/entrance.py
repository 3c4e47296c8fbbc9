"""Where allauth's own entrance would tell too much."""

from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.views import logout
from django.http import HttpRequest, HttpResponseBase


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """allauth's signing out, which forgets a code that is being waited for as well.

    allauth leaves it in the session, and then the page for the code stays open only for an address that has an
    account: who signs up with a stranger's address and signs out would learn whether there is one.
    """
    if request.method == "POST":
        request.session.pop(EMAIL_VERIFICATION_CODE_SESSION_KEY, None)
    response: HttpResponseBase = logout(request)
    return response
