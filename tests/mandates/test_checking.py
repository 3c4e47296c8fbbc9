"""Each gate, missing in turn: the draft is refused, and told the rule and where it comes from."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Claim, Consent, Source, StatusEvent
from mandates import actions
from mandates.checking import check_letter
from mandates.errors import LetterIncompleteError
from mandates.models import ContactPoint, Letter, LetterAddressee
from mandates.rules import CHANNEL, CONDUCT, CONSENT, HOUSE, HOUSE_NAMES, MINIMUM, NOT_ANONYMOUS, READ_ON, Rule
from tests.accounts.factories import UserFactory
from tests.cases.factories import CaseFactory, ConsentFactory, SourceFactory
from tests.mandates.factories import ContactPointFactory, LetterFactory, MandateFactory, case_of, put_in_review, today

pytestmark = pytest.mark.django_db


def codes(letter: Letter) -> list[str]:
    return [finding.code for finding in check_letter(letter=letter, now=timezone.now())]


def blank(**words: str) -> Callable[[Letter], object]:
    return lambda letter: Letter.objects.filter(pk=letter.pk).update(**words)


def withdraw(letter: Letter, bit: str) -> None:
    """The family takes one bit back: the old consent ends and a new one leaves it out."""
    Consent.objects.filter(case=letter.case).update(withdrawn_at=timezone.now())
    bits = {"may_send_to_un", "may_name_to_government", "may_name_in_un_report"} - {bit}
    ConsentFactory.create(case=letter.case, **dict.fromkeys(bits, True))


def spoil_addresses(**values: object) -> Callable[[Letter], object]:
    return lambda letter: ContactPoint.objects.filter(mandate__letters__letter=letter).update(**values)


def name_in_subject(letter: Letter) -> None:
    case_of(letter).person.names.filter(script="latn").update(text="Zahra Sample")
    Letter.objects.filter(pk=letter.pk).update(subject="The case of Zahra")


GATES: list[tuple[str, Rule, Callable[[Letter], object]]] = [
    ("subject", CHANNEL, blank(subject=" ")),
    ("name_in_subject", HOUSE_NAMES, name_in_subject),
    ("victim", MINIMUM, blank(victim=" ")),
    ("perpetrators", MINIMUM, blank(perpetrators="", perpetrators_unknown_because="")),
    ("date", MINIMUM, blank(date_of_events="last summer")),
    ("place", MINIMUM, blank(place_of_events="")),
    ("facts", MINIMUM, blank(facts="\n")),
    ("submitter", MINIMUM, blank(submitter="")),
    ("anonymous", NOT_ANONYMOUS, blank(submitter="Anonymous")),
    ("request", MINIMUM, blank(request="")),
    ("language", CHANNEL, blank(language="fa")),
    ("violations", MINIMUM, lambda letter: letter.violations.clear()),
    ("addressees", MINIMUM, lambda letter: letter.addressees.all().delete()),
    ("sources", CONDUCT, lambda letter: Source.objects.update(kind=Source.Kind.PRESS)),
    ("consent_send_to_un", CONSENT, lambda letter: withdraw(letter, "may_send_to_un")),
    ("consent_name_to_government", CONSENT, lambda letter: withdraw(letter, "may_name_to_government")),
    ("consent_name_in_un_report", CONSENT, lambda letter: withdraw(letter, "may_name_in_un_report")),
    ("contact", HOUSE, spoil_addresses(checked_on=None, checked_by=None)),
    ("contact", HOUSE, spoil_addresses(is_blocked=True)),
    ("contact", HOUSE, spoil_addresses(expires_on=today() - timedelta(days=1))),
    ("contact", HOUSE, spoil_addresses(channel="form")),
    ("contact", HOUSE, lambda letter: letter.addressees.update(mandate=MandateFactory.create())),
]


@pytest.mark.parametrize(("code", "rule", "take_away"), GATES)
def test_letter_that_lacks_one_gate_is_refused_with_its_rule(
    code: str, rule: Rule, take_away: Callable[[Letter], object]
) -> None:
    """The same letter is approved when nothing is taken away: `test_letter_with_every_gate_is_approved`."""
    letter = LetterFactory.complete()
    assert codes(letter) == []
    take_away(letter)
    refuse_with(put_in_review(letter), code, rule)
    letter.state = Letter.State.DRAFT
    letter.save(update_fields=["state"])
    with pytest.raises(LetterIncompleteError) as refusal:
        actions.submit_letter(letter=letter, by=letter.author, now=timezone.now())
    assert [finding.code for finding in refusal.value.findings] == [code]


def refuse_with(letter: Letter, code: str, rule: Rule) -> None:
    """A second person tries to approve: refused for `code` alone, told the rule, its source and where to mend it."""
    second = UserFactory.with_role("letter_author")
    with pytest.raises(LetterIncompleteError) as refusal:
        actions.approve_letter(letter=letter, by=second, now=timezone.now())
    (finding,) = refusal.value.findings
    assert (finding.code, finding.rule, finding.rule.as_of) == (code, rule, READ_ON)
    assert str(finding.message) in str(refusal.value)
    assert str(finding.rule.text)
    assert finding.rule.url.startswith("http") or "Our own rule" in str(finding.rule.text)
    assert finding.mend_url.startswith("/")
    assert not letter.deliveries.exists()
    letter.refresh_from_db()
    assert letter.state == Letter.State.IN_REVIEW


def test_letter_with_every_gate_is_approved() -> None:
    assert LetterFactory.approved().state == Letter.State.APPROVED


def test_gate_that_opens_after_review_stops_the_approval() -> None:
    letter = LetterFactory.in_review()
    withdraw(letter, "may_name_to_government")
    second = UserFactory.with_role("letter_author")
    with pytest.raises(LetterIncompleteError) as refusal:
        actions.approve_letter(letter=letter, by=second, now=timezone.now())
    assert [f.code for f in refusal.value.findings] == ["consent_name_to_government"]
    letter.refresh_from_db()
    assert letter.state == Letter.State.IN_REVIEW
    assert not letter.deliveries.exists()


def test_perpetrators_may_be_unknown_with_a_reason() -> None:
    letter = LetterFactory.complete(perpetrators="", perpetrators_unknown_because="Plain clothes, no badge")
    assert codes(letter) == []


def test_one_source_that_is_not_media_is_enough() -> None:
    letter = LetterFactory.complete()
    Source.objects.update(kind=Source.Kind.PRESS)
    assert codes(letter) == ["sources"]
    case_of(letter).sources.add(SourceFactory.create(kind=Source.Kind.FAMILY))
    assert codes(letter) == []


def test_sources_of_claims_and_struck_out_statuses_count_as_they_should() -> None:
    case = CaseFactory.published(source=SourceFactory.create(kind=Source.Kind.STATE_MEDIA))
    letter = LetterFactory.complete(case=case)
    assert codes(letter) == ["sources"]
    Claim.objects.create(case=case, attribute="age", value="40", source=SourceFactory.create(kind=Source.Kind.LAWYER))
    assert codes(letter) == []
    assert StatusEvent.objects.filter(case=case).count() == 1


def test_abusive_words_warn_but_do_not_stop() -> None:
    letter = LetterFactory.complete(facts="The bloodthirsty butchers took him.")
    (finding,) = check_letter(letter=letter, now=timezone.now())
    assert (finding.code, finding.is_missing) == ("tone", False)
    assert "bloodthirsty, butchers" in str(finding.message)


def test_second_letter_to_the_same_mandate_within_thirty_days_warns() -> None:
    mandate = MandateFactory.reachable()
    first = LetterFactory.approved(mandates=[mandate])
    letter = LetterFactory.complete(case=first.case, mandates=[mandate])
    assert codes(letter) == ["recent_letter"]
    later = timezone.now() + timedelta(days=31)
    assert check_letter(letter=letter, now=later) == []


def test_unverified_mandate_warns() -> None:
    assert codes(LetterFactory.complete(mandates=[MandateFactory.reachable(is_verified=False)])) == [
        "mandate_unverified"
    ]


def test_one_unreachable_mandate_among_several_is_named() -> None:
    letter = LetterFactory.complete()
    other = MandateFactory.create(title="Special Rapporteur on silence")
    ContactPointFactory.create(mandate=other)
    LetterAddressee.objects.create(letter=letter, mandate=other)
    (finding,) = check_letter(letter=letter, now=timezone.now())
    assert "Special Rapporteur on silence" in str(finding.message)
    assert finding.mend == "mandates:contact_check"


def test_recorded_check_opens_the_gate_for_its_time() -> None:
    letter = LetterFactory.complete()
    point = ContactPoint.objects.get(mandate__letters__letter=letter)
    actions.block_contact_point(contact_point=point, how="Bounced", by=letter.author, now=timezone.now())
    assert codes(letter) == ["contact"]
    actions.record_contact_check(contact_point=point, how="Asked", by=letter.author, now=timezone.now())
    actions.record_contact_check(contact_point=point, how="Asked again", by=letter.author, now=timezone.now())
    assert codes(letter) == ["contact"]
    second = UserFactory.with_role("letter_author")
    actions.record_contact_check(contact_point=point, how="Asked too", by=second, now=timezone.now())
    assert codes(letter) == []
    assert check_letter(letter=letter, now=timezone.now() + timedelta(days=181))[0].code == "contact"
