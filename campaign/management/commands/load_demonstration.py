from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from campaign.demonstration.load import NotEmptyError, load_demonstration, write_accounts_file
from campaign.models import Campaign


class Command(BaseCommand):
    help = "Loads the demonstration campaign into an empty database; only where HAS_DEMONSTRATION is on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is a campaign already")

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        if not settings.HAS_DEMONSTRATION:
            raise CommandError("The demonstration is only for development: HAS_DEMONSTRATION is off here.")
        if if_empty and Campaign.objects.exists():
            self.stdout.write("There is a campaign already; nothing was loaded.")
            return
        try:
            lines, path = self._load()
        except NotEmptyError as error:
            raise CommandError(
                "The database holds campaigns, cases or statements already. Use an empty one, or --if-empty."
            ) from error
        self.stdout.write("The demonstration is loaded. Its accounts:")
        for line in lines:
            self.stdout.write(f"  {line}")
        self.stdout.write(f"They are written down in {path} too.")

    @transaction.atomic
    def _load(self) -> tuple[list[str], Path]:
        """In one transaction: accounts whose password could not be written down must not exist."""
        now = timezone.now()
        cast = load_demonstration(now=now, say=lambda line: self.stdout.write(f"  {line}"))
        lines = cast.account_lines(now=now)
        return lines, write_accounts_file(lines)
