"""A process that drains letters until its input is closed; started by `many.drainers`."""

import os
import select
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
django.setup()

from mandates.tasks import drain_letters

while not select.select([sys.stdin], [], [], 0.1)[0]:
    drain_letters()
