import pytest
from django.core.exceptions import ValidationError

from outbox.addresses import require_sendable, validate_sendable


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org",
        "first.last+tag@sub.example.org",
        "o'hara@example.ie",
        "x_y-z=1@example.org",
        "a@دانشگاه.example",
    ],
)
def test_address_that_mail_can_carry_is_accepted(address: str) -> None:
    validate_sendable(address)
    assert require_sendable(address).isascii()


@pytest.mark.parametrize(
    "address", ['"\x0b"@example.org', "\u212a@example.org", "\u0131x@example.org", "a b@example.org"]
)
def test_address_that_no_mail_can_carry_gets_words_for_a_form(address: str) -> None:
    with pytest.raises(ValidationError, match="cannot write to this address"):
        validate_sendable(address)
