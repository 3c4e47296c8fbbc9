"""What each rung of the ladder is called and means, as everybody may read it: on the page, in the PDF, in the JSON.

The name of a checker, an address and the evidence itself never are in it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Verification
from accounts.orcid import address_of
from accounts.verification import LADDER

Method = Verification.Method
# The lowest rung has no verification: a mailbox that was proved by a typed code, with or without an account.
EMAIL_CODE = "email_code"

_LABELS: dict[str, str | Promise] = {
    EMAIL_CODE: _("e-mail address proved"),
    Method.ORCID: _("ORCID iD proved"),
    Method.INSTITUTION_DOMAIN: _("e-mail address at the institution"),
    Method.VOUCHED: _("vouched for by verified experts"),
    Method.STAFF_CHECK: _("identity checked by staff"),
    Method.STAFF_PAGE: _("staff page seen by our staff"),
    Method.DOCUMENT: _("document seen by our staff"),
}
_MEANINGS: dict[str, str | Promise] = {
    EMAIL_CODE: _("A code was typed that only the owner of the mailbox could read. It does not show a name."),
    Method.ORCID: _("The person is signed in to this ORCID record. Anybody can register one, under any name."),
    Method.INSTITUTION_DOMAIN: _("The person reads mail at this institution. Its students have such addresses too."),
    Method.VOUCHED: _("Two verified experts said in writing how they know the person; our staff checked one of them."),
    Method.STAFF_CHECK: _("A member of our staff looked at evidence and knows who this is."),
    Method.STAFF_PAGE: _("A member of our staff found the person on a page of the institution."),
    Method.DOCUMENT: _("A member of our staff was shown a document. We keep what it said, not the document."),
}
_CHECKERS: dict[str, str | Promise] = {
    EMAIL_CODE: _("the typed code"),
    Method.ORCID: _("ORCID"),
    Method.INSTITUTION_DOMAIN: _("the typed code"),
    Method.VOUCHED: _("two verified experts"),
    **dict.fromkeys(Verification.BY_STAFF, _("our staff")),
}


@dataclass(frozen=True)
class Badge:
    """The mark beside a name. `method` is a word of `Verification.Method`, or `email_code`; dates may be unknown.

    `evidence` is the part that everybody may read: the institution of an address, the iD of who agreed to it; else "".
    `url` leads to the ORCID record in that case.
    """

    method: str
    label: str | Promise
    meaning: str | Promise
    checker: str | Promise
    proved_on: date | None
    expires_on: date | None
    evidence: str
    url: str

    def as_json(self) -> dict[str, Any]:
        """The badge as plain data in the active language; days in ISO 8601, null where there is none."""
        return {
            "method": self.method,
            "label": str(self.label),
            "meaning": str(self.meaning),
            "checked_by": str(self.checker),
            "proved_on": self.proved_on.isoformat() if self.proved_on else None,
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "evidence": self.evidence,
            "url": self.url,
        }


def badge_of_verification(verification: Verification, *, proved_on: date | None = None) -> Badge:
    """The badge that a signature given now by `verification` would carry."""
    return badge_for(
        verification.method,
        proved_on=proved_on or verification.checked_at.date(),
        expires_on=verification.expires_at.date() if verification.expires_at else None,
        evidence=_public_evidence(verification),
        url=address_of(verification.orcid) if verification.orcid and verification.is_public else "",
    )


def _public_evidence(verification: Verification) -> str:
    if verification.method == Method.INSTITUTION_DOMAIN:
        return verification.place
    return verification.orcid if verification.is_public else ""


def badge_for(
    method: str, *, proved_on: date | None, expires_on: date | None = None, evidence: str = "", url: str = ""
) -> Badge:
    """The badge of `method` with what is known beside it."""
    return Badge(
        method=method,
        label=_LABELS[method],
        meaning=_MEANINGS[method],
        checker=_CHECKERS[method],
        proved_on=proved_on,
        expires_on=expires_on,
        evidence=evidence,
        url=url,
    )


def rungs() -> list[Badge]:
    """Every rung of the ladder, from the lowest, for the page that explains them."""
    return [badge_for(method, proved_on=None) for method in (EMAIL_CODE, *LADDER)]
