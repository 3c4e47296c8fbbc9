"""Alphabetical order, script by script."""

import random

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
