"""Give a person a role: `manage.py grant_role EMAIL ROLE [--revoke]`.

The first member of staff: register on the site like everybody else, prove the address by the code, then run
`manage.py grant_role you@example.org verifier` on the server. Roles are `moderator`, `case_editor`, `letter_author`
and `verifier`; whoever runs the site gives them, because the site itself has no page that makes staff.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions import grant_role, revoke_role
from accounts.models import StaffRole, User


class Command(BaseCommand):
    help = "Give a registered person a role, or take it away"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=StaffRole.Role.values)
        parser.add_argument("--revoke", action="store_true", help="take the role away")

    def handle(self, *args: Any, **options: Any) -> None:
        email, role = options["email"], options["role"]
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"{email} has no account. Register on the site first, then run this again.")
        change = revoke_role if options["revoke"] else grant_role
        change(user=user, role=role, by=None, now=timezone.now())
        held = ", ".join(sorted(user.staff_roles.values_list("role", flat=True))) or "none"
        self.stdout.write(f"{user.email}: roles {held}")
