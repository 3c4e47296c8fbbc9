"""Six shapes of a flood among people who sign, as G9 of our reliability list draws them: who waits, by each rule.

`python -m tests.petitions.floods` writes the table of docs/moderation.md: 16,667 fakes of each among 5,000 people.
"""

import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from uuid import uuid4

import django

from petitions.signatories import pace

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECONDS = 6 * 3600
# fmt: off
_FIRST = ["Maria", "Ali", "Ann", "Jan", "Sara", "Reza", "Omar", "Lena", "Paul", "Nina", "Hassan", "Mona", "Tom", "Eva",
          "Karim", "Lucia", "Ivan", "Leila", "Marc", "Zahra"]
_LAST = ["Smith", "Ahmadi", "Jansen", "Müller", "Rossi", "Karimi", "Novak", "Garcia", "Kim", "Mohammadi", "Dubois",
         "Silva", "Berg", "Hosseini", "Lee", "Brown", "Haddad", "Yilmaz", "Costa", "Nielsen", "Weber", "Rahimi",
         "Kowalski", "Popov", "Tanaka", "Moreau", "Ricci", "Janssen", "Abbasi", "Clark"]
# fmt: on
_OPEN = ["gmail.com", "outlook.com", "yahoo.com", "proton.me", "riseup.net", "hotmail.com"]


@dataclass(frozen=True)
class Sent:
    """One form as it came in."""

    second: float
    network: str
    email: str
    name: str
    comment: str = ""
    is_fake: bool = False


def a_person(dice: random.Random, *, second: float, network: str, domain: str = "", is_fake: bool = False) -> Sent:
    """Somebody with a name, a mailbox and, one in seven, a comment of their own; one in a hundred copies a friend's."""
    first, last = (words[min(int(dice.paretovariate(0.7)) - 1, len(words) - 1)] for words in (_FIRST, _LAST))
    middle = dice.choice(["", "", "", *_FIRST, *_LAST])
    name = f"{first} {middle} {last}".replace("  ", " ") if dice.random() < 0.93 else first
    number = dice.choice(["", str(dice.randint(1, 99)), str(dice.randint(1950, 2008))])
    local = dice.choice([f"{first}.{middle}.{last}{number}", f"{first}{number}{middle}", f"{last}{dice.random():.6f}"])
    own = f"{last}-{middle}-{dice.randint(0, 999)}.example"
    domain = domain or (dice.choice(_OPEN) if dice.random() < 0.85 else own)
    comment = "For " + " ".join(dice.choices(_FIRST + _LAST, k=4)) if dice.random() < 0.15 else ""
    comment = "Nobody should be hanged for protesting" if dice.random() < 0.01 else comment
    address = f"{local}@{domain}".lower().replace("ü", "ue").replace("..", ".").replace("--", "-")
    return Sent(second, network, address, name, comment, is_fake)


def people(dice: random.Random, number: int) -> list[Sent]:
    """One in ten behind one Tor exit within half an hour, one in 25 in a lecture, the rest at home."""
    tor, campus = number // 10, number // 25
    home = [
        a_person(dice, second=dice.uniform(0, SECONDS), network=f"10.{dice.randint(0, 255)}.{dice.randint(0, 255)}.1")
        for _ in range(number - tor - campus)
    ]
    exit_ = [a_person(dice, second=dice.uniform(3600, 5400), network="192.0.2.9") for _ in range(tor)]
    hall = [
        a_person(
            dice,
            second=dice.uniform(7200, 7800),
            network="198.51.100.4",
            domain=dice.choice(["tudelft.nl", "tudelft.nl", "gmail.com"]),
        )
        for _ in range(campus)
    ]
    return home + exit_ + hall


def _fakes(dice: random.Random, number: int, network: Callable[[], str], domain: Callable[[], str]) -> list[Sent]:
    times = accumulate(dice.expovariate(number / SECONDS) for _ in range(number))
    return [a_person(dice, second=second, network=network(), domain=domain(), is_fake=True) for second in times]


def _anywhere(dice: random.Random) -> str:
    return f"{dice.randint(11, 126)}.{dice.randint(0, 255)}.{dice.randint(0, 255)}.7"


