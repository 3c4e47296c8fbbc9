"""What can happen to statements and signatures, one function each."""

from petitions.actions.codes import find_link, find_ticket, forget_unconfirmed, resend_code
from petitions.actions.cosigning import cosign_statement, find_own
from petitions.actions.following import (
    disown_following,
    find_following,
    find_following_link,
    follow_by_code,
    follow_by_link,
    request_following,
    stop_following,
)
from petitions.actions.moderating import accept_signature, ask_signatory, refuse_signature, undo_decision
from petitions.actions.own import (
    answer_moderator,
    change_display,
    decision_to_answer,
    stop_updates,
    withdraw_signature,
)
from petitions.actions.publishing import freeze_version, open_statement
from petitions.actions.signing import (
    Typed,
    confirm_code,
    confirm_link,
    disown_signing,
    request_management,
    request_signature,
    what_is_signed,
)
from petitions.actions.watching import import_names, record_second_channel, retire_watched_name, watch_name

__all__ = [
    "Typed",
    "accept_signature",
    "answer_moderator",
    "ask_signatory",
    "change_display",
    "confirm_code",
    "confirm_link",
    "cosign_statement",
    "decision_to_answer",
    "disown_following",
    "disown_signing",
    "find_following",
    "find_following_link",
    "find_link",
    "find_own",
    "find_ticket",
    "follow_by_code",
    "follow_by_link",
    "forget_unconfirmed",
    "freeze_version",
    "import_names",
    "open_statement",
    "record_second_channel",
    "refuse_signature",
    "request_following",
    "request_management",
    "request_signature",
    "resend_code",
    "retire_watched_name",
    "stop_following",
    "stop_updates",
    "undo_decision",
    "watch_name",
    "what_is_signed",
    "withdraw_signature",
]
