from typing import Any

import pytest

from accounts.forms.entrance import to_ascii_digits
from accounts.forms.profile import CheckRequestForm, ProfileForm
from accounts.orcid import find_orcid

DATA: dict[str, Any] = {
    "printed_name": "Maria Example",
    "original_name": "",
    "title": "Professor",
    "is_current": "on",
    "affiliation": "Invented University",
    "country": "NL",
    "field": "Law",
}


def test_profile_form_cleans_names() -> None:
    form = ProfileForm({**DATA, "printed_name": "  Maria \t Example ", "original_name": "مریم نمونه‌ای"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["printed_name"] == "Maria Example"
    assert form.cleaned_data["original_name"] == "مریم نمونه‌ای"


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
