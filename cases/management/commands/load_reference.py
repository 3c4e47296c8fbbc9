from typing import Any

from django.core.management.base import BaseCommand

from cases.reference import load_reference


class Command(BaseCommand):
    help = "Loads the lists of prisons, courts and charges from cases/data/; loading again changes only what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        changes = load_reference()
        for change in changes:
            self.stdout.write(change)
        self.stdout.write(f"{len(changes)} changes." if changes else "Nothing to change.")
