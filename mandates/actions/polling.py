"""Fetching the mailbox of the answers. A mail is marked on the server only once its row is committed."""

from datetime import datetime

from mandates.actions.incoming import KEPT_OF_TOO_LARGE, LARGEST, file_mail, receive_mail
from mandates.incoming.mailbox import OpenMailbox, open_mailbox, place_of
from mandates.models import IncomingMail, MailboxSighting

# One look takes so many; the next one, a minute later, goes on.
AT_ONCE = 200


def poll_replies(*, url: str, done_folder: str, now: datetime) -> int:
    """Keep every new mail of the mailbox at `url`; how many were new to us.

    What was fetched is known by UIDVALIDITY and UID; where the server changed UIDVALIDITY everything is fetched again
    and recognised by its bytes. A crash anywhere leaves a mail either unfetched or kept, never lost, never twice.
    Raises one of `mailbox.MailboxError`; what was kept before stays kept.
    """
    with open_mailbox(place_of(url)) as box:
        sightings = MailboxSighting.objects.filter(mailbox=box.place.name, uidvalidity=box.uidvalidity)
        known = dict(sightings.values_list("uid", "mail__is_whole"))
        found = box.uids()
        for uid in found:
            if known.get(uid) and done_folder:
                box.mark_kept(uid, folder=done_folder)
        taken = 0
        for uid in [uid for uid in found if uid not in known][:AT_ONCE]:
            taken += _take(box, uid, done_folder=done_folder, now=now)
    return taken


def file_arrived(*, now: datetime) -> int:
    """Look at mails that were kept and not looked at, because a process died in between; how many."""
    arrived = list(IncomingMail.objects.filter(state=IncomingMail.State.ARRIVED).order_by("pk")[:AT_ONCE])
    for mail in arrived:
        file_mail(mail=mail, now=now)
    return len(arrived)


def _take(box: OpenMailbox, uid: int, *, done_folder: str, now: datetime) -> int:
    is_whole = box.size(uid) <= LARGEST
    raw = box.fetch(uid, only_beginning=0 if is_whole else KEPT_OF_TOO_LARGE)
    if raw is None:
        return 0
    mail = receive_mail(raw=raw, now=now, door=IncomingMail.Door.MAILBOX, is_whole=is_whole)
    MailboxSighting.objects.get_or_create(
        mailbox=box.place.name, uidvalidity=box.uidvalidity, uid=uid, defaults={"mail": mail, "seen_at": now}
    )
    if is_whole:
        box.mark_kept(uid, folder=done_folder)
    else:
        box.mark_for_a_person(uid)
    return 1
