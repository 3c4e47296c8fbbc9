"""Texts of the tour, in English and Persian; all of them invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    slug: str
    en: tuple[str, str]
    fa: tuple[str, str]


AMENDED = Words(
    "no-execution-before-appeal",
    (
        "No execution while an appeal is open",
        "Invented text.\n\nWe ask the courts to wait until every appeal is heard.",
    ),
    ("تا پایان فرجام‌خواهی اعدام نکنید", "متن نمایشی.\n\nاز دادگاه‌ها می‌خواهیم تا پایان رسیدگی صبر کنند."),
)
SECOND_VERSION = Words(
    AMENDED.slug,
    (
        AMENDED.en[0],
        "Invented text.\n\nWe ask the courts to wait until every appeal is heard, and to let lawyers read the files.",
    ),
    (
        AMENDED.fa[0],
        "متن نمایشی.\n\nاز دادگاه‌ها می‌خواهیم تا پایان رسیدگی صبر کنند و بگذارند وکیلان پرونده‌ها را بخوانند.",
    ),
)
THIRD_VERSION = Words(
    AMENDED.slug,
    (AMENDED.en[0], f"{SECOND_VERSION.en[1]}\n\nWe ask for an answer within a month."),
    (AMENDED.fa[0], f"{SECOND_VERSION.fa[1]}\n\nپاسخ را تا یک ماه دیگر می‌خواهیم."),
)
DRAFT = Words(
    "let-lawyers-in",
    ("Let lawyers into the prisons", "Invented draft.\n\nNobody should stand before a court alone."),
    ("بگذارید وکیلان به زندان‌ها بروند", "پیش‌نویس نمایشی.\n\nهیچ‌کس نباید تنها در برابر دادگاه بایستد."),
)
REVIEW = Words(
    "name-the-judges",
    ("Publish the names of the judges", "Invented text.\n\nWho passes a sentence of death signs it with a name."),
    ("نام قاضیان را منتشر کنید", "متن نمایشی.\n\nکسی که حکم مرگ می‌دهد آن را با نام خود امضا می‌کند."),
)
EMBARGOED = Words(
    "before-the-session",
    ("A letter before the session of the Council", "Invented text.\n\nWe ask every State to speak in the session."),
    ("نامه‌ای پیش از نشست شورا", "متن نمایشی.\n\nاز همهٔ دولت‌ها می‌خواهیم در نشست سخن بگویند."),
)
CLOSED = Words(
    "spare-the-six",
    ("Spare the six", "Invented text.\n\nWe ask for the lives of six prisoners."),
    ("جان شش تن را ببخشید", "متن نمایشی.\n\nجان شش زندانی را می‌خواهیم."),
)
DEMAND = ("Stop the executions.", "اعدام‌ها را متوقف کنید.", "UN Human Rights Council", "شورای حقوق بشر سازمان ملل")
HANDED_OVER = {
    "en": ("The text was handed over", "Invented news. The text with all its names was **handed over** in Geneva."),
    "fa": ("متن تحویل داده شد", "خبر نمایشی. متن با همهٔ نام‌ها در ژنو **تحویل داده شد**."),
}
NEXT = {
    "en": ("There is a next text", "Invented news. You signed the first text; here is the next one on the same case."),
    "fa": ("متن بعدی آماده است", "خبر نمایشی. شما متن نخست را امضا کردید؛ این متن بعدی دربارهٔ همان پرونده است."),
}
TREES = [
    "Reed",
    "Sycamore",
    "Tamarisk",
    "Rowanberry",
    "Bramble",
    "Clover",
    "Fennel",
    "Heather",
    "Iris",
    "Jasmine",
    "Lupin",
    "Mallow",
    "Nettle",
    "Orchid",
]
PERSIAN_TREES = ["نی", "چنار", "گز", "تمشک", "شبدر", "رازیانه", "زنبق", "یاسمن", "پنیرک", "گزنه"]
