"""Persons, their names, and a case's own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from cases.actions.guards import lock_editable, require_editor
from cases.errors import AlreadyThereError
from cases.models import Case, CaseText, Person, PersonName
from cases.models.case import new_reference
from text.names import clean_name, search_key

# Words that are pages of the desk and can be nobody's address.
RESERVED_SLUGS = {"desk", "new", "sources"}


@dataclass(frozen=True)
class NewCase:
    """What the first form of a case holds: names by script, (headline, story) by language."""

    names: Mapping[str, str]
    texts: Mapping[str, tuple[str, str]]
    gender: str = Person.Gender.UNKNOWN
    country: str = "IR"
    is_demonstration: bool = False


@transaction.atomic
def create_case(*, new: NewCase, by: User, now: datetime) -> Case:
    """A draft with its person, names and texts. Raises NotAnEditorError."""
    require_editor(by)
    person = Person.objects.create(gender=new.gender, is_demonstration=new.is_demonstration)
    for script, name in new.names.items():
        PersonName.objects.create(person=person, text=name, script=script, is_shown=True)
    reference = new_reference()
    case = Case.objects.create(
        person=person,
        reference=reference,
        slug=_free_slug(new.names.get("latn", ""), reference),
        country=new.country,
        written_by=by,
        created_at=now,
    )
    for language, (headline, story) in new.texts.items():
        CaseText.objects.create(case=case, language=language, headline=headline, story=story)
    return case


def people_named_like(names: Mapping[str, str]) -> list[Case]:
    """Cases whose person has the same name by sound: perhaps the same person."""
    keys = {key for name in names.values() if (key := search_key(name))}
    return list(Case.objects.filter(person__names__search_key__in=keys).distinct().order_by("pk")[:5])


@transaction.atomic
def write_name(*, case: Case, name: PersonName, by: User) -> PersonName:
    """Add or change a spelling; a shown one takes the place of the one shown before in its script."""
    case = lock_editable(case, by)
    name.person = case.person
    others = case.person.names.exclude(pk=name.pk)
    if others.filter(text=clean_name(name.text)).exists():
        raise AlreadyThereError
    if name.is_shown:
        others.filter(script=name.script, is_shown=True).update(is_shown=False)
    name.save()
    return name


@transaction.atomic
def remove_name(*, case: Case, name: PersonName, by: User) -> None:
    lock_editable(case, by)
    name.delete()


@transaction.atomic
def write_text(*, case: Case, text: CaseText, by: User) -> CaseText:
    """Add or change the telling in one language."""
    text.case = lock_editable(case, by)
    if text.case.texts.filter(language=text.language).exclude(pk=text.pk).exists():
        raise AlreadyThereError
    text.save()
    return text


@transaction.atomic
def change_details(*, case: Case, person: Person, by: User) -> Case:
    """Keep the country, the basis of publication and the risk note of `case`, and gender and invention of `person`."""
    locked = lock_editable(case, by)
    fields = ["country", "publication_basis", "publication_note", "publication_note_fa", "risk_note"]
    for name in fields:
        setattr(locked, name, getattr(case, name))
    locked.save(update_fields=fields)
    person.save(update_fields=["gender", "is_demonstration"])
    return locked


def _free_slug(latin_name: str, reference: str) -> str:
    slug = slugify(latin_name)[:60]
    if not slug or slug in RESERVED_SLUGS or Case.objects.filter(slug=slug).exists():
        return f"{slug or 'case'}-{reference}"
    return slug
