"""What can happen to statements and signatures, one function each."""

from petitions.actions.codes import find_link, find_ticket, forget_unconfirmed, resend_code
from petitions.actions.cosigning import (
    Organisation,
    Withheld,
    cosign_statement,
    find_all_own,
    find_own,
    may_sign_as,
)
from petitions.actions.erasing import erase_signature
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
from petitions.actions.paper import check_paper, count_paper, enter_paper
from petitions.actions.protecting import ask_to_open, become_custodian, consent_to_open, lapse_openings
from petitions.actions.publishing import freeze_version, open_statement
from petitions.actions.retaining import run_retention
from petitions.actions.signing import (
    Typed,
    confirm_code,
    confirm_link,
    disown_signing,
    request_management,
    request_signature,
    what_is_signed,
)

__all__ = [
    "Organisation",
    "Typed",
    "Withheld",
    "accept_signature",
    "answer_moderator",
    "ask_signatory",
    "ask_to_open",
    "become_custodian",
    "change_display",
    "check_paper",
    "confirm_code",
    "confirm_link",
    "consent_to_open",
    "cosign_statement",
    "count_paper",
    "decision_to_answer",
    "disown_following",
    "disown_signing",
    "enter_paper",
    "erase_signature",
    "find_all_own",
    "find_following",
    "find_following_link",
    "find_link",
    "find_own",
    "find_ticket",
    "follow_by_code",
    "follow_by_link",
    "forget_unconfirmed",
    "freeze_version",
    "lapse_openings",
    "may_sign_as",
    "open_statement",
    "refuse_signature",
    "request_following",
    "request_management",
    "request_signature",
    "resend_code",
    "run_retention",
    "stop_following",
    "stop_updates",
    "undo_decision",
    "what_is_signed",
    "withdraw_signature",
]
