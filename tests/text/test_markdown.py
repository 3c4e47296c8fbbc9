import pytest

from text.markdown import render_markdown


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "![pixel](https://tracker.example/p.gif)",
        "[click](javascript:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        '<p style="position:fixed">x</p>',
        "<iframe src=https://tracker.example></iframe>",
    ],
)
def test_markdown_lets_nothing_active_through(source: str) -> None:
    html = render_markdown(source)

    for opening in ("<script", "<img", "<iframe", "<p style", 'href="javascript', 'href="data'):
        assert opening not in html


def test_markdown_keeps_the_form_of_a_text() -> None:
    html = render_markdown("## Facts\n\n1. one\n2. *two*\n\n> said\n\n[UN](https://www.ohchr.org/)")

    assert "<h2>Facts</h2>" in html
    assert "<li>one</li>" in html
    assert "<em>two</em>" in html
    assert "<blockquote>" in html
    assert '<a href="https://www.ohchr.org/" rel="noopener noreferrer nofollow">UN</a>' in html


def test_markdown_never_makes_a_second_main_heading() -> None:
    assert render_markdown("# Title").strip() == "<h2>Title</h2>"


@pytest.mark.parametrize(("language", "quoted"), [("en", "“no”"), ("fa", "«no»"), ("ar", "«no»"), ("de-x", "“no”")])
def test_markdown_sets_the_quotation_marks_of_the_language(language: str, quoted: str) -> None:
    assert quoted in render_markdown('"no"', language)
