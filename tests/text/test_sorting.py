import pytest

from text.sorting import suggest_sort_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Maria Example", "Example, Maria"),
        ("Mary Ann Smith", "Smith, Mary Ann"),
        ("مریم نمونه", "نمونه، مریم"),
        ("王小明", "王小明"),
        ("王 小明", "王 小明"),
        ("Plato", "Plato"),
        ("Example, Maria", "Example, Maria"),
        ("", ""),
    ],
)
def test_suggest_sort_key(name: str, key: str) -> None:
    assert suggest_sort_key(name) == key
