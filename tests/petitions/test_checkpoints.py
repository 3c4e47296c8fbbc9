"""The daily checkpoint: exact, once a day, in one line, and complete whatever happens in between."""

import threading
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from petitions import tasks
from petitions.actions import withdraw_signature
from petitions.counts.counting import count_signatures, figures_of
from petitions.models import Checkpoint, LogEntry, LogSubtree, Signature, Statement, Tally
from petitions.transparency import verify
from petitions.transparency.checkpoints import (
    build_checkpoint,
    consistency_file,
    published_keys,
    published_leaves,
)
from petitions.transparency.leaves import leaf_of
from petitions.transparency.merkle import leaf_hash, subtree_hash
from petitions.transparency.tree import LogTree
from tests.petitions.factories import SignatureFactory, StatementFactory, new_version, put_under_embargo
from tests.petitions.receipts import checkpoint_bytes, close_day, in_bytes, sign_often

pytestmark = pytest.mark.django_db


def lines_of(checkpoint: Checkpoint) -> list[bytes]:
    return b"".join(published_leaves(0, checkpoint.size)).splitlines(keepends=True)


def naive_root(size: int) -> bytes:
    hashes = [leaf_hash(leaf_of(entry)) for entry in LogEntry.objects.filter(place__lt=size).order_by("place")]
    return subtree_hash(0, size, lambda start, end: hashes[start] if end - start == 1 else None)


def test_the_root_and_the_paths_over_kept_subtrees_are_those_of_the_whole_tree() -> None:
    statement = StatementFactory.open()
    checkpoints = []
    for day, number in enumerate([1, 254, 1, 300, 468, 13], start=1):
        sign_often(statement, number)
        checkpoints.append(close_day(day))
    assert [checkpoint.size for checkpoint in checkpoints] == [1, 255, 256, 556, 1024, 1037]
    assert LogSubtree.objects.count() == 4
    for checkpoint in checkpoints:
        assert bytes(checkpoint.root) == naive_root(checkpoint.size)
    last, tree = checkpoints[-1], LogTree()
    for place, line in enumerate(lines_of(last)):
        path = tree.inclusion(place, last.size)
        assert verify.root_by_path(leaf_hash(line.rstrip()), place, last.size, path) == bytes(last.root)
    for old in checkpoints:
        for new in checkpoints[checkpoints.index(old) :]:
            assert verify.check_extends(
                checkpoint_bytes(old), checkpoint_bytes(new), in_bytes(consistency_file(old, new))
            )


def test_a_path_through_many_leaves_reads_few_rows(django_assert_max_num_queries: Any) -> None:
    sign_often(StatementFactory.open(), 1300)
    checkpoint = close_day()
    with django_assert_max_num_queries(3):
        LogTree().inclusion(700, checkpoint.size)


def test_t37_the_signed_counts_are_the_tallies_and_follow_from_the_leaves() -> None:
    first, second = StatementFactory.open(), StatementFactory.open()
    rows = sign_often(first, 30)
    sign_often(second, 7)
    close_day(1)
    for row in rows[:4]:
        withdraw_signature(signature=row, now=timezone.now())
    Signature.objects.filter(pk=rows[5].pk).update(state="removed", removed_at=timezone.now(), accepted_at=None)
    new_version(first)
    sign_often(first, 3)
    checkpoint = close_day(2)
    count_signatures()

    assert checkpoint.counts == [[first.pk, 1, 30, 4, 1], [first.pk, 2, 3, 0, 0], [second.pk, 1, 7, 0, 0]]
    for statement in (first, second):
        signed = sum(row[2] - row[3] - row[4] for row in checkpoint.counts if row[0] == statement.pk)
        assert signed == Tally.objects.get(statement=statement).counted == figures_of(statement.pk)["counted"]
    told = verify.check_count(lines_of(checkpoint), checkpoint_bytes(checkpoint))
    assert f"Statement {first.pk}, version 1: 25 signatures (30 counted, less 4 withdrawn and 1 removed)" in told


