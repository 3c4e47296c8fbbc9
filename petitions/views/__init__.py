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
from petitions.views.signing import statement_sign
from petitions.views.statements import (
    statement_canonical,
    statement_detail,
    statement_list,
    statement_signatories,
)
from petitions.views.updates import updates_stop
from petitions.views.watching import (
    second_channel,
    watch_list,
    watch_list_import,
    watched_name_add,
    watched_name_detail,
    watched_name_retire,
)

__all__ = [
    "decision_undo",
    "follow_confirm",
    "follow_disown",
    "follow_link",
    "follow_resend",
    "follow_start",
    "follow_stop",
    "moderation_queue",
    "my_signatures",
    "second_channel",
    "signature_accept",
    "signature_answer",
    "signature_ask",
    "signature_confirm",
    "signature_disown",
    "signature_display",
    "signature_link",
    "signature_manage",
    "signature_receipt",
    "signature_receipt_json",
    "signature_refuse",
    "signature_resend",
    "signature_review",
    "signature_thanks",
    "signature_withdraw",
    "statement_canonical",
    "statement_detail",
    "statement_list",
    "statement_sign",
    "statement_signatories",
    "updates_stop",
    "watch_list",
    "watch_list_import",
    "watched_name_add",
    "watched_name_detail",
    "watched_name_retire",
]
