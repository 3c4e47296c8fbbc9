"""The demonstration is loaded once for this file, in a transaction that is rolled back; every test reads it."""

import re
import stat
from collections.abc import Iterator
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Model
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.actions import open_account, save_profile
from accounts.models import User
from accounts.verification import current_verification
from campaign.demonstration.load import NotForThisSiteError, load_demonstration
from campaign.demonstration.reading import read_folder
from campaign.models import Campaign, Contradiction, ContradictionSide, Figure, Parallel
from cases.models import Case, Claim, Event, Source, StatusEvent
from mandates.models import ContactPoint, DemandAddressee, Letter
from petitions.counts.counting import figures_of
from petitions.models import Demand, Signature, Statement, VersionText

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PEOPLE = {
    "farshad-etemadi-far",
    "masoud-jamei",
    "alireza-mardasi",
    "behrouz-ehsani",
    "mehdi-hassani",
    "pejman-toubrehrizi",
    "nima-shahi",
    "hamed-validi",
    "saeed-masouri",
}


@pytest.fixture(scope="module", autouse=True)
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """What the command said, and the folder it wrote into."""
    said, folder = StringIO(), tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DATA_DIR=folder, HAS_DEMONSTRATION=True):
            call_command("load_demonstration", stdout=said, skip_checks=True)
        with django_db_blocker.block():
            yield said.getvalue(), folder
        transaction.set_rollback(True)


def rows_in_all_tables() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models() if model._meta.managed}


def values(case: str, attribute: str) -> dict[str, set[str]]:
    """What is claimed of one person's attribute, and by which sources."""
    said: dict[str, set[str]] = {}
    for claim in Claim.objects.filter(case__slug=case, attribute=attribute, knowledge="stated").select_related(
        "source"
    ):
        assert claim.source is not None
        said.setdefault(claim.value, set()).add(claim.source.slug)
    return said


def test_nine_real_cases_and_one_invented_are_published() -> None:
    real = Case.objects.published().filter(person__is_demonstration=False)
    assert set(real.values_list("slug", flat=True)) == PEOPLE
    assert Case.objects.published().filter(person__is_demonstration=True).count() == 1
    assert Campaign.objects.get().cases.count() == 10


def test_invented_person_says_so_wherever_the_name_stands() -> None:
    person = Case.objects.get(person__is_demonstration=True).person
    assert all("demonstration" in name.text or "نمایشی" in name.text for name in person.names.all())


def test_real_cases_rest_on_public_reports_and_say_so() -> None:
    real = Case.objects.filter(person__is_demonstration=False)
    assert {(case.publication_basis, bool(case.publication_note_fa)) for case in real} == {("public_reports", True)}
    assert not [case.slug for case in real if case.consents.exists() or case.letters.exists()]


def test_every_living_prisoner_is_shown_as_not_checked_lately() -> None:
    today = timezone.localdate()
    stale = {case.slug for case in Case.objects.with_status() if case.is_stale(today=today)}
    assert stale >= PEOPLE - {"behrouz-ehsani", "mehdi-hassani"}


def test_latest_status_is_the_one_of_its_own_day() -> None:
    status = {case.slug: case.current_status for case in Case.objects.with_status()}
    executed, held = status["behrouz-ehsani"], status["saeed-masouri"]
    assert executed is not None
    assert held is not None
    assert (executed.status, executed.on.isoformat() if executed.on else "") == ("executed", "2025-07-27")
    assert held.status == "held"


def test_several_refusals_of_a_retrial_stand_side_by_side() -> None:
    refused = StatusEvent.objects.filter(status="retrial_refused")
    assert refused.filter(case__slug="mehdi-hassani").count() == 3
    assert refused.filter(case__slug="behrouz-ehsani").count() == 2


@pytest.mark.parametrize(
    ("case", "attribute", "expected"),
    [
        ("behrouz-ehsani", "age", {"69", "70", "65"}),
        ("mehdi-hassani", "age", {"48", "53"}),
        ("masoud-jamei", "sentence_date", {"12 July 2025", "20 July 2025"}),
        ("alireza-mardasi", "sentence", {"death", "two death sentences and one year in prison"}),
        ("farshad-etemadi-far", "arrest_date", {"16 June 2023", "2023"}),
        ("mehdi-hassani", "arrest_date", {"9 September 2022", "late 2022"}),
        (
            "nima-shahi",
            "sentence_date",
            {"8 September 2025, unless it was the 27th", "27 September 2025, unless it was the 8th"},
        ),
    ],
)
def test_claims_that_disagree_are_all_kept(case: str, attribute: str, expected: set[str]) -> None:
    assert set(values(case, attribute)) == expected


