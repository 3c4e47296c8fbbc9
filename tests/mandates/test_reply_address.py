"""The secret address of a letter."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from mandates import actions
from mandates.models import Letter
from mandates.reply_address import reply_address, tokens_in
from tests.cases.factories import CaseFactory
from tests.mandates.factories import LetterFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def domain(settings: Settings) -> None:
    settings.REPLY_DOMAIN = "replies.example"


def test_every_letter_has_a_token_of_its_own_from_its_first_moment() -> None:
    case = CaseFactory.published()
    by = LetterFactory.create().author
    letters = [actions.draft_letter(case=case, violations=[], by=by, now=timezone.now()) for _n in range(20)]
    assert len({letter.reply_token for letter in letters}) == 20
    assert {len(letter.reply_token) for letter in letters} == {32}
    assert Letter.objects.get(pk=letters[0].pk).reply_token == letters[0].reply_token
    assert reply_address(letters[0]) == f"r-{letters[0].reply_token}@replies.example"


def test_token_never_changes() -> None:
    letter = LetterFactory.create()
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(reply_token="0" * 32)


def test_without_a_domain_there_is_no_address(settings: Settings) -> None:
    letter = LetterFactory.create()
    address = reply_address(letter)
    settings.REPLY_DOMAIN = ""
    assert (reply_address(letter), tokens_in(address)) == ("", [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("r-{token}@replies.example", True),
        ("R-{TOKEN}@Replies.Example", True),
        ('"Desk" <r-{token}@replies.example>, x@un.example', True),
        ("r-{token}@elsewhere.example", False),
        ("r-{token}0@replies.example", False),
        ("or-{token}@replies.example", False),
    ],
)
def test_tokens_are_found_in_any_case_and_only_at_our_domain(text: str, found: bool) -> None:
    token = "0123456789abcdef" * 2
    shown = text.format(token=token, TOKEN=token.upper())
    assert tokens_in(f"{shown}\n{shown}") == ([token] if found else [])
