"""All that one letter's page shows to a member of staff."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from mandates.addressing import addressees_of, proposed_for
from mandates.checking import Finding, check_letter
from mandates.clock import Clock
from mandates.history import Line, read_history
from mandates.journey import clock_of, writers_of
from mandates.models import ContactPoint, IncomingMail, Letter, Mandate, ReplyAlias
from mandates.previewing import Preview, previews_of
from mandates.questions import asked_mandates
from mandates.reach import contact_for, why_unreachable
from mandates.reply_address import reply_address
from mandates.submission import Submission, approved_submissions, fingerprint, render_submissions


@dataclass(frozen=True)
class Candidate:
    """A mandate that the letter goes to, or that is proposed for it."""

    mandate: Mandate
    why: str
    is_chosen: bool
    is_lead: bool
    contact_point: ContactPoint | None
    why_unreachable: str


@dataclass(frozen=True)
class LetterPage:
    """`fingerprint` is what an approval must carry; `can_approve` whether this reader is a second person."""

    findings: list[Finding]
    candidates: list[Candidate]
    asked: list[Mandate]
    submissions: list[Submission]
    previews: list[Preview]
    fingerprint: str
    clock: Clock | None
    history: list[Line]
    can_approve: bool
    mails: list[IncomingMail]
    reply_address: str
    aliases: list[ReplyAlias]

    @property
    def missing(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_missing]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.is_missing]


def read_letter(*, letter: Letter, reader: User, now: datetime) -> LetterPage:
    """`letter` (fetched `with_journey`) as `reader` may see and act on it at `now`."""
    is_approved = letter.state == Letter.State.APPROVED
    submissions = approved_submissions(letter) if is_approved else render_submissions(letter=letter, now=now)
    return LetterPage(
        findings=check_letter(letter=letter, now=now) if letter.is_open else [],
        candidates=_candidates(letter, day=now.date()) if letter.is_open else [],
        asked=list(asked_mandates(letter)) if letter.is_open else [],
        submissions=submissions,
        previews=previews_of(submissions),
        fingerprint=fingerprint(submissions),
        clock=clock_of(letter, today=now.date()),
        history=read_history(letter),
        can_approve=letter.state == Letter.State.IN_REVIEW and reader.pk not in writers_of(letter),
        mails=_mails(letter) if is_approved else [],
        reply_address=reply_address(letter),
        aliases=list(letter.aliases.order_by("pk")),
    )


def _mails(letter: Letter) -> list[IncomingMail]:
    """What came for it and is not recorded as an answer yet, or never will be; the latest first."""
    # Of answers the reply stands for the mail, until nothing but the line of its end is left.
    mails = letter.mails.without_bytes().exclude(state=IncomingMail.State.ANSWERED, destroyed_at__isnull=True)
    return list(mails.order_by("-received_at", "-pk"))


def _candidates(letter: Letter, *, day: date) -> list[Candidate]:
    why = {mandate.pk: reason for mandate, reason in proposed_for(letter)}
    order = [mandate.pk for mandate in addressees_of(letter)]
    chosen, lead = set(order), next(iter(order), None)
    found = Mandate.objects.filter(pk__in=chosen | set(why)).prefetch_related("contact_points").in_bulk()
    order = [*why, *sorted(chosen - set(why))]
    return [
        Candidate(
            mandate=found[pk],
            why=why.get(pk, ""),
            is_chosen=pk in chosen,
            is_lead=pk == lead,
            contact_point=contact_for(found[pk], day=day),
            why_unreachable=why_unreachable(found[pk], day=day),
        )
        for pk in order
    ]
