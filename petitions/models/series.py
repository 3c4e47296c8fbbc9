from django.db import models
from django.db.models import Sum

from petitions.models.statement import Statement


class HourlyCountQuerySet(models.QuerySet["HourlyCount"]):
    def net(self) -> int:
        """By how much these hours changed the count; over all hours of a statement it is the count."""
        sums = self.aggregate(counted=Sum("counted"), gone=Sum("withdrawn") + Sum("removed"), more=Sum("corrected"))
        return (sums["counted"] or 0) - (sums["gone"] or 0) + (sums["more"] or 0)


class HourlyCount(models.Model):
    """What entered and left the count of a statement in one hour (UTC). Written by petitions/counts/counting.py alone.

    Kept for ever. An hour that is over does not change: who withdraws today is subtracted today. Only a recount that
    finds a fault adds what was missing, in `corrected` of the hour in which it found it.
    """

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    counted = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    # Taken out by staff after it was counted, and not by the signatory.
    removed = models.PositiveIntegerField(default=0)
    corrected = models.IntegerField(default=0)

    objects = HourlyCountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "hour"],
                include=["counted", "withdrawn", "removed", "corrected"],
                name="petitions_hourlycount_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.hour:%Y-%m-%d %H}: {self.counted}"
