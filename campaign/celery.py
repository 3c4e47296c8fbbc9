"""The Celery application and the beat table. Tasks are doorbells: every one of them may be lost or rung twice."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from outbox.checks import require_fit_for_mail

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")

app = Celery("countersign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def stop_unless_fit(**_: Any) -> None:
    """A worker that could lose or repeat mail does not start; Celery swallows any other kind of error here."""
    try:
        require_fit_for_mail()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
    finally:
        # The worker forks from here, and a connection must not be shared.
        connections.close_all()


# One line per sweep; seconds between two looks.
app.conf.beat_schedule = {
    "outbox.drain_post": {"task": "outbox.drain_post", "schedule": settings.OUTBOX_POLL_SECONDS},
    "outbox.release_expired_leases": {
        "task": "outbox.release_expired_leases",
        "schedule": settings.OUTBOX_SWEEP_SECONDS,
    },
    "outbox.resolve_by_evidence": {"task": "outbox.resolve_by_evidence", "schedule": settings.EVIDENCE_SECONDS},
    "outbox.sound_alarms": {"task": "outbox.sound_alarms", "schedule": 60.0},
    "outbox.forget_old_messages": {"task": "outbox.forget_old_messages", "schedule": 3600.0},
    "mandates.drain_letters": {"task": "mandates.drain_letters", "schedule": settings.OUTBOX_POLL_SECONDS},
    "mandates.poll_replies": {"task": "mandates.poll_replies", "schedule": 60.0},
    "mandates.file_arrived": {"task": "mandates.file_arrived", "schedule": 60.0},
    "mandates.tell_overdue": {"task": "mandates.tell_overdue", "schedule": 3600.0},
    "mandates.tell_news": {"task": "mandates.tell_news", "schedule": 30.0},
    "mandates.destroy_settled_mail": {"task": "mandates.destroy_settled_mail", "schedule": 86400.0},
    "accounts.remind_expiring": {"task": "accounts.remind_expiring", "schedule": 3600.0},
    "petitions.count_signatures": {"task": "petitions.count_signatures", "schedule": 5.0},
    "petitions.audit_counts": {"task": "petitions.audit_counts", "schedule": 30.0},
    "petitions.recount_signatures": {"task": "petitions.recount_signatures", "schedule": 86400.0},
    # Does something once a day; asked often, so that a stop at midnight delays it by minutes only.
    "petitions.build_checkpoint": {"task": "petitions.build_checkpoint", "schedule": 600.0},
    "petitions.send_updates": {"task": "petitions.send_updates", "schedule": 10.0},
    "petitions.heed_failures": {"task": "petitions.heed_failures", "schedule": 300.0},
    "petitions.forget_readers": {"task": "petitions.forget_readers", "schedule": 86400.0},
    "petitions.note_traits": {"task": "petitions.note_traits", "schedule": 10.0},
    "petitions.forget_traits": {"task": "petitions.forget_traits", "schedule": 86400.0},
    "petitions.carry_out_invalidations": {"task": "petitions.carry_out_invalidations", "schedule": 10.0},
    "petitions.tell_of_queue": {"task": "petitions.tell_of_queue", "schedule": 3600.0},
    "petitions.build_dossiers": {"task": "petitions.build_dossiers", "schedule": 30.0},
    "petitions.destroy_stale_dossiers": {"task": "petitions.destroy_stale_dossiers", "schedule": 15.0},
    "petitions.forget_unconfirmed": {"task": "petitions.forget_unconfirmed", "schedule": 3600.0},
    "petitions.open_due_statements": {"task": "petitions.open_due_statements", "schedule": 5.0},
    "petitions.close_past_statements": {"task": "petitions.close_past_statements", "schedule": 5.0},
    "petitions.ask_signatories": {"task": "petitions.ask_signatories", "schedule": 30.0},
    "petitions.note_milestones": {"task": "petitions.note_milestones", "schedule": 60.0},
    "petitions.lapse_openings": {"task": "petitions.lapse_openings", "schedule": 300.0},
    "petitions.run_retention": {"task": "petitions.run_retention", "schedule": 86400.0},
}
