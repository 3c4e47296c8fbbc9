from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from outbox.checks import (
    check_commits_are_durable,
    check_evidence_can_be_asked,
    check_mail_stays_here,
    check_signing_works,
    check_waits_are_safe,
)


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("Outbox")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(check_mail_stays_here, Tags.security)
        register(check_waits_are_safe, Tags.security)
        register(check_signing_works, Tags.security)
        register(check_evidence_can_be_asked, Tags.security)
        register(check_commits_are_durable, Tags.database)
