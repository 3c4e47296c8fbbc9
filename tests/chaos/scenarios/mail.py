"""L20 to L25: the mail server refuses, puts off, hangs up, stalls, babbles, or drops the encryption."""

import time
from pathlib import Path

from tests.chaos.certificates import write_certificate
from tests.chaos.judge import spread
from tests.chaos.processes import Child, wait_until
from tests.chaos.scenarios.points import back_in_queue
from tests.chaos.trial import Trial, scenario

TEMPORARY = ("421", "450", "451", "452")
FINAL = ("550", "553", "554")


def one_each(trial: Trial, faults: list[str]) -> dict[str, str]:
    """A letter for each fault, scripted to meet it at its first try; the fault by Message-ID."""
    return {trial.approve_facing(fault): fault for fault in faults}


@scenario("L20", "421, 450, 451, 452 at each command")
def put_off(trial: Trial) -> None:
    by_letter = one_each(trial, [f"{stage}:{code}" for stage in ("rcpt", "data", "dot") for code in TEMPORARY])
    for stage in ("greet", "ehlo", "mail"):
        for code in TEMPORARY:
            trial.sink.script("*", f"{stage}:{code}")
            trial.approve(1)
    verdict = trial.must_be_clean()
    rows = [row for row in trial.rows() if row.message_id in by_letter]
    waits = back_in_queue(rows, "deferred", "sending")
    trial.must(len(waits) == len(rows), f"each is put off once: {len(waits)} of {len(rows)}")
    # A minute, give or take a fifth, is squeezed to `minute`.
    earliest = trial.cluster.waits.minute * 0.8
    trial.must(
        min(waits, default=0) >= earliest, f"the first wait is a (squeezed) minute, not {min(waits, default=0):.2f} s"
    )
    trial.must(verdict.flagged == 0, "a clear answer leaves no doubt")
    trial.show(first_wait=spread(waits))


@scenario("L21", "550, 553, 554 at RCPT and after the dot")
def refuse(trial: Trial) -> None:
    refused = one_each(trial, [f"{stage}:{code}" for stage in ("rcpt", "dot") for code in FINAL])
    # One letter to three mandates, one of whom refuses: the others are not affected.
    refused[trial.approve_facing("rcpt:550", mandates=3)] = "rcpt:550"
    trial.wait_until_over(seconds=30)
    verdict = trial.verdict()
    rows = {row.message_id: row for row in trial.rows()}
    trial.must(all(rows[letter].state == "failed" for letter in refused), "a final no ends as failed")
    trial.must(all(rows[letter].attempts == 1 for letter in refused), "and is never tried again")
    others = [row for name, row in rows.items() if name not in refused]
    trial.must(len(others) == 2 and all(row.state == "sent" for row in others), "the other addressees get theirs")
    trial.must(verdict.is_clean, f"{verdict}")
    trial.show(refused=len(refused))


