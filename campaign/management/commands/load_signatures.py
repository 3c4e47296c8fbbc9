import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaign.demonstration.crowd import load_crowd
from campaign.demonstration.load import NotForThisSiteError


class Command(BaseCommand):
    help = "Adds many invented signatures to the demonstration's public petition; never in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)

    def handle(self, *args: Any, number: int, **options: Any) -> None:
        if number < 1:
            raise CommandError("SIGNATURES is a number from 1 up.")
        began = time.monotonic()

        def say(line: str) -> None:
            self.stdout.write(f"  {time.monotonic() - began:6.1f} s  {line}")

        try:
            load_crowd(number=number, now=timezone.now(), say=say)
        except NotForThisSiteError as error:
            raise CommandError(
                "Invented signatures are only for development: HAS_DEMONSTRATION is off here."
            ) from error
        except IndexError as error:
            raise CommandError("The demonstration is not loaded here. Run `make run` once.") from error
        say("counted")
