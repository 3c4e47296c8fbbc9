from django import forms

from text.prose import ProseField, as_typed, without_controls


def test_controls_that_no_xml_can_hold_go_and_all_else_stays() -> None:
    unfit = [chr(code) for code in (*range(32), 0xFFFE, 0xFFFF) if chr(code) not in "\t\n\r"]
    assert len(unfit) == 31
    assert without_controls("a".join(["", *unfit, ""])) == "a" * 32
    kept = "tab\tline\nمی‌خواهیم 👩‍👧\x7f"
    assert without_controls(kept) == kept


def test_field_hands_on_what_as_typed_says() -> None:
    class Form(forms.Form):
        text = ProseField(max_length=20)

    for typed in ("one\x0c\r\ntwo\rthree ", "\x0c\x0bfour"):
        form = Form({"text": typed})
        assert form.is_valid()
        assert form.cleaned_data["text"] == as_typed(typed)
    assert as_typed("one\x0c\r\ntwo\rthree ") == "one\ntwo\nthree"
    assert not Form({"text": "\x0c \x0b"}).is_valid()
