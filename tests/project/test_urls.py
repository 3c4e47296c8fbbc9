"""Every address of the site, tried by everybody: no fault on any of them, and GET changes no row."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import StaffRole, User, Verification
from accounts.vouching import invitation_of
from cases.models import Case, Claim, Consent, Event, PersonName, Source, StatusEvent
from mandates.models import (
    ContactKey,
    ContactPoint,
    Delivery,
    IncomingMail,
    Letter,
    Mandate,
    MandateHolder,
    Reply,
    ReplyRelease,
)
from petitions.actions import propose_invalidation, watch_name
from petitions.actions.watching import NameToWatch
from petitions.models import (
    Checkpoint,
    Demand,
    Handover,
    Invalidation,
    ModerationDecision,
    NameOpening,
    PaperBatch,
    SecondLook,
    Signature,
    Statement,
    Update,
    WatchedName,
)
from tests.accounts.proving import sign_in
from tests.mandates.keys import bring_key
from tests.outbox.keys import OpenPGPKey
from tests.petitions.dossiers import handed_over
from tests.petitions.factories import PaperBatchFactory
from tests.petitions.updating import released
from tests.petitions.withheld import asked_opening

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STAFF = {
    "moderator": "moderator1@people.example",
    "case_editor": "editor1@people.example",
    "letter_author": "author1@people.example",
    "verifier": "verifier@people.example",
}
ACTORS = ["anonymous", "expert", *STAFF]
ANSWERS = {200, 301, 302, 303, 400, 401, 403, 404, 405, 410}


def routes(patterns: list[Any], names: str = "", keys: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of every address with the names of what it takes."""
    for pattern in patterns:
        taken = (*keys, *(pattern.pattern.converters or pattern.pattern.regex.groupindex))
        if isinstance(pattern, URLResolver):
            inner = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from routes(pattern.url_patterns, inner, taken)
        elif pattern.name:
            yield f"{names}{pattern.name}", taken


ROUTES = dict(routes(get_resolver().url_patterns))

