from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from campaign.guards import grant_application


class Command(BaseCommand):
    help = "Prepare an existing database role to run the site without owning it. Run it as the owner after migrate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, **options: Any) -> None:
        grant_application(options["role"])
        self.stdout.write(f"{options['role']} may read and write rows, and owns nothing.")
