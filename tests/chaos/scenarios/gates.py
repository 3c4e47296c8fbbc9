"""L28 to L30: what was approved leaves or nothing does; no cap is passed; all switches together reach somebody."""

import itertools
import random
import subprocess
import sys
import time
import uuid
from collections import Counter
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.test import override_settings
from django.utils import timezone

from embedded.machine import ROOT
from mandates import actions
from mandates.errors import LetterError
from mandates.models import ContactPoint, Letter
from tests.accounts.factories import UserFactory
from tests.chaos import letters
from tests.chaos.processes import wait_until
from tests.chaos.trial import Trial, scenario
from tests.mandates.factories import ContactPointFactory, LetterFactory, MandateFactory

DRAIN = "import django; django.setup(); from mandates.tasks import drain_letters; drain_letters()"
REAL = "desk@mandates.invented-receiver.org"


@scenario("L28", "approval withdrawn and text edited while the letter is on its way")
def withdraw_in_flight(trial: Trial) -> None:
    dice, outcomes = random.Random(trial.seed), Counter[str]()
    trial.sink.chances({"rcpt:delay=0.05": 0.5, "dot:delay=0.05": 0.5}, seed=trial.seed)
    person = UserFactory.with_role("letter_author")
    for _ in range(max(20, trial.cycles * 2)):
        letter = letters.approve_one()
        trial.keys += letters.keys_of(letter)
        time.sleep(dice.random() * 0.3)
        outcomes["edited unseen"] += edit_unseen(letter)
        try:
            actions.withdraw_approval(letter=letter, note="The family asks us to wait.", by=person, now=timezone.now())
            outcomes["withdrawn"] += 1
        except LetterError:
            outcomes["too late"] += 1
    trial.wait_until_over(seconds=60)
    verdict = trial.verdict()
    trial.must(verdict.is_clean, f"the approved bytes leave, or nothing: {verdict}")
    trial.must(outcomes["withdrawn"] and outcomes["too late"], f"the race must have both ends: {dict(outcomes)}")
    trial.must(outcomes["edited unseen"] == 0, "the database refuses to change an approved letter")
    trial.show(**{name.replace(" ", "_"): number for name, number in outcomes.items()})


def edit_unseen(letter: Letter) -> bool:
    """Try to change the words of an approved letter by SQL; whether that worked."""
    try:
        with transaction.atomic():
            return Letter.objects.filter(pk=letter.pk).update(facts="Words that nobody approved.") == 1
    except DatabaseError:
        return False


@scenario("L29", "caps under four drainers")
def press_against_caps(trial: Trial) -> None:
    cluster = trial.cluster
    cluster.end("worker", "beat")
    trial.write_many(10_000 if trial.cycles >= 100 else 120, mandates=30)
    [[before]] = cluster.query("SELECT count(*) FROM mandates_departure WHERE departed_at > now() - interval '2 hours'")
    hour, week = 40, 2
    for _ in range(4):
        cluster.start_worker(
            concurrency=1,
            MANDATES_CAP_PER_HOUR=str(int(str(before)) + hour),
            MANDATES_CAP_PER_MANDATE_WEEK=str(week),
        )
    cluster.start_beat()
    waiting = "SELECT count(*) FROM outbox_message WHERE id = ANY(%s) AND (state <> 'queued' OR next_try_at < now())"
    wait_until(lambda: cluster.query(waiting, trial.keys) == [(hour,)], seconds=120, every=0.5)
    time.sleep(2)
    rows = {row.message_id: row for row in trial.rows()}
    taken = [acceptance for acceptance in trial.acceptances() if acceptance.message_id in rows]
    per_mandate = Counter(acceptance.recipients for acceptance in taken)
    trial.must(len(taken) == hour, f"{hour} leave, and {len(taken)} did")
    trial.must(max(per_mandate.values(), default=0) <= week, f"{week} a mandate, not {max(per_mandate.values())}")
    told = cluster.query("SELECT count(*) FROM outbox_message WHERE id = ANY(%s) AND last_reply <> ''", trial.keys)
    trial.must(told == [(len(rows),)], "each that waits says what for")
    trial.show(hour=hour, left=len(taken), most_of_one_mandate=max(per_mandate.values(), default=0))
    # Time goes on for the rest: the caps are wide again, and what waits is due.
    cluster.end("worker")
    for _ in range(2):
        cluster.start_worker()
    cluster.query("UPDATE outbox_message SET next_try_at = now() WHERE id = ANY(%s) AND state = 'queued'", trial.keys)
    trial.must_be_clean(seconds=180)


@scenario("L30", "the three switches")
def try_every_switch(trial: Trial) -> None:
    cluster = trial.cluster
    cluster.end("worker", "beat")
    reached = []
    for environment, mode, checked in itertools.product(("production", "test"), ("live", "dry-run"), (True, False)):
        key = letter_to_a_real_address(trial, mode=mode, checked=checked)
        drain_under(trial, environment, mode)
        [row] = trial.rows([key])
        taken = [acceptance for acceptance in trial.acceptances() if acceptance.message_id == row.message_id]
        if taken:
            reached.append((environment, mode, checked))
            trial.must(taken[0].recipients == (row.recipient,), "it reaches whom it was approved for")
        else:
            trial.must(row.state == "cancelled", f"{environment} {mode} {checked}: held back, and is {row.state}")
    trial.must(reached == [("production", "live", True)], f"only all three together reach somebody: {reached}")
    trial.verdict()
    trial.show(cells=8, reached=len(reached))


def letter_to_a_real_address(trial: Trial, *, mode: str, checked: bool) -> uuid.UUID:
    """An approved letter to an address that is no demonstration; a check that does not stand has run out since."""
    mandate = MandateFactory.create()
    point = ContactPointFactory.create(
        mandate=mandate, checked=True, value=REAL.replace("@", f"{mandate.pk}@"), is_demonstration=False
    )
    with override_settings(MANDATES_MODE=mode):
        letter = LetterFactory.approved(mandates=[mandate])
    if not checked:
        yesterday = timezone.now().date() - timedelta(days=1)
        ContactPoint.objects.filter(pk=point.pk).update(checked_on=yesterday, expires_on=yesterday)
    [key] = letters.keys_of(letter)
    trial.keys.append(key)
    return key


def drain_under(trial: Trial, environment: str, mode: str) -> None:
    """One drain of an installation with these switches; its mail server is ours on the loopback, as always here."""
    values = trial.cluster.environment(
        COUNTERSIGN_ENV=environment,
        MANDATES_MODE=mode,
        DJANGO_SETTINGS_MODULE="campaign.settings",
        SITE_URL="https://countersign.example",
        ALLOWED_HOSTS="countersign.example",
        OUTBOX_PATIENCE="",
        MAILBOX_DIR="",
    )
    done = subprocess.run([sys.executable, "-c", DRAIN], cwd=ROOT, env=values, capture_output=True, check=False)
    trial.must(done.returncode == 0, f"{environment}, {mode}: {done.stderr.decode(errors='replace')[-300:]}")
