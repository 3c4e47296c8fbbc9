"""Signing: experts with an account, the public without one."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import ExpertProfile, Verification
from accounts.verification import current_verification
from petitions.actions import (
    Organisation,
    Typed,
    Withheld,
    cosign_statement,
    find_own,
    may_sign_as,
    request_signature,
)
from petitions.errors import MailboxSignedError, PetitionsError
from petitions.forms import CosignForm, OrganisationForm, SignForm, WithheldForm
from petitions.models import Statement
from petitions.moderation.rush import find_rush
from petitions.signatories.protection import find_custodians
from petitions.texts.reading import Reading, closed_on, read_statement
from petitions.views.statements import reader_language


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def statement_sign(request: HttpRequest, slug: str) -> HttpResponse:
    statement = get_object_or_404(Statement.objects.visible_to(request.user).select_related("tally"), slug=slug)
    reading = read_statement(statement, reader_language())
    if reading is None:
        raise Http404
    if not statement.is_open:
        context = {"statement": statement, "reading": reading, "closed_on": closed_on(statement)}
        return render(request, "petitions/statement_closed.html", context)
    if statement.kind in {Statement.Kind.EXPERT, Statement.Kind.ORGANISATIONS}:
        return _cosign(request, statement, reading)
    return _sign(request, statement, reading)


def _sign(request: HttpRequest, statement: Statement, reading: Reading) -> HttpResponse:
    form = SignForm(request.POST if request.method == "POST" else None, text=reading.signed_text)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        names = ("email", "name", "country", "display", "comment", "may_be_annexed", "wants_updates")
        typed = Typed(**{name: form.cleaned_data[name] for name in names}, updates_wording=form.agreed_wording())
        rush = find_rush(
            form=f"sign:{statement.pk}",
            ip_address=client_address(request),
            email=typed.email,
            name=typed.name,
            comment=typed.comment,
            now=now,
        )
        try:
            ticket = request_signature(
                statement=statement,
                text=reading.signed_text,
                typed=typed,
                language=reader_language(),
                rush=rush,
                now=now,
            )
        except PetitionsError:
            # Closed, or a new version, within this very second: the page itself says which.
            return redirect("petitions:statement_sign", slug=statement.slug)
        return redirect("petitions:signature_confirm", ticket=ticket)
    return render(
        request,
        "petitions/statement_sign.html",
        {"statement": statement, "reading": reading, "form": form},
        status=422 if form.errors else 200,
    )


def _cosign(request: HttpRequest, statement: Statement, reading: Reading) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    user, now = request.user, timezone.now()
    own = find_own(statement=statement, user=user)
    if own is not None:
        messages.info(request, _("You have signed this statement already. Here is your signature."))
        return redirect("petitions:signature_receipt", pk=own.pk)
    profile = ExpertProfile.objects.filter(user=user).first()
    verification = current_verification(user=user, now=now)
    context = {"statement": statement, "reading": reading, "profile": profile, "verification": verification}
    if profile is None or verification is None:
        return render(request, "petitions/statement_steps.html", context)
    ways = _ways(statement, verification)
    way = _way_of(request, ways)
    if way is None:
        messages.error(request, _("This way of signing is not open at the moment. Nothing was signed."))
        return redirect("petitions:statement_sign", slug=statement.slug)
    context |= {"way": way, "ways": ways}
    form = _FORMS[way](
        request.POST if request.method == "POST" else None,
        text=reading.signed_text,
        in_personal_capacity=profile.in_personal_capacity,
    )
    if request.method == "POST" and form.is_valid():
        try:
            signature = cosign_statement(
                statement=statement,
                text=reading.signed_text,
                language=reader_language(),
                by=user,
                now=now,
                signing_as=_signing_as(form),
                may_be_annexed=form.cleaned_data.get("may_be_annexed", False),
                updates_wording=form.agreed_wording(),
            )
        except MailboxSignedError:
            messages.info(request, _("Your address has signed this already, under another account. A code opens it."))
            return redirect("petitions:signature_manage", slug=statement.slug)
        except PetitionsError:
            return redirect("petitions:statement_sign", slug=statement.slug)
        return redirect("petitions:signature_thanks", pk=signature.pk)
    return render(
        request, "petitions/statement_cosign.html", {**context, "form": form}, status=422 if form.errors else 200
    )


# What `?as=` in the address chooses; "" is for oneself.
_FORMS: dict[str, type[CosignForm]] = {"": CosignForm, "organisation": OrganisationForm, "withheld": WithheldForm}
_KINDS = {"": None, "organisation": Organisation, "withheld": Withheld}


def _ways(statement: Statement, verification: Verification) -> list[str]:
    """The ways of signing that are open to somebody verified like this."""
    ways = [way for way, kind in _KINDS.items() if may_sign_as(statement, verification, kind)]
    return [way for way in ways if way != "withheld" or find_custodians() is not None]


def _way_of(request: HttpRequest, ways: list[str]) -> str | None:
    """The way the page shows; of a press the one its page showed, and None when that is not open any more.

    Never another one: whoever asked for the name to be withheld would sign under it.
    """
    if request.method == "POST":
        shown = request.POST.get("way", request.GET.get("as", ""))
        return shown if shown in ways else None
    chosen = request.GET.get("as", "")
    return chosen if chosen in ways else ways[0]


def _signing_as(form: CosignForm) -> Organisation | Withheld | None:
    given = form.cleaned_data
    if isinstance(form, OrganisationForm):
        return Organisation(given["organisation"], given["organisation_role"], given["authority"])
    return Withheld(given["office"]) if isinstance(form, WithheldForm) else None


def client_address(request: HttpRequest) -> str:
    """The address the request came from; behind our own proxy, the one the proxy saw."""
    if getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0):
        return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
