import pytest
from django import forms


class Letter(forms.Form):
    words = forms.CharField()
    story = forms.CharField(widget=forms.Textarea)
    email = forms.EmailField()
    link = forms.URLField(assume_scheme="https")
    persian = forms.CharField(widget=forms.TextInput(attrs={"dir": "rtl"}))
    is_agreed = forms.BooleanField()


@pytest.mark.parametrize(
    ("name", "direction"),
    [("words", "auto"), ("story", "auto"), ("email", "ltr"), ("link", "ltr"), ("persian", "rtl"), ("is_agreed", None)],
)
def test_field_lets_text_run_in_its_own_direction(name: str, direction: str | None) -> None:
    field = Letter()[name]
    markup = str(field)
    assert (f'dir="{direction}"' in markup) is (direction is not None)
    assert markup.count("dir=") == (direction is not None)
