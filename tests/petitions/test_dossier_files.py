"""The files of a dossier: the same bytes again, the order by rule, what may be said of whom."""

import csv
import hashlib
import io
import json
import random
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pysequoia
import pytest
import segno
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from petitions import actions
from petitions.handover import annex, ordering, papers, steps
from petitions.handover.lists import CELLS, safe_cell, some_entries
from petitions.handover.store import folder_of
from petitions.models import Handover, Signature, Statement
from tests.accounts.factories import UserFactory
from tests.outbox.keys import OpenPGPKey
from tests.petitions.dossiers import asked_for, built
from tests.petitions.factories import SignatureFactory, StatementFactory, new_version
from tests.petitions.receipts import close_day

pytestmark = pytest.mark.django_db


def sign(statement: Statement, name: str, **fields: Any) -> Signature:
    return SignatureFactory.accepted(statement=statement, name=name, **fields)


def listed(handover: Handover) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder_of(handover) / "signatories.json").read_text())["signatories"]
    return found


def names(handover: Handover) -> list[str]:
    return [entry["name"] for entry in listed(handover)]


def hashes(handover: Handover) -> dict[str, str]:
    return dict(handover.files.values_list("name", "sha256"))


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def mixed() -> Statement:
    statement = StatementFactory.open(kind=Statement.Kind.EXPERT)
    for name, category in [
        ("Zoë Invented", "laureate"),
        ("یاسمن", "judge"),
        ("گلناز", "judge"),
        ("پروین", "judge"),
        ("چنگیز", "judge"),
        ("ژاله", "judge"),
        ("آرش", "judge"),
        ("Иван", "judge"),
        ("Émile", "judge"),
        ("eric", "judge"),
        ("Ada Invented", ""),
    ]:
        sign(statement, name, category=category, title="Professor", affiliation="University", country="IR")
    sign(statement, "Invented Head", organisation="Society of Jurists", signs_as="organisation")
    return statement


def test_same_dossier_comes_out_byte_for_byte_and_the_rows_say_its_hashes() -> None:
    handover = built(mixed())
    folder = folder_of(handover)
    for file in handover.files.all():
        content = (folder / file.name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file.sha256, file.size)
    check = actions.check_dossier(handover=handover, by=UserFactory.create(), now=timezone.now())
    assert (check.is_same, check.same, check.gone) == (True, sorted(hashes(handover)), 0)
    assert not handover.lines.exists()


def test_who_signs_later_is_in_the_next_dossier_and_not_in_this_one() -> None:
    statement = mixed()
    handover = built(statement)
    Signature.objects.filter(pk=sign(statement, "Late Invented").pk).update(
        accepted_at=timezone.now() + timedelta(days=1)
    )
    check = actions.check_dossier(handover=handover, by=UserFactory.create(), now=timezone.now())
    assert check.is_same


def test_order_is_pinned_then_category_then_script_and_alphabet_then_organisations() -> None:
    statement = mixed()
    pinned = Signature.objects.get(name="ژاله")
    assert names(built(statement, pinned=[pinned])) == [
        "ژاله", "Zoë Invented", "Émile", "eric", "آرش", "پروین", "چنگیز", "گلناز", "یاسمن", "Иван", "Ada Invented",
        "Invented Head",
    ]  # fmt: skip


def test_own_sort_key_decides_and_initials_are_sorted_as_initials() -> None:
    statement = StatementFactory.open()
    sign(statement, "Jan van der Berg", sort_key="Berg")
    sign(statement, "Carl Invented")
    sign(
        statement, "Aaron Zzz", display="initials", sort_key="Aaa", title="Judge", affiliation="Court", category="judge"
    )
    handover = built(statement)
    assert names(handover) == ["A. Z.", "Jan van der Berg", "Carl Invented"]
    initials = listed(handover)[0]
    assert {key: initials[key] for key in ("title", "affiliation", "category", "honorific", "original_name")} == {
        "title": "", "affiliation": "", "category": "", "honorific": "", "original_name": "",
    }  # fmt: skip
    assert handover.figures["by_category"] == {"": 3}


def test_hidden_is_counted_and_nowhere_named_and_who_left_is_neither() -> None:
    statement = StatementFactory.open()
    sign(statement, "Shown Person")
    sign(statement, "Secretname", display="hidden", original_name="رازدار")
    gone = sign(statement, "Withdrawnname")
    actions.withdraw_signature(signature=gone, now=timezone.now())
    SignatureFactory.create(statement=statement, name="Pendingname")
    handover = built(statement)
    assert (handover.figures["counted"], handover.figures["listed"], handover.figures["hidden"]) == (2, 1, 1)
    everything = b"".join(path.read_bytes() for path in folder_of(handover).iterdir())
    paper = text_of(handover).encode()
    for word in ("Secretname", "رازدار", "Withdrawnname", "Pendingname", "@people.example"):
        assert word.encode() not in everything
        assert word.encode() not in paper
    assert b"Shown Person" in everything


