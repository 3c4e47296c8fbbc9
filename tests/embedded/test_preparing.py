"""The small things that a start consists of."""

import json
import socket
import stat
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from embedded import console, machine, venv
from embedded.console import StopError, guarded
from embedded.explain import explain
from embedded.machine import ROOT, require_disk
from embedded.messages import compile_messages
from embedded.ports import Ports
from embedded.secrets import NAMES, keep_secrets
from embedded.steps import run_step
from embedded.turn import AlreadyRunningError, turn

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "case"\nmsgstr "پرونده"\n'


def test_ports_are_remembered_until_somebody_else_has_them(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    port = Ports(path).choose("mailbox")
    assert Ports(path).choose("mailbox") == port
    with socket.socket() as other:
        # Another process of this machine may have been quicker, which is as good.
        with suppress(OSError):
            other.bind(("127.0.0.1", port))
        assert Ports(path).remembered("mailbox") == port
        assert Ports(path).choose("mailbox") != port


@pytest.mark.parametrize("content", ["", "[]", "{", '{"mailbox": "x"}'])
def test_ports_survive_a_broken_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ports.json"
    path.write_text(content)
    port = Ports(path).choose("mailbox")
    assert json.loads(path.read_text()) == {"mailbox": port}


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    first = keep_secrets(path)
    assert keep_secrets(path) == first
    assert sorted(first) == sorted(NAMES)
    assert len(set(first.values())) == len(NAMES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_turn_is_one_holder_at_a_time_and_knows_of_a_kill(tmp_path: Path) -> None:
    with turn(tmp_path, "the first") as was_killed:
        assert not was_killed
        with pytest.raises(AlreadyRunningError, match="the first"), turn(tmp_path, "the second"):
            pass
    with turn(tmp_path, "the third") as was_killed:
        assert not was_killed
    (tmp_path / "run.lock").write_text("one that was killed")
    with turn(tmp_path, "the fourth") as was_killed:
        assert was_killed


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full"),
        ("error: command 'gcc' failed: No such file or directory", "there is no compiler"),
        ("error: command 'x86_64-linux-gnu-gcc' failed", "there is no compiler"),
        ("Temporary failure in name resolution", "registry cannot be reached"),
        ("some\nlines\nand the last\n\n", "It failed: and the last"),
        ("", "It failed."),
    ],
)
def test_explain_finds_the_known_cause_or_shows_the_last_line(output: str, line: str) -> None:
    assert line in explain(output, otherwise="It failed")


def test_require_disk_says_where_it_is_full(tmp_path: Path) -> None:
    require_disk(tmp_path / "not" / "there", 1)
    with pytest.raises(StopError, match=rf"^The disk of {tmp_path} is full .*: free some space, then start again\.$"):
        require_disk(tmp_path / "not" / "there", 10**9)


def test_require_venv_module_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(StopError, match=r"`apt install python3\.\d+-venv`"):
        machine.require_venv_module()


def test_environment_behind_a_link_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`venv --clear` follows the link and would empty somebody else's environment."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pip").write_text("#!/elsewhere/bin/python")
    link = tmp_path / ".venv"
    link.symlink_to(elsewhere)
    monkeypatch.setattr(venv, "VENV", link)
    with pytest.raises(StopError, match=r"is a link to .*elsewhere, an environment made elsewhere"):
        venv._make()
    assert [path.name for path in elsewhere.iterdir()] == ["pip"]


def test_run_step_keeps_the_output_of_a_failure(tmp_path: Path) -> None:
    log = tmp_path / "log" / "it.log"
    command = [sys.executable, "-c", "print('first'); print('why'); raise SystemExit(3)"]
    with pytest.raises(StopError, match=r"^It failed \(whole output: .*it.log\): why$"):
        run_step("It", command, env={}, cwd=tmp_path, log=log)
    assert log.read_text() == "first\nwhy\n"
    assert run_step("It", [*command[:2], "print('fine')"], env={}, cwd=tmp_path, log=log) == "fine\n"


def test_compile_messages_works_once_per_change(tmp_path: Path) -> None:
    folder = tmp_path / "fa" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO, encoding="utf-8")
    assert compile_messages(tmp_path) == [folder / "django.mo"]
    assert compile_messages(tmp_path) == []
    assert "پرونده".encode() in (folder / "django.mo").read_bytes()
    (folder / "django.po").write_text('msgid "case"\nnonsense\n', encoding="utf-8")
    with pytest.raises(StopError, match=r"django\.po cannot be read"):
        compile_messages(tmp_path)


def refuse(arguments: list[str]) -> int:
    raise StopError("This is why. Do that.")


def fill_the_disk(arguments: list[str]) -> int:
    raise OSError(28, "No space left on device", "/some/file")


@pytest.mark.parametrize(
    ("main", "line"),
    [
        (refuse, "This is why. Do that.\n"),
        (fill_the_disk, "The disk is full (writing /some/file): free some space, then start again.\n"),
    ],
)
def test_guarded_turns_a_failure_into_one_line(
    main: "console.Main", line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signal.signal", lambda *arguments: None)
    assert guarded(main) == 1
    assert capsys.readouterr().err == line


def test_every_variable_of_the_programs_is_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = ("PORT", "DATA_DIR", "DATABASE_URL", "REDIS_URL", "EMBEDDED_POSTGRES", "EMBEDDED_REDIS", "BROWSER_PATH")
    assert [name for name in names if f"{name}=" not in example] == []
