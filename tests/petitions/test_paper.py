"""Signatures on paper: a batch with a scan, a second person, a figure of their own."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.actions import check_paper, count_paper
from petitions.counts.counting import count_signatures
from petitions.errors import OwnEntryError, StateChangedError
from petitions.models import PaperBatch, Statement, Tally
from tests.accounts.factories import UserFactory
from tests.accounts.proving import sign_in
from tests.petitions.factories import PaperBatchFactory, StatementFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 Kanarya Singvogel"


def sheets(statement: Statement, **fields: Any) -> dict[str, Any]:
    return {
        "statement": statement.pk,
        "claimed": "40",
        "place": "Market square",
        "collected_on": "2026-01-10",
        "responsible": "Invented Collector",
        "scan": SimpleUploadedFile("sheets.pdf", PDF, "text/html"),
        **fields,
    }


def test_two_people_enter_and_check_and_the_figure_stands_apart(client: Client) -> None:
    statement = StatementFactory.open()
    first, second = (UserFactory.with_role("moderator") for _ in range(2))
    client.force_login(first)
    assert client.post(reverse("petitions:paper_desk"), sheets(statement)).status_code == 302
    batch = PaperBatch.objects.get()
    assert (batch.scan_type, bytes(batch.scan), batch.entered_by) == ("application/pdf", PDF, first)
    url = reverse("petitions:paper_check", args=[batch.pk])
    client.post(url, {"accepted": "38"})
    assert count_paper(statement=statement) == 0
    client.force_login(second)
    assert client.post(url, {"accepted": "41"}).status_code == 422
    client.post(url, {"accepted": "38", "note": "Two are there twice"})
    count_signatures()
    assert (count_paper(statement=statement), Tally.objects.get(statement=statement).counted) == (38, 0)
    client.logout()
    for name in ("statement_detail", "statement_signatories"):
        page = client.get(reverse(f"petitions:{name}", args=[statement.slug])).content.decode()
        assert "38 signatures on paper" in page
        assert "Invented Collector" not in page


def test_scan_is_sealed_and_for_moderators_alone(client: Client) -> None:
    sign_in(client, UserFactory.with_role("moderator"))
    client.post(reverse("petitions:paper_desk"), sheets(StatementFactory.open()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT scan FROM petitions_paperbatch")
        assert b"Singvogel" not in bytes(cursor.fetchone()[0])
    url = reverse("petitions:paper_scan", args=[PaperBatch.objects.get().pk])
    response = client.get(url)
    assert (response.content, response["Content-Disposition"].split(";")[0]) == (PDF, "attachment")
    for other in (None, UserFactory.create(), UserFactory.with_role("verifier")):
        client.logout()
        if other:
            sign_in(client, other)
        assert client.get(url).status_code == (403 if other else 302)


@pytest.mark.parametrize(
    "scan",
    [
        SimpleUploadedFile("sheets.pdf", b"<html><script>", "application/pdf"),
        SimpleUploadedFile("sheets.pdf", b"%PDF-" + b"x" * PaperBatch.LARGEST_SCAN, "application/pdf"),
        SimpleUploadedFile("sheets.pdf", b"", "application/pdf"),
    ],
    ids=["not what it says", "too large", "empty"],
)
def test_scan_of_another_kind_or_size_is_refused(client: Client, scan: SimpleUploadedFile) -> None:
    client.force_login(UserFactory.with_role("moderator"))
    scan.seek(0)
    response = client.post(reverse("petitions:paper_desk"), sheets(StatementFactory.open(), scan=scan))
    assert (response.status_code, PaperBatch.objects.count()) == (422, 0)


def test_nobody_checks_their_own_and_a_check_stands() -> None:
    batch = PaperBatchFactory.create()
    with pytest.raises(OwnEntryError):
        check_paper(batch=batch, accepted=1, note="", by=batch.entered_by, now=timezone.now())
    check_paper(batch=batch, accepted=1, note="", by=UserFactory.create(), now=timezone.now())
    with pytest.raises(StateChangedError):
        check_paper(batch=batch, accepted=2, note="", by=UserFactory.create(), now=timezone.now())
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        PaperBatch.objects.update(accepted=40)


def test_database_refuses_a_check_by_the_same_person_and_more_than_claimed() -> None:
    batch = PaperBatchFactory.create()
    now = timezone.now()
    for change in (
        {"accepted": 1, "checked_by": batch.entered_by, "checked_at": now},
        {"accepted": 41, "checked_by": UserFactory.create(), "checked_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PaperBatch.objects.update(**change)
