"""ROR ids, of the registry of research organisations, https://ror.org: checked by their form alone."""

import re

# After the description in ROR's documentation ("The ROR identifier"): 0, six signs of Crockford's base 32 (no i, l, o,
# u), and two digits that check them by ISO/IEC 7064 MOD 97-10.
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
_ADDRESS = re.compile(rf"(?:(?:https?://)?(?:www\.)?ror\.org/)?(0[{_SIGNS}]{{6}})([0-9]{{2}})/?", re.IGNORECASE)


def find_ror(typed: str) -> str:
    """The ROR id in `typed`, bare or an address, as https://ror.org/0…; "" when there is none or its check fails."""
    found = _ADDRESS.fullmatch(typed.strip())
    if found is None:
        return ""
    signs, check = found[1].lower(), found[2]
    number = 0
    for sign in signs:
        number = number * 32 + _SIGNS.index(sign)
    return f"https://ror.org/{signs}{check}" if 98 - number * 100 % 97 == int(check) else ""