def test_leaves_that_are_changed_left_out_or_turned_round_are_refused() -> None:
    sign_often(StatementFactory.open(), 20)
    checkpoint = close_day()
    lines, signed = lines_of(checkpoint), checkpoint_bytes(checkpoint)
    assert verify.check_count(lines, signed)
    later = [*lines, lines[0]]
    assert verify.check_count(later, signed)
    wrong: list[list[bytes]] = [[], lines[1:], lines[:-1], [lines[1], lines[0], *lines[2:]], [*lines[:-1], lines[0]]]
    wrong += [[line.replace(b" counted ", b" removed ") if n == 3 else line for n, line in enumerate(lines)]]
    wrong += [[*lines[:-1], lines[-1].rstrip()], [lines[0].replace(b"\n", b" \n"), *lines[1:]], [b"x" * 99, *lines]]
    for leaves in wrong:
        with pytest.raises(verify.RefusedError):
            verify.check_count(leaves, signed)


def test_t4_leaves_of_a_day_stand_by_commitment_not_by_time() -> None:
    rows = sign_often(StatementFactory.open(), 60)
    close_day()
    placed = list(LogEntry.objects.order_by("place"))
    assert [bytes(entry.commitment) for entry in placed] == sorted(bytes(entry.commitment) for entry in placed)
    assert [entry.signature_id for entry in placed] != [row.pk for row in rows]


def test_t4_nothing_published_has_a_time_or_a_name() -> None:
    row = sign_often(StatementFactory.open(), 1)[0]
    checkpoint = close_day()
    published = checkpoint_bytes(checkpoint).decode() + b"".join(lines_of(checkpoint)).decode()
    assert row.name not in published
    assert row.statement.slug not in published
    assert ":" not in published.replace('": ', "").replace(f"{verify.key_of(checkpoint.key)[0]}", "")


def test_building_twice_changes_nothing() -> None:
    SignatureFactory.accepted()
    close_day()
    SignatureFactory.accepted()
    before = list(LogEntry.objects.order_by("pk").values())
    assert build_checkpoint(now=timezone.now() + timedelta(days=1)) is None
    assert list(LogEntry.objects.order_by("pk").values()) == before


def test_today_is_not_over_and_its_entries_wait() -> None:
    SignatureFactory.accepted()
    tasks.build_checkpoint()
    assert (Checkpoint.objects.count(), LogEntry.objects.get().place) == (0, None)


def test_a_day_without_news_is_signed_too_and_extends_the_one_before() -> None:
    SignatureFactory.accepted()
    first, second = close_day(1), close_day(2)
    assert (second.size, bytes(second.root), second.previous) == (first.size, bytes(first.root), first)
    assert verify.check_extends(checkpoint_bytes(first), checkpoint_bytes(second))


def test_after_a_stop_one_checkpoint_covers_all_days() -> None:
    SignatureFactory.accepted()
    first = close_day(1)
    SignatureFactory.accepted()
    late = close_day(6)
    assert (late.size, late.previous, (late.day - first.day).days) == (2, first, 5)


def test_what_commits_late_goes_into_the_next_checkpoint() -> None:
    SignatureFactory.accepted()
    close_day(1)
    SignatureFactory.accepted()
    close_day(2)
    assert list(LogEntry.objects.order_by("pk").values_list("place", flat=True)) == [0, 1]


def test_an_unpublished_statement_is_not_told_of() -> None:
    hidden, shown = StatementFactory.open(), StatementFactory.open()
    sign_often(hidden, 2)
    sign_often(shown, 1)
    put_under_embargo(hidden)
    assert close_day(1).counts == [[shown.pk, 1, 1, 0, 0]]
    Statement.objects.filter(pk=hidden.pk).update(state="open")
    assert close_day(2).counts == [[hidden.pk, 1, 2, 0, 0], [shown.pk, 1, 1, 0, 0]]


def test_a_crash_before_the_checkpoint_is_signed_loses_nothing(settings: Any) -> None:
    sign_often(StatementFactory.open(), 300)
    good = settings.LOG_KEY
    settings.LOG_KEY = "\udc80"  # no key can be made of it: the signing, the last step, fails
    with pytest.raises(UnicodeEncodeError), transaction.atomic():
        close_day()
    assert not LogEntry.objects.exclude(place=None).exists()
    assert (LogSubtree.objects.count(), Checkpoint.objects.count()) == (0, 0)
    settings.LOG_KEY = good
    assert close_day().size == 300


