"""Sources: written down once, used by many cases."""

import secrets

from django.db import transaction
from django.db.models import ForeignObjectRel, Q
from django.utils.text import slugify

from accounts.models import User
from cases.actions.guards import lock_editable, require_editor
from cases.errors import CaseNotEditableError
from cases.models import Case, Source


@transaction.atomic
def write_source(*, source: Source, by: User, case: Case | None = None) -> Source:
    """Write a source down, or correct it while no page that is published or being read by a second person shows it.

    With `case` (whose words must be editable) it is collected for that case too.
    """
    require_editor(by)
    if source.pk and is_relied_on(source):
        raise CaseNotEditableError
    if not source.slug:
        source.slug = f"{slugify(f'{source.publisher} {source.title}')[:48]}-{secrets.token_hex(4)}".strip("-")
    source.save()
    if case is not None:
        lock_editable(case, by).sources.add(source)
    return source


@transaction.atomic
def attach_source(*, case: Case, source: Source, by: User) -> None:
    """Collect an existing source for `case`."""
    lock_editable(case, by).sources.add(source)


@transaction.atomic
def detach_source(*, case: Case, source: Source, by: User) -> None:
    """Put a collected source back; what cites it keeps citing it."""
    lock_editable(case, by).sources.remove(source)


def is_relied_on(source: Source) -> bool:
    """Whether a case whose words are fixed shows `source`, so that changing it would change that page."""
    cites = Q(sources=source) | Q(claims__source=source) | Q(status_events__source=source) | Q(events__sources=source)
    named = Q(person__names__source=source)
    fixed = Q(state__in=[Case.State.PUBLISHED, Case.State.IN_REVIEW])
    return Case.objects.filter(fixed).filter(cites | named).exists() or _is_cited_beyond_cases(source)


def _is_cited_beyond_cases(source: Source) -> bool:
    """Whether the common timeline names `source`, or anything that a package above this one shows."""
    if source.events.filter(case__isnull=True).exists():
        return True
    links = (link for link in Source._meta.get_fields(include_hidden=True) if isinstance(link, ForeignObjectRel))
    return any(
        link.related_model._default_manager.filter(**{link.field.name: source}).exists()
        for link in links
        if link.related_model._meta.app_label != Source._meta.app_label
    )
