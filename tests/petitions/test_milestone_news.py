"""A milestone is told of once: words are proposed, a person hands them in, another releases them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertRedirects

from petitions.actions import draft_milestone_news, note_milestones, release_update, send_updates, submit_update
from petitions.counts.counting import count_signatures
from petitions.counts.milestones import milestones_to_tell
from petitions.errors import OwnUpdateError, UpdateStateError
from petitions.models import Milestone, Statement
from tests.petitions.crowds import crowd
from tests.petitions.factories import StatementFactory
from tests.petitions.mail import last_body
from tests.petitions.updating import editor, reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement() -> Statement:
    """An open petition that passed 100 and 250, with one reader."""
    statement = StatementFactory.open(goal=300)
    crowd(statement, 260, domain="people.example", state="accepted")
    reader(statement, "ada@people.example")
    count_signatures()
    assert note_milestones(now=timezone.now()) == 2
    return statement


def test_news_of_the_highest_milestone_reaches_those_who_asked_and_tells_of_the_lower_too(
    client: Client, statement: Statement
) -> None:
    writer, second = editor(), editor()
    client.force_login(writer)
    desk = client.get(reverse("petitions:update_desk")).content.decode()
    assert "250 signatures, reached on" in desk
    assert "100 signatures, reached on" not in desk
    (milestone,) = milestones_to_tell(now=timezone.now())
    answer = client.post(reverse("petitions:update_of_milestone", args=[milestone.pk]))
    update = milestone.updates.get()
    assertRedirects(answer, reverse("petitions:update_edit", args=[update.pk]))
    assert dict(update.texts.values_list("language", "title")) == {"en": "250 signatures", "fa": "۲۵۰ امضا"}
    update = submit_update(update=update, by=writer, now=timezone.now())
    with pytest.raises(OwnUpdateError):
        release_update(update=update, seen=update.fingerprint(), by=writer, now=timezone.now())
    assert not Milestone.objects.filter(told_at__isnull=False).exists()
    release_update(update=update, seen=update.fingerprint(), by=second, now=timezone.now())
    send_updates(now=timezone.now())
    assert "has reached 250 signatures. Thank you. The next milestone is 300" in last_body("ada@people.example")
    assert not Milestone.objects.filter(told_at__isnull=True).exists()
    assert milestones_to_tell(now=timezone.now()) == []


def test_asked_for_twice_it_is_one_draft_and_once_told_none(statement: Statement, client: Client) -> None:
    (milestone,) = milestones_to_tell(now=timezone.now())
    fields: dict[str, Any] = {"milestone": milestone, "by": editor(), "now": timezone.now()}
    assert draft_milestone_news(**fields) == draft_milestone_news(**{**fields, "by": editor()})
    Milestone.objects.update(told_at=timezone.now())
    with pytest.raises(UpdateStateError):
        draft_milestone_news(**fields)
    client.force_login(editor())
    answer = client.post(reverse("petitions:update_of_milestone", args=[milestone.pk]), follow=True)
    assert "People were told of this milestone already" in answer.content.decode()
