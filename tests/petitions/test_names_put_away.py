"""T1, names: what is not shown in full does not lie in clear for long, and serves its bearer as before."""

import base64
from datetime import datetime, timedelta
from typing import Any

import pysequoia
import pytest
import redis
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.actions import (
    change_display,
    confirm_code,
    erase_signature,
    remove_signature,
    request_management,
    run_retention,
    sign_new_version,
    undo_decision,
    watch_name,
    withdraw_signature,
)
from petitions.actions.retaining import to_put_away
from petitions.actions.watching import NameToWatch
from petitions.handover.store import folder_of
from petitions.models import NameWords, Signature, Statement
from petitions.moderation.name_words import note_name_words
from petitions.moderation.traits import note_traits
from petitions.signatories.names import WrongNameError
from petitions.signatories.personal_data import data_of_signature
from petitions.transparency import verify
from tests.accounts.factories import UserFactory
from tests.outbox.keys import OpenPGPKey
from tests.petitions.desk import amended, editor, opened
from tests.petitions.dossiers import built
from tests.petitions.factories import SignatureFactory, StatementFactory, verified_expert
from tests.petitions.mail import last_code
from tests.petitions.receipts import checkpoint_bytes, close_day, receipt_bytes
from tests.petitions.signing import request
from tests.petitions.test_name_words import real_names
from text.names import initials_of

pytestmark = pytest.mark.django_db

NAME, ADDRESS = "Kanarya Singvogel", "kanarya.singvogel@canary.example"
A_WEEK = timedelta(days=7, seconds=1)


def signed(statement: Statement | None = None, **fields: Any) -> Signature:
    ticket = request(statement or StatementFactory.open(), name=NAME, email=ADDRESS, **{"display": "hidden", **fields})
    return confirm_code(ticket=ticket, code=last_code(ADDRESS), now=timezone.now())


def put_away(statement: Statement | None = None, **fields: Any) -> Signature:
    signature = signed(statement, **fields)
    run_retention(now=timezone.now() + A_WEEK)
    return read(signature)


def read(signature: Signature) -> Signature:
    return Signature.objects.get(pk=signature.pk)


def in_clear() -> dict[str, set[str]]:
    """Where a part of the name, or of the address, is read by who has the database and Redis, and no key."""
    words = [word for text in (NAME, ADDRESS.partition("@")[0]) for word in text.replace(".", " ").split()]
    needles = {form: word for word in words for form in _forms(word)}
    found: dict[str, set[str]] = {}
    for place, value in _everything():
        for needle, word in needles.items():
            if needle in value:
                found.setdefault(place, set()).add(word)
    return found


def _forms(word: str) -> set[bytes]:
    forms = set()
    for text in (word, word.lower(), word.upper(), word[::-1], word.lower()[::-1]):
        for raw in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
            forms |= {raw, raw.hex().encode(), base64.b64encode(raw)[:-4]}
    return forms


def _everything() -> Any:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT row::text FROM "{table}" row')  # noqa: S608  names from this database only
            for (row,) in cursor.fetchall():
                yield table, row.encode()
                yield table, row.casefold().encode()
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            for row in cursor.fetchall():
                yield from ((table, bytes(value)) for value in row if isinstance(value, bytes | memoryview))
    store = redis.Redis.from_url(settings.REDIS_URL)
    for key in store.scan_iter(count=1000):
        yield "redis", bytes(key) + bytes(store.dump(key) or b"")


@pytest.mark.parametrize(("display", "shown"), [("hidden", ""), ("initials", "K. S.")])
def test_t1_dump_without_the_keys_names_nobody_who_is_not_shown(display: str, shown: str) -> None:
    signature = signed(display=display)
    note_name_words()
    note_traits()
    assert "petitions_signature" in in_clear()
    run = run_retention(now=timezone.now() + A_WEEK)
    assert (run.names_put_away, run.left, in_clear()) == (1, 0, {})
    row = read(signature)
    assert (row.name, row.shown_name, row.own_name, row.search_key) == (shown, shown, NAME, "")
    assert not NameWords.objects.filter(signature=row).exists()
    assert run_retention(now=timezone.now() + A_WEEK).names_put_away == 0


