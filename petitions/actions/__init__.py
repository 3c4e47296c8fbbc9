"""What can happen to statements and signatures, one function each."""

from petitions.actions.codes import find_link, find_ticket, forget_unconfirmed, resend_code
from petitions.actions.cosigning import cosign_statement, find_own
from petitions.actions.dossiers import (
    Asked,
    approve_dossier,
    build_dossier,
    check_dossier,
    claim_dossier,
    destroy_stale_files,
    note_opening,
    request_dossier,
    retry_dossier,
)
from petitions.actions.following import (
    disown_following,
    find_following,
    find_following_link,
    follow_by_code,
    follow_by_link,
    request_following,
    stop_following,
)
from petitions.actions.handing_over import (
    Told,
    confirm_acknowledgement,
    confirm_handover,
    record_acknowledgement,
    record_handover,
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

__all__ = [
    "Asked",
    "Told",
    "Typed",
    "accept_signature",
    "answer_moderator",
    "approve_dossier",
    "ask_signatory",
    "build_dossier",
    "change_display",
    "check_dossier",
    "claim_dossier",
    "confirm_acknowledgement",
    "confirm_code",
    "confirm_handover",
    "confirm_link",
    "cosign_statement",
    "decision_to_answer",
    "destroy_stale_files",
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
    "note_opening",
    "open_statement",
    "record_acknowledgement",
    "record_handover",
    "refuse_signature",
    "request_dossier",
    "request_following",
    "request_management",
    "request_signature",
    "resend_code",
    "retry_dossier",
    "stop_following",
    "stop_updates",
    "undo_decision",
    "what_is_signed",
    "withdraw_signature",
]
