"""A handover that ends the signing: an event, once, by the steps that the desk takes too."""

import pytest
from django.urls import reverse
from django.utils import timezone

from petitions import actions
from petitions.models import Statement
from tests.accounts.factories import UserFactory
from tests.petitions.factories import put_under_embargo
from tests.petitions.test_handing_over import as_, confirm, moderator, recorded, signed

pytestmark = pytest.mark.django_db


def test_ending_with_the_handover_is_an_event_once_and_the_desk_tells_it_in_words() -> None:
    statement, second = signed(), moderator()
    handover = recorded(statement)
    for _twice in range(2):
        confirm(handover, by=second, ends_signing=True)
    event = statement.events.get(kind="handed_over")
    assert (event.by, event.version) == (second, handover.version)
    desk = reverse("petitions:statement_edit", args=[statement.slug])
    html = as_(UserFactory.with_role("case_editor")).get(desk).content.decode()
    assert "Handed over, takes no more signatures (version 1)" in html


def test_handover_without_an_end_leaves_the_statement_open_and_writes_no_event() -> None:
    statement = signed()
    confirm(recorded(statement), by=moderator())
    assert not statement.events.filter(kind="handed_over").exists()
    assert Statement.objects.get(pk=statement.pk).state == "open"


def test_handover_ends_one_whose_embargo_is_over_though_no_task_has_run() -> None:
    statement, second = signed(), moderator()
    put_under_embargo(statement, hours=-1)
    handover = recorded(statement)
    confirm(handover, by=second, ends_signing=True)
    assert Statement.objects.get(pk=statement.pk).state == "handed_over"
    events = statement.events.order_by("-pk").values_list("kind", "by")[:2]
    assert list(events) == [("handed_over", second.pk), ("opened", None)]


def test_confirming_again_does_not_end_what_was_opened_again() -> None:
    statement, second = signed(), moderator()
    handover = recorded(statement)
    confirm(handover, by=second, ends_signing=True)
    editor = UserFactory.with_role("case_editor")
    actions.reopen_statement(statement=statement, note="They asked for more.", by=editor, now=timezone.now())
    confirm(handover, by=second, ends_signing=True)
    assert Statement.objects.get(pk=statement.pk).state == "open"


def test_handover_of_one_that_was_taken_off_is_confirmed_and_puts_nothing_back() -> None:
    statement = signed()
    handover = recorded(statement)
    Statement.objects.filter(pk=statement.pk).update(state="draft")
    done = confirm(handover, by=moderator(), ends_signing=True)
    assert done.confirmed_at is not None
    assert Statement.objects.get(pk=statement.pk).state == "draft"
