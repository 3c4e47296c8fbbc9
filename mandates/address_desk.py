"""What the directory asks of letter authors today: checks that are missing or end soon, holders to look at again."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from mandates.models import ContactKey, ContactPoint, Letter, LetterAddressee, Mandate, MandateHolder, Standing
from mandates.models.directory import CAPPED_KINDS
from mandates.reach import point_to_check, why_unreachable

SOON = timedelta(days=30)
# A cap that is near is shown as long before.
CAP_SOON = timedelta(days=180)


@dataclass(frozen=True)
class Waiting:
    """A mandate that open letters go to and cannot reach: why, and the address whose check would help."""

    mandate: Mandate
    letters: list[Letter]
    why: str
    point: ContactPoint | None


@dataclass
class AddressDesk:
    """`expiring` are usable and end within 30 days; `capped` are holders whose six years are over or nearly,
    `keys` wait for a second person."""

    waiting: list[Waiting] = field(default_factory=list)
    half: list[ContactPoint] = field(default_factory=list)
    expired: list[ContactPoint] = field(default_factory=list)
    expiring: list[ContactPoint] = field(default_factory=list)
    unchecked: list[ContactPoint] = field(default_factory=list)
    blocked: list[ContactPoint] = field(default_factory=list)
    capped: list[MandateHolder] = field(default_factory=list)
    keys: list[ContactKey] = field(default_factory=list)

    @property
    def pressing(self) -> int:
        """How many things should not wait."""
        return len(self.waiting) + len(self.half) + len(self.expired) + len(self.expiring) + len(self.keys)


def read_address_desk(*, day: date) -> AddressDesk:
    """Every address of the directory by where it stands on `day`, in six queries."""
    keys = ContactKey.objects.waiting().select_related("contact_point__mandate", "added_by").order_by("pk")
    desk = AddressDesk(waiting=_waiting(day), capped=_capped(day), keys=list(keys))
    points = ContactPoint.objects.select_related("mandate", "checked_by", "added_by").order_by("expires_on", "pk")
    piles = {
        Standing.HALF_CHECKED: desk.half,
        Standing.EXPIRED: desk.expired,
        Standing.UNCHECKED: desk.unchecked,
        Standing.BLOCKED: desk.blocked,
    }
    for point in points:
        standing = point.standing_on(day)
        if standing != Standing.CHECKED:
            piles[standing].append(point)
        elif point.expires_on is not None and point.expires_on <= day + SOON:
            desk.expiring.append(point)
    return desk


def _waiting(day: date) -> list[Waiting]:
    rows = LetterAddressee.objects.filter(letter__state__in=[Letter.State.DRAFT, Letter.State.IN_REVIEW])
    rows = rows.select_related("mandate", "letter__case__person").order_by("mandate__slug", "letter__pk")
    letters: dict[int, list[Letter]] = {}
    mandates: dict[int, Mandate] = {}
    for row in rows.prefetch_related("mandate__contact_points", "letter__case__person__names"):
        letters.setdefault(row.mandate_id, []).append(row.letter)
        mandates[row.mandate_id] = row.mandate
    return [
        Waiting(mandate=mandate, letters=letters[key], why=why, point=point_to_check(mandate, day=day))
        for key, mandate in mandates.items()
        if (why := why_unreachable(mandate, day=day))
    ]


def _capped(day: date) -> list[MandateHolder]:
    holders = MandateHolder.objects.current_on(day).filter(mandate__kind__in=CAPPED_KINDS, since__isnull=False)
    ends = day + CAP_SOON
    rows = holders.select_related("mandate").order_by("since", "pk")
    return [holder for holder in rows if holder.cap_on is not None and holder.cap_on <= ends]
