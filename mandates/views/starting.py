"""Beginning a letter: on a case, or to hand over a statement."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import role_required, signed_in
from cases.models import Case
from mandates import actions
from mandates.drafting import propose_kind, propose_violations
from mandates.forms import CoverStartForm, LetterStartForm
from mandates.models import Letter, Violation
from mandates.recent import latest_by_case, letters_lately
from petitions.models import Statement
from petitions.texts.reading import titles_of

OPEN = [Letter.State.DRAFT, Letter.State.IN_REVIEW]


@role_required("letter_author")
@require_safe
def letter_start(request: HttpRequest) -> HttpResponse:
    cases = Case.objects.visible_to(request.user).with_status()
    cases = cases.annotate(last_letter_at=Max("letters__approved_at")).order_by("slug")
    page = Paginator(cases, 50).get_page(request.GET.get("page"))
    statements = list(Statement.objects.published().order_by("slug"))
    titles = titles_of(statements, get_language() or "en")
    recent = latest_by_case(page, now=timezone.now())
    rows = [(case, recent.get(case.pk)) for case in page]
    context = {
        "page": page,
        "rows": rows,
        "statements": [(each, titles.get(each.pk, each.slug)) for each in statements],
    }
    return render(request, "mandates/letter_start.html", context)


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def letter_create(request: HttpRequest, slug: str) -> HttpResponse:
    case = get_object_or_404(Case.objects.visible_to(signed_in(request)).with_status(), slug=slug)
    likely = Violation.objects.filter(slug__in=propose_violations(case))
    form = LetterStartForm(
        request.POST or None,
        initial={"kind": propose_kind(case), "language": "en", "violations": [violation.pk for violation in likely]},
    )
    if request.method == "POST" and form.is_valid():
        letter = actions.draft_letter(case=case, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The draft is taken from the case. Read it, add what is missing, and mend it."))
        return redirect("mandates:letter_edit", letter.pk)
    context = {
        "case": case,
        "form": form,
        "open_letters": _open(case.letters.all()),
        "recent_letters": letters_lately(case=case, now=timezone.now()),
    }
    return render(request, "mandates/letter_create.html", context)


@role_required("letter_author")
@require_http_methods(["GET", "HEAD", "POST"])
def cover_create(request: HttpRequest, slug: str) -> HttpResponse:
    statement = get_object_or_404(Statement.objects.published(), slug=slug)
    version = statement.current_version()
    if version is None:
        raise Http404
    form = CoverStartForm(request.POST or None, initial={"language": "en"})
    if request.method == "POST" and form.is_valid():
        letter = actions.draft_cover_letter(
            version=version, by=signed_in(request), now=timezone.now(), language=form.cleaned_data["language"]
        )
        messages.success(request, _("The draft quotes the statement as it was signed. Add who hands it over."))
        return redirect("mandates:letter_edit", letter.pk)
    context = {
        "statement": statement,
        "title": titles_of([statement], get_language() or "en").get(statement.pk, statement.slug),
        "form": form,
        "open_letters": _open(Letter.objects.filter(statement_version__statement=statement)),
        "recent_letters": letters_lately(version=version, now=timezone.now()),
    }
    return render(request, "mandates/cover_create.html", context)


def _open(letters: QuerySet[Letter]) -> list[Letter]:
    return list(letters.filter(state__in=OPEN).order_by("pk"))