def text_of(handover: Handover) -> str:
    """What the paper is filled with: all words in it."""
    with translation.override(handover.language):
        return papers.statement_data(handover, folder_of(handover))


def test_dossier_of_all_versions_lists_them_apart_the_newest_first() -> None:
    statement = StatementFactory.open()
    sign(statement, "Early Invented")
    new_version(statement)
    sign(statement, "Later Invented")
    assert names(built(statement)) == ["Later Invented"]
    whole = built(statement, covers_all_versions=True)
    assert [(entry["version"], entry["name"]) for entry in listed(whole)] == [
        (2, "Later Invented"),
        (1, "Early Invented"),
    ]
    assert whole.figures["by_version"] == {"1": 1, "2": 1}


def test_check_by_who_reads_persian_finds_every_file_the_same() -> None:
    handover = built(mixed())
    with translation.override("fa"):
        check = actions.check_dossier(handover=handover, by=UserFactory.create(), now=timezone.now())
    assert (check.is_same, check.different) == (True, [])


def test_erased_name_is_said_plainly_by_the_check() -> None:
    statement = mixed()
    handover = built(statement)
    Signature.objects.get(name="eric").delete()
    handover.refresh_from_db()
    check = actions.check_dossier(handover=handover, by=UserFactory.create(), now=timezone.now())
    assert (check.is_same, check.gone) == (False, 1)
    assert "signatories.json" in check.different
    assert handover.names_changed_at is not None


def test_paper_is_tagged_and_set_in_both_directions_with_all_fonts_inside() -> None:
    for language, page in (("en", "Page "), ("fa", "صفحهٔ ")):
        statement = mixed()
        sign(statement, "李小龙", category="judge")
        handover = built(statement, language=language)
        paper = (folder_of(handover) / "statement.pdf").read_bytes()
        assert paper.startswith(b"%PDF-")
        assert b"pdfuaid:part" in paper
        assert b"FontFile" in paper or b"/ObjStm" in paper
        data = json.loads(text_of(handover))
        assert [(s["language"], s["direction"]) for s in data["sections"]] == [
            (language, "rtl" if language == "fa" else "ltr"), ("en", "ltr"), ("fa", "rtl"),
            (language, "rtl" if language == "fa" else "ltr"),
        ]  # fmt: skip
        assert data["sections"][0]["page"][0] == page
        assert "LiXiaoLong*" in text_of(handover)
        assert "李小龙" in names(handover)


def test_code_in_the_paper_leads_to_the_page_of_this_handover() -> None:
    handover = built(mixed())
    address = papers.public_address(handover)
    assert address.endswith(f"/statements/{handover.statement.slug}/handed-over/{handover.public_id}/")
    data = json.loads(text_of(handover))
    drawn = next(block["svg"] for block in data["sections"][0]["blocks"] if block["kind"] == "code")
    expected = io.BytesIO()
    segno.make_qr(address, error="q").save(expected, kind="svg", border=2, xmldecl=False)
    assert drawn == expected.getvalue().decode()
    other = io.BytesIO()
    segno.make_qr(f"{address}x", error="q").save(other, kind="svg", border=2, xmldecl=False)
    assert drawn != other.getvalue().decode()


def test_t34_no_cell_begins_as_a_formula_whatever_a_name_is() -> None:
    chance = random.Random(34)
    letters = list("=+-@\t\r\n＝＋－＠ '\"\u00a0\u3000\u200b\ufeff,;|abcسلام1")
    for _time in range(20_000):
        value = "".join(chance.choices(letters, k=chance.randrange(6)))
        cell = safe_cell(value)
        assert not cell.lstrip(" \u00a0\u3000\u200b\ufeff").startswith(tuple("=+-@\t\r\n＝＋－＠"))
        assert cell in {value, f"'{value}"}
        assert rows_of(("\ufeff" + as_row([cell])).encode())[0] == [cell]


