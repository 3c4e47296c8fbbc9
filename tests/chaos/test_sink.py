"""The chaos mail server itself: a real conversation with each kind of fault."""

import hashlib
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.machine import ROOT
from embedded.ports import free_port, is_free
from outbox.evidence.mail_log import ask_log
from tests.chaos.journal import read_journal
from tests.chaos.sink_control import SinkControl

pytestmark = pytest.mark.slow

RAW = b"From: post@countersign.example\r\nMessage-ID: <one@countersign.example>\r\n\r\n.\r\n..dots\r\nend\r\n"
SENDER = "post@countersign.example"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sink")


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    number = next(port for port in iter(free_port, 0) if is_free(port + 1))
    command = [sys.executable, "-m", "tests.chaos.sink", str(folder), str(number), "1"]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            SinkControl(number + 1).wait()
            yield number
        finally:
            process.terminate()


@pytest.fixture
def control(port: int) -> SinkControl:
    return SinkControl(port + 1)


def deliver(port: int, to: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        server.sendmail(SENDER, [to], RAW)


def taken_for(folder: Path, to: str) -> list[str]:
    return [acceptance.sha256 for acceptance in read_journal(folder / "journal.jsonl") if to in acceptance.recipients]


def test_sink_journals_the_very_bytes_with_their_dots(port: int, folder: Path) -> None:
    deliver(port, "plain@x.example")
    assert taken_for(folder, "plain@x.example") == [hashlib.sha256(RAW).hexdigest()]


def test_sink_writes_a_log_that_the_evidence_reads(port: int, folder: Path) -> None:
    deliver(port, "log@x.example")
    witness = ask_log(str(folder / "mainlog"), {"one@countersign.example"}, since=None)
    assert (witness.problem, set(witness.taken)) == ("", {"one@countersign.example"})


def test_sink_writes_what_it_dropped_and_on_which_connection(port: int, folder: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        server.ehlo()
        server.mail(SENDER)
        server.rcpt("gone@x.example")
        server.docmd("DATA")
        assert server.sock is not None
        ours = "[{}]:{}".format(*server.sock.getsockname())
        server.close()
    deadline = time.monotonic() + 5
    dropped: dict[str, object] = {}
    while not dropped and time.monotonic() < deadline:
        dropped = dict(ask_log(str(folder / "mainlog"), set(), connections={ours}, since=None).dropped)
    assert set(dropped) == {ours}


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        ("rcpt:451", 0),
        ("data:452", 0),
        ("dot:550", 0),
        ("body:hang_up", 0),
        ("dot:hang_up", 0),
        ("dot:garbage", 0),
        ("dot:accept,hang_up", 1),
        ("dot:accept,354", 1),
    ],
)
def test_sink_fails_as_told_and_takes_only_when_told(
    port: int, folder: Path, control: SinkControl, fault: str, times: int
) -> None:
    to = f"{fault.replace(':', '-').replace(',', '-')}@x.example"
    control.script(to, fault)
    with pytest.raises((smtplib.SMTPException, OSError)):
        deliver(port, to)
    assert len(taken_for(folder, to)) == times
    deliver(port, to)
    assert len(taken_for(folder, to)) == times + 1


def test_sink_takes_after_its_client_has_gone(port: int, folder: Path, control: SinkControl) -> None:
    control.script("late@x.example", "dot:delay=0.3")
    server = smtplib.SMTP("127.0.0.1", port, timeout=0.1)
    with pytest.raises((smtplib.SMTPException, OSError)):
        server.sendmail(SENDER, ["late@x.example"], RAW)
    server.close()
    assert taken_for(folder, "late@x.example") == []
    control.script("wait@x.example", "rcpt:delay=0.6")
    deliver(port, "wait@x.example")
    assert len(taken_for(folder, "late@x.example")) == 1


def test_sink_refuses_a_fault_of_no_stage(control: SinkControl) -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        control.script("x@x.example", "nowhere:451")
