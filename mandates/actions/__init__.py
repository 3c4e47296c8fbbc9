"""What can happen to letters, their deliveries, addresses and answers."""

from mandates.actions.addresses import add_contact_point, block_contact_point, record_contact_check
from mandates.actions.approving import approve_letter
from mandates.actions.choosing import answer_questions, choose_addressees
from mandates.actions.deliveries import resolve_delivery
from mandates.actions.drafting import draft_cover_letter, draft_letter
from mandates.actions.replies import record_reply
from mandates.actions.writing import (
    cancel_letter,
    edit_letter,
    return_letter,
    submit_letter,
)

__all__ = [
    "add_contact_point",
    "answer_questions",
    "approve_letter",
    "block_contact_point",
    "cancel_letter",
    "choose_addressees",
    "draft_cover_letter",
    "draft_letter",
    "edit_letter",
    "record_contact_check",
    "record_reply",
    "resolve_delivery",
    "return_letter",
    "submit_letter",
]
