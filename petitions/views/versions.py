"""Versions of a text: old ones to read, a newer one to answer, an embargoed one by its preview link."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from petitions.actions import find_preview, keep_version, open_preview, sign_new_version, version_to_answer
from petitions.errors import (
    LinkRefusedError,
    NoCustodiansError,
    NotAllowedHereError,
    NotVerifiedError,
    PetitionsError,
)
from petitions.forms.signing import TextForm
from petitions.models import Signature, Statement, StatementVersion
from petitions.signatories.protection import find_custodians, is_signatory
from petitions.texts.differences import Part, compare, in_short
from petitions.texts.embargo import embargo_of
from petitions.texts.reading import Reading, is_published, read_statement, read_version
from petitions.views.access import get_own_signature, grant
from petitions.views.statements import for_this_reader, reader_language


@require_safe
def statement_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version as it was or is signed, and what changed against the one before."""
    statement = get_object_or_404(Statement.objects.visible_to(request.user).select_related("tally"), slug=slug)
    versions = list(statement.versions.readable().order_by("number"))
    version = next((row for row in versions if row.number == number), None)
    reading = read_version(statement, version, reader_language()) if version else None
    if version is None or reading is None:
        raise Http404
    before = [row for row in versions if row.number < number]
    context = {
        "statement": statement,
        "reading": reading,
        "versions": versions,
        "is_newest": version == versions[-1],
        "signed": dict(statement.tally.versions).get(number, 0) if hasattr(statement, "tally") else 0,
        "before": before[-1] if before else None,
        "changes": changes_between(before[-1], reading) if before else [],
    }
    response = render(request, "petitions/statement_version.html", context)
    if version != versions[-1]:
        response["X-Robots-Tag"] = "noindex"
    return for_this_reader(request, response)


def changes_between(before: StatementVersion, reading: Reading) -> list[Part]:
    """What `reading` changed against the version `before`, in the language that is signed."""
    old = read_version(reading.version.statement, before, reading.signed_text.language)
    new = read_version(reading.version.statement, reading.version, reading.signed_text.language)
    return in_short(compare(_plain(old), _plain(new))) if old and new else []


def _plain(reading: Reading) -> str:
    """Title, text and demands one below the other, as they are compared."""
    parts = [reading.text.title, reading.text.body]
    for asked in reading.demands:
        words = asked.wording
        parts.append(f"{asked.demand.number}. {words.heading if words else ''}".rstrip())
        parts += [words.text, words.addressees] if words else []
    return "\n\n".join(part for part in parts if part).replace("\r\n", "\n") + "\n"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signature_version(request: HttpRequest, pk: int) -> HttpResponse:
    """A newer version asks a signatory: keep the old one, sign the new one, or withdraw."""
    signature = get_own_signature(request, pk)
    version = version_to_answer(signature)
    reading = read_statement(signature.statement, reader_language()) if version else None
    if version is None or reading is None:
        return redirect("petitions:signature_receipt", pk=signature.pk)
    form = TextForm(request.POST if request.method == "POST" else None, text=reading.signed_text)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            if "sign" in request.POST:
                by = request.user if request.user.is_authenticated else None
                new = sign_new_version(signature=signature, text=reading.signed_text, by=by, now=now)
                if not new.is_protected:
                    # A session that knows both would join a withheld name to its account.
                    grant(request, new)
                messages.success(request, _("You have signed the new version. You are counted once, as before."))
                return redirect("petitions:signature_receipt", pk=new.pk)
            keep_version(signature=signature, version=version, now=now)
        except NotVerifiedError:
            messages.error(request, _("Your identity has to be proved again first. Your old signature stands."))
            return redirect("accounts:profile")
        except (NoCustodiansError, NotAllowedHereError):
            messages.error(request, _("Your name cannot be sealed anew at present. Your old signature stands."))
        except PetitionsError:
            messages.error(request, _("Something changed in the meantime. Please look again."))
        else:
            messages.success(request, _("Your signature stays on the version you signed. You can change your mind."))
        return redirect("petitions:signature_receipt", pk=signature.pk)
    context = {
        "signature": signature,
        "statement": signature.statement,
        "reading": reading,
        "form": form,
        "consultation": signature.consultations.filter(version=version).first(),
        "changes": changes_between(signature.text.version, reading),
        "may_sign": signature.statement.is_open and (not signature.is_protected or _may_seal(request, signature)),
    }
    return render(request, "petitions/signature_version.html", context, status=422 if form.errors else 200)


def _may_seal(request: HttpRequest, signature: Signature) -> bool:
    """Whether the account is open whose name is sealed, and there are two custodians to whom it can be sealed anew."""
    user = request.user
    return user.is_authenticated and is_signatory(signature, user) and find_custodians() is not None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def statement_preview(request: HttpRequest, token: str) -> HttpResponse:
    """An embargoed text for one recipient. The link alone shows nothing: a button does, and that is noted."""
    now = timezone.now()
    try:
        link = open_preview(token=token, now=now) if request.method == "POST" else find_preview(token=token, now=now)
    except LinkRefusedError:
        return _closed_to_robots(render(request, "petitions/preview_gone.html", status=404))
    version, statement = link.version, link.version.statement
    is_next = statement.state != Statement.State.EMBARGOED
    if not is_next and is_published(statement):
        return redirect(statement.get_absolute_url())
    context = {
        "link": link,
        "statement": statement,
        "embargo": embargo_of(version if is_next else statement),
        "is_next": is_next,
        "reading": read_version(statement, version, reader_language()) if request.method == "POST" else None,
    }
    return _closed_to_robots(render(request, "petitions/statement_preview.html", context))


def _closed_to_robots(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
