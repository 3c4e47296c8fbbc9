"""Dossiers of many: 10,000 in seconds, and memory that does not grow with the names.

`DOSSIER_SIGNATURES=1000000 pytest tests/petitions/test_dossier_scale.py -rP` shows the figures of a large one.
"""

import csv
import os
import resource
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from petitions import actions
from petitions.handover import steps
from petitions.handover.store import folder_of
from petitions.models import Handover, Statement
from tests.petitions.dossiers import asked_for
from tests.petitions.factories import StatementFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MANY = int(os.environ.get("DOSSIER_SIGNATURES", "10000"))
PAGE = resource.getpagesize()
# Names the size of real ones, in two scripts; Latin and Persian alternate.
INSERT = """
    INSERT INTO petitions_signature (
        statement_id, text_id, version_number, text_language, text_sha256, email_digest, signs_as, honorific,
        name_binding, name,
        original_name, sort_key, search_key, title, is_current, affiliation, ror_id, category, in_personal_capacity,
        country, field, display, may_be_annexed, comment, wants_updates, updates_wording, language, state, proof,
        review_reason, created_at, confirmed_at, accepted_at, is_demonstration, is_protected, organisation,
        organisation_role
    ) SELECT %s, t.id, 1, t.language, t.sha256, decode(md5(n::text), 'hex'), 'individual', '', '',
        CASE n %% 2 WHEN 0 THEN 'Invented ' || md5(n::text) ELSE 'نام ' || translate(md5(n::text), '0123456789abcdef',
        'ابپتثجچحخدذرزژسش') END, '', '', '', 'Professor of Law', true, 'University of Nowhere', '', '', false, 'IR', '',
        CASE WHEN n %% 50 = 0 THEN 'hidden' ELSE 'full' END, false, '', false, '', 'en', 'accepted', 'email_code', '',
        now(), now(), now(), false, false, '', ''
      FROM petitions_versiontext t, generate_series(1, %s) n WHERE t.id = %s
"""


def signed_by(number: int) -> Statement:
    statement = StatementFactory.open()
    version = statement.current_version()
    assert version is not None
    text = version.texts.get(language="en")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(INSERT, [statement.pk, number, text.pk])
        cursor.execute("ANALYZE petitions_signature")
    return statement


def record(line: str) -> None:
    """Into the captured output of the test."""
    sys.stdout.write(f"{line}\n")


class Watch:
    """The most memory this process held while it was watched, in MB, and the seconds."""

    def __enter__(self) -> "Watch":
        self.most, self._ends, self._begin = self._now(), threading.Event(), time.monotonic()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.seconds = time.monotonic() - self._begin
        self._ends.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ends.wait(0.02):
            self.most = max(self.most, self._now())

    @staticmethod
    def _now() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 2**20


@pytest.mark.timeout(0)
def test_many_names_are_listed_as_a_stream_in_constant_memory() -> None:
    asked_for(signed_by(MANY))
    handover = actions.claim_dossier(now=timezone.now())
    assert handover is not None
    before = Watch._now()
    with Watch() as watch:
        while not handover.figures:
            steps.take_step(handover, now=timezone.now())
    record(f"{MANY} names: lists {watch.seconds:.1f} s, memory +{watch.most - before:.0f} MB")
    assert watch.most - before < 150
    folder = folder_of(handover)
    with (folder / "signatories.csv").open(encoding="utf-8-sig", newline="") as rows:
        assert sum(1 for _row in csv.reader(rows)) == handover.figures["listed"] + 1
    assert handover.figures["counted"] == MANY
    with Watch() as watch:
        actions.build_dossier(handover=handover)
    sizes = {name: size for name, size in handover.files.values_list("name", "size") if "-" not in name}
    record(f"{handover.files.count()} files {watch.seconds:.1f} s, memory at most {watch.most:.0f} MB, {sizes}")
    assert watch.most < 900
    assert Handover.objects.get(pk=handover.pk).state == "built"
