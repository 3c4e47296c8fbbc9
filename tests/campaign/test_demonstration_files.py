"""The demonstration's data files, read as files."""

import re

from campaign.demonstration.reading import DATA, read


def test_data_files_speak_of_themselves_alone() -> None:
    for path in DATA.rglob("*.yaml"):
        assert not re.search(r"\bseed|\bS[01]\b|\.\./", path.read_text(encoding="utf-8")), path


def test_dates_in_the_files_are_written_for_their_reader() -> None:
    story = read("cases/5-mehdi-hassani.yaml")
    assert "27 July 2025" in story["en"]["story"]
    assert "۵ مرداد ۱۴۰۴" in story["fa"]["story"]
    assert "{" not in repr(read("statements/experts.yaml")).replace("{'", "")
