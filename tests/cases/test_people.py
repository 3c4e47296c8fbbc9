"""Names across scripts, and the beginning of a case."""

import pytest

from cases.actions.people import NewCase, create_case, people_named_like, write_name
from cases.errors import AlreadyThereError, NotAnEditorError
from cases.models import Case, PersonName
from tests.accounts.factories import UserFactory
from tests.cases.factories import NOW, CaseFactory, PersonFactory

pytestmark = pytest.mark.django_db

NEW = NewCase(names={"latn": "Saeed Masouri", "arab": "سعید ماسوری"}, texts={"en": ("A headline", "A story")})


def test_create_case_keeps_names_texts_and_writer() -> None:
    writer = UserFactory.with_role("case_editor")
    case = create_case(new=NEW, by=writer, now=NOW)
    assert (case.slug, case.state, case.written_by) == ("saeed-masouri", "draft", writer)
    assert (case.person.name_in("en"), case.person.name_in("fa")) == ("Saeed Masouri", "سعید ماسوری")
    assert [text.headline for text in case.texts.all()] == ["A headline"]


def test_create_case_by_a_stranger_is_refused() -> None:
    with pytest.raises(NotAnEditorError):
        create_case(new=NEW, by=UserFactory.create(), now=NOW)
    assert not Case.objects.exists()


@pytest.mark.parametrize("name", ["Saeed Masouri", "Desk", "New", "!!!"])
def test_create_case_finds_a_free_address(name: str) -> None:
    writer = UserFactory.with_role("case_editor")
    create_case(new=NEW, by=writer, now=NOW)
    case = create_case(new=NewCase(names={"latn": name}, texts={}), by=writer, now=NOW)
    assert case.slug.endswith(f"-{case.reference}")


@pytest.mark.parametrize("words", ["Masouri", "masoori saeed", "ماسوری", "سعيد", "Saʿīd Māsūrī"])
def test_named_finds_a_person_in_any_script_and_order(words: str) -> None:
    found = CaseFactory.published(person=PersonFactory.create(named=("Saeed Masouri", "سعید ماسوری")))
    CaseFactory.published(person=PersonFactory.create(named=("Nima Shahi", "نیما شاهی")))
    assert list(Case.objects.named(words)) == [found]


def test_search_key_follows_the_name() -> None:
    name = PersonFactory.create(named=("Nima Shahi", "نیما شاهی")).names.get(script="latn")
    key = name.search_key
    name.text = "Hamed  Validi"
    name.save(update_fields=["text"])
    name.refresh_from_db()
    assert (name.text, name.search_key != key, bool(name.search_key)) == ("Hamed Validi", True, True)


def test_people_named_like_finds_the_same_sound() -> None:
    case = CaseFactory.create(person=PersonFactory.create(named=("Ghasem Rad", "قاسم راد")))
    assert people_named_like({"latn": "Qasem Rad"}) == [case]
    assert people_named_like({"latn": "Behrouz Ehsani"}) == []


def test_write_name_takes_the_shown_place_in_its_script() -> None:
    case = CaseFactory.create(person=PersonFactory.create(named=("Masoud Jamei", "مسعود جامعی")))
    write_name(case=case, name=PersonName(text="Masoud Jamei (Bavi)", script="latn", is_shown=True), by=case.written_by)
    shown = case.person.names.filter(is_shown=True).order_by("script").values_list("text", flat=True)
    assert list(shown) == ["مسعود جامعی", "Masoud Jamei (Bavi)"]


def test_write_name_that_is_there_is_refused() -> None:
    case = CaseFactory.create(person=PersonFactory.create(named=("Masoud Jamei", "مسعود جامعی")))
    with pytest.raises(AlreadyThereError):
        write_name(case=case, name=PersonName(text="Masoud  Jamei", script="latn"), by=case.written_by)
