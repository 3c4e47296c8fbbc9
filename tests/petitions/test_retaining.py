"""Retention: what is due goes, what is not stays, and being killed anywhere leaves nothing half done."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from embedded.machine import ROOT
from petitions.actions import (
    ask_signatory,
    refuse_signature,
    run_retention,
    stop_following,
    stop_updates,
    withdraw_signature,
)
from petitions.actions.retaining import to_anonymise, to_erase, to_forget
from petitions.models import Ending, RetentionRun, Signature, Statement
from tests.accounts.factories import UserFactory
from tests.petitions.factories import FollowerFactory, SignatureFactory, StatementFactory

KILLS = int(os.environ.get("RETENTION_KILLS", "3"))


def closed_long_ago(statement: Statement) -> None:
    Statement.objects.filter(pk=statement.pk).update(state="closed")
    Ending.objects.create(statement=statement, since=timezone.now() - timedelta(days=184))


@pytest.mark.django_db
class TestWhatIsDue:
    def test_t5_withdrawn_goes_after_thirty_days_and_not_before(self) -> None:
        now = timezone.now()
        old, young, counted = SignatureFactory.create(), SignatureFactory.create(), SignatureFactory.accepted()
        withdraw_signature(signature=old, now=now - timedelta(days=31))
        withdraw_signature(signature=young, now=now - timedelta(days=29))
        run = run_retention(now=now)
        assert (run.erased, run.anonymised, run.left, run.finished_at is not None) == (1, 0, 0, True)
        erased = Signature.objects.get(pk=old.pk)
        assert (erased.name, erased.email, erased.email_digest, erased.state) == ("", None, None, "withdrawn")
        assert Signature.objects.get(pk=young.pk).name == young.name
        assert Signature.objects.get(pk=counted.pk).email == counted.email
        assert run_retention(now=now).erased == 0

    def test_t5_refused_goes_thirty_days_after_the_last_decision(self) -> None:
        now, moderator = timezone.now(), UserFactory.create()
        refused, answered = (SignatureFactory.create(created_at=now - timedelta(days=60)) for _ in range(2))
        for signature, days in ((refused, 31), (answered, 20)):
            refuse_signature(
                signature=signature,
                seen_state="pending",
                reason="abusive",
                note="A note with a name",
                by=moderator,
                now=now - timedelta(days=days),
            )
        assert run_retention(now=now).erased == 1
        assert Signature.objects.get(pk=refused.pk).name == ""
        assert refused.decisions.get().note == ""
        assert Signature.objects.get(pk=answered.pk).name == answered.name

    def test_t5_public_names_stand_and_what_is_not_public_goes(self) -> None:
        statement = StatementFactory.open()
        shown = SignatureFactory.accepted(statement=statement, name="Ada Invented", title="Judge")
        initials = SignatureFactory.accepted(
            statement=statement, name="Bea Invented", display="initials", title="Judge"
        )
        hidden = SignatureFactory.accepted(statement=statement, name="Cem Invented", display="hidden")
        news = SignatureFactory.accepted(statement=statement, wants_updates=True, updates_wording="Write")
        waiting = SignatureFactory.create(statement=statement)
        closed_long_ago(statement)
        run = run_retention(now=timezone.now())
        assert (run.anonymised, run.erased, run.left) == (4, 1, 0)
        for row in (shown, initials, hidden, news, waiting):
            row.refresh_from_db()
        assert (shown.name, shown.title, shown.email, shown.email_digest is not None) == (
            "Ada Invented",
            "Judge",
            None,
            True,
        )
        assert (initials.name, initials.shown_name, initials.comment) == ("B. I.", "B. I.", "")
        assert (hidden.name, hidden.email_digest, hidden.state) == ("", None, "accepted")
        assert (news.email is not None, waiting.state, waiting.name) == (True, "withdrawn", "")
        stop_updates(signature=news, now=timezone.now())
        news.refresh_from_db()
        assert news.email is None

    def test_stopping_by_either_link_takes_out_what_was_kept_for_the_news(self) -> None:
        statement, owner, now = StatementFactory.open(), UserFactory.create(), timezone.now()
        shown, hidden, other = (
            SignatureFactory.accepted(
                statement=statement, wants_updates=True, updates_wording="Write", display=display, user=user
            )
            for display, user in (("full", None), ("hidden", owner), ("hidden", None))
        )
        followers = [FollowerFactory.create(about=statement, address=row.email) for row in (shown, hidden)]
        closed_long_ago(statement)
        run_retention(now=now)
        rows = Signature.objects.filter(statement=statement)
        assert rows.filter(email__isnull=False, email_digest__isnull=False).count() == 3
        for follower in followers:
            stop_following(about=statement, digest=bytes(follower.email_digest or b""), now=now)
        stop_updates(signature=other, now=now)
        for row in (shown, hidden, other):
            row.refresh_from_db()
            assert (row.wants_updates, row.email) == (False, None)
        assert shown.email_digest is not None
        assert (hidden.email_digest, hidden.user, other.email_digest) == (None, None, None)
        assert run_retention(now=now).anonymised == 0

    def test_an_address_left_for_news_that_was_stopped_is_found_by_the_next_run(self) -> None:
        statement, now = StatementFactory.open(), timezone.now()
        shown, hidden, wanted = (
            SignatureFactory.accepted(statement=statement, wants_updates=True, updates_wording="Write", display=display)
            for display in ("full", "hidden", "hidden")
        )
        closed_long_ago(statement)
        run_retention(now=now)
        Signature.objects.filter(pk__in=[shown.pk, hidden.pk]).update(wants_updates=False)
        assert to_forget().count() == 2
        run = run_retention(now=now, batch=1)
        assert (run.anonymised, run.left) == (2, 0)
        for row in (shown, hidden, wanted):
            row.refresh_from_db()
        assert (shown.email, shown.email_digest is not None) == (None, True)
        assert (hidden.email, hidden.email_digest) == (None, None)
        assert (wanted.email is not None, wanted.email_digest is not None) == (True, True)

    def test_six_months_run_from_the_close_and_begin_anew_when_it_opens_again(self) -> None:
        statement = StatementFactory.open()
        SignatureFactory.accepted(statement=statement)
        closed_long_ago(statement)
        Statement.objects.filter(pk=statement.pk).update(state="open")
        assert run_retention(now=timezone.now()).anonymised == 0
        assert not Ending.objects.exists()
        Statement.objects.filter(pk=statement.pk).update(state="handed_over")
        now = timezone.now()
        assert run_retention(now=now).anonymised == 0
        assert run_retention(now=now + timedelta(days=184)).anonymised == 1

    def test_question_that_waits_below_an_open_statement_stays(self) -> None:
        now = timezone.now()
        signature = SignatureFactory.create(created_at=now - timedelta(days=400))
        ask_signatory(
            signature=signature,
            seen_state="pending",
            note="Who?",
            by=UserFactory.create(),
            now=now - timedelta(days=399),
        )
        assert run_retention(now=now).erased == 0

    def test_proof_of_a_run_cannot_be_changed(self) -> None:
        run = run_retention(now=timezone.now())
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            RetentionRun.objects.filter(pk=run.pk).update(erased=99)


CHILD = """
import os, signal, django
django.setup()
from django.utils import timezone
from petitions.actions import retaining
batches, work = 0, retaining._erase_batch
def killed_in_the_second_batch(now, batch):
    global batches
    batches += 1
    number = work(now, batch)
    if batches == 2 and number:
        os.kill(os.getpid(), signal.SIGKILL)
    return number
