import pytest

from tests.chaos.faults import Fault, Script


def test_fault_reads_its_stage_and_acts() -> None:
    fault = Fault.parse("dot:accept,delay=2,hang_up")
    assert (fault.stage, fault.acts, str(fault)) == (
        "dot",
        ("accept", "delay=2", "hang_up"),
        "dot:accept,delay=2,hang_up",
    )
    for words in ("nowhere:451", "dot", "dot:"):
        with pytest.raises(ValueError, match="not a fault"):
            Fault.parse(words)


def test_script_gives_a_recipient_one_fault_a_try() -> None:
    script = Script()
    script.write("A@x.example", ["rcpt:451", "dot:550"])
    assert [str(script.next_for("a@X.example")) for _ in range(3)] == ["rcpt:451", "dot:550", "None"]


def test_script_gives_anybodys_fault_at_its_stage_only() -> None:
    script = Script()
    script.write("*", ["mail:421"])
    assert (script.at("rcpt"), str(script.at("mail")), script.at("mail")) == (None, "mail:421", None)
    assert script.counts == {"mail:421": 1}


def test_chances_are_the_same_for_the_same_seed() -> None:
    def roll() -> list[bool]:
        script = Script()
        script.set_chances({"rcpt:451": 0.3}, seed=7)
        return [script.at("rcpt") is not None for _ in range(200)]

    assert roll() == roll()
    assert 30 < sum(roll()) < 90
