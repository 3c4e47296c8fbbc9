"""The letter for pasting into the UN's online form (spsubmission.ohchr.org), box by box.

The form's own screens could not be read by us. The order is that of its guidance note and of the minimum information;
where the form has moved a box since, the headings say what belongs where.
"""

from dataclasses import dataclass
from datetime import datetime

from mandates.addressing import addressees_of
from mandates.models import Letter
from mandates.submission.paper import MARK, Section
from mandates.submission.rendering import paper_for
from mandates.submission.wording import words_of

ONLINE_FORM = "https://spsubmission.ohchr.org/"
# The form asks who writes before it asks what happened; in the letter the victim comes first.
_ORDER = (
    "submitter", "mandates", "victim", "consent", "circumstances", "perpetrators", "violations", "steps", "request",
    "sources",
)  # fmt: skip


@dataclass(frozen=True)
class Box:
    """One field of the form: its heading in the letter's language, and what to paste."""

    heading: str
    text: str

    @property
    def rows(self) -> int:
        """Lines the page's box should show."""
        wrapped = sum(1 + len(line) // 80 for line in self.text.splitlines())
        return max(2, min(wrapped + 1, 24))


def online_boxes(*, letter: Letter, now: datetime) -> list[Box]:
    """What to paste, in the order of the form; empty for a cover letter, which no form takes."""
    if letter.is_cover:
        return []
    words, mandates = words_of(letter.language), addressees_of(letter)
    paper = paper_for(letter, to=mandates, others=[], now=now)
    sections = {section.heading: section for section in paper.sections}
    boxes = []
    for key in _ORDER:
        if key == "mandates":
            boxes.append(Box(words["to"], "\n".join(mandate.title for mandate in mandates)))
        else:
            boxes.append(_box(sections[words[key]]))
    boxes += [Box(f"{annex.heading}: {part.heading}", _plain(part)) for annex in paper.annexes for part in annex.parts]
    return boxes


def online_text(*, letter: Letter, now: datetime) -> str:
    """The same as one plain file."""
    boxes = online_boxes(letter=letter, now=now)
    return "\n\n".join([letter.reference, *(f"== {box.heading} ==\n{box.text}" for box in boxes)]) + "\n"


def _box(section: Section) -> Box:
    return Box(section.heading, _plain(section))


def _plain(section: Section) -> str:
    """Without isolates: a form keeps what is pasted, and theirs may show them."""
    blocks = []
    for block in section.blocks:
        mark = MARK if block.kind == "list" else ""
        blocks.append("\n".join(f"{mark}{line}" for line in block.lines))
    return "\n\n".join(blocks)
