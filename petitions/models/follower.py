from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outbox.addresses import SealedTextField
from petitions.models.about import AboutOneThing


class FollowerQuerySet(models.QuerySet["Follower"]):
    def live(self) -> FollowerQuerySet:
        """Those who still want news."""
        return self.filter(stopped_at__isnull=True)


class Follower(AboutOneThing):
    """Somebody who asked, by an e-mail address alone, for news of a case or a statement; once for each mailbox.

    A row exists once the mailbox is proved. Who stops is erased: what stays says that somebody agreed and stopped.
    """

    email = SealedTextField(null=True)
    email_digest = models.BinaryField(max_length=32, null=True)
    language = models.CharField(max_length=10, default="en", help_text=_("Language we write to the follower in"))
    wording = models.TextField(help_text=_("The words that were agreed to"))
    agreed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    objects = FollowerQuerySet.as_manager()

    class Meta(AboutOneThing.Meta):
        constraints = [
            *AboutOneThing.Meta.constraints,
            models.CheckConstraint(
                name="petitions_follower_stopped_is_erased",
                condition=Q(stopped_at__isnull=True, email__isnull=False, email_digest__isnull=False)
                | Q(stopped_at__isnull=False, email__isnull=True, email_digest__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="petitions_follower_stopped_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__stopped_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"follower {self.pk} of {self.about}"
