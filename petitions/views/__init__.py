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
    "updates_stop",
]
