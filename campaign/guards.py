"""The database's own rules hold for everybody, the application included.

The library that installs our triggers leaves a way round them: whoever sets `pgtrigger.ignore` in a session is not
stopped. After each migration the function that looks at it is replaced by one that looks at nothing.

Ownership is the other way round them: who owns a table may drop its triggers. `grant_application` prepares a role that
owns nothing; the site then runs as that role, and only migrations run as the owner (docs/approval.md).
"""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as all_apps
from django.db import connections
from psycopg import sql

CLOSE_THE_WAY_ROUND = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS $$
        BEGIN
            RETURN FALSE;
        END;
    $$ LANGUAGE plpgsql
"""


def close_the_way_round(sender: AppConfig, using: str, **options: Any) -> None:
    """A receiver of `post_migrate`."""
    with connections[using].cursor() as cursor:
        cursor.execute(CLOSE_THE_WAY_ROUND)


def append_only_tables() -> list[str]:
    """History: rows of these are only ever added."""
    return sorted(
        model._meta.db_table
        for model in all_apps.get_models(include_auto_created=True)
        if getattr(model, "pgh_tracked_model", None) is not None or model._meta.label in {"mandates.LetterStep"}
    )


def grant_application(role: str, *, using: str = "default") -> None:
    """Give the existing `role` what the site needs to run and nothing more: it reads and writes rows, and owns nothing.

    It may neither empty a table at a stroke nor touch its triggers; rows of the history it may only add.
    """
    connection = connections[using]
    name = sql.Identifier(role)
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM {}, PUBLIC").format(name),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
        *(
            sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), name)
            for table in append_only_tables()
        ),
        sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(name),
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.as_string(cursor.cursor))
