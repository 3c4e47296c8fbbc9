"""What of the count everybody may see: never so little that it points at a person (reliability, T4).

Countries: named from ten signatories on. The sum of the others stands beside them as "elsewhere", and would give a
country away if it were that country alone, or fewer than ten people: then the smallest named country joins it. What is
named is chosen once a day, by the nightly recount: who watches the page minute by minute learns from no country that
somebody there has signed just now.

Time: days. The hours of a day are shown once it is over, and only if in each hour in which somebody signed at least ten
did. Past figures do not change, so no difference between two days of watching tells more.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

FEWEST = 10


class Countries(TypedDict, total=False):
    """Named countries with their numbers, the largest first, and how many signed from anywhere else."""

    named: list[tuple[str, int]]
    elsewhere: int


def disclose_countries(by_country: Mapping[str, int]) -> Countries:
    """What of `by_country` may be shown. "" is the key of those who gave none; they are always elsewhere."""
    named = sorted(
        ((code, number) for code, number in by_country.items() if code and number >= FEWEST),
        key=lambda pair: (-pair[1], pair[0]),
    )
    hidden = {code: number for code, number in by_country.items() if number and (not code or number < FEWEST)}
    while named and hidden and (len(hidden) < 2 or sum(hidden.values()) < FEWEST):
        code, number = named.pop()
        hidden[code] = number
    return {"named": named, "elsewhere": sum(hidden.values())}


def may_show_hours(counted: Sequence[int], *, is_over: bool) -> bool:
    """Whether the hours of a day may be shown; `counted` is how many entered the count in each of them."""
    return is_over and any(counted) and all(number == 0 or number >= FEWEST for number in counted)