# Something real for each converter, by the address's name or by its package; a new address without one fails.
EXAMPLES: dict[str, Callable[[], Any]] = {
    **{
        f"api_{name}.slug": lambda: Statement.objects.published().order_by("pk")[0].slug
        for name in ("statement", "signatories")
    },
    "petitions:cluster_detail.statement_id": lambda: Statement.objects.order_by("pk")[0].pk,
    "petitions:cluster_detail.kind": lambda: "burst",
    "petitions.batch": lambda: uuid.UUID(int=1),
    **{
        f"petitions:invalidation_{name}.pk": lambda: a_rule().pk
        for name in ("detail", "reached", "release", "stop", "reverse")
    },
    "petitions:second_look_judge.pk": lambda: a_second_look().pk,
    "petitions:second_look_settle.pk": lambda: a_second_look().pk,
    "accounts:verification_revoke.pk": lambda: Verification.objects.order_by("pk")[0].pk,
    "accounts:voucher_withdraw.pk": lambda: 1,
    "accounts.token": lambda: invitation_of(User.objects.get(email="new.expert@people.example")),
    "accounts.pk": lambda: User.objects.get(email="new.expert@people.example").pk,
    "cases:name_edit.pk": lambda: PersonName.objects.filter(person__case__slug="behrouz-ehsani")[0].pk,
    "cases:name_remove.pk": lambda: PersonName.objects.filter(person__case__slug="behrouz-ehsani")[0].pk,
    "cases:claim_edit.pk": lambda: Claim.objects.filter(case__slug="behrouz-ehsani")[0].pk,
    "cases:claim_remove.pk": lambda: Claim.objects.filter(case__slug="behrouz-ehsani")[0].pk,
    "cases:event_edit.pk": lambda: Event.objects.filter(case__slug="behrouz-ehsani")[0].pk,
    "cases:event_remove.pk": lambda: Event.objects.filter(case__slug="behrouz-ehsani")[0].pk,
    "cases:status_confirm.pk": lambda: StatusEvent.objects.filter(case__slug="behrouz-ehsani")[0].pk,
    "cases:status_strike.pk": lambda: StatusEvent.objects.filter(case__slug="behrouz-ehsani")[0].pk,
    "cases:source_attach.pk": lambda: Source.objects.order_by("pk")[0].pk,
    "cases:source_detach.pk": lambda: Source.objects.order_by("pk")[0].pk,
    "cases:consent_withdraw.pk": lambda: Consent.objects.order_by("pk")[0].pk,
    "cases:consent_sign.pk": lambda: Consent.objects.order_by("pk")[0].pk,
    "cases:source_edit.slug": lambda: Source.objects.order_by("pk")[0].slug,
    "cases.slug": lambda: Case.objects.get(slug="behrouz-ehsani").slug,
    "petitions:decision_undo.pk": lambda: ModerationDecision.objects.order_by("pk")[0].pk,
    **{
        f"petitions:demand_{name}.pk": lambda: Demand.objects.order_by("pk")[0].pk
        for name in ("edit", "remove", "move", "status")
    },
    "petitions:mirror_remove.pk": lambda: 1,
    "petitions:preview_revoke.pk": lambda: 1,
    "mandates:demand_addressees.pk": lambda: Demand.objects.order_by("pk")[0].pk,
    **{f"petitions:paper_{name}.pk": lambda: a_batch().pk for name in ("check", "scan")},
    "petitions:sealed_ask.pk": lambda: an_opening().sealed_name_id,
    "petitions:sealed_open.pk": lambda: an_opening().pk,
    "petitions:watched_name_detail.pk": lambda: a_watched_name().pk,
    "petitions:watched_name_retire.pk": lambda: a_watched_name().pk,
    "petitions.pk": lambda: Signature.objects.order_by("pk")[0].pk,
    "petitions.slug": lambda: Statement.objects.order_by("pk")[0].slug,
    **{
        f"petitions:update_{name}.pk": lambda: an_update().pk
        for name in ("read", "detail", "edit", "preview", "test", "submit", "return", "release", "stop", "resume")
    },
    **{
        f"petitions:{name}.pk": lambda: a_dossier().pk
        for name in (
            "dossier_detail",
            "dossier_retry",
            "dossier_approve",
            "dossier_check",
            "dossier_file",
            "handover_record",
            "handover_confirm",
            "handover_acknowledge",
        )
    },
    "petitions:acknowledgement_confirm.pk": lambda: 1,
    "petitions:update_of_milestone.pk": lambda: 1,
    "petitions:dossier_file.name": lambda: "statement.pdf",
    "petitions:dossier_create.slug": lambda: Statement.objects.published().order_by("pk")[0].slug,
    "petitions:handover_public.slug": lambda: a_dossier().statement.slug,
    "petitions:handover_public.public_id": lambda: a_dossier().public_id,
    "petitions:follow_start.kind": lambda: "case",
    "petitions:follow_start.slug": lambda: Case.objects.get(slug="behrouz-ehsani").slug,
    "petitions.ticket": lambda: "x" * 43,
    "petitions.token": lambda: "x" * 43,
    "petitions.number": lambda: 1,
    **{
        f"petitions.{key}": lambda: Checkpoint.objects.order_by("-day")[0].day.isoformat()
        for key in ("day", "old", "new")
    },
    "petitions.language": lambda: "en",
    "mandates:holder_edit.pk": lambda: MandateHolder.objects.order_by("pk")[0].pk,
    "mandates:import_apply.pk": lambda: 1,
    "mandates:import_preview.pk": lambda: 1,
    "mandates:contact_check.pk": lambda: ContactPoint.objects.order_by("pk")[0].pk,
    "mandates:contact_key.pk": lambda: ContactPoint.objects.order_by("pk")[0].pk,
    "mandates:contact_encryption.pk": lambda: ContactPoint.objects.order_by("pk")[0].pk,
    "mandates:key_confirm.pk": lambda: a_key().pk,
    "mandates:key_take_off.pk": lambda: a_key().pk,
    "mandates:delivery_resolve.pk": lambda: Delivery.objects.order_by("pk")[0].pk,
    "mandates:cover_create.slug": lambda: Statement.objects.published().order_by("pk")[0].slug,
    "mandates:letter_html.slug": lambda: Letter.objects.order_by("pk")[0].addressees.order_by("pk")[0].mandate.slug,
    "mandates:letter_pdf.slug": lambda: Letter.objects.order_by("pk")[0].addressees.order_by("pk")[0].mandate.slug,
    "mandates:letter_create.slug": lambda: Case.objects.get(slug="behrouz-ehsani").slug,
    "mandates:release_write.pk": lambda: Reply.objects.order_by("pk")[0].pk,
    "mandates:release_decide.pk": lambda: ReplyRelease.objects.order_by("pk")[0].pk,
    "mandates:release_take_back.pk": lambda: ReplyRelease.objects.order_by("pk")[0].pk,
    **{
        f"mandates:mail_{name}.pk": lambda: IncomingMail.objects.filter(letter__isnull=False).order_by("pk")[0].pk
        for name in ("detail", "raw", "part", "answer", "attach", "detach", "set_aside", "take_up")
    },
    "mandates.number": lambda: 0,
    "mandates.pk": lambda: Letter.objects.order_by("pk")[0].pk,
    "mandates.slug": lambda: Mandate.objects.get(slug="sr-iran").slug,
    "campaign.slug": lambda: Case.objects.get(slug="behrouz-ehsani").slug,
    "outbox.key": lambda: "0",
    "account_confirm_email.key": lambda: "x",
    "account_reset_password_from_key.uidb36": lambda: "1",
    "account_reset_password_from_key.key": lambda: "x-y",
    "mfa_remove_webauthn.pk": lambda: 1,
    "mfa_edit_webauthn.pk": lambda: 1,
}


