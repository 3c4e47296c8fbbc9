from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from mandates.importing import DirectoryFileError, merge_file, read_file, try_file


class Command(BaseCommand):
    help = (
        "Takes a CSV file of mandates over: changes only what changed, keeps what people changed by hand, deletes "
        "nothing, and says what it did. Its addresses arrive unchecked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--preview", action="store_true", help="only say what would happen")
        parser.add_argument("--by", help="the e-mail address of the account that adds new addresses")

    def handle(self, *args: Any, path: Path, preview: bool, by: str | None, **options: Any) -> None:
        person = self._person(by)
        try:
            rows = read_file(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        except DirectoryFileError as error:
            raise CommandError(f"Nothing was changed.\n{error}") from error
        take = try_file if preview else merge_file
        report = take(rows, by=person, now=timezone.now())
        self.stdout.write(f"{report}{', if taken over' if preview else ''}")

    def _person(self, email: str | None) -> User | None:
        if not email:
            return None
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"No account has the address {email}.")
        return person
