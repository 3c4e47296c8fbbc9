"""The invented people of the demonstration: staff, experts, signatories, one institution. Nobody here exists."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from accounts.actions import confirm_identity, grant_role, open_account, request_check, save_profile
from accounts.models import Institution, InstitutionDomain, StaffRole, User
from accounts.verification import current_verification
from campaign.demonstration.reading import Row, read


@dataclass(frozen=True)
class Cast:
    """Who is there, and the one password that opens the accounts of staff and `experts`."""

    password: str
    staff: dict[str, list[User]]
    experts: list[User]
    signing: list[tuple[User, Row]]
    public: list[Row]

    def account_lines(self, *, now: datetime) -> list[str]:
        """What a person needs to sign in: the role, the address and the password, one account a line."""
        rows = [
            (StaffRole.Role(role).value.replace("_", " "), user)
            for role, people in self.staff.items()
            for user in people
        ]
        for user in self.experts:
            is_verified = current_verification(user=user, now=now) is not None
            rows.append(("expert, verified" if is_verified else "expert, not verified", user))
        return [f"{role:<22}  {user.email:<34}  {self.password}" for role, user in rows]


def load_people(*, now: datetime) -> Cast:
    """Open the accounts as of `now`, with proved addresses, roles, profiles and verifications."""
    data = read("people.yaml")
    institution = _load_institution(data["institution"])
    staff: dict[str, list[User]] = {}
    for row in data["staff"]:
        staff.setdefault(row["role"], []).append(_open_staff_account(row, now=now))
    opened = [
        (_open_expert_account(row, institution=institution, checker=staff["verifier"][0], now=now), row)
        for row in [*data["experts"], *data["signing_experts"]]
    ]
    experts, signing = [user for user, _row in opened[: len(data["experts"])]], opened[len(data["experts"]) :]
    password = _set_one_password([*(user for people in staff.values() for user in people), *experts])
    return Cast(password=password, staff=staff, experts=experts, signing=signing, public=data["public_signers"])


def _set_one_password(people: list[User]) -> str:
    """Hashed once: it is the same word for all of them, and the hash is slow on purpose."""
    password = secrets.token_urlsafe(12)
    User.objects.filter(pk__in=[user.pk for user in people]).update(password=make_password(password))
    return password


def _load_institution(row: Row) -> Institution:
    institution = Institution.objects.create(name=row["name"], country=row["country"], is_demonstration=True)
    InstitutionDomain.objects.create(institution=institution, domain=row["domain"])
    return institution


def _open_staff_account(row: Row, *, now: datetime) -> User:
    user = open_account(email=row["email"], password=None, name=row["name"], by=None, now=now, is_demonstration=True)
    grant_role(user=user, role=row["role"], by=None, now=now)
    return user


def _open_expert_account(row: Row, *, institution: Institution, checker: User, now: datetime) -> User:
    """An account with a profile; an address at the institution verifies by itself, `checked: staff` by a person."""
    name = row["printed_name"]
    user = open_account(email=row["email"], password=None, name=name, by=None, now=now, is_demonstration=True)
    words = {
        "printed_name": name,
        "original_name": row.get("original_name", ""),
        "title": row["title"],
        "is_current": row.get("is_current", True),
        "affiliation": row.get("affiliation", institution.name),
        "country": row["country"],
        "field": row["field"],
    }
    profile = save_profile(by=user, fields=words, language="en", now=now).profile
    if row.get("checked") == "staff":
        evidence = f"Invented evidence: a page of {profile.affiliation} that names {name}."
        confirm_identity(user=user, evidence=evidence, profile_seen_at=profile.updated_at, by=checker, now=now)
    elif row.get("checked") == "asked":
        request_check(by=user, staff_page=row["staff_page"], orcid="", note="Invented request.", now=now)
    return user