@scenario("L22", "hang up before the dot, after it without taking, after taking")
def hang_up(trial: Trial) -> None:
    each = max(3, trial.cycles // 3)
    before = one_each(trial, ["data:hang_up", "body:hang_up"] * each)
    untaken, taken = one_each(trial, ["dot:hang_up"] * each), one_each(trial, ["dot:accept,hang_up"] * each)
    trial.must_be_clean()
    rows = {row.message_id: row for row in trial.rows()}
    trial.must(all(rows[name].times_flagged == 1 for name in untaken), "without an answer: flagged")
    trial.must(all(rows[name].times_flagged == 1 for name in taken), "taken, but we could not know: flagged")
    trial.must(all(rows[name].attempts == 2 for name in untaken), "what was not taken is sent again, once")
    trial.must(all(rows[name].attempts == 1 for name in taken), "what was taken is not")
    early = [name for name, fault in before.items() if fault.startswith("data")]
    trial.must(not any(rows[name].times_flagged for name in early), "before `go on` there is no doubt")
    trial.show(cut_within_the_body_and_flagged=sum(rows[name].times_flagged for name in set(before) - set(early)))


@scenario("L23", "the 250 comes late")
def answer_late(trial: Trial) -> None:
    waits = trial.cluster.waits
    patient, late = waits.after_dot * 0.6, waits.lease + 0.5
    in_time = one_each(trial, [f"dot:delay={patient}"] * 3 + [f"dot:accept,delay={patient}"] * 3)
    too_late = one_each(trial, [f"dot:accept,delay={late}"] * 3 + [f"dot:delay={late}"] * 3)
    trial.must_be_clean()
    rows = {row.message_id: row for row in trial.rows()}
    trial.must(all(rows[name].times_flagged == 0 for name in in_time), "within our patience nothing is in doubt")
    trial.must(all(rows[name].times_flagged == 1 for name in too_late), "after it the letter is flagged")
    trial.must(all(row.attempts == 1 for row in rows.values()), "no second sender during the wait, and none after it")


@scenario("L24", "garbage, 10 MB, an endless reply, 354 to the dot")
def babble(trial: Trial) -> None:
    before = peak_memory(trial)
    kinds = ("garbage", "huge", "endless", "354")
    taken = one_each(trial, [f"dot:accept,{kind}" for kind in kinds])
    untaken = one_each(trial, [f"dot:{kind}" for kind in kinds])
    trial.must_be_clean()
    rows = {row.message_id: row for row in trial.rows()}
    # A reply of 10 MB in one line begins with 250; all the same it is none that a mail server may give.
    trial.must(all(rows[name].times_flagged == 1 for name in [*taken, *untaken]), "no clear answer: flagged")
    trial.must(all(rows[name].attempts == 1 for name in taken), "what was taken is not sent again")
    grown = max(after - before.get(pid, after) for pid, after in peak_memory(trial).items())
    trial.must(grown <= 4096, f"a worker grows by 4 MB at most, not {grown // 1024} MB")
    trial.show(grown_kib=grown)


def peak_memory(trial: Trial) -> dict[int, int]:
    """The most memory that each process of the pool has ever held, in KiB."""
    peaks = {}
    for pid in [pid for worker in trial.cluster.workers() for pid in worker.children()]:
        status = Path(f"/proc/{pid}/status").read_text()
        peaks[pid] = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return peaks


@scenario("L25", "STARTTLS missing, stripped, with a bad certificate")
def strip_encryption(trial: Trial) -> None:
    cluster, folder = trial.cluster, trial.cluster.folder
    write_certificate(folder, name="127.0.0.1")
    cluster.end("worker")
    strict = cluster.start_worker(SMTP_STARTTLS="1")
    cluster.wait_for_workers()
    trial.approve(3)
    for how in ("missing", "stripped", "bad"):
        trial.sink.offer_tls(how != "missing")
        if how == "stripped":
            trial.sink.script("*", *["starttls:454"] * 20)
        time.sleep(2)
        trial.sink.script("*")
    before = trial.verdict()
    trial.must(before.accepted == 0, f"nothing leaves in clear, and {before.accepted} did")
    trial.must(all(row.state in {"queued", "deferred", "sending"} for row in trial.rows()), "all wait")
    trial.must(strict.said("No mail server") > 0, "the log says why")
    trust(trial, strict)
    trial.must_be_clean()
    mine = {row.message_id for row in trial.rows()}
    encrypted = [acceptance.is_encrypted for acceptance in trial.acceptances() if acceptance.message_id in mine]
    trial.must(all(encrypted), "with a good certificate they leave, encrypted")


def trust(trial: Trial, strict: Child) -> None:
    """A worker for whom the certificate is a good one, in place of the strict one."""
    strict.kill()
    trial.cluster.children.remove(strict)
    trial.cluster.start_worker(SMTP_STARTTLS="1", SSL_CERT_FILE=str(trial.cluster.folder / "certificate.pem"))
    wait_until(lambda: bool(trial.cluster.workers()), seconds=5)