retaining._erase_batch = killed_in_the_second_batch
retaining.run_retention(now=timezone.now(), batch=3)
"""


def run_child() -> int:
    settings: dict[str, Any] = connection.settings_dict
    url = f"postgresql://{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "COUNTERSIGN_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "campaign.settings",
    }
    return subprocess.run([sys.executable, "-c", CHILD], cwd=ROOT, env=environment, check=False).returncode


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600 + 30 * KILLS)
def test_s13_killed_in_each_batch_ends_with_no_clear_row_and_the_same_figures() -> None:
    now = timezone.now()
    statement = StatementFactory.open()
    for _ in range(3 * (KILLS + 1)):
        withdraw_signature(signature=SignatureFactory.create(statement=statement), now=now - timedelta(days=40))
    SignatureFactory.accepted(statement=statement)
    killed = 0
    for _ in range(KILLS + 2):
        code = run_child()
        # Of three rows a batch, what the killed one had in hand is as it was before.
        assert Signature.objects.erased().count() % 3 == 0
        if code == 0:
            break
        assert code == -signal.SIGKILL
        killed += 1
    assert killed == KILLS
    assert (to_erase(now).count(), to_anonymise(now).count()) == (0, 0)
    assert not Signature.objects.filter(state="withdrawn").exclude(name="").exists()
    assert Signature.objects.filter(state="withdrawn").count() == 3 * (KILLS + 1)
    assert Signature.objects.counted().count() == 1
    assert sum(RetentionRun.objects.values_list("erased", flat=True)) == 3 * (KILLS + 1)
    assert RetentionRun.objects.filter(finished_at__isnull=False).count() == 1
