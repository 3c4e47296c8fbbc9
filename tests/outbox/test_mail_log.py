"""The mail server's log as a witness: what it shows, and how far its silence reaches."""

import gzip
import os
from datetime import datetime
from pathlib import Path

import pytest

from outbox.evidence.mail_log import LONGEST_LINE, ask_log
from outbox.evidence.witness import Witness
from tests.outbox.mail_logs import US, at, exim, exim_took, postfix, started, write

WANTED = "abc123@countersign.example"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "mainlog"


def ask(path: Path, since: datetime | None = None) -> Witness:
    return ask_log(str(path), {WANTED}, since=since or at(0))


def test_exim_acceptance_is_found_with_its_moment(log: Path) -> None:
    write(log, started(-1), exim_took(5, f"<{WANTED}>"), exim(30, "Start queue run: pid=1"))
    witness = ask(log)
    assert witness.problem == ""
    assert witness.taken[WANTED].at == at(5).replace(microsecond=123000)
    assert witness.taken[WANTED].words.startswith("Exim 1tAb9Z-")
    assert witness.covers(at(0), at(29))
    assert not witness.covers(at(-2), at(29))
    assert not witness.covers(at(0), at(31))


@pytest.mark.parametrize(
    "line",
    [
        exim_took(5, WANTED, sender="other@example.org"),
        exim_took(5, f"x{WANTED}"),
        exim_took(5, f"{WANTED}.example"),
        exim(5, f'1tAb9Z-00000001234-0000 <= {US} H=x P=esmtp S=1 id=other@x T="look: id={WANTED} "'),
        exim(5, f"1tAb9Z-00000001234-0000 H=x rejected after DATA: <= {US} id={WANTED}"),
        exim(5, f"1tAb9Z-00000001234-0000 => desk@un.example id={WANTED}"),
        f"note <= {US} id={WANTED}\n",
        exim_took(5, WANTED).rstrip("\n"),
    ],
    ids=["sender", "longer", "longer tail", "subject", "rejected", "delivery", "no stamp", "half a line"],
)
def test_exim_line_that_is_no_acceptance_of_ours_proves_nothing(log: Path, line: str) -> None:
    write(log, started(-1), exim(6, "Start queue run: pid=1"), line)
    assert ask(log).taken == {}


def test_postfix_needs_both_lines_of_one_queue_file(log: Path) -> None:
    cleanup = postfix(5, f"cleanup[7]: 4XyZ1a: message-id=<{WANTED}>")
    active = postfix(5.1, f"qmgr[8]: 4XyZ1a: from=<{US}>, size=1234, nrcpt=1 (queue active)")
    write(log, postfix(-1, "master[1]: daemon started"), cleanup)
    assert ask(log).taken == {}
    write(log, active, cleanup)
    assert ask(log).taken == {}
    write(log, cleanup, active)
    assert ask(log).taken[WANTED].words.startswith("Postfix 4XyZ1a")
    assert ask(log).taken[WANTED].at == at(5.1)


def test_postfix_queue_name_used_again_is_another_message(log: Path) -> None:
    write(
        log,
        postfix(5, f"cleanup[7]: 4XyZ1a: message-id=<{WANTED}>"),
        postfix(6, "cleanup[7]: 4XyZ1a: message-id=<other@countersign.example>"),
        postfix(6, f"qmgr[8]: 4XyZ1a: from=<{US}>, size=1, nrcpt=1 (queue active)"),
        postfix(7, f"cleanup[7]: 5XyZ1a: message-id=<{WANTED}>"),
        postfix(7, "qmgr[8]: 5XyZ1a: from=<other@example.org>, size=1, nrcpt=1 (queue active)"),
        postfix(8, f"smtpd[9]: warning: {at(8).isoformat()} mx1 postfix/cleanup[7]: 6X: message-id=<{WANTED}>"),
        postfix(8, f"qmgr[8]: 6X: from=<{US}>, size=1, nrcpt=1 (queue active)"),
    )
    assert ask(log).taken == {}


def test_postfix_pair_across_a_rotation_is_found(log: Path) -> None:
    write(log.with_name("mainlog.1"), postfix(-1, "x[1]: y"), postfix(5, f"cleanup[7]: 4X: message-id=<{WANTED}>"))
    write(log, postfix(5, f"qmgr[8]: 4X: from=<{US}>, size=1, nrcpt=1 (queue active)"))
    assert WANTED in ask(log).taken


@pytest.mark.parametrize("packed", [False, True])
def test_rotated_parts_reach_back_as_far_as_needed(log: Path, packed: bool) -> None:
    write(log, exim(20, "Start queue run: pid=1"))
    write(log.with_name("mainlog.1"), exim(10, "Start queue run: pid=1"))
    older = "".join([started(-5), exim_took(2, WANTED)])
    if packed:
        log.with_name("mainlog.2.gz").write_bytes(gzip.compress(older.encode()))
    else:
        write(log.with_name("mainlog.2"), older)
    write(log.with_name("mainlog.3"), exim(-50, "Start queue run: pid=1"))
    witness = ask(log)
    assert witness.begins_at == at(-5).replace(microsecond=123000)
    assert witness.covers(at(0), at(20))
    assert WANTED in witness.taken


