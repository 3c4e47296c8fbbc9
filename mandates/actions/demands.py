"""Tying the demands of a statement to the directory."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from mandates.models import DemandAddressee, Mandate
from petitions.models import Demand


@transaction.atomic
def choose_addressees(*, demand: Demand, mandates: Collection[Mandate], by: User) -> None:
    """Address `demand` to exactly these entries of the directory; the words it is printed with stay as they are."""
    Demand.objects.select_for_update(of=("self",)).get(pk=demand.pk)
    rows = DemandAddressee.objects.filter(demand=demand)
    rows.exclude(mandate__in=mandates).delete()
    known = set(rows.values_list("mandate", flat=True))
    DemandAddressee.objects.bulk_create(
        DemandAddressee(demand=demand, mandate=mandate) for mandate in mandates if mandate.pk not in known
    )
