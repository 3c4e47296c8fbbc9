import pytest

from petitions.forms import SignForm
from petitions.models import VersionText
from petitions.review import find_review_reason

REAL = (
    """
محسن شکاری|سیّد علی موسوی‌زاده|فاطمه زهرا علی‌پور|آرش کیخسروی|نرگس محمدی|حسین رونقی‌ملکی|ژینا ئه‌مینی|شێرکۆ بێکەس
نەورۆز عەبدوڵڵا|محمد بن عبد الله آل سعود|عائشة الرَّحمن|أحمد فؤاد نجم|خدیجہ بانو|גולדה מאיר|דוד בן־גוריון
王小明|欧阳娜娜|山田 太郎|김민수|Nguyễn Thị Bích Ngọc|สมชาย ใจดี|வேலுப்பிள்ளை|नरेन्द्र मोदी|ক্ষিতীশ চন্দ্র|සරත් ෆොන්සේකා
አበበ ቢቂላ|Հրանտ Դինք|გიორგი მარგველაშვილი|Алексей Навальный|Зөлфәт Хәкимов|Γιάννης Βαρουφάκης|Владимир Ћоровић
O’Connor Seán|O'Brien|D’Arcy Æthelred|Jean-Luc Picard-Martin|María José Carreño Quiñones|João da Conceição e Silva
Þórður Jónsson|Łukasz Żółć|Ștefan Țuțea|Gülşah Çağlayan|İbrahim Işık|Ñusta Huamán|Nguyen|Ng|U Thant|Bjørn Ødegård
Ngũgĩ wa Thiong’o|Kāʻanoʻi|Håkan Åström|Dvořák Leoš|Zoë Brontë|Dr. Martin Luther King Jr.|Anne-Sophie|Al-Ḥusayn ibn ʿAlī
Oʻzbekiston Xonim|Məmməd Əliyev|Ravanomanjato Andriamahefaparivony|Ọlájùmọ̀kẹ́ Adébáyọ̀|Tenzin Gyatso བསྟན་འཛིན|ဒေါ်အောင်ဆန်း
Xi|Ai Weiwei|e. e. cummings|Mary-Jane Watson (née Smith)|Ali Reza, Ph.D.|Smith & Wesson|Ὀδυσσεύς|ᐃᓄᒃᑎᑐᑦ
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

SPOOFED = [
    "Barack\u202eamabO",
    "Ali\u200bKarimi",
    "Аdа Lovelасе",
    "Pаul Simon",
    "Ada\u2066Invented\u2069",
    "Ada\U000e0041",
    "\ufeffAda",
    "Ada\u2060b",
    "1234",
    "...",
    "😀😀",
    "Ada\ue000",
    "Ada\x07",
]


def form(name: str) -> SignForm:
    text = VersionText(sha256="f" * 64)
    data = {"name": name, "email": "a@people.example", "country": "NL", "display": "full", "fingerprint": "f" * 64}
    return SignForm(data, text=text)


def test_there_are_many_names() -> None:
    assert len(REAL) >= 60


@pytest.mark.parametrize("name", REAL)
def test_real_name_is_accepted_and_not_even_reviewed(name: str) -> None:
    filled = form(name)
    assert filled.is_valid(), filled.errors
    assert find_review_reason(name=filled.cleaned_data["name"], comment="", is_burst=False) == ""


@pytest.mark.parametrize("name", SPOOFED)
def test_spoofed_name_is_refused_with_a_reason(name: str) -> None:
    filled = form(name)
    assert not filled.is_valid()
    assert filled.errors["name"]
