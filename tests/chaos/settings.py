"""The site's settings under the chaos harness: minutes become seconds, everything else is as in the environment.

Refuses to be imported with production settings.
"""

import runpy

from django.core.exceptions import ImproperlyConfigured

from embedded.machine import ROOT

# Not imported: the package `campaign` makes the Celery application, which reads these very settings.
_site = runpy.run_path(str(ROOT / "campaign" / "settings.py"))
if _site["IS_PRODUCTION"]:
    raise ImproperlyConfigured("the chaos harness is not for production")
globals().update({name: value for name, value in _site.items() if name.isupper()})
_env = _site["env"]

# Bells are not acknowledged, so none comes twice. Where a timeout is asked for they are, and come again after it.
_visibility = _env.float("CHAOS_VISIBILITY", 0.0)
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = bool(_visibility)
if _visibility:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **_site["CELERY_BROKER_TRANSPORT_OPTIONS"],
        "ack_emulation": True,
        "visibility_timeout": _visibility,
        # How often the others look for what a dead worker holds is squeezed too.
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
    }
# Controls run with waits that the site's own checks refuse.
SILENCED_SYSTEM_CHECKS = _env.list("CHAOS_SILENCED_CHECKS", [])
