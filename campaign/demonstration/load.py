"""Loads the whole demonstration, in one transaction, the floors from below."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from campaign.demonstration.cases import load_cases
from campaign.demonstration.letters import load_contact_points, load_letter, load_mails
from campaign.demonstration.pages import load_campaign
from campaign.demonstration.people import Cast, load_people
from campaign.demonstration.reading import read
from campaign.demonstration.signatures import load_signatures, load_watched_names
from campaign.demonstration.sources import load_sources
from campaign.demonstration.statements import load_statements
from campaign.models import Campaign
from cases.models import Case
from cases.reference import load_reference
from mandates.directory import load as load_directory
from petitions.models import Statement
from petitions.transparency.checkpoints import build_checkpoint

ACCOUNTS_FILE = "demonstration-accounts.txt"
# The invented signatories signed over the days before the load.
DAYS_OF_SIGNING = timedelta(days=10)


class NotForThisSiteError(Exception):
    """`HAS_DEMONSTRATION` is off: invented people have no place on a real site."""


class NotEmptyError(Exception):
    """There is something in the database that the demonstration must not be mixed with."""


@transaction.atomic
def load_demonstration(*, now: datetime, say: Callable[[str], None]) -> Cast:
    """Load everything, telling `say` each step; returns the people with their password, which is kept nowhere else.

    Raises `NotForThisSiteError`, and `NotEmptyError` when there is a campaign, a case or a statement already.
    """
    if not settings.HAS_DEMONSTRATION:
        raise NotForThisSiteError
    if not is_empty():
        raise NotEmptyError
    since, data = now - DAYS_OF_SIGNING, read("letters.yaml")
    say("Prisons, courts, charges, UN mandates")
    load_reference()
    load_directory()
    say("Invented people: staff, experts, signatories")
    cast = load_people(now=since)
    moderators, editors, authors = (cast.staff[role] for role in ("moderator", "case_editor", "letter_author"))
    say("Sources and cases: nine prisoners and one invented person")
    sources = load_sources()
    cases = load_cases(sources=sources, consent=data["consent"], writer=editors[0], publisher=editors[1], now=since)
    say("Statements and invented signatures")
    statements = load_statements(sources=sources, cases=cases, writer=moderators[0], publisher=moderators[1], now=since)
    load_signatures(statements=statements, cast=cast, moderator=moderators[0], since=since)
    say("A checkpoint of the log, as if the day were over")
    build_checkpoint(now=now + timedelta(days=1))
    load_watched_names(by=moderators[0], now=since)
    say("Campaign page")
    load_campaign(sources=sources, cases=cases, statements=statements)
    say("A letter on the invented case, to invented addresses")
    load_contact_points(data["contact_points"], by=authors[:2], now=now)
    letter = load_letter(data, cases=cases, author=authors[0], approver=authors[1], now=now)
    load_mails(data["mails"], letter=letter, now=now)
    return cast


def is_empty() -> bool:
    """Whether there is neither a campaign nor a case nor a statement."""
    return not any(model._default_manager.exists() for model in (Campaign, Case, Statement))


def write_accounts_file(lines: list[str]) -> Path:
    """Write the accounts for the person at this machine, readable by nobody else; returns where."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    path: Path = settings.DATA_DIR / ACCOUNTS_FILE
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
