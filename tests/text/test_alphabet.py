"""Alphabetical order, script by script."""

import random

import pytest

from text.alphabet import alphabet_key

PERSIAN = [
    "آرش",
    "ابراهیم",
    "احمد",
    "امیر",
    "بهار",
    "پروین",
    "تینا",
    "ثریا",
    "جواد",
    "چنگیز",
    "حمید",
    "خسرو",
    "دارا",
    "ذبیح",
    "رضا",
    "زهرا",
    "ژاله",
    "سارا",
    "شیرین",
    "صادق",
    "ضیا",
    "طاهر",
    "ظفر",
    "عباس",
    "غلام",
    "فرید",
    "قاسم",
    "کاوه",
    "گلی",
    "لیلا",
    "ملیکا",
    "نادر",
    "وحید",
    "هادی",
    "یاسمن",
]


def ordered(names: list[str]) -> list[str]:
    mixed = list(names)
    random.Random(1).shuffle(mixed)
    return sorted(mixed, key=alphabet_key)


def test_persian_letters_stand_where_a_persian_reader_looks_for_them() -> None:
    assert ordered(PERSIAN) == PERSIAN
    assert ordered(["تینا", "ثریا", "پروین", "بهار"]) != sorted(["تینا", "ثریا", "پروین", "بهار"])


def test_arabic_spellings_of_a_letter_are_that_letter() -> None:
    assert alphabet_key("كاظم") == alphabet_key("کاظم")
    assert alphabet_key("علي") == alphabet_key("علی")
    assert alphabet_key("عليّ") == alphabet_key("علی")
    assert ordered(["أحمد", "بهار", "آرش", "ابراهیم"]) == ["آرش", "ابراهیم", "أحمد", "بهار"]


def test_scripts_follow_one_another_and_marks_and_capitals_do_not_count() -> None:
    names = ["Anna-Maria", "Annabel", "Émile", "eric", "O’Brien", "Ødegård", "Zoë", "آرش", "یاسمن"]
    names += ["Ёлкин", "Жуков", "Ωμέγα", "אברהם", "李"]
    assert ordered(names) == names


def test_order_never_depends_on_how_a_name_is_composed() -> None:
    assert alphabet_key("E\u0301mile") == alphabet_key("Émile") == alphabet_key("EMILE")
    assert alphabet_key("") == "z"


# The alphabets as their own readers say them; ours keeps their letters between alef and ye.
NEIGHBOURS = {
    "Pashto": "ا ب پ ت ټ ث ج ځ چ څ ح خ د ډ ذ ر ړ ز ژ ږ س ش ښ ص ض ط ظ ع غ ف ق ک ګ ل م ن ڼ و ه ی ې ۍ",
    "Urdu": "ا ب پ ت ٹ ث ج چ ح خ د ڈ ذ ر ڑ ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن ں و ہ ی ے",
    "Sindhi": "ا ب ٻ ڀ ت ث پ ج ڄ ڃ چ ڇ ح خ د ڌ ڏ ڊ ڍ ذ ر ڙ ز س ش ص ض ط ظ ع غ ف ڦ ق ڪ ک گ ڳ ڱ ل م ن ڻ و ه ي",
    "Kurdish": "ا ب پ ت ج چ ح خ د ر ڕ ز ژ س ش ع غ ف ڤ ق ک گ ل ڵ م ن و ۆ ه ە ی ێ",
    "Uyghur": "ا ە ب پ ت ج چ خ د ر ز ژ س ش غ ف ق ك گ ڭ ل م ن ھ و ۇ ۆ ۈ ۋ ې ى ي",
}


@pytest.mark.parametrize("language", NEIGHBOURS)
def test_no_letter_of_a_neighbouring_language_stands_before_alef_or_after_ye(language: str) -> None:
    letters = NEIGHBOURS[language].split()
    assert alphabet_key("ا") == min(map(alphabet_key, letters))
    assert max(map(alphabet_key, letters)) <= alphabet_key("ے")


def test_a_letter_persian_has_not_stands_right_after_its_own() -> None:
    assert ordered(["کریم", "ګلالۍ", "گلی", "لیلا"]) == ["کریم", "گلی", "ګلالۍ", "لیلا"]
    assert ordered(["شیرین", "ښایسته", "صادق"]) == ["شیرین", "ښایسته", "صادق"]
    assert ordered(["ځلمی", "جواد", "چنگیز"]) == ["جواد", "ځلمی", "چنگیز"]
