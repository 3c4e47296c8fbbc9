"""The one clock that leases and due times go by: the database's, so that no worker's wrong clock matters."""

from django.db.models import DateTimeField, Func


class DatabaseClock(Func):
    """The present moment as PostgreSQL sees it, moving on inside a transaction too."""

    function = "clock_timestamp"
    arity = 0
    allowed_default = True
    output_field = DateTimeField()
