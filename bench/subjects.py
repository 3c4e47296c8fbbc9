"""What `bench.signatures` measures: each a thing to do, how often, how long it may take, and its limit."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from petitions.actions import recount_signatures
from petitions.counts.counting import count_signatures, find_unbalanced
from petitions.models import Signature, Statement

Subject = tuple[str, Callable[[], object], int, float, str]
MINUTE = 200  # signatures that come between two sweeps


class Subjects:
    """The demonstration's public petition, and a moderator at the desk."""

    def __init__(self) -> None:
        self.statement = Statement.objects.get(kind="public", state="open")
        self.path = f"/statements/{self.statement.slug}/"
        self.reader, self.moderator = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
        self.moderator.force_login(User.objects.filter(staff_roles__role="moderator").order_by("pk")[0])
        self.list_path = f"{self.path}signatories/"
        self.deep = self._deep_page()

    def _deep_page(self) -> str:
        """A page far down the list, as far as its days go."""
        from petitions.signatories.listing import _seal  # noqa: PLC0415  the harness alone makes up a place

        row = Signature.objects.filter(statement=self.statement, state="accepted").order_by("accepted_at")[500]
        row.accepted_on = row.accepted_at.date()  # type: ignore[attr-defined,union-attr]  # as `read_page` does
        return f"{self.list_path}?older={_seal(row)}"

    def read_row(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT counted FROM petitions_tally WHERE statement_id = %s", [self.statement.pk])
            cursor.fetchall()

    def count_index(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM petitions_signature WHERE statement_id = %s AND state = 'accepted'",
                [self.statement.pk],
            )
            cursor.fetchall()

    def open_empty_page(self) -> None:
        self._open(self.reader, "/accessibility/")

    def _open(self, client: Client, path: str) -> str:
        response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return b"".join(response).decode() if response.streaming else response.content.decode()

    def next_page(self) -> None:
        page = self._open(self.reader, self.list_path)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        assert found
        self._open(self.reader, self.list_path + unescape(found[1]))

    def sweep(self) -> None:
        """What comes in a minute, counted: the signatures move inside, so that each round has the same."""
        with transaction.atomic():
            keys = Signature.objects.filter(statement=self.statement, state="accepted").order_by("-pk")[:MINUTE]
            display = Signature.objects.filter(pk__in=list(keys.values_list("pk", flat=True)))
            display.update(display="initials")
            display.update(display="full")
        assert count_signatures(pause=timedelta(0)) == 1

    def all(self) -> Iterator[Subject]:
        def page(path: str, client: Client = self.reader) -> Callable[[], object]:
            return lambda: self._open(client, path)

        yield "the statement's page", page(self.path), 20, 0.3, "empty page"
        yield "the list, first page", page(self.list_path), 20, 0.3, "empty page"
        yield "the list, first and second page", self.next_page, 10, 0.6, "empty page"
        yield "the list, a page at its far end", page(self.deep), 20, 0.3, "empty page"
        yield "search: a frequent name", page(f"{self.list_path}?q=Ashgrove"), 10, 0.5, "empty page"
        yield "search: a rare name", page(f"{self.list_path}?q=Zbigniew+Quartz"), 10, 0.5, "empty page"
        yield "search: two letters", page(f"{self.list_path}?q=Xu"), 5, 2.0, "empty page"
        yield "figures and chart", page(f"{self.path}figures/"), 20, 0.3, "empty page"
        yield "figures and chart, in Persian", page(f"/fa{self.path}figures/"), 20, 0.3, "empty page"
        yield "days as CSV", page(f"{self.path}figures/days.csv"), 20, 0.3, "empty page"
        yield "the desk's queue", page("/statements/moderation/", self.moderator), 10, 0.5, "empty page"
        yield f"one sweep after {2 * MINUTE} changes (with making them)", self.sweep, 10, 2.0, "row"
        yield "figures that contradict each other, looked for", find_unbalanced, 20, 0.1, "row"
        yield "the nightly recount", lambda: recount_signatures(now=timezone.now()), 3, 20.0, "scan"
