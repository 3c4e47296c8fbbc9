"""Brings a demonstration site that was just loaded into the states that the tour shows, and writes down where they lie.

    python -m tests.tour.scene FILE

Everything is done by the actions that people's clicks call; no worker runs meanwhile, so nothing moves by itself.
"""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions import connect_orcid, vouch_for
from accounts.models import User
from accounts.orcid import OrcidProof
from accounts.vouching import invitation_of
from campaign.demonstration.crowd import load_crowd
from petitions import actions, tasks
from petitions.models import Signature, Statement
from petitions.news import stopping
from petitions.news.wordings import SIGNER_WORDING
from tests.petitions.mail import last_token
from tests.tour import desks, statements
from tests.tour.people import gather, session_of

CROWD = 3000
PETITION, STATEMENT = "stop-executions-petition", "experts-joint-statement"
Scene = dict[str, Any]


def build(*, now: datetime) -> Scene:
    """What stands where: the parts of addresses, and the sessions of those who look."""
    # They are for the pages that offer an ORCID iD; nobody asks orcid.org anything.
    assert settings.ORCID_CLIENT_ID
    people = gather(now=now)
    petition, statement = (Statement.objects.get(slug=slug) for slug in (PETITION, STATEMENT))
    load_crowd(number=CROWD, now=now - timedelta(hours=1), say=lambda _line: None)
    made = statements.load_statements(people, petition=petition, now=now)
    scene: Scene = {name: row.slug for name, row in made.items()}
    scene |= {"petition": petition.slug, "petition_id": petition.pk, "statement": statement.slug}
    scene |= {"kind": "statement", "language": {"en": "en", "fa": "fa"}, "first": 1, "newest": 2, "no_ticket": "x" * 43}
    own = load_own(scene, petition, made, people)
    load_mailboxes(scene, petition, now=now)
    load_identities(scene, people, now=now)
    scene |= desks.moderate(petition, people)
    actions.change_details(
        statement=statement,
        goal=None,
        deadline_on=None,
        cases=list(statement.cases.all()),
        takes_organisations=True,
        by=people["editor"],
        now=now,
    )
    scene |= desks.seal(statement, people)
    scene |= desks.edit(made, petition, people)
    scene |= desks.hand_over(made["closed"], statement, people)
    scene |= desks.tell(made["closed"], petition, people)
    settle()
    # Expert signatures of the demonstration.
    scene["experts_own"] = Signature.objects.get(statement=statement, user=people["signed"]).pk
    scene["sessions"] = sessions_of(people, own, now=now)
    return scene


def load_own(scene: Scene, petition: Statement, made: dict[str, Statement], people: dict[str, User]) -> list[Signature]:
    """The signatures of one person of the public, whose browser typed a code for each."""
    own = statements.sign(
        petition,
        "Demo Signer Reed",
        comment="Invented: for life.",
        wants_updates=True,
        updates_wording=str(SIGNER_WORDING),
    )
    asked = statements.sign(petition, "Demo Signer Reed Junior", state="pending", review_reason="doubted")
    first = statements.sign(made["amended"], "Demo Signer Reed")
    statements.sign_by_many(made["amended"])
    earlier, *_rest = statements.sign_by_many(made["closed"])
    erased = {code: statements.sign(petition, f"Demo Signer Thistle {code}") for code in ("en", "fa")}
    actions.ask_signatory(
        signature=asked,
        seen_state=asked.state,
        note="Invented question: are you the father or the son?",
        by=people["moderator"],
        now=timezone.now(),
    )
    statements.amend(made["amended"], people)
    statements.sign(made["amended"], "Demo Signer Willowherb")
    scene |= {"own": own.pk, "asked": asked.pk, "of_first": first.pk}
    scene |= {"to_erase": {code: row.pk for code, row in erased.items()}, "reader": stopping.unsubscribe_token(own)}
    return [own, asked, first, earlier, *erased.values()]


def load_mailboxes(scene: Scene, petition: Statement, *, now: datetime) -> None:
    """Codes that were mailed and not typed yet."""
    version = petition.current_version()
    text = version.text_to_sign("en") if version else None
    assert text is not None
    typed = actions.Typed(email="bay@people.example", name="Demo Signer Bay", country="IE")
    scene["ticket"] = actions.request_signature(
        statement=petition, text=text, typed=typed, language="en", rush="", now=now
    )
    scene["link"] = last_token("bay@people.example")
    for code in ("en", "fa"):
        address = f"disowns-{code}@people.example"
        typed = actions.Typed(email=address, name="Demo Signer Bay", country="IE")
        actions.request_signature(statement=petition, text=text, typed=typed, language="en", rush="", now=now)
        scene.setdefault("disowned", {})[code] = last_token(address)
    wording = "Invented agreement: write to me when there is news."
    about, address = petition, "follower@people.example"
    scene["follow_ticket"] = actions.request_following(
        about=about, address=address, wording=wording, language="en", now=now
    )
    scene["follow_link"] = last_token(address)
    other = actions.request_following(
        about=about, address="second-follower@people.example", wording=wording, language="en", now=now
    )
    del other
    follower = actions.follow_by_link(token=last_token("second-follower@people.example"), now=timezone.now())
    scene["follower"] = stopping.follower_token(follower)


def load_identities(scene: Scene, people: dict[str, User], *, now: datetime) -> None:
    proof = OrcidProof(orcid="0000-0002-1825-0097", name="Demo Expert Hawthorn")
    connect_orcid(by=people["checked"], proof=proof, is_public=True, now=now)
    for voucher, person in (("withheld", "newcomer"), ("checked", "withheld")):
        vouch_for(
            person=people[person],
            seen_name=people[person].expert_profile.printed_name,
            statement="Invented: we taught in the same faculty for ten years.",
            by=people[voucher],
            now=now,
        )
    scene |= {"voucher": invitation_of(people["beginner"]), "person": people["newcomer"].pk}


def sessions_of(people: dict[str, User], own: list[Signature], *, now: datetime) -> dict[str, str]:
    """Keys of sessions by the names of tests/tour/stops.py."""
    sessions = {who: session_of(user, signatures=[], now=now) for who, user in people.items()}
    sessions["signatory"] = session_of(None, signatures=own, now=now)
    newcomer = people["newcomer"]
    proof = {"orcid": "0000-0001-5109-3700", "name": "Demo Expert Poplar", "user": newcomer.pk}
    # Ten minutes is what a proof lasts; the tour is slower.
    later = (now + timedelta(hours=6)).timestamp()
    sessions["newcomer"] = session_of(newcomer, signatures=[], now=now, orcid_proof={**proof, "at": later})
    return sessions


def settle() -> None:
    """What the worker would have done by now; only dossiers and mails are made where the scene needs them."""
    tasks.note_traits()
    tasks.note_milestones()


def main(path: str) -> None:
    with transaction.atomic():
        scene = build(now=timezone.now())
    tasks.recount_signatures()
    tasks.count_signatures()
    Path(path).write_text(json.dumps(scene, indent=1, default=str), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
