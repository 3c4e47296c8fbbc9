from __future__ import annotations

from typing import Any, cast

from django.db import models
from django.db.models import Q

from cases.models import Case
from petitions.models.statement import Statement


class AboutOneThing(models.Model):
    """A row of one mailbox (`email_digest`) below one thing: a statement, or a case; once for both."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, null=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["statement", "email_digest"], name="%(app_label)s_%(class)s_once"),
            models.UniqueConstraint(fields=["case", "email_digest"], name="%(app_label)s_%(class)s_once_per_case"),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_about_one_thing",
                condition=Q(statement__isnull=True, case__isnull=False) | Q(statement__isnull=False, case__isnull=True),
            ),
        ]

    @property
    def about(self) -> Statement | Case:
        """The thing; the database holds that there is exactly one."""
        return cast("Statement | Case", self.statement or self.case)


def as_fields(about: Statement | Case) -> dict[str, Any]:
    """`about` as the field of `AboutOneThing` that names it; for `filter`, `get_or_create` and `create`."""
    return {"case" if isinstance(about, Case) else "statement": about}