def test_charges_and_courts_of_ahvaz_name_who_says_what() -> None:
    for case in ("farshad-etemadi-far", "masoud-jamei", "alireza-mardasi"):
        charges, courts = values(case, "charge"), values(case, "court")
        assert [sorted(by) for by in charges.values()] == [["iran-hrm-call", "ncri-experts"], ["hengaw-ahvaz"]]
        assert courts["Ahvaz Revolutionary Court (no branch given)"] == {"ncri-experts"}
        assert len(courts) == 3


def test_every_claim_about_a_real_person_has_a_source_or_says_not_known() -> None:
    claims = Claim.objects.filter(case__person__is_demonstration=False)
    assert claims.filter(knowledge="stated", source__isnull=True).count() == 0
    assert claims.filter(source__is_demonstration=True).count() == 0
    assert claims.exclude(knowledge__in=["stated", "not_known"]).count() == 0


def test_what_is_shown_first_says_why() -> None:
    stated = Claim.objects.filter(knowledge="stated")
    attributes = set(stated.values_list("case", "attribute"))
    assert set(stated.filter(is_shown=True).values_list("case", "attribute")) == attributes
    assert stated.filter(is_shown=True, reason="").count() == 0


@pytest.mark.parametrize(
    ("topic", "sources"),
    [
        ("Status of", {"ncri-experts", "iran-hrm-call"}),
        ("Supreme Court", {"ncri-experts", "iran-hrm-call", "caino-karaj", "hengaw-karaj"}),
        ("Which court", {"ncri-experts", "iran-hrm-call", "hengaw-ahvaz"}),
        ("killed in 1988", {"ncri-experts", "iran-hrm-call"}),
        ("ten mandates said", {"ncri-experts", "iran-hrm-call", "ohchr-july", "sr-iran-2024"}),
        ("Who spoke", {"ncri-experts", "iran-hrm-call"}),
        ("executions in 2025", {"ncri-experts", "iran-hrm-call", "sr-iran-september", "amnesty-count"}),
        ("hunger strike in", {"iran-hrm-call", "iran-hrm-post"}),
        ("Who is on hunger strike", {"iran-hrm-call"}),
        ("September 2025", {"iran-hrm-call"}),
        ("graves", {"iran-hrm-call"}),
        ("Spelling", {"ncri-experts", "iran-hrm-call"}),
        ("addressed", {"ncri-experts", "iran-hrm-call"}),
        ("Fars editorial", {"ncri-experts", "iran-hrm-call", "ncri-public-figures"}),
        ("three men of Ahvaz", {"ncri-experts", "hengaw-ahvaz", "caino-ahvaz"}),
        ("Ages", {"iran-hrm-call", "amnesty-karaj", "ncri-ngo-statement", "hengaw-karaj"}),
    ],
)
def test_contradiction_names_each_side(topic: str, sources: set[str]) -> None:
    found = [
        {side.source.slug for side in row.sides.select_related("source")}
        for row in Contradiction.objects.filter(topic__contains=topic)
    ]
    assert sources in found


def test_the_reported_301_are_never_part_of_a_count() -> None:
    statement = Statement.objects.get(kind="expert")
    assert (statement.reported_signatories, str(statement.reported_as_of)) == (301, "2025-07-23")
    assert statement.reported_source is not None
    assert statement.reported_source.is_party
    assert statement.tally.counted == 7
    assert Figure.objects.filter(value__contains="301").count() == 0


def test_tally_says_what_the_rows_say() -> None:
    for statement in Statement.objects.all():
        true = figures_of(statement.pk)
        assert {name: getattr(statement.tally, name) for name in true} == true
    expert = Statement.objects.get(kind="expert").tally
    assert (expert.counted, expert.pending, expert.demonstration) == (7, 2, 7)


def test_every_signatory_is_marked_as_invented() -> None:
    assert Signature.objects.filter(is_demonstration=False).count() == 0
    assert User.objects.filter(is_demonstration=False).count() == 0
    assert not [s.name for s in Signature.objects.all() if "Demo" not in s.name and "نمایشی" not in s.name]


def test_waiting_signatures_come_with_evidence() -> None:
    waiting = Signature.objects.waiting()
    proofs = {s.proof for s in waiting}
    assert proofs == {"institution_domain", "staff_check"}
    assert all(s.user and s.user.verifications.exclude(evidence="").exists() for s in waiting)