def floods(dice: random.Random, number: int) -> dict[str, list[Sent]]:
    """`number` fakes of each shape; those of one network also as a careless script sends them."""

    def one() -> str:
        return "203.0.113.5"

    def far() -> str:
        return _anywhere(dice)

    def rented() -> str:
        return f"203.0.{dice.randint(0, 19)}.5"

    def open_() -> str:
        return dice.choice(_OPEN)

    careful = _fakes(dice, number, one, open_)
    lazy = [dict(row.__dict__) for row in careful]
    beat = max(SECONDS / number, 1.2)
    human = [
        Sent(second, row.network, row.email, row.name, row.comment, is_fake=True)
        for second, row in zip(
            accumulate(dice.lognormvariate(2.5, 0.9) for _ in range(number)),
            _fakes(dice, number, far, open_),
            strict=True,
        )
    ]
    return {
        "one network, careful": careful,
        "one network, numbered mailboxes": [
            Sent(**row | {"email": f"vote{n}@gmail.com"}) for n, row in enumerate(lazy)
        ],
        "one network, one comment": [Sent(**row | {"comment": "Stop the executions, dear sirs"}) for row in lazy],
        "one network, one name": [Sent(**row | {"name": "Ann Lee"}) for row in lazy],
        "one network, by the clock": [Sent(**row | {"second": n * beat}) for n, row in enumerate(lazy)],
        "a network each": _fakes(dice, number, far, open_),
        "one domain, one network": _fakes(dice, number, one, lambda: "bought.example"),
        "100 catch-all domains, one network": _fakes(dice, number, one, lambda: f"catch{dice.randint(0, 99)}.example"),
        "one domain, 20 networks": _fakes(dice, number, rented, lambda: "bought.example"),
        "one domain, a network each": _fakes(dice, number, far, lambda: "bought.example"),
        "100 catch-all domains, 20 networks": _fakes(
            dice, number, rented, lambda: f"catch{dice.randint(0, 99)}.example"
        ),
        "bought mailboxes, 20 networks": _fakes(dice, number, rented, open_),
        "bought mailboxes, a human's pace": human,
    }


@dataclass(frozen=True)
class Measured:
    """Shares from 0 to 1; `precision` is None when nobody waits."""

    fakes_waiting: float
    people_waiting: float
    precision: float | None


def judged(sent: list[Sent], *, rule: Callable[[str, Sent, datetime], bool]) -> Measured:
    """What `rule` (the form's name, a form, its moment; whether it waits) does, in the order of time."""
    form = f"sign:{uuid4()}"
    waits = {True: 0, False: 0}
    number = {True: 0, False: 0}
    for row in sorted(sent, key=lambda row: row.second):
        number[row.is_fake] += 1
        waits[row.is_fake] += rule(form, row, START + timedelta(seconds=row.second))
    held = sum(waits.values())
    return Measured(
        fakes_waiting=waits[True] / max(number[True], 1),
        people_waiting=waits[False] / max(number[False], 1),
        precision=waits[True] / held if held else None,
    )


def old_rule() -> Callable[[str, Sent, datetime], bool]:
    """The rule until 2026: the 31st within ten minutes from one network waits."""
    counted: dict[str, list[float]] = {}

    def waits(_form: str, row: Sent, _now: datetime) -> bool:
        network = pace.network_of(row.network)
        recent = [second for second in counted.get(network, []) if second > row.second - 600]
        is_over = len(recent) >= 30
        counted[network] = recent if is_over else [*recent, row.second]
        return is_over

    return waits


def new_rule(form: str, row: Sent, now: datetime) -> bool:
    """The rule of today, with the real Redis."""
    from petitions.moderation.rush import find_rush

    reason = find_rush(form=form, ip_address=row.network, email=row.email, name=row.name, comment=row.comment, now=now)
    return bool(reason)


def table(*, fakes: int, genuine: int, only: list[str]) -> Iterator[tuple[str, Measured, Measured]]:
    """Each shape (or those named in `only`) by itself among the same people: its name, the old rule, the new one."""
    dice = random.Random(9)
    crowd = people(dice, genuine)
    for shape, sent in floods(dice, fakes).items():
        if only and shape not in only:
            continue
        yield shape, judged(crowd + sent, rule=old_rule()), judged(crowd + sent, rule=new_rule)


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
    django.setup()
    for shape, old, new in table(fakes=int(os.environ.get("FLOOD_FAKES", "16667")), genuine=5000, only=sys.argv[1:]):
        cells = [
            f"{m.fakes_waiting:.1%} / {m.people_waiting:.2%} / {'–' if m.precision is None else f'{m.precision:.1%}'}"
            for m in (old, new)
        ]
        sys.stdout.write(f"| {shape} | {cells[0]} | {cells[1]} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
