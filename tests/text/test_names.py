import pytest

from text.names import clean_name, find_spoofing, initials_of, scripts_of, search_key

ZWNJ = "\u200c"


@pytest.mark.parametrize(
    "name",
    [
        "Mary Ann O’Neil-Smith",
        "X Æ",
        "Nguyễn Thị Minh Khai",
        "Łukasz Żółć",
        "Андрей Сахаров",
        "Σωκράτης",
        "محسن شکاری",
        f"فرشاد اعتمادی{ZWNJ}فر",
        "نرگس محمّدی",
        "शर्मा",
        "क्‍ष",
        "李雷",
        "김대중",
        "יִצְחָק",
        "สมชาย",
        "Ю",
        "Dr. Ali (Bavi) محمدی",
    ],
)
def test_real_name_in_any_script_is_accepted(name: str) -> None:
    assert find_spoofing(clean_name(name)) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ali\u202egnp", "invisible"),
        ("Ali\u200bReza", "invisible"),
        ("Ali\u200cReza", "invisible"),
        ("Ali\x00", "invisible"),
        ("Kim\u3164Lee", "invisible"),
        ("12 34", "letter"),
        ("", "letter"),
        ("\u0410li Reza", "alphabets"),  # the first letter is Cyrillic
        ("Z" + "\u0301" * 9, "accents"),
    ],
)
def test_spoofed_name_is_refused_with_the_reason(name: str, words: str) -> None:
    reason = find_spoofing(name)

    assert reason is not None
    assert words in str(reason)


def test_two_words_in_two_alphabets_are_a_real_name() -> None:
    assert find_spoofing("Anna Ахматова") is None
    assert scripts_of("Anna Ахматова") == {"LATIN", "CYRILLIC"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mary \t\n Ann ", "Mary Ann"),
        ("e\u0301va", "\u00e9va"),
        (f"{ZWNJ}علی{ZWNJ}", "علی"),
        (f"اعتمادی{ZWNJ}{ZWNJ}فر", f"اعتمادی{ZWNJ}فر"),
        (f"علی{ZWNJ} رضا", "علی رضا"),
        (f"اعتمادی{ZWNJ}فر", f"اعتمادی{ZWNJ}فر"),
    ],
)
def test_clean_name_keeps_the_joiners_that_join(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "spellings",
    [
        ("محسن شکاری", "Mohsen Shekari"),
        ("Ghezel Hesar", "Qezel Hesar", "Qezelhessar", f"قزل{ZWNJ}حصار", "قزل حصار"),
        ("Etemadi-Far", "Etemadifar", f"اعتمادی{ZWNJ}فر"),
        ("Hassani", "Hasani", "حسنی", "حسني"),
        ("Behrouz Ehsani Eslamlou", "Behrooz Ehsani Eslamloo", "بهروز احسانی اسلاملو"),
        ("Saeed Masouri", "Said Masoori", "سعید ماسوری"),
        ("Mardasi", "Mordasi", "مرداسی"),
        ("Pejman Toubrehrizi", "Pezhman Tubrehrizi", f"پژمان توبره{ZWNJ}ریزی"),
        ("Hamed Validi", "حامد ولیدی"),
        ("Mousavi", "Musawi", "موسوی"),
        ("Khadijeh", "Khadija", "خدیجه"),
        ("Zahra", "زهرا"),
        ("Saleh", "صالح"),
        ("Shah", "شاه"),
    ],
)
def test_search_key_is_equal_across_spellings_and_scripts(spellings: tuple[str, ...]) -> None:
    assert len({search_key(spelling) for spelling in spellings}) == 1
    assert search_key(spellings[0])


@pytest.mark.parametrize(("one", "other"), [("Shahi", "Validi"), ("Masoud", "Mehdi"), ("Etemadi", "Ehsani")])
def test_search_key_tells_different_names_apart(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


@pytest.mark.parametrize(("part", "whole"), [("Validi", "حامد ولیدی"), ("احسانی", "Behrouz Ehsani-Eslamlou")])
def test_search_key_of_a_part_lies_in_the_whole(part: str, whole: str) -> None:
    assert search_key(part) in search_key(whole)


@pytest.mark.parametrize("name", ["Aoi", "Iya", "葵", "Ю", "آیه"])
def test_search_key_of_a_name_without_consonants_is_not_empty(name: str) -> None:
    assert search_key(name)


@pytest.mark.parametrize("name", ["", "…", "\u200c", "١٢"])
def test_search_key_of_no_name_does_not_fail(name: str) -> None:
    assert search_key(name).isascii()


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Mary Ann Smith", "M. A. S."), ("محسن شکاری", "م. ش."), ("(Bavi) x", "B. x."), ("é. O’Neil", "é. O."), ("", "")],
)
def test_initials_are_letters_of_the_names_own_script(name: str, initials: str) -> None:
    assert initials_of(name) == initials
