"""What stands around a statement: mirrors, demands over time, milestones, likeness, differences."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.actions import (
    add_mirror,
    note_milestones,
    record_demand_status,
)
from petitions.counts.counting import count_signatures
from petitions.counts.milestones import milestones_to_tell, next_milestone, reached, steps, told_with
from petitions.errors import (
    DeskRuleError,
    WrongStepError,
)
from petitions.models import DemandStatus, Mirror
from petitions.texts.differences import compare, in_short
from petitions.texts.similar import statements_like
from tests.petitions.desk import a_draft, amended, editor, opened
from tests.petitions.factories import SignatureFactory, StatementFactory

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"petitions:{name}", args=args)


def test_s4_a_like_statement_is_shown_before_another_is_begun(client: Client) -> None:
    opened(editor(), editor(), title="Stop the execution of Mohsen Shekari and release prisoners", slug="first")
    title = "Release prisoners and stop the execution of Mohsen Shekari"
    assert [alike.statement.slug for alike in statements_like(title=title, body="")] == ["first"]
    assert statements_like(title="Fair trial for lawyers in Minsk", body="Another text about other things") == []
    client.force_login(editor())
    new = {"kind": "public", "language": "en", "title": title, "slug": "second", "body": "Words."}
    html = client.post(url("statement_create"), new).content.decode()
    assert "Compare them first" in html
    assert "Stop the execution of Mohsen Shekari and release prisoners" in html
    assert client.post(url("statement_create"), {**new, "is_another": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("https://mirror.example/text", True),
        ("http://mirror.example/text", False),
        ("javascript:alert(1)", False),
        ("https://user:secret@mirror.example/", False),
        ("ftp://mirror.example/", False),
    ],
)
def test_s4_mirrors_are_https_and_listed_beside_the_canonical_address(
    client: Client, address: str, is_good: bool
) -> None:
    writer = editor()
    statement = opened(writer, editor())
    client.force_login(writer)
    client.post(url("mirror_add", statement.slug), {"url": address, "label": "Pen Club"})
    html = Client().get(statement.get_absolute_url()).content.decode()
    assert ("Pen Club" in html) is is_good
    assert 'rel="canonical" href="http://' in html or 'rel="canonical" href="https://' in html


def test_s4_database_refuses_a_mirror_without_tls() -> None:
    writer = editor()
    statement = opened(writer, editor())
    mirror = add_mirror(statement=statement, url="https://a.example/", label="A", by=writer, now=timezone.now())
    with pytest.raises(IntegrityError, match="mirror_is_https"), transaction.atomic():
        Mirror.objects.filter(pk=mirror.pk).update(url="http://a.example/")


def test_s4_what_became_of_a_demand_is_followed_over_time_and_versions(client: Client) -> None:
    writer, second, now = editor(), editor(), timezone.now()
    statement = opened(writer, second)
    version = statement.current_version()
    assert version is not None
    demand, today = version.demands.get(), now.date()
    for status, days, note in (("met", 1, "They stopped."), ("acknowledged", 9, "A letter came.")):
        record_demand_status(
            demand=demand, status=status, as_of=today - timedelta(days=days), source=None, note=note, by=writer, now=now
        )
    demand.refresh_from_db()
    assert demand.status == "met"  # the later day, not the later entry
    with pytest.raises(DeskRuleError):
        record_demand_status(
            demand=demand, status="open", as_of=today + timedelta(days=1), source=None, note="x", by=writer, now=now
        )
    amended(statement, writer, second)
    html = client.get(statement.get_absolute_url()).content.decode()
    assert html.index("They stopped.") < html.index("A letter came.")
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        DemandStatus.objects.update(note="y")


def test_s4_status_of_a_draft_demand_is_refused() -> None:
    writer = editor()
    demand = a_draft(writer).draft_version().demands.get()  # type: ignore[union-attr]  # there is one
    with pytest.raises(WrongStepError):
        record_demand_status(
            demand=demand,
            status="met",
            as_of=timezone.localdate(),
            source=None,
            note="x",
            by=writer,
            now=timezone.now(),
        )


def test_s4_milestones_are_noted_once_and_told_once_a_day() -> None:
    assert steps(1000) == [100, 250, 500, 1000]
    assert reached(260, goal=120) == [100, 120, 250]
    assert reached(99, goal=None) == []
    assert [next_milestone(n, goal=g) for n, g in ((0, None), (100, 120), (500, None))] == [100, 120, 1000]
    statement, now = StatementFactory.open(goal=3), timezone.now()
    for _ in range(3):
        SignatureFactory.accepted(statement=statement)
    count_signatures()
    assert [note_milestones(now=now), note_milestones(now=now)] == [1, 0]
    milestone = milestones_to_tell(now=now)[0]
    assert (milestone.number, milestone.is_goal) == (3, True)
    for row in told_with(milestone):
        row.told_at = now
        row.save(update_fields=["told_at"])
    statement.milestones.create(number=100, reached_at=now)
    assert milestones_to_tell(now=now + timedelta(hours=23)) == []
    assert [row.number for row in milestones_to_tell(now=now + timedelta(hours=25))] == [100]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("We ask the UN.\n\nNow.", "We ask the Council.\n\nNow, please.\n"),
        ("", "new"),
        ("gone", ""),
        ("ما می‌خواهیم", "ما می‌خواهیم که"),
        ("a\nb\nc", "c\nb\na"),
    ],
)
def test_s4_word_level_difference_gives_both_texts_back(old: str, new: str) -> None:
    parts = compare(old, new)
    assert "".join(part.text for part in parts if part.kind != "new") == old
    assert "".join(part.text for part in parts if part.kind != "gone") == new


def test_s4_difference_marks_words_not_paragraphs() -> None:
    parts = compare("We ask the UN to act now.", "We ask the Council to act now.")
    assert [(part.kind, part.text) for part in parts if part.kind != "same"] == [("gone", "UN"), ("new", "Council")]


def test_s4_difference_in_short_keeps_every_change_and_the_words_around_it() -> None:
    long = "word " * 200
    parts = in_short(compare(f"{long}old {long}", f"{long}new {long}"))
    assert [(part.kind, part.text) for part in parts if part.kind != "same"] == [("gone", "old"), ("new", "new")]
    shown = "".join(part.text for part in parts)
    assert shown.startswith("[…]")
    assert shown.endswith("[…]")
    assert "word old" in shown
    assert len(shown) < 500
    assert in_short(compare(long, long)) == compare(long, long)
