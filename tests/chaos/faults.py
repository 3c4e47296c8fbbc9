"""What the chaos mail server does wrong, in words: `stage:act,act`, as `rcpt:451` or `dot:accept,delay=2,hang_up`.

Stages: greet, ehlo, starttls, mail, rcpt, data, body (after "go on", before the dot), dot. Acts, one after the other:

    421, 450, 550 ...  that reply (421 hangs up after it; 354 is a wrong one to the dot)
    hang_up            close the connection without a word
    delay=SECONDS      wait, then go on
    accept             journal the message now (dot only); without it the message is taken when all acts are over
    hold               wait until the harness says `release`
    silent             never answer
    garbage, huge, endless   an answer that is none, one of 10 MB in one line, one without an end

A recipient's script is used up one fault a try. Chances are rolled at every stage.
"""

import random
from collections import Counter, deque
from dataclasses import dataclass, field

STAGES = ("greet", "ehlo", "starttls", "mail", "rcpt", "data", "body", "dot")


@dataclass(frozen=True)
class Fault:
    stage: str
    acts: tuple[str, ...]

    @classmethod
    def parse(cls, words: str) -> "Fault":
        """Raises `ValueError` for a stage that is none."""
        stage, _, acts = words.partition(":")
        if stage not in STAGES or not acts:
            raise ValueError(f"not a fault: {words!r}")
        return cls(stage, tuple(acts.split(",")))

    def __str__(self) -> str:
        return f"{self.stage}:{','.join(self.acts)}"


@dataclass
class Script:
    """Which fault comes next, for whom."""

    by_recipient: dict[str, deque[Fault]] = field(default_factory=dict)
    for_anybody: deque[Fault] = field(default_factory=deque)
    chances: dict[Fault, float] = field(default_factory=dict)
    dice: random.Random = field(default_factory=random.Random)
    counts: Counter[str] = field(default_factory=Counter)

    def write(self, recipient: str, faults: list[str]) -> None:
        """The next faults for `recipient`, or for `*`: whoever comes to that stage first."""
        parsed = deque(Fault.parse(words) for words in faults)
        if recipient == "*":
            self.for_anybody = parsed
        else:
            self.by_recipient[recipient.lower()] = parsed

    def set_chances(self, chances: dict[str, float], seed: int) -> None:
        self.chances = {Fault.parse(words): chance for words, chance in chances.items()}
        self.dice.seed(seed)

    def next_for(self, recipient: str) -> Fault | None:
        """The next fault of a recipient's own script, whatever stage it is for."""
        faults = self.by_recipient.get(recipient.lower())
        return faults.popleft() if faults else None

    def at(self, stage: str, own: Fault | None = None) -> Fault | None:
        """What goes wrong at `stage`: the recipient's own fault, the next for anybody, or one by chance."""
        fault = own if own is not None and own.stage == stage else self._for_anybody(stage) or self._by_chance(stage)
        if fault is not None:
            self.counts[str(fault)] += 1
        return fault

    def _for_anybody(self, stage: str) -> Fault | None:
        if self.for_anybody and self.for_anybody[0].stage == stage:
            return self.for_anybody.popleft()
        return None

    def _by_chance(self, stage: str) -> Fault | None:
        for fault, chance in self.chances.items():
            if fault.stage == stage and self.dice.random() < chance:
                return fault
        return None
