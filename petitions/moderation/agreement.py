"""How far two moderators agree who judged the same signature without knowing of each other."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from petitions.models import ModerationDecision, SecondLook


@dataclass(frozen=True)
class ReasonAgreement:
    """Decisions taken for one reason: how many were judged twice, and how many of them the same way."""

    reason: str
    number: int
    agreed: int


@dataclass(frozen=True)
class Agreement:
    """`kappa` is Cohen's (1960), agreement beyond chance from -1 to 1; None while chance alone would explain all."""

    number: int
    agreed: int
    kappa: float | None
    reasons: list[ReasonAgreement]

    @property
    def percent(self) -> int | None:
        return round(100 * self.agreed / self.number) if self.number else None


def measure_agreement() -> Agreement:
    """Over all second looks that were taken, in one query."""
    rows = SecondLook.objects.exclude(verdict="").values_list("decision__kind", "decision__reason", "verdict")
    pairs, reasons = Counter[tuple[str, str]](), Counter[tuple[str, bool]]()
    for first, reason, second in rows:
        pairs[first, second] += 1
        reasons[reason, first == second] += 1
    number, agreed = pairs.total(), sum(count for (first, second), count in pairs.items() if first == second)
    labels = ModerationDecision.Reason
    return Agreement(
        number=number,
        agreed=agreed,
        kappa=cohens_kappa(pairs),
        reasons=[
            ReasonAgreement(
                str(labels(reason).label), reasons[reason, True] + reasons[reason, False], reasons[reason, True]
            )
            for reason in sorted({reason for reason, _same in reasons})
        ],
    )


def cohens_kappa(pairs: Counter[tuple[str, str]]) -> float | None:
    """(observed - expected) / (1 - expected), from how often each pair of verdicts came."""
    number = pairs.total()
    if not number:
        return None
    first, second = Counter[str](), Counter[str]()
    for (one, other), count in pairs.items():
        first[one] += count
        second[other] += count
    observed = sum(count for (one, other), count in pairs.items() if one == other) / number
    expected = sum(first[verdict] * second[verdict] for verdict in first) / number**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def second_looks_for(user: User) -> QuerySet[SecondLook]:
    """Those that wait for somebody like `user`, the oldest first: not decided by them, not their own signature."""
    open_looks = SecondLook.objects.filter(by=None, decision__undone_by=None).exclude(first_by=user)
    return open_looks.exclude(decision__signature__user=user).order_by("chosen_at", "pk")


def disagreements() -> QuerySet[SecondLook]:
    """Judged differently and not talked over yet, the oldest first."""
    rows = SecondLook.objects.exclude(verdict="").filter(settled_at=None, decision__undone_by=None)
    different = [pk for pk, first, second in rows.values_list("pk", "decision__kind", "verdict") if first != second]
    related = ("decision__signature", "decision__signature__statement", "first_by", "by")
    return SecondLook.objects.filter(pk__in=different).select_related(*related).order_by("looked_at", "pk")
