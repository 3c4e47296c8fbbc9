"""The pages of this package."""

from petitions.views.confirming import signature_confirm, signature_disown, signature_link, signature_resend
from petitions.views.dossiers import (
    dossier_approve,
    dossier_check,
    dossier_create,
    dossier_desk,
    dossier_detail,
    dossier_file,
    dossier_retry,
)
from petitions.views.following import (
    follow_confirm,
    follow_disown,
    follow_link,
    follow_resend,
    follow_start,
    follow_stop,
)
from petitions.views.handing_over import (
    acknowledgement_confirm,
    handover_acknowledge,
    handover_confirm,
    handover_public,
    handover_record,
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

__all__ = [
    "acknowledgement_confirm",
    "decision_undo",
    "dossier_approve",
    "dossier_check",
    "dossier_create",
    "dossier_desk",
    "dossier_detail",
    "dossier_file",
    "dossier_retry",
    "follow_confirm",
    "follow_disown",
    "follow_link",
    "follow_resend",
    "follow_start",
    "follow_stop",
    "handover_acknowledge",
    "handover_confirm",
    "handover_public",
    "handover_record",
    "moderation_queue",
    "my_signatures",
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
]
