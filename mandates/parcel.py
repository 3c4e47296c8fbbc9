"""From words to bytes: the one place that knows the headers of a letter.

Each addressee gets bytes of their own, in an SMTP transaction of their own. To names the addressee, or the mandate that
leads a joint submission, Cc the other mandates that get it, so that each knows of the others (ISHR Academy: copy the
other relevant mandates). With an OpenPGP key of ours the inside is signed, with one of theirs encrypted; DKIM covers
the whole.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from mandates.errors import KeyUnusableError, LetterChangedError
from mandates.models import ContactPoint, Delivery, Letter
from mandates.reply_address import reply_address
from mandates.submission import Submission, fingerprint
from outbox import mime, openpgp
from outbox.addresses import address_digest, digest

# The subject of an encrypted letter travels inside: a subject line is read by every server on the way.
COVERED_SUBJECT = "Encrypted submission"


@dataclass(frozen=True)
class Parcel:
    """One e-mail ready to leave. `to` is the address in the envelope; `plain` what it says before the encryption."""

    submission: Submission
    contact_point: ContactPoint
    to: str
    mode: str
    message_id: str
    raw: bytes
    plain: bytes | None = None
    key_fingerprint: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def words_sha256(self) -> str:
        return fingerprint([self.submission])

    @property
    def recipient_digest(self) -> bytes:
        return digest_of_recipient(self.to)

    @property
    def line(self) -> str:
        """What the approval of the whole letter is bound to, for this addressee."""
        mandate = self.submission.mandate.slug
        return f"{mandate} {self.mode} {self.recipient_digest.hex()} {self.message_id} {self.sha256}"


def digest_of_recipient(address: str) -> bytes:
    return address_digest(address, purpose="letter-recipient")


def approval_hash(letter: Letter, parcels: Sequence[Parcel]) -> str:
    """SHA-256 (hex) over whom the letter goes to and the exact bytes each gets; `models.guards` computes the same."""
    lines = [f"letter {letter.pk}", *sorted(parcel.line for parcel in parcels)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def pack(*, letter: Letter, submissions: Sequence[Submission], now: datetime) -> list[Parcel]:
    """The bytes for every addressee. LetterChangedError when one has no address or a copy goes to no addressee.

    KeyUnusableError when an address asks for encryption and its key does not serve: nothing falls back to plain words.
    """
    parcels = [_pack(submission, letter=letter, now=now) for submission in _each_own(submissions)]
    reached = {parcel.contact_point.pk for parcel in parcels}
    if any(point.pk not in reached for submission in submissions for point in submission.copied_to):
        raise LetterChangedError
    return parcels


def _each_own(submissions: Sequence[Submission]) -> list[Submission]:
    """One for each addressee: those who are only copied get the same words."""
    own = {submission.mandate.pk for submission in submissions}
    found = list(submissions)
    for submission in submissions:
        for point in submission.copied_to:
            if point.mandate_id not in own:
                own.add(point.mandate_id)
                found.append(replace(submission, mandate=point.mandate, contact_point=point, copied_to=()))
    return found


def _pack(submission: Submission, *, letter: Letter, now: datetime) -> Parcel:
    point = submission.contact_point
    if point is None:  # the checker has just refused this; a race must not send to nobody
        raise LetterChangedError
    redirected = settings.MANDATES_MODE == Delivery.Mode.REDIRECT
    to = settings.MANDATES_REDIRECT_TO if redirected else point.value
    is_covered = bool(point.openpgp_key)
    if point.demands_encryption and not is_covered:
        raise KeyUnusableError(point.value, _("No key is confirmed."))
    content = _content(submission, letter=letter, is_covered=is_covered)
    message_id = _message_id(letter, to, content, now)
    inside, fingerprint_ = (content, "")
    if is_covered:
        inside, fingerprint_ = _encrypt(content, point, now)
    elif openpgp.has_own_key():
        inside = openpgp.sign_content(content)
    raw = mime.build_around(
        inside,
        to=to if redirected else (submission.addressed_to or point).value,
        # A copy of a redirected letter must not lead anybody to a real mailbox either.
        copied_to=[] if redirected else [other.value for other in submission.copied_to],
        subject=COVERED_SUBJECT if is_covered else submission.subject,
        reply_to=reply_address(letter),
        headers={"Content-Language": letter.language},
        message_id=message_id,
        now=now,
    )
    plain = b"MIME-Version: 1.0\r\n" + content if is_covered else None
    return Parcel(submission, point, to, settings.MANDATES_MODE, message_id, raw, plain, fingerprint_)


def _content(submission: Submission, *, letter: Letter, is_covered: bool) -> bytes:
    content = mime.build_content(
        text=submission.text,
        html=submission.html,
        attachments=[mime.Attachment(a.name, a.content, a.media_type) for a in submission.attachments],
        seed=f"{letter.reference} {submission.mandate.slug}",
        for_signing=is_covered or openpgp.has_own_key(),
        params={"protected-headers": "v1"} if is_covered else None,
    )
    return mime.subject_line(submission.subject).encode("ascii") + content if is_covered else content


def _encrypt(content: bytes, point: ContactPoint, now: datetime) -> tuple[bytes, str]:
    try:
        key = openpgp.read_key(point.openpgp_key, now=now)
        return openpgp.encrypt_content(content, to=key.armored, now=now), key.fingerprint
    except openpgp.UnusableKeyError as error:
        raise KeyUnusableError(point.value, str(error)) from error


def _message_id(letter: Letter, to: str, content: bytes, now: datetime) -> str:
    """From letter, recipient and content, once for each approval, so that a second copy can be recognised as one."""
    parts = [str(letter.pk), to, hashlib.sha256(content).hexdigest(), now.isoformat()]
    return f"<{digest('|'.join(parts), purpose='message-id').hex()[:40]}@{mime.our_domain()}>"
