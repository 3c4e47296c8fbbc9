"""The buttons on a statement's way to the public and back, and the page on which a second person reads it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import role_required, signed_in
from petitions import actions
from petitions.actions.guards import barred_from
from petitions.errors import DeskRuleError
from petitions.forms.desk import ApproveForm, NoteForm, ReopenForm, language_name
from petitions.models import Statement, StatementVersion
from petitions.models.last_day import is_over
from petitions.texts.completeness import digest_of
from petitions.texts.differences import compare, in_short
from petitions.texts.fingerprints import fingerprint
from petitions.texts.reading import demands_of
from petitions.views.desk.steps import button_step, form_step, statement_at, to_desk


@role_required("case_editor")
@require_POST
def statement_submit(request: HttpRequest, slug: str) -> HttpResponse:
    statement = statement_at(slug)
    return button_step(
        request,
        statement=statement,
        act=lambda: actions.submit_statement(statement=statement, by=signed_in(request), now=timezone.now()),
        done=_("The text waits for a second person now."),
    )


@never_cache
@role_required("case_editor")
@require_http_methods(["GET", "HEAD", "POST"])
def statement_review(request: HttpRequest, slug: str) -> HttpResponse:
    """The exact texts as they will be frozen, and the decision of who read them."""
    statement = statement_at(slug)
    version = actions.waiting_version(statement)
    if version is None:
        messages.error(request, _("Nothing of this statement waits for a second person now."))
        return to_desk(statement)
    version.statement = statement
    may_embargo = statement.state not in {Statement.State.DRAFT, Statement.State.EMBARGOED}
    data = request.POST if request.method == "POST" else None
    form = ApproveForm(data, digest=digest_of(version), may_embargo=may_embargo)
    if request.method == "POST" and form.is_valid():
        try:
            actions.approve_statement(
                statement=statement,
                read=form.cleaned_data["read"],
                embargo=form.embargo,
                by=signed_in(request),
                now=timezone.now(),
            )
        except DeskRuleError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, str(_approved(statement, form)))
            return to_desk(statement)
    context = {
        "statement": statement,
        "version": version,
        "form": form,
        "note_form": NoteForm(),
        "may_decide": signed_in(request).pk not in barred_from(version),
        "readings": list(_readings(version)),
    }
    return render(request, "petitions/statement_review.html", context, status=422 if form.errors else 200)


def _approved(statement: Statement, form: ApproveForm) -> str | Promise:
    if form.embargo is not None and statement.state != Statement.State.IN_REVIEW:
        return _("The new version is frozen and under embargo. The page keeps the old one until then.")
    if form.embargo is not None:
        return _("The text is frozen and under embargo.")
    if statement.state == Statement.State.IN_REVIEW:
        return _("The text is frozen and open for signature.")
    return _("The new version is frozen. Everybody who signed an older one is asked by mail now.")


def _readings(version: StatementVersion) -> Any:
    """Each language of `version`: its text, fingerprint and demands, and what is new against the version before."""
    before = version.statement.versions.out().filter(number__lt=version.number)
    older = before.order_by("-number").first()
    old_texts = {text.language: text.body.replace("\r\n", "\n") for text in older.texts.all()} if older else {}
    for text in version.texts.select_related("version").order_by("is_unofficial", "language"):
        yield {
            "text": text,
            "language": language_name(text.language),
            "fingerprint": fingerprint(text),
            "demands": demands_of(version, text.language),
            "changes": in_short(compare(old_texts[text.language], text.body)) if text.language in old_texts else [],
        }


Act = Callable[..., Any]


def _with_note(
    request: HttpRequest, slug: str, act: Act, *, title: Promise, button: Promise, done: Promise
) -> HttpResponse:
    """A step with its reason; when it cannot be taken the note comes back as it was typed."""
    statement, form = statement_at(slug), NoteForm(request.POST)
    return form_step(
        request,
        statement=statement,
        form=form,
        title=title,
        section="next",
        act=lambda: act(statement=statement, note=form.cleaned_data["note"], by=signed_in(request), now=timezone.now()),
        done=done,
        context={"button": button},
    )


@role_required("case_editor")
@require_POST
def statement_return(request: HttpRequest, slug: str) -> HttpResponse:
    title, button, done = _("What should be changed?"), _("Make it a draft again"), _("It is a draft again.")
    return _with_note(request, slug, actions.return_statement, title=title, button=button, done=done)


@role_required("case_editor")
@require_POST
def statement_close(request: HttpRequest, slug: str) -> HttpResponse:
    title, button, done = _("Why is it closed?"), _("Take no more signatures"), _("Closed.")
    return _with_note(request, slug, actions.close_statement, title=title, button=button, done=done)


@never_cache
@role_required("case_editor")
@require_http_methods(["GET", "HEAD", "POST"])
def statement_reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """Signatures again: why, and until when. A last day that is over has to be replaced, or taken away."""
    statement = statement_at(slug)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" and statement.deadline_on and not is_over(statement.deadline_on, now=timezone.now()):
        form.initial["deadline_on"] = statement.deadline_on
    return form_step(
        request,
        statement=statement,
        form=form,
        title=_("Open it again"),
        section="next",
        act=lambda: actions.reopen_statement(
            statement=statement, **form.cleaned_data, by=signed_in(request), now=timezone.now()
        ),
        done=_("It takes signatures again."),
        context={"button": _("Take signatures again")},
    )


@role_required("case_editor")
@require_POST
def statement_take_off(request: HttpRequest, slug: str) -> HttpResponse:
    title, button, done = _("Why is it taken off the site?"), _("Take it off now"), _("It is off the site.")
    return _with_note(request, slug, actions.take_off_statement, title=title, button=button, done=done)


@role_required("case_editor")
@require_POST
def statement_lift(request: HttpRequest, slug: str) -> HttpResponse:
    statement = statement_at(slug)
    return button_step(
        request,
        statement=statement,
        act=lambda: actions.lift_embargo(statement=statement, by=signed_in(request), now=timezone.now()),
        done=_("The embargo is over."),
    )


@role_required("case_editor")
@require_POST
def statement_amend(request: HttpRequest, slug: str) -> HttpResponse:
    statement = statement_at(slug)
    return button_step(
        request,
        statement=statement,
        section="texts",
        act=lambda: actions.begin_amendment(statement=statement, by=signed_in(request), now=timezone.now()),
        done=_("The next version is a draft, copied from the last one. The page keeps the old one until then."),
    )


@role_required("case_editor")
@require_POST
def statement_drop(request: HttpRequest, slug: str) -> HttpResponse:
    statement = statement_at(slug)
    version = statement.draft_version()
    if version is None:
        return button_step(
            request,
            statement=statement,
            act=lambda: actions.take_back_version(statement=statement, by=signed_in(request), now=timezone.now()),
            done=_("The version is taken back. It is shown to nobody."),
        )
    return button_step(
        request,
        statement=statement,
        act=lambda: actions.drop_amendment(version=version, by=signed_in(request), now=timezone.now()),
        done=_("The draft is thrown away."),
    )