def test_gap_between_rotated_parts_ends_what_is_covered(log: Path) -> None:
    write(log, exim(20, "Start queue run: pid=1"))
    write(log.with_name("mainlog.2"), started(-5))
    assert not ask(log).covers(at(0), at(10))


def test_rotation_while_we_read_shows_a_part_once(log: Path) -> None:
    write(log, exim(20, "Start queue run: pid=1"))
    os.link(log, log.with_name("mainlog.1"))
    write(log.with_name("mainlog.2"), started(-5))
    assert ask(log).covers(at(0), at(20))


def test_fresh_empty_log_after_a_rotation_ends_where_the_old_one_did(log: Path) -> None:
    write(log)
    write(log.with_name("mainlog.1"), started(-5), exim(20, "y"))
    witness = ask(log)
    assert witness.covers(at(0), at(20))
    assert not witness.covers(at(0), at(21))


def test_stamps_without_a_zone_show_presence_and_prove_no_absence(log: Path) -> None:
    write(log, exim(-1, "started", ""), exim_took(5, WANTED, zone=""), exim(30, "Start queue run", ""))
    witness = ask(log)
    assert witness.taken[WANTED].at is None
    assert not witness.covers(at(0), at(10))
    write(
        log,
        f"Nov 21 08:00:00 mx1 postfix/cleanup[7]: 4X: message-id=<{WANTED}>\n",
        f"Nov 21 08:00:00 mx1 postfix/qmgr[8]: 4X: from=<{US}>, size=1, nrcpt=1 (queue active)\n",
    )
    witness = ask(log)
    assert WANTED in witness.taken
    assert not witness.covers(at(0), at(10))


def test_missing_or_broken_log_covers_nothing(log: Path) -> None:
    assert ask(log).problem.startswith("FileNotFoundError")
    log.mkdir()
    assert ask(log).problem.startswith("IsADirectoryError")
    log.rmdir()
    write(log, exim(20, "x"))
    log.with_name("mainlog.1.gz").write_bytes(gzip.compress(exim(-5, "x").encode())[:-6])
    witness = ask(log)
    assert witness.problem
    assert not witness.covers(at(0), at(10))


def test_rubbish_in_the_log_is_passed_over(log: Path) -> None:
    log.write_bytes(
        b"\x00\xff\xfe\n"
        + started(-1).encode()
        + b"x" * (LONGEST_LINE * 2)
        + exim_took(2, WANTED).encode()
        + b"9999-99-99 99:99:99 +0000 1tAb9Z-00000001234-0000 <= x id=y\n"
        + exim(30, "Start queue run: pid=1").encode()
        + b"\xff no stamp\n"
    )
    witness = ask(log)
    assert (witness.problem, witness.taken) == ("", {})
    assert witness.covers(at(0), at(30))


def test_log_that_shows_no_mail_of_ours_proves_no_absence(log: Path) -> None:
    """A wrong file, or a form we cannot read, must not pass for silence."""
    write(log, exim(-1, "started"), exim_took(3, "a@b", sender="other@example.org"), exim(30, "Start queue run: pid=1"))
    assert not ask(log).covers(at(0), at(10))
    write(log, exim(-1, "started"), exim_took(3, "a@b"), exim(30, "Start queue run: pid=1"))
    assert ask(log).covers(at(0), at(10))


@pytest.mark.parametrize(
    "line",
    [
        exim_took(5, WANTED, sender="rewritten@example.org"),
        f"{at(5).isoformat()} mx1 exim[7]: 2026-11-21 08:05:00 1tAb9Z-00000001234-0000 <= {US} P=esmtp id={WANTED}\n",
        f"{at(5).isoformat()} mx1 amavis[7]: Passed CLEAN, Message-ID: <{WANTED}>, mail_id: x\n",
        postfix(5, f"cleanup[7]: 4X: message-id=<{WANTED}>")
        + postfix(5, "qmgr[8]: 4X: from=<x@y>, size=1 (queue active)"),
    ],
    ids=["rewritten sender", "Exim through syslog", "a filter", "Postfix with another sender"],
)
def test_mention_in_other_words_is_neither_presence_nor_absence(log: Path, line: str) -> None:
    write(log, started(-1), line, exim(30, "Start queue run: pid=1"))
    witness = ask(log)
    assert (witness.taken, witness.mentioned) == ({}, {WANTED})


def test_postfix_that_lost_the_client_within_the_body_is_silent_about_the_message(log: Path) -> None:
    pair = postfix(3, "cleanup[7]: 3X: message-id=<a@b>") + postfix(
        3, f"qmgr[8]: 3X: from=<{US}>, size=1 (queue active)"
    )
    cut = postfix(5, f"cleanup[7]: 4X: message-id=<{WANTED}>") + postfix(5, "smtpd[6]: lost connection after DATA")
    write(log, postfix(-1, "master[1]: daemon started"), pair, cut, postfix(30, "anvil[9]: statistics: max rate 1"))
    witness = ask(log)
    assert (witness.taken, witness.mentioned, witness.covers(at(0), at(10))) == ({}, set(), True)
