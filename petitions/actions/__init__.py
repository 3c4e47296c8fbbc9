"""What can happen to statements and signatures, one function each."""

from petitions.actions.carrying import carry_forward, request_words
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
from petitions.actions.update_sending import forget_readers, heed_failures, send_updates
from petitions.actions.update_writing import (
    release_update,
    resume_update,
    return_update,
    send_test,
    start_update,
    stop_update,
    submit_update,
    write_update_text,
)

__all__ = [
    "Typed",
    "accept_signature",
    "answer_moderator",
    "ask_signatory",
    "carry_forward",
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
    "forget_readers",
    "forget_unconfirmed",
    "freeze_version",
    "heed_failures",
    "open_statement",
    "refuse_signature",
    "release_update",
    "request_following",
    "request_management",
    "request_signature",
    "request_words",
    "resend_code",
    "resume_update",
    "return_update",
    "send_test",
    "send_updates",
    "start_update",
    "stop_following",
    "stop_update",
    "stop_updates",
    "submit_update",
    "undo_decision",
    "what_is_signed",
    "withdraw_signature",
    "write_update_text",
]
