"""Whether a form came in a rush from one network that people do not make by chance. It leads to a person's look only.

Many from one network are a campus, an office, a VPN or Tor, and hold nobody. A signature waits when more than 30 came
from its network within ten minutes AND more than 10 of these share with it what strangers do not share by chance, or
they come as evenly as a clock ticks. What is compared lies in Redis under a key of the day and goes by itself after ten
minutes (`petitions.signatories.pace.recent`), so that it does not matter which process serves whom. Without Redis
nobody waits.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from statistics import fmean, pstdev

from outbox.addresses import mailbox_of
from petitions.models import Signature
from petitions.moderation.traits import comment_words, is_shared_domain
from petitions.signatories import pace

Reason = Signature.ReviewReason

FROM_ONE_NETWORK = 30
ALIKE = 10
# The standard deviation of the gaps as a share of their mean: people who pass a tablet on come far less evenly.
MOST_UNEVEN = 0.15
# Faster ones are made even by our own queue when thousands come at once.
SHORTEST_BEAT = 1.0
_SHORTEST_STEM = 3
RUSHES = (
    Reason.BURST,
    Reason.RUSH_DOMAIN,
    Reason.RUSH_COMMENT,
    Reason.RUSH_NAME,
    Reason.RUSH_MAILBOX,
    Reason.RUSH_EVEN,
)


def find_rush(*, form: str, ip_address: str, email: str, name: str, comment: str, now: datetime) -> str:
    """Notes one submission of `form`; why it waits (a `ReviewReason` that says what is shared), or ""."""
    things = things_in_common(email=email, name=name, comment=comment)
    network = f"{form}\x00{pace.network_of(ip_address)}"
    values = [network, *(f"{network}\x00{reason}\x00{value}" for reason, value in things.items())]
    moments, *shared = pace.recent(purpose="rush", values=values, now=now) or [[]]
    if len(moments) <= FROM_ONE_NETWORK:
        return ""
    for reason, alike in zip(things, shared, strict=True):
        if len(alike) > ALIKE:
            return reason
    return Reason.RUSH_EVEN if is_even(moments[-FROM_ONE_NETWORK - 1 :]) else ""


def things_in_common(*, email: str, name: str, comment: str) -> dict[str, str]:
    """What this one could share with others of its network and strangers do not share: reason -> what is compared.

    Empty for most people: an open provider, a university's domain, a first name, "Free them!" say nothing.
    """
    local, _, domain = mailbox_of(email).rpartition("@")
    words, whole_name = comment_words(comment), " ".join(name.casefold().split())
    stem = "".join(sign for sign in local if not sign.isdigit())
    found = {
        Reason.RUSH_DOMAIN: "" if is_shared_domain(domain) else domain,
        Reason.RUSH_COMMENT: words,
        Reason.RUSH_NAME: whole_name if " " in whole_name else "",
        Reason.RUSH_MAILBOX: f"{stem}@{domain}" if stem != local and len(stem) >= _SHORTEST_STEM else "",
    }
    return {str(reason): value for reason, value in found.items() if value}


def is_even(moments: Sequence[float]) -> bool:
    """Whether submissions (seconds, ascending) follow each other as by a clock, a second apart or more."""
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    mean = fmean(gaps)
    return mean >= SHORTEST_BEAT and pstdev(gaps) <= MOST_UNEVEN * mean