def test_t1_who_is_shown_or_waits_or_has_an_account_or_signed_this_week_stays_as_signed() -> None:
    now = timezone.now()
    old = now - timedelta(days=8)
    rows = [
        SignatureFactory.accepted(created_at=old, name="Shown Person"),
        SignatureFactory.create(created_at=old, name="Waiting Person", display="hidden"),
        SignatureFactory.accepted(created_at=old, name="Known Person", display="hidden", user=verified_expert()),
        SignatureFactory.accepted(created_at=now - timedelta(days=6), name="New Person", display="hidden"),
    ]
    due = SignatureFactory.accepted(created_at=old, name="Due Person", display="hidden")
    assert list(to_put_away(now)) == [due]
    assert run_retention(now=now).names_put_away == 1
    assert [read(row).name for row in rows] == [row.name for row in rows]


def test_bearer_reads_the_name_and_shows_it_again(client: Client) -> None:
    statement = StatementFactory.open()
    signature = put_away(statement)
    assert data_of_signature(signature)["kept"]["name"] == NAME
    shown = change_display(signature=signature, display="full", now=timezone.now())
    assert (shown.name, shown.shown_name, Signature.objects.searchable().get().search_key != "") == (NAME, NAME, True)
    page = client.get(reverse("petitions:statement_signatories", args=[statement.slug]), {"q": "singvogel"})
    assert NAME in page.content.decode()
    note_name_words(from_the_first=True)
    assert NameWords.objects.filter(signature=signature).exists()
    # From now on nothing waits a week.
    assert change_display(signature=signature, display="initials", now=timezone.now()).name == "K. S."
    hidden = change_display(signature=signature, display="hidden", now=timezone.now())
    assert (hidden.name, hidden.search_key, hidden.own_name, in_clear()) == ("", "", NAME, {})
    assert not NameWords.objects.filter(signature=signature).exists()


def test_name_watched_meanwhile_waits_for_a_second_channel_before_it_is_shown(client: Client) -> None:
    statement = StatementFactory.open()
    signature = put_away(statement)
    entry = NameToWatch(name=NAME, spellings="", why="laureate", source="https://example.org/laureates")
    watch_name(entry=entry, by=UserFactory.with_role("moderator"), now=timezone.now())
    assert change_display(signature=signature, display="initials", now=timezone.now()).state == "accepted"
    secret = request_management(statement=statement, address=ADDRESS, language="en", now=timezone.now())
    client.post(reverse("petitions:signature_confirm", args=[secret]), {"code": last_code(ADDRESS)})
    own = client.post(reverse("petitions:signature_display", args=[signature.pk]), {"display": "full"}, follow=True)
    assert "We make sure that the name is yours" in own.content.decode()
    assert NAME in own.content.decode()
    held = read(signature)
    assert (held.state, held.review_reason, held.accepted_at) == ("pending", "watched", None)
    page = client.get(reverse("petitions:statement_signatories", args=[statement.slug])).content.decode()
    assert "Singvogel" not in page
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.filter(pk=held.pk).update(state="accepted", accepted_at=timezone.now())


def check(signature: Signature, day: int) -> list[str]:
    checkpoint = close_day(day)
    return verify.check_receipt(receipt_bytes(read(signature)), checkpoint_bytes(checkpoint))


def test_receipt_holds_through_every_change_of_what_is_shown() -> None:
    signature, moderator, now = signed(), UserFactory.with_role("moderator"), timezone.now()
    told = [check(signature, 1)]
    run_retention(now=now + A_WEEK)
    removed = remove_signature(
        signature=read(signature), seen_state="accepted", reason="bulk", note="", by=moderator, now=now
    )
    told.append(check(signature, 2))
    change_display(signature=read(signature), display="full", now=now)
    undo_decision(decision=removed, by=moderator, now=now)
    told.append(check(signature, 3))
    withdraw_signature(signature=read(signature), now=now)
    told.append(check(signature, 4))
    kinds = [line.partition(": ")[2].partition(",")[0] for line in told[-1][1:-1]]
    assert kinds == ["counted", "removed", "counted", "withdrawn"]
    assert all(NAME in lines[0] for lines in told)


def test_receipt_of_an_erased_name_opens_nothing_and_a_name_is_guessed_without_its_salt_by_nobody() -> None:
    signature = put_away()
    entry = signature.log_entries.get()
    assert NAME not in signature.name_binding
    assert len(signature.name_binding) == 64
    other = signed(StatementFactory.open())
    assert other.name_binding != signature.name_binding  # two petitions cannot be joined
    erase_signature(signature=signature, now=timezone.now())
    entry.refresh_from_db()
    erased = read(signature)
    assert (entry.nonce, erased.name_binding, erased.name_behind, erased.own_name) == (None, "", None, "")


