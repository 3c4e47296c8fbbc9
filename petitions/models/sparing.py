from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.models.identity import KEEP_UNLESS_ERASED
from petitions.models.invalidation import Invalidation
from petitions.models.signature import Signature

KEEP_REASON = KEEP_UNLESS_ERASED.format(words="reason", signature="OLD.signature_id")


class Sparing(models.Model):
    """A signature that a rule for bulk invalidation leaves alone, and why. Append-only, and before the release only.

    The second person, who releases the rule, reads it. What should not have been spared is reached by another rule.
    """

    rule = models.ForeignKey(Invalidation, on_delete=models.PROTECT, related_name="sparings")
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("why it is left alone"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="petitions_sparing_once", fields=["rule", "signature"]),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Trigger(
                # The second person releases what was read: nothing is added afterwards.
                name="petitions_sparing_before_release",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.reason = '' OR NOT EXISTS (
                        SELECT 1 FROM petitions_invalidation r WHERE r.id = NEW.rule_id AND r.state = 'proposed'
                    ) THEN
                        RAISE EXCEPTION 'a signature is spared with a reason, before the rule is released'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="petitions_sparing_append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=KEEP_REASON,
            ),
        ]

    def __str__(self) -> str:
        return f"rule {self.rule_id} spares signature {self.signature_id}"