def test_statements_are_open_with_an_unofficial_persian_text() -> None:
    assert set(Statement.objects.values_list("kind", "state")) == {("expert", "open"), ("public", "open")}
    texts = {(t.language, t.is_unofficial, bool(t.sha256)) for t in VersionText.objects.all()}
    assert texts == {("en", False, True), ("fa", True, True)}
    body = VersionText.objects.get(language="en", version__statement__kind="expert").body
    assert "the risk of another mass atrocity, reminiscent of the 1988 massacre, is alarmingly real" in body
    assert "not known to us" in body


def test_demands_lead_to_the_directory_as_their_source_names_them() -> None:
    found: dict[str, set[str]] = {}
    for link in DemandAddressee.objects.select_related("mandate", "demand__version__statement"):
        key = f"{link.demand.version.statement.kind} {link.demand.number}"
        found.setdefault(key, set()).add(link.mandate.slug)
    assert found == {
        "expert 1": {"sr-iran", "ffm-iran"},
        "expert 2": {"high-commissioner"},
        "expert 3": {"third-committee-canada", "third-committee-sponsors"},
        "public 1.1": {"ffm-iran"},
        "public 1.2": {"sr-iran", "wg-arbitrary-detention", "sr-torture", "sr-executions"},
        "public 2.1": {"high-commissioner", "secretary-general"},
        "public 3.1": {"eu-member-states"},
        "public 3.2": {"un-member-states"},
    }


def test_demand_without_an_addressee_stays_without() -> None:
    demand = Demand.objects.get(number="2.2")
    assert {text.addressees for text in demand.texts.all()} == {""}
    assert str(Demand.objects.get(number="3.2").deadline_on) == "2025-10-30"


def test_campaign_holds_timeline_parallels_and_hashtags() -> None:
    campaign = Campaign.objects.get()
    assert campaign.is_public
    assert campaign.hashtags == ["#StopExecutionsInIran", "#SOS1500DeathRowInIran"]
    assert (campaign.events.count(), Event.objects.filter(sources__isnull=True).count()) == (18, 0)
    assert [row.source.slug for row in Parallel.objects.select_related("source")] == ["iran-hrm-call"] * 5


def test_publishers_close_to_one_side_are_named_as_such() -> None:
    assert Source.objects.filter(publisher_interest="").count() == 0
    party = Source.objects.filter(publisher__contains="NCRI")
    assert {source.is_party for source in party} == {True}
    assert "Close to one side" in Source.objects.get(slug="iran-hrm-call").publisher_interest


def test_everything_is_said_in_persian_too() -> None:
    rows = [
        *Figure.objects.all(),
        *Parallel.objects.all(),
        *Contradiction.objects.all(),
        *ContradictionSide.objects.all(),
    ]
    rows += [*Event.objects.all(), *Claim.objects.filter(knowledge="stated"), *StatusEvent.objects.all()]
    rows += Source.objects.all()
    missing = [
        (row._meta.label, row.pk, field.name)
        for row in rows
        for field in row._meta.concrete_fields
        if field.name.endswith("_fa") and getattr(row, field.name.removesuffix("_fa")) and not getattr(row, field.name)
    ]
    assert missing == []
    assert all(set(case.texts.values_list("language", flat=True)) == {"en", "fa"} for case in Case.objects.all())


def translated(*models: type[Model], field: str) -> set[str]:
    """What `field` of all rows says in English where the row says it in Persian too."""
    return {
        getattr(row, field)
        for model in models
        for row in model._default_manager.exclude(**{field: ""}).exclude(**{f"{field}_fa": ""})
    }


@pytest.mark.parametrize("slug", sorted(PEOPLE))
def test_persian_case_page_says_nothing_in_english_that_it_has_in_persian(client: Client, slug: str) -> None:
    interests, reasons = translated(Source, field="publisher_interest"), translated(Claim, field="reason")
    notes = translated(Event, StatusEvent, field="date_note")
    assert (len(interests), len(reasons), len(notes)) == (14, 20, 3)
    names = {f"<bdi>{name}</bdi>" for name in translated(Source, field="publisher")}
    places = {f"(<bdi>{place}</bdi>)" for place in translated(Event, field="place")}
    english = interests | reasons | notes | names | places

    here, there = (unescape(client.get(f"{prefix}/cases/{slug}/").content.decode()) for prefix in ("", "/fa"))

    assert {words for words in english if words in there} == set()
    assert len({words for words in english if words in here}) >= 2
    for source in Case.objects.get(slug=slug).sources.all():
        assert f"<bdi>{source.publisher_fa}</bdi>" in there
        assert source.publisher_interest_fa in there


