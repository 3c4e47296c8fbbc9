"""The rules that every action on a case begins with."""

from django.apps import apps
from django.db.models import Max, Q

from accounts.models import User
from cases.errors import CaseNotEditableError, NotAnEditorError
from cases.models import Case, CaseDecision


def require_editor(by: User) -> None:
    """Raise NotAnEditorError unless `by` is a case editor."""
    if not by.has_role("case_editor"):
        raise NotAnEditorError


def lock(case: Case) -> Case:
    """The row of `case`, locked until the transaction ends."""
    return Case.objects.select_for_update(of=("self",)).select_related("person").get(pk=case.pk)


def lock_editable(case: Case, by: User) -> Case:
    """The locked row, if `by` may change its words now; else NotAnEditorError or CaseNotEditableError."""
    require_editor(by)
    locked = lock(case)
    if not locked.is_editable:
        raise CaseNotEditableError
    return locked


def writers_of(case: Case) -> set[int | None]:
    """Who may not publish `case`: who wrote it, handed it in, or changed its words since it was last published.

    Who changed a row is what its history (`pghistory`) says of the request that did it.
    """
    published = case.decisions.filter(kind=CaseDecision.Kind.PUBLISHED).aggregate(at=Max("at"))["at"]
    since = Q(pgh_created_at__gt=published) if published else Q()
    changes = {"CaseTextEvent": Q(case=case), "ClaimEvent": Q(case=case), "EventEvent": Q(case=case)}
    changes["PersonNameEvent"] = Q(person=case.person_id)
    writers = {case.written_by_id, case.submitted_by_id}
    for model, of_case in changes.items():
        rows = apps.get_model("cases", model)._default_manager.filter(of_case, since)
        writers |= set(rows.values_list("pgh_context__metadata__user", flat=True).distinct())
    return writers
