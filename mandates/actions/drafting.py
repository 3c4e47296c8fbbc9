from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from cases.models import Case
from mandates.actions.choosing import add_addressees, fit_answers
from mandates.actions.history import record_step
from mandates.addressing import proposed_for
from mandates.counted import count_for, holds_invented
from mandates.drafting import named_at_first, prefill, prefill_cover, propose_kind
from mandates.models import Letter, LetterCase, LetterStep, Violation
from petitions.models import StatementVersion


@transaction.atomic
def draft_letter(
    *,
    case: Case,
    violations: Iterable[Violation],
    by: User,
    now: datetime,
    kind: str = "",
    language: str = Letter.Language.ENGLISH,
    words: Mapping[str, str] | None = None,
    is_demonstration: bool = False,
) -> Letter:
    """A new draft on `case`, its sections filled from the case, addressed to the mandates proposed for `violations`.

    `kind` is proposed from the case's status when it is not given; `words` overrides fields of `WORDS`. The questions
    of the addressed mandates are answered from the case as far as it goes.
    """
    kind = kind or propose_kind(case)
    letter = Letter.objects.create(
        case=case,
        author=by,
        edited_by=by,
        created_at=now,
        updated_at=now,
        is_demonstration=is_demonstration or case.person.is_demonstration,
        **{**prefill(case, kind=kind, language=language), **(words or {}), "kind": kind, "language": language},
    )
    letter.violations.set(violations)
    add_addressees(letter, [mandate for mandate, _why in proposed_for(letter)])
    fit_answers(letter, now=now)
    record_step(letter, LetterStep.What.DRAFTED, by=by, at=now)
    return letter


@transaction.atomic
def draft_cover_letter(
    *,
    version: StatementVersion,
    by: User,
    now: datetime,
    language: str = Letter.Language.ENGLISH,
    words: Mapping[str, str] | None = None,
) -> Letter:
    """A new draft that hands over `version`, addressed to those whom its demands name in the directory.

    It names the statement's published cases until the author takes some out, and holds the count as of `now`.
    """
    letter = Letter.objects.create(
        statement_version=version,
        author=by,
        edited_by=by,
        created_at=now,
        updated_at=now,
        is_demonstration=holds_invented(version),
        **count_for(version, now=now),
        **{
            **prefill_cover(version, language=language),
            **(words or {}),
            "kind": Letter.Kind.COVER_LETTER,
            "language": language,
        },
    )
    LetterCase.objects.bulk_create(LetterCase(letter=letter, case=case) for case in named_at_first(version, now=now))
    add_addressees(letter, [mandate for mandate, _why in proposed_for(letter)])
    record_step(letter, LetterStep.What.DRAFTED, by=by, at=now)
    return letter