def a_rule() -> Invalidation:
    """A rule for bulk invalidation; the demonstration has none."""
    statement, now = Statement.objects.published().order_by("pk")[0], timezone.now()
    return Invalidation.objects.first() or propose_invalidation(
        rule=Invalidation(
            statement=statement, confirmed_from=now - timedelta(1), confirmed_to=now, comment="Bought", reason="Bought"
        ),
        by=User.objects.get(email=STAFF["verifier"]),
        now=now,
    )


def a_second_look() -> SecondLook:
    """A decision that chance chose; by somebody who is none of the actors, so that each of them may judge it."""
    decision = ModerationDecision.objects.order_by("pk")[0]
    look, _is_new = SecondLook.objects.get_or_create(
        decision=decision, defaults={"first_by": User.objects.get(email=STAFF["verifier"]), "chosen_at": decision.at}
    )
    return look


def a_key() -> ContactKey:
    """A key that waits for a second person; the demonstration has none."""
    return ContactKey.objects.first() or bring_key(ContactPoint.objects.order_by("pk")[0], OpenPGPKey())


def a_batch() -> PaperBatch:
    """Sheets of signatures; the demonstration has none."""
    return PaperBatch.objects.first() or PaperBatchFactory.create(statement=Statement.objects.order_by("pk")[0])


def an_opening() -> NameOpening:
    """A request to open a sealed name; the demonstration has none."""
    return NameOpening.objects.first() or asked_opening()


def an_update() -> Update:
    """One that was released; the demonstration has none."""
    return Update.objects.first() or released(Statement.objects.published().order_by("pk")[0])


def a_dossier() -> Handover:
    """One that is handed over; the demonstration has none."""
    return Handover.objects.first() or handed_over(Statement.objects.published().order_by("pk")[0])


def a_watched_name() -> WatchedName:
    """A name on the watch list, which is the site's own to fill."""
    entry = NameToWatch(name="Invented Laureate", spellings="", why="laureate", source="https://prize.example/")
    by = User.objects.get(email="moderator1@people.example")
    return WatchedName.objects.first() or watch_name(entry=entry, by=by, now=timezone.now())


def address(name: str) -> str:
    package = name.split(":")[0]
    values = {}
    for key in ROUTES[name]:
        example = EXAMPLES.get(f"{name}.{key}") or EXAMPLES.get(f"{package}.{key}")
        assert example, f"no example for {key} of {name}: add one above"
        values[key] = example()
    return reverse(name, kwargs=values or None)


def changes() -> int:
    """Rows inserted, changed or deleted so far in this transaction, sessions aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
            " WHERE relname <> 'django_session'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.timeout(300)
def test_every_address_answers_everybody_and_get_changes_nothing() -> None:
    call_command("load_demonstration", verbosity=0)
    wrong = []
    for actor in ACTORS:
        client = Client(raise_request_exception=False)
        if actor != "anonymous":
            sign_in(client, User.objects.get(email=STAFF.get(actor, "verified.expert@university.example")))
        for name in ROUTES:
            url = address(name)
            before = changes()
            for method in (client.get, client.head):
                status = method(url).status_code
                if status not in ANSWERS:
                    wrong.append(f"{actor} {url} answers {status}")
            if changes() != before:
                wrong.append(f"{actor} {url} changes rows on GET")
    assert wrong == []


def test_a_changed_row_is_noticed() -> None:
    before = changes()
    User.objects.create_user("somebody@people.example")
    assert changes() == before + 1


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("petitions:moderation_queue", "moderator"),
        ("petitions:cluster_list", "moderator"),
        ("petitions:invalidation_list", "moderator"),
        ("petitions:invalidation_new", "moderator"),
        ("petitions:second_look", "moderator"),
        ("petitions:agreement", "moderator"),
        ("petitions:dossier_desk", "moderator"),
        ("cases:case_desk", "case_editor"),
        ("petitions:statement_desk", "case_editor"),
        ("petitions:update_desk", "case_editor"),
        ("mandates:letter_desk", "letter_author"),
        ("accounts:verification_queue", "verifier"),
    ],
)
def test_desk_opens_for_its_role_alone(name: str, role: str) -> None:
    statuses = {}
    for each in ["", *StaffRole.Role.values]:
        user = User.objects.create_user(f"{each or 'stranger'}@people.example", is_staff=bool(each))
        if each:
            StaffRole.objects.create(user=user, role=each)
        client = Client()
        client.force_login(user)
        statuses[each] = client.get(reverse(name)).status_code
    anonymous = Client().get(reverse(name))
    expected = {each: 200 if each == role else 403 for each in ["", *StaffRole.Role.values]}
    assert (statuses, anonymous.status_code, "/account/login/" in anonymous["Location"]) == (expected, 302, True)
