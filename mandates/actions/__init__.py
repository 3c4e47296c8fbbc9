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
from mandates.actions.incoming import file_mail, receive_mail
from mandates.actions.keys import add_key, confirm_key, demand_encryption, take_key_off
from mandates.actions.mails import attach_mail, detach_mail, set_mail_aside, take_mail_up
from mandates.actions.news import tell_news
from mandates.actions.overdue import tell_overdue
from mandates.actions.polling import file_arrived, poll_replies
from mandates.actions.releases import release_reply, take_back_release, write_release
from mandates.actions.replies import record_reply
from mandates.actions.retention import destroy_settled_mail
from mandates.actions.withdrawing import withdraw_approval
from mandates.actions.writing import (
    cancel_letter,
    edit_letter,
    return_letter,
    submit_letter,
)

__all__ = [
    "add_contact_point",
    "add_key",
    "answer_questions",
    "apply_import",
    "approve_letter",
    "attach_mail",
    "block_contact_point",
    "cancel_letter",
    "choose_addressees",
    "confirm_key",
    "demand_encryption",
    "destroy_settled_mail",
    "detach_mail",
    "draft_cover_letter",
    "draft_letter",
    "edit_letter",
    "edit_mandate",
    "file_arrived",
    "file_mail",
    "note_unclear_check",
    "poll_replies",
    "preview_import",
    "receive_mail",
    "record_contact_check",
    "record_reply",
    "release_reply",
    "resolve_delivery",
    "return_letter",
    "save_holder",
    "set_mail_aside",
    "submit_letter",
    "take_back_release",
    "take_key_off",
    "take_mail_up",
    "tell_news",
    "tell_overdue",
    "withdraw_approval",
    "write_release",
]
