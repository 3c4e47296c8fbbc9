"""What the worker notes of signatures, and that it brings back nothing of what was taken out meanwhile."""

from collections.abc import Sequence

from petitions.models import Signature


def lock_unchanged(found: Sequence[Signature], *columns: str) -> set[int]:
    """The numbers of those of `found` whose `columns` still hold what was read, locked until the transaction ends.

    Who is being erased, or changed, at this moment is passed over and nobody waits: ask only when all is worked out.
    """
    rows = Signature.objects.filter(pk__in=[row.pk for row in found]).order_by("pk")
    now = {row.pk: row for row in rows.select_for_update(skip_locked=True, no_key=True).only("pk", *columns)}
    return {
        row.pk for row in found
        if row.pk in now and all(getattr(row, name) == getattr(now[row.pk], name) for name in columns)
    }  # fmt: skip
