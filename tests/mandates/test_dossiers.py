"""A cover letter that brings a dossier: the bytes the second person read, and nothing once a name in it changed."""

import hashlib

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mandates import actions, dossiers
from mandates.checking import missing_gates
from mandates.errors import LetterIncompleteError
from mandates.models import Letter, LetterDossier
from mandates.standing import DOSSIER_STALE, why_fallen
from mandates.submission import Attachment, approved_submissions, fingerprint, render_submissions
from petitions.counts.counting import count_signatures
from petitions.models import Handover, Signature, Statement
from tests.accounts.factories import UserFactory
from tests.mandates.factories import CoverLetterFactory
from tests.petitions.dossiers import approved, built
from tests.petitions.factories import SignatureFactory, StatementFactory

pytestmark = pytest.mark.django_db


def brought() -> tuple[Letter, Handover]:
    """A cover letter, still a draft, that brings an approved dossier."""
    statement = StatementFactory.open(kind=Statement.Kind.EXPERT)
    SignatureFactory.accepted(statement=statement, name="Ada Invented")
    count_signatures()
    handover = approved(statement)
    letter = CoverLetterFactory.complete(statement=statement)
    actions.edit_letter(letter=letter, words={}, dossier=handover, by=letter.author, now=timezone.now())
    return letter, handover


def papers(letter: Letter) -> list[Attachment]:
    files = render_submissions(letter=letter, now=timezone.now())[0].attachments
    return [file for file in files if file.name.endswith("statement.pdf")]


def test_approved_letter_carries_the_very_bytes_of_the_dossier() -> None:
    letter, handover = brought()
    sha256 = dossiers.paper_of(handover).sha256
    assert [file.sha256 for file in papers(letter)] == [sha256]
    letter = actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
    read = fingerprint(render_submissions(letter=letter, now=timezone.now()))
    letter = actions.approve_letter(
        letter=letter, by=UserFactory.with_role("letter_author"), now=timezone.now(), seen=read
    )
    sent = approved_submissions(letter)[0]
    assert sha256 in [hashlib.sha256(file.content).hexdigest() for file in sent.attachments]
    assert sha256 in sent.text
    assert handover.get_absolute_url() in sent.text
    assert "the 1 signatures counted" in sent.text


def test_large_dossier_is_named_with_its_fingerprint_and_not_attached(monkeypatch: pytest.MonkeyPatch) -> None:
    letter, handover = brought()
    monkeypatch.setattr(dossiers, "MOST_ATTACHED", 10)
    assert papers(letter) == []
    text = render_submissions(letter=letter, now=timezone.now())[0].text
    assert "is too large for an e-mail" in text
    assert dossiers.paper_of(handover).sha256 in text


def test_name_that_changed_stops_the_letter_before_and_after_its_approval() -> None:
    letter, _handover = brought()
    assert missing_gates(letter=letter, now=timezone.now()) == []
    letter = actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
    assert why_fallen(letter, now=timezone.now()) == ""
    Signature.objects.update(display="hidden")
    assert why_fallen(letter, now=timezone.now()) == DOSSIER_STALE
    with pytest.raises(LetterIncompleteError):
        actions.approve_letter(letter=letter, by=UserFactory.with_role("letter_author"), now=timezone.now())
    assert papers(letter) == []


def test_only_approved_dossiers_of_this_version_are_offered_and_one_can_be_put_back() -> None:
    letter, handover = brought()
    waiting = built(handover.statement)
    client = Client()
    client.force_login(letter.author)
    url = reverse("mandates:letter_edit", args=[letter.pk])
    page = client.get(url).content.decode()
    assert f'<option value="{handover.pk}" selected>' in page
    assert f'<option value="{waiting.pk}"' not in page
    words = {"language": "en", "subject": "S", "facts": "F", "request": "R", "submitter": "Invented Society"}
    assert client.post(url, {**words, "dossier": waiting.pk}).status_code == 200
    client.post(url, {**words, "dossier": ""})
    assert not LetterDossier.objects.exists()