def test_dossier_is_not_built_anew_and_its_annex_tells_the_name_all_the_same() -> None:
    statement, key = StatementFactory.open(), OpenPGPKey()
    signature = signed(statement, may_be_annexed=True)
    SignatureFactory.accepted(statement=statement, name="Öykü van der Deneme", display="initials")
    handover = built(statement, annex_key=key.public)
    run_retention(now=timezone.now() + A_WEEK)
    handover.refresh_from_db()
    assert handover.names_changed_at is None
    again = built(statement, annex_key=key.public)
    listed = [(folder_of(row) / "signatories.csv").read_bytes() for row in (handover, again)]
    assert listed[0] == listed[1]
    assert "Ö. v. d. D." in listed[0].decode("utf-8-sig")
    table = (folder_of(again) / "annex-001.csv.asc").read_bytes()
    opened_ = pysequoia.decrypt(table, decryptor=key.tsk.decryptor()).bytes or b""
    assert NAME in opened_.decode("utf-8-sig")
    change_display(signature=read(signature), display="full", now=timezone.now())
    handover.refresh_from_db()
    assert handover.names_changed_at is not None


def test_initials_of_initials_are_the_same() -> None:
    assert [name for name in real_names() if initials_of(initials_of(name)) != initials_of(name)] == []


def test_next_version_is_signed_by_who_is_put_away() -> None:
    writer, second = editor(), editor()
    statement = opened(writer, second)
    old = put_away(statement, display="initials")
    amended(statement, writer, second)
    text = statement.current_version().text_to_sign("en")  # type: ignore[union-attr]  # there is one
    assert text is not None
    new = sign_new_version(signature=old, text=text, now=timezone.now())
    for row in (read(old), read(new)):
        assert (row.name, row.own_name, row.shown_name) == ("K. S.", NAME, "K. S.")
    assert in_clear() == {}


def test_older_version_of_a_signature_is_put_away_with_it() -> None:
    writer, second = editor(), editor()
    statement = opened(writer, second)
    old = signed(statement)
    amended(statement, writer, second)
    text = statement.current_version().text_to_sign("en")  # type: ignore[union-attr]  # there is one
    assert text is not None
    sign_new_version(signature=old, text=text, now=timezone.now())
    assert run_retention(now=timezone.now() + A_WEEK).names_put_away == 2
    assert in_clear() == {}


def test_t1_name_taken_from_another_row_is_published_by_nobody() -> None:
    mine, other = put_away(), SignatureFactory.accepted(name="Other Person", display="hidden", created_at=long_ago())
    run_retention(now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE petitions_signature DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE petitions_signature s SET name_behind = o.name_behind FROM petitions_signature o"
            " WHERE s.id = %s AND o.id = %s",
            [mine.pk, other.pk],
        )
        cursor.execute("ALTER TABLE petitions_signature ENABLE TRIGGER USER")
    with pytest.raises(WrongNameError):
        change_display(signature=mine, display="full", now=timezone.now())
    assert read(mine).shown_name == ""


def long_ago() -> datetime:
    return timezone.now() - timedelta(days=8)


@pytest.mark.parametrize(
    "change",
    [
        "name_behind = NULL",
        "name_behind = 'another'::bytea",
        "name = 'Kanarya Singvogel'",
        "search_key = 'kanarya'",
        "name_binding = repeat('0', 64)",
    ],
)
def test_s13_raw_sql_neither_brings_a_name_back_nor_changes_it(change: str) -> None:
    signature = put_away()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE petitions_signature SET {change} WHERE id = %s", [signature.pk])  # noqa: S608


def test_name_that_is_not_put_away_is_changed_by_nobody() -> None:
    signature = signed()
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(name="")


@pytest.mark.parametrize(("display", "left"), [("hidden", ""), ("initials", "K. S.")])
def test_t5_end_of_the_statement_destroys_what_was_put_away(display: str, left: str) -> None:
    statement = StatementFactory.open()
    signature = put_away(statement, display=display)
    Statement.objects.filter(pk=statement.pk).update(state="closed")
    now = timezone.now()
    run_retention(now=now)
    assert run_retention(now=now + timedelta(days=184)).anonymised == 1
    row = read(signature)
    assert (row.name, row.name_behind, row.name_binding, row.shown_name) == (left, None, "", left)
    assert row.log_entries.get().nonce is None
