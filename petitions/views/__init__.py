"""The pages of this package."""

from petitions.views.clusters import batch_detail, batch_undo, cluster_detail, cluster_list
from petitions.views.confirming import signature_confirm, signature_disown, signature_link, signature_resend
from petitions.views.following import (
    follow_confirm,
    follow_disown,
    follow_link,
    follow_resend,
    follow_start,
    follow_stop,
)
from petitions.views.hand import hand_release, hand_take, signature_skip
from petitions.views.invalidating import (
    invalidation_detail,
    invalidation_list,
    invalidation_new,
    invalidation_release,
    invalidation_reverse,
    invalidation_stop,
)
from petitions.views.moderation import (
    decision_undo,
    moderation_queue,
    signature_accept,
    signature_ask,
    signature_refuse,
    signature_remove,
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
from petitions.views.second_look import agreement, second_look, second_look_judge, second_look_settle
from petitions.views.signing import statement_sign
from petitions.views.statements import (
    statement_canonical,
    statement_detail,
    statement_list,
    statement_signatories,
)
from petitions.views.updates import updates_stop

__all__ = [
    "agreement",
    "batch_detail",
    "batch_undo",
    "cluster_detail",
    "cluster_list",
    "decision_undo",
    "follow_confirm",
    "follow_disown",
    "follow_link",
    "follow_resend",
    "follow_start",
    "follow_stop",
    "hand_release",
    "hand_take",
    "invalidation_detail",
    "invalidation_list",
    "invalidation_new",
    "invalidation_release",
    "invalidation_reverse",
    "invalidation_stop",
    "moderation_queue",
    "my_signatures",
    "second_look",
    "second_look_judge",
    "second_look_settle",
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
    "signature_remove",
    "signature_resend",
    "signature_review",
    "signature_skip",
    "signature_thanks",
    "signature_withdraw",
    "statement_canonical",
    "statement_detail",
    "statement_list",
    "statement_sign",
    "statement_signatories",
    "updates_stop",
]
