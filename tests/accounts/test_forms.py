from typing import Any

import pytest

from accounts.forms.entrance import to_ascii_digits
from accounts.forms.profile import CheckRequestForm, ProfileForm
from accounts.orcid import find_orcid
from accounts.ror import find_ror
from tests.accounts.factories import ExpertProfileFactory, InstitutionFactory

DATA: dict[str, Any] = {
    "printed_name": "Maria Example",
    "original_name": "",
    "title": "Professor",
    "is_current": "on",
    "affiliation": "Invented University",
    "country": "NL",
    "field": "Law",
}


@pytest.mark.django_db
def test_profile_form_cleans_names() -> None:
    form = ProfileForm({**DATA, "printed_name": "  Maria \t Example ", "original_name": "مریم نمونه‌ای"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["printed_name"] == "Maria Example"
    assert form.cleaned_data["original_name"] == "مریم نمونه‌ای"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("printed_name", "Maria\u202e Example"),
        ("printed_name", "Mаria Example"),  # the second letter is Cyrillic
        ("printed_name", "123"),
        ("printed_name", ""),
        ("printed_name", "a" * 121),
        ("original_name", "مریم\u200b"),
        ("title", "Professor\u2066"),
        ("affiliation", "Univеrsity of Example"),
        ("field", "\u200b"),
        ("country", "XX"),
    ],
)
def test_profile_form_says_what_is_wrong_beside_the_field(field: str, typed: str) -> None:
    form = ProfileForm({**DATA, field: typed})
    assert list(form.errors) == [field]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1825-0097/", "0000-0002-1825-0097"),
        ("0000000218250097", "0000-0002-1825-0097"),
        ("0000-0002-1694-233x", "0000-0002-1694-233X"),
        ("0000-0002-1825-0098", ""),
        ("۰۰۰۰-0002-1825-0097", ""),
        ("maria", ""),
    ],
)
def test_find_orcid_checks_the_check_digit(typed: str, found: str) -> None:
    assert find_orcid(typed) == found


def test_check_request_needs_one_of_three() -> None:
    assert CheckRequestForm({"staff_page": "", "orcid": "", "note": " "}).non_field_errors()
    assert CheckRequestForm({"note": "Look into the bar's register."}).is_valid()
    assert CheckRequestForm({"orcid": "0000-0002-1825-0097"}).is_valid()
    form = CheckRequestForm({"staff_page": "university.example/maria"})
    assert form.is_valid()
    assert form.cleaned_data["staff_page"] == "https://university.example/maria"


@pytest.mark.parametrize("page", ["javascript:alert(1)", "ftp://university.example/", "data:text/html,x"])
def test_check_request_takes_web_pages_only(page: str) -> None:
    assert CheckRequestForm({"staff_page": page}).errors.keys() == {"staff_page"}


def test_to_ascii_digits_reads_every_script() -> None:
    assert to_ascii_digits("۱۲٣ ४-5²x") == "123 4-5²x"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("https://ror.org/05dxps055", "https://ror.org/05dxps055"),
        (" ror.org/03YRM5C26/ ", "https://ror.org/03yrm5c26"),
        ("02mhbdp94", "https://ror.org/02mhbdp94"),
        ("02mhbdp95", ""),  # the check digits are wrong
        ("https://ror.org/05dxps0", ""),
        ("https://ror.org.example/05dxps055", ""),
        ("12mhbdp94", ""),
        ("02mhbdl94", ""),
        ("", ""),
    ],
)
def test_find_ror_checks_the_digits(typed: str, found: str) -> None:
    assert find_ror(typed) == found


@pytest.mark.django_db
class TestInstitutionAndPlace:
    def test_known_institution_brings_its_ror_id(self) -> None:
        institution = InstitutionFactory.create(name="Invented University", ror_id="05dxps055")
        form = ProfileForm({**DATA, "affiliation": "invented university"})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["institution"] == institution
        assert form.cleaned_data["ror_id"] == "https://ror.org/05dxps055"

    def test_typed_entry_of_an_unknown_institution_is_kept_and_a_wrong_one_refused(self) -> None:
        assert ProfileForm({**DATA, "ror_id": "ror.org/05dxps055"}).is_valid()
        assert "ror_id" in ProfileForm({**DATA, "ror_id": "https://ror.org/05dxps056"}).errors

    def test_entry_that_contradicts_our_list_is_refused(self) -> None:
        InstitutionFactory.create(name=DATA["affiliation"], ror_id="05dxps055")
        assert "ror_id" in ProfileForm({**DATA, "ror_id": "02mhbdp94"}).errors

    def test_old_entry_does_not_follow_to_another_institution(self) -> None:
        profile = ExpertProfileFactory.create(affiliation="Old University", ror_id="https://ror.org/05dxps055")
        form = ProfileForm({**DATA, "ror_id": "https://ror.org/05dxps055"}, instance=profile)
        assert form.is_valid(), form.errors
        assert form.cleaned_data["ror_id"] == ""

    def test_place_in_the_list_is_proposed_and_the_persons_own_word_stands(self) -> None:
        form = ProfileForm(DATA)
        assert form.is_valid(), form.errors
        assert form.cleaned_data["sort_key"] == "Example, Maria"
        profile = ExpertProfileFactory.create(printed_name="Maria Example", sort_key="Example, Maria")
        changed = ProfileForm({**DATA, "printed_name": "Maria Other", "sort_key": "Example, Maria"}, instance=profile)
        assert changed.is_valid(), changed.errors
        assert changed.cleaned_data["sort_key"] == "Other, Maria"
        own = ProfileForm({**DATA, "sort_key": "Maria Example"})
        assert own.is_valid(), own.errors
        assert own.cleaned_data["sort_key"] == "Maria Example"
