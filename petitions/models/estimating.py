"""What PostgreSQL believes of a table's rows, by which it chooses how to read them."""

from django.db import connection
from django.db.models import Model


def estimate_anew(model: type[Model]) -> None:
    """Has PostgreSQL look at the rows of `model`, those of this transaction too.

    It takes many new rows for few until it looks by itself, a minute or so later, and reads all of them for each.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {model._meta.db_table}")