RESTRICTED = re.compile(
    r"\b(arab|kurd|lor|lur|baluch|balouch|ethnic|sunni|shia|christian|baha|cancer|liver|disease|illness|medical|hospital|"
    r"wife|husband|child|daughter|sons?|mother|father|brother|sister)\w*\b|سرطان|بیمار|همسر|فرزند|قومیت|عرب|برادر|خواهر",
    re.IGNORECASE,
)


def test_nothing_restricted_is_told_of_a_real_person() -> None:
    told = [row for row in read_folder("cases") if not row.get("is_demonstration")]
    assert len(told) == 9
    assert RESTRICTED.search("liver disease")
    words = repr(told).replace("'script': 'arab'", "")
    assert [found.group() for found in RESTRICTED.finditer(words)] == []


def test_every_invented_address_is_at_a_reserved_domain() -> None:
    addresses = [*User.objects.values_list("email", flat=True)]
    addresses += [s.email for s in Signature.objects.all() if s.email]
    addresses += ContactPoint.objects.filter(is_demonstration=True).values_list("value", flat=True)
    assert len(addresses) > 40
    assert [address for address in addresses if not address.endswith(".example")] == []


def test_nothing_but_invented_addresses_can_be_written_to() -> None:
    usable = ContactPoint.objects.usable_on(timezone.localdate())
    assert set(usable.values_list("is_demonstration", flat=True)) == {True}
    assert ContactPoint.objects.filter(is_demonstration=False).exists()
    assert {point.check_note for point in usable} == {"Invented address"}


def test_letter_is_on_the_invented_case_alone() -> None:
    letter = Letter.objects.get()
    assert letter.case is not None
    assert letter.case.person.is_demonstration
    assert letter.is_demonstration
    assert (letter.state, letter.approved_by_id == letter.author_id) == ("approved", False)
    assert {delivery.contact_point.is_demonstration for delivery in letter.deliveries.all()} == {True}
    assert [reply.kind for reply in letter.replies.all()] == ["acknowledged"]


def test_accounts_are_written_down_for_the_person_at_the_machine(loaded: tuple[str, Path]) -> None:
    said, folder = loaded
    path = folder / "demonstration-accounts.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line not in said] == []
    role, address, password = re.split(r"  +", lines[0])
    user = User.objects.get(email=address)
    assert (role, user.has_role("moderator"), user.check_password(password)) == ("moderator", True, True)


def test_staff_come_in_pairs_where_a_second_person_is_needed() -> None:
    roles = [role for user in User.objects.filter(is_staff=True) for role in user.role_names]
    assert sorted(roles) == ["case_editor"] * 2 + ["letter_author"] * 2 + ["moderator"] * 2 + ["verifier"]


def test_expert_with_an_address_at_the_university_is_verified_by_it() -> None:
    now = timezone.now()
    user = open_account(email="somebody@university.example", password=None, by=None, now=now)
    fields = {"printed_name": "A Person", "title": "Reader", "affiliation": "x", "country": "NL", "field": "Law"}
    saved = save_profile(by=user, fields=fields, language="en", now=now)
    assert saved.verification is not None
    assert saved.verification.method == "institution_domain"
    assert current_verification(user=User.objects.get(email="new.expert@people.example"), now=now) is None


def test_loading_again_if_empty_changes_nothing() -> None:
    before, said = rows_in_all_tables(), StringIO()
    call_command("load_demonstration", "--if-empty", stdout=said, skip_checks=True)
    assert rows_in_all_tables() == before
    assert "nothing was loaded" in said.getvalue()


def test_loading_over_something_is_refused() -> None:
    before = rows_in_all_tables()
    with pytest.raises(CommandError, match="--if-empty"):
        call_command("load_demonstration", skip_checks=True)
    assert rows_in_all_tables() == before


@override_settings(HAS_DEMONSTRATION=False)
def test_a_real_site_refuses_the_demonstration() -> None:
    for arguments in ([], ["--if-empty"]):
        with pytest.raises(CommandError, match="HAS_DEMONSTRATION"):
            call_command("load_demonstration", *arguments, skip_checks=True)
    with pytest.raises(NotForThisSiteError):
        load_demonstration(now=timezone.now(), say=print)
