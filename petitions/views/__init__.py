"""The pages of this package."""

from petitions.views.confirming import signature_confirm, signature_disown, signature_link, signature_resend
from petitions.views.following import (
    follow_confirm,
    follow_disown,
    follow_link,
    follow_resend,
    follow_start,
    follow_stop,
)
from petitions.views.invitations import invitation_code, invitation_open, invitation_request
from petitions.views.leaving import account_data, signature_data, signature_erase
from petitions.views.log import log, log_checkpoint, log_keys, log_leaves, log_proof, log_verifier
from petitions.views.moderation import (
    decision_undo,
    moderation_queue,
    signature_accept,
    signature_ask,
    signature_refuse,
    signature_review,
)
from petitions.views.own import (
    my_signatures,
    signature_answer,
    signature_display,
    signature_manage,
    signature_receipt,
    signature_receipt_json,
    signature_thanks,
    signature_withdraw,
)
from petitions.views.paper import paper_check, paper_desk, paper_scan
from petitions.views.sealing import sealed_ask, sealed_key, sealed_names, sealed_open
from petitions.views.signing import statement_sign
from petitions.views.statements import (
    statement_canonical,
    statement_detail,
    statement_list,
    statement_signatories,
)
from petitions.views.update_desk import (
    update_create,
    update_desk,
    update_detail,
    update_edit,
    update_preview,
    update_release,
    update_resume,
    update_return,
    update_stop,
    update_submit,
    update_test,
)
from petitions.views.update_pages import update_feed, update_list, update_read
from petitions.views.updates import updates_stop
from petitions.views.versions import signature_version, statement_preview, statement_version

__all__ = [
    "account_data",
    "decision_undo",
    "follow_confirm",
    "follow_disown",
    "follow_link",
    "follow_resend",
    "follow_start",
    "follow_stop",
    "invitation_code",
    "invitation_open",
    "invitation_request",
    "log",
    "log_checkpoint",
    "log_keys",
    "log_leaves",
    "log_proof",
    "log_verifier",
    "moderation_queue",
    "my_signatures",
    "paper_check",
    "paper_desk",
    "paper_scan",
    "sealed_ask",
    "sealed_key",
    "sealed_names",
    "sealed_open",
    "signature_accept",
    "signature_answer",
    "signature_ask",
    "signature_confirm",
    "signature_data",
    "signature_disown",
    "signature_display",
    "signature_erase",
    "signature_link",
    "signature_manage",
    "signature_receipt",
    "signature_receipt_json",
    "signature_refuse",
    "signature_resend",
    "signature_review",
    "signature_thanks",
    "signature_version",
    "signature_withdraw",
    "statement_canonical",
    "statement_detail",
    "statement_list",
    "statement_preview",
    "statement_sign",
    "statement_signatories",
    "statement_version",
    "update_create",
    "update_desk",
    "update_detail",
    "update_edit",
    "update_feed",
    "update_list",
    "update_preview",
    "update_read",
    "update_release",
    "update_resume",
    "update_return",
    "update_stop",
    "update_submit",
    "update_test",
    "updates_stop",
]
