"""What can happen to statements and signatures, one function each."""

from petitions.actions.alarming import tell_of_queue
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
from petitions.actions.hand import release_hand, set_aside, take_hand
from petitions.actions.invalidating import (
    carry_out_invalidations,
    prepare_rule,
    propose_invalidation,
    release_invalidation,
    reverse_invalidation,
    stop_invalidation,
)
from petitions.actions.moderating import (
    accept_signature,
    ask_signatory,
    refuse_signature,
    remove_signature,
    undo_decision,
)
from petitions.actions.own import (
    answer_moderator,
    change_display,
    decision_to_answer,
    stop_updates,
    withdraw_signature,
)
from petitions.actions.publishing import freeze_version, open_statement
from petitions.actions.second_look import look_again, settle_second_look
from petitions.actions.signing import (
    Typed,
    confirm_code,
    confirm_link,
    disown_signing,
    request_management,
    request_signature,
    what_is_signed,
)
from petitions.actions.together import Together, decide_together, undo_together

__all__ = [
    "Together",
    "Typed",
    "accept_signature",
    "answer_moderator",
    "ask_signatory",
    "carry_out_invalidations",
    "change_display",
    "confirm_code",
    "confirm_link",
    "cosign_statement",
    "decide_together",
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
    "look_again",
    "open_statement",
    "prepare_rule",
    "propose_invalidation",
    "refuse_signature",
    "release_hand",
    "release_invalidation",
    "remove_signature",
    "request_following",
    "request_management",
    "request_signature",
    "resend_code",
    "reverse_invalidation",
    "set_aside",
    "settle_second_look",
    "stop_following",
    "stop_invalidation",
    "stop_updates",
    "take_hand",
    "tell_of_queue",
    "undo_decision",
    "undo_together",
    "what_is_signed",
    "withdraw_signature",
]
