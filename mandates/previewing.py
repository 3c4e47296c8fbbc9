"""What a second person reads: each wording once, with whom it goes to and how it differs from the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from mandates.submission import Submission


@dataclass(frozen=True)
class Difference:
    """A line that only the first wording has (`-`) or only this one (`+`)."""

    sign: str
    line: str


@dataclass(frozen=True)
class Preview:
    """One wording. `recipients` get exactly this; the first of a joint submission is in To, the others in Cc."""

    submission: Submission
    recipients: list[Submission]
    differences: list[Difference]

    @property
    def is_joint(self) -> bool:
        return len(self.recipients) > 1


def previews_of(submissions: Sequence[Submission]) -> list[Preview]:
    """`submissions` with the same words and files together, in their order."""
    groups: dict[tuple[object, ...], list[Submission]] = {}
    for submission in submissions:
        files = tuple((file.name, file.sha256) for file in submission.attachments)
        groups.setdefault((submission.subject, submission.text, submission.html, files), []).append(submission)
    wordings = list(groups.values())
    return [Preview(group[0], group, _differences(wordings[0][0].text, group[0].text)) for group in wordings]


def _differences(first: str, other: str) -> list[Difference]:
    before, after = first.splitlines(), other.splitlines()
    found: list[Difference] = []
    for kind, i, j, k, m in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind != "equal":
            found += [Difference("-", line) for line in before[i:j] if line.strip()]
            found += [Difference("+", line) for line in after[k:m] if line.strip()]
    return found
