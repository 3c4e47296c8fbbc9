from pathlib import Path

import pytest

from petitions.forms import SignForm
from petitions.models import VersionText
from petitions.moderation.review import find_review_reason

# Script -> names, from real_names.txt.
REAL = {
    script: names.split("|")
    for script, names in (
        line.split(": ", 1)
        for line in (Path(__file__).parent / "real_names.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
}
NAMES = [name for names in REAL.values() for name in names]

SPOOFED = [
    "Barack\u202eamabO",
    "Ali\u200bKarimi",
    "Аdа Lovelасе",
    "Pаul Simon",
    "Ada\u2066Invented\u2069",
    "Ada\U000e0041",
    "\ufeffAda",
    "Ada\u2060b",
    "1234",
    "...",
    "😀😀",
    "Ada\ue000",
    "Ada\x07",
]


def form(name: str) -> SignForm:
    text = VersionText(sha256="f" * 64)
    data = {"name": name, "email": "a@people.example", "country": "NL", "display": "full", "fingerprint": "f" * 64}
    return SignForm(data, text=text)


def test_there_are_five_hundred_names_in_a_dozen_scripts() -> None:
    assert (len(set(NAMES)) >= 500, sum(len(names) >= 20 for names in REAL.values()) >= 12) == (True, True)


@pytest.mark.parametrize("name", NAMES)
def test_real_name_is_accepted_and_not_even_reviewed(name: str) -> None:
    filled = form(name)
    assert filled.is_valid(), filled.errors
    assert find_review_reason(name=filled.cleaned_data["name"], comment="", rush="") == ""


@pytest.mark.parametrize("name", SPOOFED)
def test_spoofed_name_is_refused_with_a_reason(name: str) -> None:
    filled = form(name)
    assert not filled.is_valid()
    assert filled.errors["name"]
