"""The people of the tour: the demonstration's staff, invented experts beside them, and the sessions they look from."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from accounts.actions import confirm_identity, grant_role, open_account, save_profile
from accounts.models import User
from petitions.models import Signature
from tests.accounts.proving import sign_in

STAFF = {
    "moderator": "moderator1@people.example",
    "second_moderator": "moderator2@people.example",
    "editor": "editor1@people.example",
    "second_editor": "editor2@people.example",
    "checker": "verifier@people.example",
    "expert": "verified.expert@university.example",
    "signed": "alder@university.example",
    "newcomer": "new.expert@people.example",
}
# Printed name, name in Persian, office.
EXPERTS = {
    "checked": ("Demo Expert Hawthorn", "کارشناس نمایشی زالزالک", "Judge"),
    "withheld": ("Demo Expert Sorrel", "کارشناس نمایشی ترشک", "Professor of law"),
    "second_withheld": ("Demo Expert Yarrow", "کارشناس نمایشی بومادران", "Diplomat"),
    "third_withheld": ("Demo Expert Teasel", "کارشناس نمایشی خارسر", "Editor"),
}


def gather(*, now: datetime) -> dict[str, User]:
    """Everybody of the tour by the names of tests/tour/stops.py."""
    people = {who: User.objects.get(email=email) for who, email in STAFF.items()}
    for who, words in EXPERTS.items():
        people[who] = _open_expert(who, *words, checker=people["checker"], now=now)
    people["custodian"] = _open("custodian@people.example", "Demo Identity Checker Two", now=now)
    grant_role(user=people["custodian"], role="verifier", by=None, now=now)
    people["beginner"] = _open("sage@people.example", "Demo Expert Sage", now=now)
    _fill_profile(people["beginner"], "Demo Expert Sage", "کارشناس نمایشی مریم‌گلی", "Lecturer in law", now=now)
    return people


def _open(email: str, name: str, *, now: datetime) -> User:
    return open_account(email=email, password=None, name=name, by=None, now=now, is_demonstration=True)


def _open_expert(who: str, name: str, persian: str, office: str, *, checker: User, now: datetime) -> User:
    user = _open(f"{who.replace('_', '-')}@people.example", name, now=now)
    seen_at = _fill_profile(user, name, persian, office, now=now)
    confirm_identity(
        user=user, evidence="Invented: a page that names them.", profile_seen_at=seen_at, by=checker, now=now
    )
    return user


def _fill_profile(user: User, name: str, persian: str, office: str, *, now: datetime) -> datetime:
    words = {"printed_name": name, "original_name": persian, "title": office, "is_current": True, "country": "NL"}
    words |= {"affiliation": "Invented Institute", "field": "International law"}
    return save_profile(by=user, fields=words, language="en", now=now).profile.updated_at


def session_of(user: User | None, *, signatures: list[Signature], now: datetime, **kept: Any) -> str:
    """The key of a new session: signed in as `user`, with a code typed for each of `signatures`."""
    client = Client()
    if user is not None:
        sign_in(client, user)
    session = client.session
    session["signatures"] = {str(row.pk): (now + timedelta(hours=6)).isoformat() for row in signatures}
    session.update(kept)
    session.save()
    assert session.session_key
    return session.session_key
