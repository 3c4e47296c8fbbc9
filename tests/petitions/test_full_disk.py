"""S10: no room for what arrives or is made. 503 says so; no row without its file, no file without its row.

The limit is the system's own, for each file this process writes (RLIMIT_FSIZE), and a device that is always full. What
people hand in lies in the database, sealed; files are what large uploads pass through, and dossiers.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from petitions import actions, tasks
from petitions.actions.dossiers import NO_ROOM
from petitions.handover import steps
from petitions.handover.store import folder_of, hash_of
from petitions.models import HandoverFile, PaperBatch, Statement
from tests.accounts.factories import UserFactory
from tests.petitions.dossiers import asked_for, handed_over
from tests.petitions.factories import SignatureFactory, StatementFactory
from tests.petitions.test_paper import PDF, sheets

pytestmark = pytest.mark.django_db

# Larger than what Django keeps in memory (2.5 MB), so that it goes through a file.
LARGE = PDF + b"x" * 3_000_000


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def desk() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory.with_role("moderator"))
    return client


@pytest.fixture
def uploads(tmp_path: Path, settings: Settings) -> Path:
    """Where uploads pass through."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    return folder


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("sheets.pdf", LARGE, "application/pdf")


def test_s10_control_the_limit_bites(tmp_path: Path) -> None:
    with room_for(1000), pytest.raises(OSError, match="File too large"):
        (tmp_path / "large").write_bytes(b"x" * 1_000_000)


@pytest.mark.parametrize("language", ["", "/fa"])
def test_s10_no_room_for_a_scan_on_its_way_is_503_and_no_row(desk: Client, uploads: Path, language: str) -> None:
    statement = StatementFactory.open()
    path = f"{language}{reverse('petitions:paper_desk')}"
    with room_for(1_000_000):
        answer = desk.post(path, sheets(statement, scan=scan()))
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "600", "no-store")
    words = "There is no room left on our disk" if not language else "دیسک"
    assert words in answer.content.decode()
    assert PaperBatch.objects.count() == 0
    assert list(uploads.iterdir()) == []
    # With room again, the same goes through.
    assert desk.post(path, sheets(statement, scan=scan())).status_code == 302
    assert bytes(PaperBatch.objects.get().scan) == LARGE
    assert list(uploads.iterdir()) == []


def test_s10_no_room_for_any_other_upload_is_503(uploads: Path) -> None:
    """The directory's files, a proof of a handover, and the file that anybody may compare on a public page."""
    handover = handed_over(statement_with_signatures())
    public = reverse("petitions:handover_public", args=[handover.statement.slug, handover.public_id])
    record = reverse("petitions:handover_record", args=[handover.pk])
    client = Client(raise_request_exception=False)
    for page, role in [(reverse("mandates:directory_import"), "letter_author"), (record, "moderator"), (public, "")]:
        if role:
            client.force_login(UserFactory.with_role(role))
        with room_for(1_000_000):
            answer = client.post(page, {"file": scan(), "proof_file": scan()})
        assert (answer.status_code, answer["Retry-After"]) == (503, "600"), page
        assert list(uploads.iterdir()) == []
        assert client.post(page, {"file": scan(), "proof_file": scan()}).status_code != 503


def test_s10_no_room_in_the_database_is_503_no_row_and_nothing_typed_is_lost(desk: Client) -> None:
    """PostgreSQL itself says `disk_full` (53100), here from a trigger, and undoes what the request wrote before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER is_full AFTER INSERT ON petitions_paperbatch FOR EACH ROW"
            " EXECUTE FUNCTION pg_temp.is_full()"
        )
    answer = desk.post(reverse("petitions:paper_desk"), sheets(StatementFactory.open()))
    assert (answer.status_code, answer["Retry-After"]) == (503, "600")
    assert "a file may have to be chosen once more" in answer.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER is_full ON petitions_paperbatch")
    assert PaperBatch.objects.count() == 0


def statement_with_signatures() -> Statement:
    statement = StatementFactory.open()
    for number in range(30):
        SignatureFactory.accepted(statement=statement, name=f"Invented Person {number}")
    return statement


@pytest.mark.parametrize("room", [0, 2_000, 12_000])
def test_s10_dossier_without_room_says_so_leaves_nothing_and_can_be_built_later(desk: Client, room: int) -> None:
    handover = asked_for(statement_with_signatures())
    with room_for(room):
        for _time in range(3):
            with pytest.raises(OSError, match="File too large"):
                tasks.build_dossiers()
            for file in HandoverFile.objects.filter(handover=handover):
                assert hash_of(folder_of(handover) / file.name) == (file.sha256, file.size)
    handover.refresh_from_db()
    assert (handover.state, handover.events.get(what="failed").note) == ("failed", NO_ROOM)
    assert HandoverFile.objects.count() == 0
    assert list(folder_of(handover).iterdir()) == []
    page = desk.get(reverse("petitions:dossier_detail", args=[handover.pk])).content.decode()
    assert "There was no room on the disk of our server" in page
    assert reverse("petitions:dossier_retry", args=[handover.pk]) in page

    actions.retry_dossier(handover=handover, by=UserFactory.with_role("moderator"), now=timezone.now())
    tasks.build_dossiers()
    handover.refresh_from_db()
    assert handover.state == "built"
    assert {file.name for file in handover.files.all()} == {path.name for path in folder_of(handover).iterdir()}
    assert {file.name for file in handover.files.all()} == set(steps.file_names(handover))


def test_s10_dossier_on_a_device_that_is_full_goes_the_same_way() -> None:
    """Not the limit of a file but ENOSPC itself."""
    handover = asked_for(statement_with_signatures())
    for _time in range(3):
        handover.refresh_from_db()
        workshop = folder_of(handover) / f"work-{handover.generation + 1}"
        workshop.mkdir()
        (workshop / "signatories.json").symlink_to("/dev/full")
        with pytest.raises(OSError, match="No space left"):
            tasks.build_dossiers()
    assert handover.events.get(what="failed").note == NO_ROOM
