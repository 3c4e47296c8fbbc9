import pytest

from text.templatetags.text import monogram


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Behrouz Ehsani", "B. E."),
        ("Mary Ann Louise Smith", "M. S."),
        ("Voltaire", "V."),
        ("سید محمد جواد وفایی", "س. و."),
        ("", ""),
    ],
)
def test_monogram_is_the_first_and_the_last_initial(name: str, letters: str) -> None:
    assert monogram(name) == letters