def test_an_erased_signatory_stays_in_the_count_and_the_root(settings: Any) -> None:
    row = sign_often(StatementFactory.open(), 5)[2]
    checkpoint = close_day()
    Signature.objects.filter(pk=row.pk).update(name="", anonymised_at=timezone.now())
    assert LogEntry.objects.get(signature=row).nonce is None
    assert verify.check_count(lines_of(checkpoint), checkpoint_bytes(checkpoint))


def test_after_a_rotation_old_checkpoints_still_hold_and_both_keys_are_published(settings: Any) -> None:
    SignatureFactory.accepted()
    first = close_day(1)
    settings.LOG_KEY = "another key for the log, long enough to be one"
    SignatureFactory.accepted()
    second = close_day(2)
    assert published_keys() == [second.key, first.key]
    files = checkpoint_bytes(first), checkpoint_bytes(second)
    assert verify.check_extends(*files, keys=set(published_keys()))
    for keys in (None, {first.key}, {second.key}):
        with pytest.raises(verify.RefusedError, match="key"):
            verify.check_extends(*files, keys=keys)


def test_a_log_that_was_rewritten_or_cut_is_refused() -> None:
    statement = StatementFactory.open()
    sign_often(statement, 5)
    kept = checkpoint_bytes(close_day(1))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE petitions_logentry, petitions_checkpoint, petitions_logsubtree CASCADE")
    for number, day in ((5, 1), (3, 2)):
        sign_often(statement, number)
        close_day(day)
    other = list(Checkpoint.objects.order_by("day"))
    for new in other:
        with pytest.raises(verify.RefusedError):
            verify.check_extends(kept, checkpoint_bytes(new), in_bytes(consistency_file(other[0], new)))


@pytest.mark.django_db(transaction=True)
def test_two_builders_at_once_make_one_checkpoint() -> None:
    sign_often(StatementFactory.open(), 40)
    made: list[Any] = []

    def build() -> None:
        made.append(build_checkpoint(now=timezone.now() + timedelta(days=1)))
        connection.close()

    together(build, build, build)
    assert (Checkpoint.objects.count(), sum(checkpoint is not None for checkpoint in made)) == (1, 1)
    assert Checkpoint.objects.get().size == 40


@pytest.mark.django_db(transaction=True)
def test_signatures_that_arrive_while_a_checkpoint_is_built_are_in_it_or_in_the_next() -> None:
    statement = StatementFactory.open()
    sign_often(statement, 20)

    def sign() -> None:
        for _ in range(20):
            SignatureFactory.accepted(statement=statement)
        connection.close()

    def build() -> None:
        build_checkpoint(now=timezone.now() + timedelta(days=1))
        connection.close()

    together(sign, build, sign)
    last = close_day(2)
    places = list(LogEntry.objects.order_by("place").values_list("place", flat=True))
    assert (places, last.counts) == (list(range(60)), [[statement.pk, 1, 60, 0, 0]])
    assert verify.check_count(lines_of(last), checkpoint_bytes(last))


def together(*doings: Callable[[], None]) -> None:
    threads = [threading.Thread(target=doing) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_demonstration_has_a_checkpoint() -> None:
    call_command("load_demonstration", verbosity=0)
    checkpoint = Checkpoint.objects.get()
    counted = sum(row[2] - row[3] - row[4] for row in checkpoint.counts)
    assert counted == Signature.objects.counted().count() > 0


def test_database_knows_how_many_lines_it_will_be_asked_for() -> None:
    """Without, it numbered all lines again for each of them: 3,000 took 7.5 seconds, so a rush of 60,000 an hour."""
    entries = sign_often(StatementFactory.open(), 50)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET relpages = 1, reltuples = 0 WHERE relname = 'petitions_logentry'")
        close_day()
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'petitions_logentry'")
        assert cursor.fetchone() == (len(entries),)


def test_reading_all_leaves_keeps_few_in_memory() -> None:
    sign_often(StatementFactory.open(), 9000)
    checkpoint = close_day()
    tracemalloc.start()
    number = sum(part.count(b"\n") for part in published_leaves(0, checkpoint.size))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (number, peak < 16_000_000) == (9000, True)
