"""What can happen to letters, their deliveries, addresses and answers."""

from mandates.actions.addresses import (
    add_contact_point,
    block_contact_point,
    note_unclear_check,
    record_contact_check,
)
from mandates.actions.approving import approve_letter
from mandates.actions.choosing import answer_questions, choose_addressees
from mandates.actions.deliveries import resolve_delivery
from mandates.actions.directory import apply_import, edit_mandate, preview_import, save_holder
from mandates.actions.drafting import draft_cover_letter, draft_letter
from mandates.actions.keys import remove_key, set_key
from mandates.actions.replies import record_reply
from mandates.actions.withdrawing import withdraw_approval
from mandates.actions.writing import (
    cancel_letter,
    edit_letter,
    return_letter,
    submit_letter,
)

__all__ = [
    "add_contact_point",
    "answer_questions",
    "apply_import",
    "approve_letter",
    "block_contact_point",
    "cancel_letter",
    "choose_addressees",
    "draft_cover_letter",
    "draft_letter",
    "edit_letter",
    "edit_mandate",
    "note_unclear_check",
    "preview_import",
    "record_contact_check",
    "record_reply",
    "remove_key",
    "resolve_delivery",
    "return_letter",
    "save_holder",
    "set_key",
    "submit_letter",
    "withdraw_approval",
]
