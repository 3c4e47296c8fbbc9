import pytest
from django.core.management import call_command

from cases.models import ChargeTerm, Court, Prison
from cases.reference import load_reference, read_list

pytestmark = pytest.mark.django_db


def test_load_reference_fills_the_three_lists() -> None:
    changes = load_reference()
    counts = (Prison.objects.count(), Court.objects.count(), ChargeTerm.objects.count())
    assert counts == (len(read_list("prisons.csv")), len(read_list("courts.csv")), len(read_list("charges.csv")))
    assert len(changes) == sum(counts) > 70


def test_load_reference_twice_changes_nothing() -> None:
    load_reference()
    before = list(Prison.objects.order_by("pk").values())
    assert load_reference() == []
    assert list(Prison.objects.order_by("pk").values()) == before


def test_load_reference_repairs_a_row_and_says_what() -> None:
    load_reference()
    evin = Prison.objects.get(slug="evin")
    Prison.objects.filter(pk=evin.pk).update(name_en="Somewhere else")
    assert load_reference() == ["prisons.csv: evin changed (name_en)"]
    evin.refresh_from_db()
    assert evin.name_en == "Evin Prison"


def test_load_reference_keeps_what_is_not_listed() -> None:
    Court.objects.create(slug="own-court", name="A court of our own")
    assert "courts.csv: own-court is not listed any more and was kept" in load_reference()
    assert Court.objects.filter(slug="own-court").exists()


def test_command_says_when_there_is_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_reference", skip_checks=True)
    call_command("load_reference", skip_checks=True)
    assert capsys.readouterr().out.splitlines()[-2:] == ["77 changes.", "Nothing to change."]


@pytest.mark.parametrize("name", ["prisons.csv", "courts.csv", "charges.csv"])
def test_every_listed_row_says_where_it_is_from(name: str) -> None:
    assert [row["slug"] for row in read_list(name) if not row["source_note"]] == []
