from typing import Any

from django.core.management.base import BaseCommand

from mandates import directory


class Command(BaseCommand):
    help = "Loads the mandates and the taxonomy of violations; a second time changes only what changed, and says so."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(directory.load()))
