"""The desk's list, a new statement, and one statement with all its sections."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import role_required, signed_in
from petitions.actions import create_statement, waiting_version
from petitions.actions.guards import barred_from
from petitions.forms.desk import MirrorForm, NoteForm, PreviewForm, StatementCreateForm, language_name
from petitions.models import Amendment, PreviewLink, Statement, StatementVersion
from petitions.texts.completeness import needs_of
from petitions.texts.embargo import embargo_of
from petitions.texts.reading import demands_of, working_title_of
from petitions.texts.similar import Alike, statements_like
from petitions.views.desk.steps import statement_at, to_desk
from petitions.views.statements import reader_language

State = Statement.State
MOST = 200


@never_cache
@role_required("case_editor")
@require_safe
def statement_desk(request: HttpRequest) -> HttpResponse:
    """What waits for a second person first, then what is kept back, drafts, and what is on the site."""
    rows = Statement.objects.select_related("written_by", "published_by", "tally").prefetch_related("versions__texts")
    rows = rows.order_by("-pk")
    waits = Q(versions__submitted_at__isnull=False, versions__frozen_at__isnull=True)
    in_review = rows.filter(Q(state=State.IN_REVIEW) | waits).distinct()
    groups = [
        (_("Waiting for a second person"), in_review, _("Nothing waits. What is handed in appears here.")),
        (_("Under embargo"), rows.filter(state=State.EMBARGOED), ""),
        (_("Drafts"), rows.filter(state=State.DRAFT), _("No drafts. Begin a statement, and it is kept here.")),
        (_("Open for signature"), rows.filter(state=State.OPEN), _("No statement is open.")),
        (_("Closed or handed over"), rows.filter(state__in=[State.CLOSED, State.HANDED_OVER]), ""),
    ]
    shown = [(title, [_row(row) for row in found[:MOST]], empty) for title, found, empty in groups]
    return render(request, "petitions/statement_desk.html", {"groups": shown})


def _row(statement: Statement) -> tuple[Statement, str]:
    """The statement, and how a reader of this language knows it."""
    return statement, working_title_of(statement, reader_language())


@never_cache
@role_required("case_editor")
@require_http_methods(["GET", "HEAD", "POST"])
def statement_create(request: HttpRequest) -> HttpResponse:
    """Begin a draft. Statements that ask for much the same must be looked at first."""
    form = StatementCreateForm(request.POST if request.method == "POST" else None)
    alike: list[Alike] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if not data["is_another"]:
            alike = statements_like(title=data["title"], body=data["body"])
        if not alike:
            names = ("kind", "slug", "language", "title", "body")
            values = {name: data[name] for name in names}
            statement = create_statement(**values, by=signed_in(request), now=timezone.now())
            messages.success(request, _("The draft is kept. Write its demands next."))
            return to_desk(statement)
        form.add_error("is_another", _("There are statements with like words. Compare them first."))
    context = {"form": form, "alike": alike}
    return render(request, "petitions/statement_create.html", context, status=422 if form.errors else 200)


@never_cache
@role_required("case_editor")
@require_safe
def statement_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """One statement with all its sections, what it still needs, and the next step on its way."""
    statement = statement_at(slug)
    user, waiting = signed_in(request), waiting_version(statement)
    kept = statement.kept_version()
    version = statement.draft_version() or kept or statement.current_version()
    texts = list(version.texts.order_by("language")) if version else []
    is_editable = version is not None and version.frozen_at is None and version.submitted_at is None
    context = {
        "statement": statement,
        "version": version,
        "is_editable": is_editable,
        "needs": needs_of(version) if version and version.frozen_at is None else [],
        "texts": [(text, language_name(text.language)) for text in texts],
        "signed": [language_name(text.language) for text in texts if not text.is_unofficial],
        "languages": [(code, language_name(code)) for code in _languages_missing(statement, version)],
        "demands": demands_of(version, statement.original_language) if version else [],
        "waiting": waiting,
        "may_decide": waiting is not None and user.pk not in barred_from(waiting),
        "may_lift": version is not None and user.pk not in barred_from(version),
        "may_amend": version is not None
        and version.frozen_at is not None
        and kept is None
        and statement.state in {"open", "draft"},
        "kept": kept,
        "embargo": embargo_of(kept or statement),
        "amendment": Amendment.objects.filter(version=version).first(),
        "versions": statement.versions.out().order_by("-number"),
        "events": statement.events.select_related("by", "version").order_by("-at", "-pk")[:MOST],
        "may_preview": statement.embargoed_version() is not None,
        "previews": PreviewLink.objects.filter(version__statement=statement)
        .select_related("version")
        .prefetch_related("openings")
        .order_by("-given_at"),
        "mirrors": statement.mirrors.order_by("pk"),
        "forms": {**_notes(), "preview": PreviewForm(), "mirror": MirrorForm()},
        "now": timezone.now(),
    }
    return render(request, "petitions/statement_edit.html", context)


def _languages_missing(statement: Statement, version: StatementVersion | None) -> list[str]:
    written = {text.language for text in version.texts.all()} if version else set()
    return [code for code, _name in settings.LANGUAGES if code not in written]


def _notes() -> dict[str, NoteForm]:
    """A form for each reason that can be asked for on one page, with ids of their own."""
    return {
        "return_note": NoteForm(auto_id="return_%s"),
        "off_note": NoteForm(auto_id="off_%s"),
        "note": NoteForm(),
    }
