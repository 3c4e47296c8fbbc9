"""The one clock that leases and due times go by: the database's, so that no worker's wrong clock matters."""

from datetime import datetime
from typing import cast

from django.db import connection
from django.db.models import DateTimeField, Func


def database_now() -> datetime:
    """The present moment by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [moment] = cursor.fetchone()
    return cast(datetime, moment)


class DatabaseClock(Func):
    """The present moment as PostgreSQL sees it, moving on inside a transaction too."""

    function = "clock_timestamp"
    arity = 0
    allowed_default = True
    output_field = DateTimeField()
