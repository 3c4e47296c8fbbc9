"""The rules that every action on a case begins with."""

from accounts.models import User
from cases.errors import CaseNotEditableError, NotAnEditorError
from cases.models import Case


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
