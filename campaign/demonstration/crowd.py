"""A great many invented signatures on the public petition, to see how the pages bear them. All are marked as invented.

They are written by COPY, past the actions but not past the database's own rules: its triggers and constraints check
every row, and every row is counted as any other.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.models import ExpertProfile, User
from campaign.demonstration.load import NotForThisSiteError
from petitions.actions import recount_signatures
from petitions.counts.counting import count_signatures
from petitions.models import ModerationDecision, Signature, Statement, VersionText
from petitions.signatories.names import binding_of
from text.names import search_key

CHUNK = 50_000
DAYS = 45
Row = dict[str, Any]
# Given and family names by script; any pair of them is nobody.
NAMES = {
    "fa": ("آرش بهار پریسا روزبه سیاوش شیدا کاوه مهتاب نوید یلدا", "بادگیر پرندوش دشتبان کوهساری مهرآزاد نیک‌اختر"),
    "ar": ("أمل بدر جميلة ريم سامي طارق ليلى منير هدى يوسف", "الأندلسي البحراوي الزيتوني القمري النجمي الوردي"),
    "ru": ("Аркадий Вера Глеб Зоя Кирилл Лидия Олег Тамара", "Берегов Ветрова Дубравин Лесная Орлец Полянский"),
    "zh": ("安 博 晨 芳 海 嘉 琳 明 清 雪", "东方 南宫 西门 欧阳 上官 司马"),
    "el": ("Άρης Δάφνη Ηλίας Θάλεια Λητώ Νίκη", "Αμπελάς Βουνίτης Θαλασσινός Λιμνιώτη"),
    "hi": ("अमन दिया कमल तारा मीरा रवि", "आकाशवाणी चंद्रवंशी पर्वतीय सागर"),
    "en": ("Ada Bruno Clara Dario Edith Felix Greta Hugo Ines Jonas Karla Liam Mina Nils Olga Paul Rosa Viktor",
           "Ashgrove Birkental Coldwater Dunmeer Eastmoor Fernhill Greyfield Holmquist Ironwood Juniper Kestrel"),
}  # fmt: skip
COUNTRIES = "NL DE FR GB US CA SE NO DK FI IT ES BE CH AT AU NZ IE TR IQ AE IN JP BR ZA AM GE PL CZ PT"
FEW = "IS MT LI SM AD MC FJ TO WS BT"
STATES = {"accepted": 950, "pending": 5, "withdrawn": 15, "refused": 10, "removed": 20}
REASONS = [ModerationDecision.Reason.NOT_A_NAME, ModerationDecision.Reason.DUPLICATE, ModerationDecision.Reason.ABUSIVE]


@dataclass(frozen=True)
class Crowd:
    """What every invented signature has in common, and the dice."""

    statement: Statement
    text: VersionText
    moderator: User
    now: datetime
    dice: random.Random


def load_crowd(*, number: int, now: datetime, say: Callable[[str], None]) -> None:
    """Adds `number` signatures over the last 45 days, counts them, and tells `say` how far it is.

    Raises `NotForThisSiteError` where `HAS_DEMONSTRATION` is off, which it always is in production.
    """
    if settings.IS_PRODUCTION or not settings.HAS_DEMONSTRATION:
        raise NotForThisSiteError
    statement = Statement.objects.filter(kind=Statement.Kind.PUBLIC, state=Statement.State.OPEN).order_by("pk")[0]
    version = statement.current_version()
    text = version.text_to_sign(statement.original_language) if version else None
    moderator = User.objects.filter(staff_roles__role="moderator").order_by("pk")[0]
    if text is None:
        raise NotForThisSiteError
    text.version.statement = statement
    crowd = Crowd(statement, text, moderator, now, random.Random(number))  # noqa: S311  invented people, no secret
    rows, done = _rows(crowd, number), 0
    while chunk := list(islice(rows, CHUNK)):
        with transaction.atomic():
            _decide(crowd, _copy(chunk))
        count_signatures()
        done += len(chunk)
        say(f"{done:,} of {number:,} signatures")
    recount_signatures(now=now)


def _rows(crowd: Crowd, number: int) -> Iterator[Row]:
    """`number` signatures; most came in the first days, and in the evenings."""
    dice = crowd.dice
    states = dice.choices(list(STATES), weights=list(STATES.values()), k=number)
    for state in states:
        days = min(dice.expovariate(1 / 9), DAYS - 1)
        moment = crowd.now - timedelta(days=DAYS) + timedelta(days=days, hours=dice.triangular(0, 24, 19) - 12)
        yield {**_common(crowd), **_person(crowd), **_course(state, moment, crowd.now)}


@cache
def _common(crowd: Crowd) -> Row:
    return {
        "statement_id": crowd.statement.pk,
        "text_id": crowd.text.pk,
        "version_number": crowd.text.version.number,
        "text_language": crowd.text.language,
        "text_sha256": crowd.text.sha256,
        "language": "en",
        "is_demonstration": True,
        "wants_updates": False,
    }


def _person(crowd: Crowd) -> Row:
    dice = crowd.dice
    given, family = (part.split() for part in NAMES[dice.choice(list(NAMES))])
    name, key = _name(dice.choice(given), dice.choice(family))
    rare = dice.random() < 0.00005
    signatory = Signature(statement_id=crowd.statement.pk, email_digest=dice.randbytes(32), name=name)
    return {
        "email_digest": signatory.email_digest,
        "name": name,
        "name_binding": binding_of(signatory),
        "search_key": key,
        "country": dice.choice(FEW.split()) if rare else dice.choices(COUNTRIES.split(), weights=range(60, 0, -2))[0],
        "category": dice.choice(ExpertProfile.Category.values) if dice.random() < 0.02 else "",
        "display": dice.choices(Signature.Display.values, weights=(80, 12, 8))[0],
        "comment": "An invented reason to sign." if dice.random() < 0.05 else "",
        "proof": dice.choices(Signature.Proof.values, weights=(950, 25, 10, 5, 10))[0],
    }


@cache
def _name(given: str, family: str) -> tuple[str, str]:
    name = f"{given} {family}"
    return name, search_key(name)


def _course(state: str, moment: datetime, now: datetime) -> Row:
    later = min(moment + timedelta(days=2), now)
    return {
        "state": state,
        "created_at": moment,
        "confirmed_at": moment,
        "proved_on": moment.date(),
        "review_reason": Signature.ReviewReason.LINK if state == Signature.State.PENDING else "",
        "accepted_at": moment if state == Signature.State.ACCEPTED else None,
        "withdrawn_at": later if state == Signature.State.WITHDRAWN else None,
        "removed_at": later if state == Signature.State.REMOVED else None,
    }


def _copy(rows: list[Row]) -> list[tuple[int, str]]:
    """Writes the signatures; returns the key and state of those that staff decided on.

    Keys are drawn from the table's own sequence first, so that decisions can name them.
    """
    plain = Signature(statement_id=0)
    columns = [field for field in Signature._meta.concrete_fields if field.attname != "id"]
    defaults = {field.attname: getattr(plain, field.attname) for field in columns}
    names = ["id", *defaults]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('petitions_signature', 'id')) FROM generate_series(1, %s)",
            [len(rows)],
        )
        keys = [key for (key,) in cursor.fetchall()]
        with cursor.copy(f"COPY petitions_signature ({', '.join(names)}) FROM STDIN") as copy:
            for key, row in zip(keys, rows, strict=True):
                copy.write_row([key, *({**defaults, **row}[name] for name in defaults)])
    decided = {Signature.State.REFUSED, Signature.State.REMOVED}
    return [(key, row["state"]) for key, row in zip(keys, rows, strict=True) if row["state"] in decided]


def _decide(crowd: Crowd, decided: list[tuple[int, str]]) -> None:
    ModerationDecision.objects.bulk_create(
        ModerationDecision(
            signature_id=key,
            kind=ModerationDecision.Kind.REFUSE,
            reason=crowd.dice.choice(REASONS),
            note="Demonstration",
            state_before=Signature.State.ACCEPTED,
            state_after=state,
            by=crowd.moderator,
            at=crowd.now,
        )
        for key, state in decided
    )
