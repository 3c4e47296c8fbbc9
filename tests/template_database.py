"""The database that all test databases are copied from: migrated once, while the tests are still being collected.

`python -m tests.template_database` makes it; the name stands in the environment, for the parallel workers to find.
With `DATABASE_URL` and `TEST_TEMPLATE` set, one that was made once serves many runs: half a minute less each.
"""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django
import psycopg
from psycopg import sql

NAME = "TEST_TEMPLATE"
SECONDS = 60


@contextmanager
def template_in_the_making() -> Iterator[None]:
    """Makes it beside us; gone again when we leave. One that the environment names already is taken as it is."""
    if os.environ.get(NAME):
        yield
        return
    name = os.environ[NAME] = f"template_{secrets.token_hex(4)}"
    making = subprocess.Popen([sys.executable, "-m", "tests.template_database"])
    try:
        yield
    finally:
        making.kill()
        making.wait()
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known:
                database = sql.Identifier(name)
                connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(database))
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


def finished_template() -> str | None:
    """Its name as soon as it may be copied; None when it never comes, and whoever asks migrates by himself."""
    name = os.environ.get(NAME)
    deadline = time.monotonic() + SECONDS
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        while name and time.monotonic() < deadline:
            is_ready = "SELECT datistemplate FROM pg_database WHERE datname = %s AND datistemplate"
            if connection.execute(is_ready, [name]).fetchone():
                return name
            time.sleep(0.1)
    return None


def main() -> None:
    from django.conf import settings
    from django.db import connection

    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = os.environ[NAME]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(os.environ[NAME])))
    connection.close()


if __name__ == "__main__":
    os.environ["COUNTERSIGN_ENV"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
    django.setup()
    main()
