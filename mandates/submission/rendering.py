import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from mandates.addressing import addressees_of
from mandates.dossiers import attached_file
from mandates.models import ContactPoint, Letter, Mandate
from mandates.reach import contact_for
from mandates.submission.as_html import as_html
from mandates.submission.as_pdf import as_pdf
from mandates.submission.as_text import as_text
from mandates.submission.composing import compose_case
from mandates.submission.handing_over import compose_cover, signed_file, signed_text
from mandates.submission.paper import Paper
from mandates.submission.wording import words_of


@dataclass(frozen=True)
class Attachment:
    """A file that travels with the letter."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Submission:
    """The words of one e-mail, and where it goes: what the second person reads and what leaves.

    `contact_point` is the one recipient of this delivery. In a joint submission every recipient gets the same words:
    `addressed_to` is the leading mandate's address, for the To header (None: the recipient's own), and `copied_to` the
    others', for Cc.
    """

    mandate: Mandate
    contact_point: ContactPoint | None
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    copied_to: tuple[ContactPoint, ...] = ()
    addressed_to: ContactPoint | None = None

    @property
    def pdf(self) -> Attachment | None:
        return next((file for file in self.attachments if file.media_type == "application/pdf"), None)


def render_submissions(*, letter: Letter, now: datetime) -> list[Submission]:
    """The letter for each of its addressees, in the letter's language, the leading mandate first.

    Kind, country, urgency and mandate stand in the subject line, names do not. A joint letter has the same words for
    all of them; else each has its own, with the annex that this mandate asks for.
    """
    mandates = addressees_of(letter)
    with translation.override(letter.language):
        if letter.is_joint and len(mandates) > 1:
            return _jointly(letter, mandates, now)
        return [
            _submission(letter, mandate, contact_for(mandate, day=now.date()), _words(letter, [mandate], mandates, now))
            for mandate in mandates
        ]


def paper_for(letter: Letter, *, to: Sequence[Mandate], others: Sequence[Mandate], now: datetime) -> Paper:
    """The letter as a document, whatever its kind."""
    if letter.case is not None:
        return compose_case(letter, letter.case, to=to, others=others, now=now)
    if letter.statement_version is None:  # the database refuses such a letter
        raise ValueError(f"letter {letter.pk} is about nothing")
    return compose_cover(letter, letter.statement_version, to=to, others=others, now=now)


def fingerprint(submissions: Iterable[Submission]) -> str:
    """SHA-256 (hex) over all words, files and addresses of all e-mails: what is approved is what was read."""
    digest = hashlib.sha256()
    for submission in sorted(submissions, key=lambda s: s.mandate.slug):
        for part in _parts(submission):
            digest.update(part.encode() + b"\x00")
    return digest.hexdigest()


def _parts(submission: Submission) -> list[str]:
    points = [submission.contact_point, submission.addressed_to, None, *submission.copied_to]
    addresses = [point.value if point else "" for point in points]
    files = [part for file in submission.attachments for part in (file.name, file.media_type, file.sha256)]
    words = [submission.subject, submission.text, submission.html]
    return [submission.mandate.slug, *addresses, "", *words, *files, ""]


@dataclass(frozen=True)
class _Words:
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def _words(letter: Letter, to: Sequence[Mandate], mandates: Sequence[Mandate], now: datetime) -> _Words:
    others = [mandate for mandate in mandates if mandate not in to]
    paper = paper_for(letter, to=to, others=others, now=now)
    files = [Attachment(f"{letter.reference}.pdf", "application/pdf", as_pdf(paper))]
    if text := signed_text(letter):
        name, content = signed_file(text)
        files.append(Attachment(name, "text/plain", content))
    if dossier := attached_file(letter):
        name, content = dossier
        files.append(Attachment(name, "application/pdf", content))
    return _Words(_subject(letter, to, paper.kind), as_text(paper), as_html(paper), tuple(files))


def _submission(letter: Letter, mandate: Mandate, point: ContactPoint | None, words: _Words) -> Submission:
    return Submission(mandate, point, words.subject, words.text, words.html, words.attachments)


def _jointly(letter: Letter, mandates: Sequence[Mandate], now: datetime) -> list[Submission]:
    words = _words(letter, mandates, mandates, now)
    points = [contact_for(mandate, day=now.date()) for mandate in mandates]
    copied = tuple(point for point in points[1:] if point is not None)
    return [
        Submission(mandate, point, words.subject, words.text, words.html, words.attachments, copied, points[0])
        for mandate, point in zip(mandates, points, strict=True)
    ]


def _subject(letter: Letter, to: Sequence[Mandate], kind: str) -> str:
    words = words_of(letter.language)
    lead = to[0].title
    if len(to) > 1:
        lead = words["with_others"].format(lead=lead, number=len(to) - 1)
    country = [str(letter.case.country.name)] if letter.case else []
    return _one_line(" - ".join([kind, *country, lead, letter.subject]))


def _one_line(text: str) -> str:
    """`text` without line breaks and control characters, which a header must not hold."""
    kept = (" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text)
    return " ".join("".join(kept).split())
