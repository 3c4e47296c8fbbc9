"""L32 and L33: nobody can tell what became of a letter; a return is faster than our own commit."""

import signal
import time

from django.utils import timezone

from outbox.actions import record_bounce, resolve_uncertain
from outbox.models import Message
from tests.accounts.factories import UserFactory
from tests.chaos.processes import send, wait_until
from tests.chaos.scenarios.workers import frozen
from tests.chaos.trial import Trial, scenario


@scenario("L32", "no evidence: no source is set up, then its log was thrown away")
def lose_evidence(trial: Trial) -> None:
    cluster = trial.cluster
    cluster.end("worker", "beat")
    for _ in range(2):
        cluster.start_worker(EVIDENCE_LOG="")
    cluster.start_beat()
    cluster.wait_for_workers()
    held = must_wait(trial, kills=trial.cycles, doubt="no_source")
    # The same letters with a source that began too late: the log was removed, and the mail server has begun another.
    (cluster.folder / "mainlog").unlink()
    cluster.end("worker")
    for _ in range(2):
        cluster.start_worker()
    cluster.wait_for_workers()
    held = must_wait(trial, kills=0, doubt="not_covered", before=held)
    decide(trial)
    verdict = trial.verdict()
    trial.must(verdict.is_clean, f"once a person has decided, each is taken once: {verdict}")
    trial.show(held=held)


def must_wait(trial: Trial, *, kills: int, doubt: str, before: int = 0) -> int:
    """Letters whose workers die stay uncertain, say why, and are not sent again; how many wait now."""
    trial.allow("kill", "after_dot", kills)
    trial.allow("kill", "before_body", kills)
    trial.approve(2 * kills + 2)
    trial.wait_until_over(seconds=60, also_over={"uncertain"})
    # Long enough for every grace to be over and for several looks at the evidence.
    time.sleep(trial.cluster.waits.grace + 3 * trial.cluster.waits.evidence)
    verdict = trial.verdict()
    trial.must(verdict.is_honest, f"nothing is lost, doubled or guessed: {verdict}")
    trial.must(
        len(verdict.unresolved) == before + 2 * kills, f"one letter waits per kill, not {len(verdict.unresolved)}"
    )
    trial.must(verdict.max_attempts == 1, "none is sent again by itself")
    trial.must(_doubts(trial) == {doubt}, f"each says why it waits: {_doubts(trial)} and not {doubt}")
    return len(verdict.unresolved)


def decide(trial: Trial) -> None:
    """A person looks at each letter that waits, finds it in the server's journal or not, and decides."""
    taken = {acceptance.message_id for acceptance in trial.acceptances()}
    person = UserFactory.with_role("letter_author")
    for message in Message.objects.filter(pk__in=trial.keys, state=Message.State.UNCERTAIN):
        outcome = Message.State.SENT if message.message_id in taken else Message.State.QUEUED
        resolve_uncertain(message=message, outcome=outcome, by=person, now=timezone.now())
    trial.wait_until_over(seconds=30)


def _doubts(trial: Trial) -> set[str]:
    rows = trial.cluster.query(
        "SELECT doubt FROM outbox_message WHERE state = 'uncertain' AND id = ANY(%s)", trial.keys
    )
    return {str(doubt) for [doubt] in rows}


@scenario("L33", "a return (DSN) before the status commit")
def bounce_early(trial: Trial) -> None:
    times = max(2, trial.cycles // 5)
    for _ in range(times):
        before = len(frozen(trial))
        trial.allow("stop", "after_250", 1)
        [key] = trial.approve(1)
        trial.must(wait_until(lambda count=before: len(frozen(trial)) > count, seconds=20), "the worker stands")  # type: ignore[misc]  # a default binds it in the loop
        [row] = trial.rows([key])
        record_bounce(message_id=row.message_id, report="550 5.1.1 no such user", now=timezone.now())
        [row] = trial.rows([key])
        trial.must(row.state == "committing", "while a worker holds it, the return waits beside the state")
        send(frozen(trial)[-1], signal.SIGCONT)
        wait_until(lambda message=key: trial.rows([message])[0].state == "bounced", seconds=10)  # type: ignore[misc]  # a default binds it in the loop
        [row] = trial.rows([key])
        trial.must(row.state == "bounced", f"it ends bounced, not {row.state}")
    verdict = trial.verdict()
    trial.must(verdict.is_clean, f"{verdict}")
    trial.show(bounces=times)
