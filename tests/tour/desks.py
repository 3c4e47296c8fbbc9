"""What lies on the desks of the tour: decisions, rules, sealed names, dossiers, news."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from petitions import actions, tasks
from petitions.actions import Asked, Told, Withheld, together
from petitions.models import (
    Demand,
    Invalidation,
    ModerationDecision,
    SealedName,
    SecondLook,
    Signature,
    Statement,
    Update,
    WatchedName,
)
from petitions.moderation import traits
from petitions.moderation.clusters import find_clusters
from petitions.news import stopping
from petitions.news.wordings import SIGNER_WORDING
from tests.petitions.crowds import crowd
from tests.tour import words
from tests.tour.statements import keep_next, sign

PASSPHRASES = ("the first long passphrase", "the second long passphrase")
People = dict[str, User]
Scene = dict[str, Any]


def moderate(petition: Statement, people: People) -> Scene:
    """Waiting signatures alone and in groups, decisions, rules, second looks, the watch list, sheets of paper."""
    waiting = {"state": "pending", "review_reason": "burst", "is_demonstration": True, "country": "IE"}
    comment = "Invented comment that many wrote."
    crowd(petition, 9, domain="club.example", name="Demo Member {n}", comment=comment, **waiting)
    crowd(petition, 6, domain="choir.example", name="Demo Singer {n}", **waiting)
    tasks.note_traits()
    cluster, other = (row for row in find_clusters() if row.kind == "comment" or row.label == "choir.example")
    if cluster.kind != "comment":
        cluster, other = other, cluster
    told = actions.decide_together(
        cluster=other,
        up_to=max(other.members.values_list("pk", flat=True)),
        verdict="accept",
        reason="nothing_against",
        note="Invented: a choir that signed after a concert.",
        by=people["moderator"],
        now=timezone.now(),
    )
    assert isinstance(told, together.Together)
    scene: Scene = {"cluster_kind": str(cluster.kind), "cluster": cluster.query, "batch": str(told.batch)}
    scene["pending"] = Signature.objects.filter(statement=petition, state="pending", review_reason="link")[0].pk
    return (
        scene
        | rules(petition, people)
        | _looks(people, told.batch)
        | _names(petition, people)
        | _paper(petition, people)
    )


def rules(petition: Statement, people: People) -> Scene:
    """A rule that waits, one that is half done, one that is done."""
    made = {"rule": ("sold.example", 12), "running": ("flood.example", 700), "done": ("bought.example", 30)}
    scene: Scene = {}
    for domain, number in made.values():
        crowd(petition, number, domain=domain, name="Demo Name {n}", is_demonstration=True, country="IE")
    while traits.note_traits():
        pass
    now = timezone.now()
    for name, (domain, _number) in made.items():
        wanted = Invalidation(
            statement=petition,
            domain=domain,
            confirmed_from=now - timedelta(days=2),
            confirmed_to=now,
            reason="Invented: the seller of these addresses named them.",
        )
        scene[name] = actions.propose_invalidation(rule=wanted, by=people["moderator"], now=timezone.now()).pk
    for name, batches in (("done", 100), ("running", 1)):
        rule = Invalidation.objects.get(pk=scene[name])
        actions.release_invalidation(rule=rule, by=people["second_moderator"], now=timezone.now())
        actions.carry_out_invalidations(clock=timezone.now, most_batches=batches)
    return scene


def _looks(people: People, batch: uuid.UUID) -> Scene:
    """Three second looks: one to judge, two judged, of which one differs."""
    first, second = people["moderator"], people["second_moderator"]
    decisions = list(ModerationDecision.objects.filter(batch=batch).order_by("pk")[:2])
    for decision, verdict, reason in zip(
        decisions, ("accept", "refuse"), ("nothing_against", "not_a_name"), strict=True
    ):
        look, _new = SecondLook.objects.get_or_create(
            decision=decision, defaults={"first_by": first, "chosen_at": decision.at}
        )
        actions.look_again(look=look, verdict=verdict, reason=reason, by=second, now=timezone.now())
    waiting = Signature.objects.filter(state="pending", review_reason="expert").order_by("pk")[0]
    decision = actions.accept_signature(
        signature=waiting, seen_state="pending", note="Invented", by=second, now=timezone.now()
    )
    SecondLook.objects.get_or_create(decision=decision, defaults={"first_by": second, "chosen_at": decision.at})
    return {}


def _names(petition: Statement, people: People) -> Scene:
    held = sign(petition, "Demo Laureate Baobab", review_reason="")
    Signature.objects.filter(pk=held.pk).update(state="pending", review_reason="watched", accepted_at=None)
    actions.record_second_channel(
        signature=held,
        channel="staff_page",
        finding="confirmed",
        what="Invented: wrote to the address on the page and got an answer.",
        by=people["checker"],
        now=timezone.now(),
    )
    return {"held": held.pk, "watched": WatchedName.objects.order_by("pk")[0].pk}


def _paper(petition: Statement, people: People) -> Scene:
    now, batches = timezone.now(), []
    for claimed, place in ((62, "Invented market square"), (40, "Invented church")):
        batch = actions.enter_paper(
            statement=petition,
            claimed=claimed,
            place=place,
            collected_on=now.date() - timedelta(days=6),
            responsible="Demo Collector",
            scan=f"%PDF-1.7 invented {claimed}".encode(),
            scan_type="application/pdf",
            by=people["moderator"],
            now=now,
        )
        batches.append(batch)
    actions.check_paper(
        batch=batches[0], accepted=58, note="Invented: four without a name.", by=people["second_moderator"], now=now
    )
    return {"paper": batches[1].pk}


def seal(statement: Statement, people: People) -> Scene:
    """Names withheld and sealed to two keepers: one to ask for, one asked for, one to open in each language."""
    now = timezone.now()
    keepers = (people["checker"], people["custodian"])
    for keeper, passphrase in zip(keepers, PASSPHRASES, strict=True):
        actions.become_custodian(by=keeper, passphrase=passphrase, now=now)
    version = statement.current_version()
    text = version.text_to_sign("en") if version else None
    assert text is not None
    sealed = []
    for who in ("withheld", "second_withheld", "third_withheld"):
        office = Withheld(people[who].expert_profile.title)
        signature = actions.cosign_statement(
            statement=statement, text=text, language="en", by=people[who], now=now, signing_as=office
        )
        sealed.append(SealedName.objects.get(signature=signature))
    openings = [
        actions.ask_to_open(
            sealed_name=row,
            reason="Invented: a court asks whether this office exists.",
            passphrase=PASSPHRASES[0],
            by=people["checker"],
            now=timezone.now(),
        ).pk
        for row in sealed[:2]
    ]
    by_language = dict(zip(("en", "fa"), openings, strict=True))
    return {"sealed": sealed[2].pk, "opening": by_language, "openings": by_language}


def edit(made: dict[str, Statement], petition: Statement, people: People) -> Scene:
    now = timezone.now()
    keep_next(made["amended"], people)
    tokens = [
        actions.give_preview(
            statement=made[name],
            recipient="Invented agency",
            expires_at=now + timedelta(days=2),
            by=people["editor"],
            now=now,
        )[1]
        for name in ("embargoed", "amended")
    ]
    demands = Demand.objects.filter(version__statement=petition).order_by("position")
    actions.record_demand_status(
        demand=demands[0],
        status="partly_met" if "partly_met" in Demand.Status.values else Demand.Status.values[1],
        as_of=now.date(),
        source=None,
        note="Invented: a first answer came.",
        note_fa="نمایشی: نخستین پاسخ رسید.",
        by=people["editor"],
        now=now,
    )
    draft = Demand.objects.filter(version__statement=made["draft"])[0]
    return {"preview": tokens[0], "next_preview": tokens[1], "draft_demand": draft.pk, "demand": demands[0].pk}


def hand_over(closed: Statement, statement: Statement, people: People) -> Scene:
    """A dossier that waits for approval, one approved, one handed over in public."""
    tasks.recount_signatures()
    built = _dossier(statement, people, addressee="UN High Commissioner for Human Rights")
    approved = _dossier(closed, people, addressee="Human Rights Council")
    handed = _dossier(closed, people, addressee="UN High Commissioner for Human Rights")
    first, second, now = people["moderator"], people["second_moderator"], timezone.now()
    for dossier in (approved, handed):
        actions.approve_dossier(handover=dossier, by=second, now=now)
    told = Told(
        handed_over_on=now.date(),
        channel="in_person",
        recipient="Demo High Commissioner (invented)",
        place="Geneva",
        delivered_by="Demo Courier",
        proof_note="Invented receipt in the safe",
    )
    handed = actions.record_handover(handover=handed, told=told, by=first, now=now)
    seen = handed.said_fingerprint()
    row = actions.confirm_handover(handover=handed, seen=seen, ends_signing=True, by=second, now=now)
    said = actions.record_acknowledgement(
        handover=row,
        received_on=now.date(),
        said_by="Demo High Commissioner (invented)",
        quote="Invented: we have received the text and its signatures.",
        source="https://answer.example/received",
        by=first,
        now=now,
    )
    actions.confirm_acknowledgement(acknowledgement=said, by=second, now=now)
    return {"built": built.pk, "approved": approved.pk, "handed": row.pk, "public_id": row.public_id}


def _dossier(statement: Statement, people: People, *, addressee: str) -> Any:
    # What was just signed is to be in it, and a dossier is of a minute ago.
    now = timezone.now() + timedelta(minutes=2)
    actions.request_dossier(statement=statement, asked=Asked(addressee=addressee), by=people["moderator"], now=now)
    claimed = actions.claim_dossier(now=timezone.now())
    assert claimed is not None
    return actions.build_dossier(handover=claimed)


def tell(closed: Statement, petition: Statement, people: People) -> Scene:
    """News as a draft, waiting, and sent; and an invitation from the text handed over to the next one."""
    closed.refresh_from_db()
    now = timezone.now()
    rows = Signature.objects.filter(statement=closed)
    rows.update(wants_updates=True, updates_wording=str(SIGNER_WORDING))
    draft = _write(petition, people, words.HANDED_OVER, now=now)
    waiting = _write(petition, people, words.HANDED_OVER, now=now)
    actions.submit_update(update=waiting, by=people["editor"], now=now)
    sent = _release(_write(closed, people, words.HANDED_OVER, now=now), people, now=now)
    invitation = _release(_write(closed, people, words.NEXT, now=now, invites_to=petition), people, now=now)
    actions.send_updates(now=timezone.now())
    delivery = invitation.deliveries.order_by("pk")[0]
    token = stopping.invitation_path(delivery).rstrip("/").rpartition("/")[2]
    ticket = actions.request_words(invitation=delivery, language="en", now=timezone.now())
    scene = {"update_draft": draft.pk, "update_waiting": waiting.pk, "sent": sent.pk}
    return scene | {"invitation": token, "invitation_ticket": ticket}


def _write(
    statement: Statement,
    people: People,
    texts: dict[str, tuple[str, str]],
    *,
    now: datetime,
    invites_to: Statement | None = None,
) -> Update:
    update = actions.start_update(
        statement=statement, case=None, original_language="en", by=people["editor"], now=now, invites_to=invites_to
    )
    for language, (title, body) in texts.items():
        actions.write_update_text(update=update, language=language, title=title, body=body, by=people["editor"])
    return update


def _release(update: Update, people: People, *, now: datetime) -> Update:
    actions.submit_update(update=update, by=people["editor"], now=now)
    update.refresh_from_db()
    return actions.release_update(update=update, seen=update.fingerprint(), by=people["second_editor"], now=now)