def as_row(cells: list[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def test_t34_table_is_safe_for_spreadsheets_and_holds_no_address() -> None:
    statement = StatementFactory.open()
    sign(statement, '=HYPERLINK("http://evil.example","x")', affiliation="@SUM(1,1)", title="－1")
    content = (folder_of(built(statement)) / "signatories.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 2
    head, row = rows_of(content)
    cells = dict(zip(head, row, strict=True))
    assert (head, cells["name"][:2], cells["affiliation"][:2], cells["title"]) == (CELLS, "'=", "'@", "'－1")
    assert "email" not in head


def test_archive_holds_every_file_and_the_manifest_every_hash() -> None:
    handover = built(mixed())
    folder = folder_of(handover)
    found = json.loads((folder / "manifest.json").read_text())
    assert {file["name"]: file["sha256"] for file in found["files"]} == {
        name: sha for name, sha in hashes(handover).items() if name not in {"manifest.json", "dossier.zip"}
    }
    assert (found["figures"], found["for"]) == (handover.figures, handover.addressee)
    with zipfile.ZipFile(folder / "dossier.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.filename: hashlib.sha256(archive.read(entry)).hexdigest() for entry in archive.infolist()} == {
            name: sha for name, sha in hashes(handover).items() if name != "dossier.zip"
        }


def test_manifest_names_the_checkpoint_of_the_log_that_stood_when_it_was_asked_for() -> None:
    statement = mixed()
    before = close_day(1)
    handover = built(statement)
    sign(StatementFactory.open(), "Invented Elsewhere")
    later = close_day(2)
    assert (later.size, later.root) != (before.size, before.root)
    assert actions.check_dossier(handover=handover, by=UserFactory.with_role("moderator"), now=timezone.now()).is_same
    found = json.loads((folder_of(handover) / "manifest.json").read_text())["checkpoint"]
    assert found == {"day": before.day.isoformat(), "size": before.size, "root": before.root_hex}


def test_annex_names_who_agreed_and_only_the_addressee_can_open_it() -> None:
    key, statement = OpenPGPKey(), StatementFactory.open()
    sign(statement, "Shown Person", may_be_annexed=True)
    sign(statement, "Agreed Hidden", display="hidden", may_be_annexed=True, title="Judge")
    sign(statement, "Refused Hidden", display="hidden")
    sign(statement, "Agreed Initials", display="initials", may_be_annexed=True)
    assert not [name for name in hashes(built(statement)) if "annex" in name]
    handover = built(statement, annex_key=key.public)
    folder = folder_of(handover)
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"Agreed Hidden" not in everything
    opened = pysequoia.decrypt((folder / "annex-001.csv.asc").read_bytes(), decryptor=key.tsk.decryptor()).bytes or b""
    assert [row[4] for row in rows_of(opened)[1:]] == ["Agreed Initials", "Agreed Hidden"]
    paper = pysequoia.decrypt((folder / "annex-001.pdf.asc").read_bytes(), decryptor=key.tsk.decryptor()).bytes or b""
    assert paper.startswith(b"%PDF-")
    assert handover.files.get(name="annex-001.csv.asc").is_annex
    assert actions.check_dossier(handover=handover, by=UserFactory.create(), now=timezone.now()).is_same


def test_many_names_fill_parts_beside_the_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "IN_A_PART", 5)
    handover = built(mixed())
    parts = [name for name in hashes(handover) if name.startswith("signatories-")]
    assert sorted(parts) == ["signatories-001.pdf", "signatories-002.pdf", "signatories-003.pdf"]
    assert "3 parts beside this paper" in text_of(handover)
    assert "Émile" not in text_of(handover)
    for part in parts:
        assert b"pdfuaid:part" in Path(folder_of(handover) / part).read_bytes()


def test_what_stands_before_a_part_is_not_read_for_it() -> None:
    folder = folder_of(built(mixed()))
    whole = some_entries(folder, after=0, most=100)
    assert [entry.number for entry in whole] == list(range(1, 13))
    file = folder / "signatories.json"
    for number in range(1, 8):
        file.write_text(file.read_text().replace(f'{{"number": {number},', f'{{"number": {number}: no JSON,', 1))
    assert some_entries(folder, after=7, most=3) == whole[7:10]
    assert some_entries(folder, after=10, most=5) == whole[10:]
    assert some_entries(folder, after=12, most=5) == []


def test_each_part_of_the_annex_goes_on_where_the_last_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    key, statement = OpenPGPKey(), StatementFactory.open()
    agreed = [f"Agreed {letter}" for letter in "ABCDEFGHIJK"]
    for name in agreed:
        sign(statement, name, display="hidden", may_be_annexed=True)
        sign(statement, f"Shown {name}")
    monkeypatch.setattr(annex, "IN_A_PART", 2)
    monkeypatch.setattr(ordering, "BATCH", 3)
    asked_for(statement, annex_key=key.public)
    queries: list[int] = []
    while (worker := actions.claim_dossier(now=timezone.now() + len(queries) * 2 * Handover.LEASE)) is not None:
        # Each step is another worker's: nothing is remembered but in the rows.
        with CaptureQueriesContext(connection) as captured:
            if not steps.take_step(worker, now=timezone.now()):
                break
        queries.append(len(captured))
    worker = Handover.objects.get()
    folder, found = folder_of(worker), []
    assert worker.files.filter(is_annex=True).count() == 12
    for part in range(1, 7):
        content = (folder / f"annex-{part:03}.csv.asc").read_bytes()
        opened = pysequoia.decrypt(content, decryptor=key.tsk.decryptor()).bytes or b""
        found += [(row[0], row[4]) for row in rows_of(opened)[1:]]
    assert sorted(name for _number, name in found) == sorted(agreed)
    assert [number for number, _name in found] == [str(number) for number in range(1, 12)]
    first, *_between, last = queries[-8:-2]
    assert last <= first + 1
