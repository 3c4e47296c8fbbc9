"""The prisoners: names, stories, status histories and every claim, with the sources that disagree side by side."""

from datetime import datetime
from typing import Any

from accounts.models import User
from campaign.demonstration.reading import Row, read_folder
from campaign.demonstration.sources import Sources
from cases.actions.consents import record_consent
from cases.actions.publication import publish_case, submit_case
from cases.actions.statuses import record_status
from cases.models import Case, CaseText, Claim, Consent, Event, Person, PersonName, StatusEvent

Cases = dict[str, Case]

PUBLICATION_NOTE = (
    "The family has not been reached. This page holds only what the sources it names had published before, and leaves "
    "out health, origin, belief and relatives."
)
PUBLICATION_NOTE_FA = (
    "با خانواده تماسی گرفته نشده است. این صفحه تنها آنچه را دارد که منابع نام‌برده پیش‌تر منتشر کرده‌اند و از تندرستی، "
    "تبار، باور و خویشاوندان چیزی نمی‌گوید."
)


def load_cases(*, sources: Sources, consent: Row, writer: User, publisher: User, now: datetime) -> Cases:
    """Make the cases, written by one person and published by another; returns them by slug.

    The invented prisoner is published, and may be written about, by the full invented `consent`.
    """
    cases = {}
    for row in read_folder("cases"):
        case = _load_case(row, writer=writer, now=now)
        _load_names(case, row, sources=sources)
        _load_history(case, row, sources=sources, writer=writer, now=now)
        _load_claims(case, row, sources=sources)
        case.sources.set(_sources_of(row, sources))
        if case.person.is_demonstration:
            _record_full_consent(case, consent, by=writer, now=now)
        cases[case.slug] = _publish(case, writer=writer, publisher=publisher, now=now)
    return cases


def _load_case(row: Row, *, writer: User, now: datetime) -> Case:
    is_demonstration = row.get("is_demonstration", False)
    person = Person.objects.create(gender=row["gender"], is_demonstration=is_demonstration)
    basis = Case.PublicationBasis.CONSENT if is_demonstration else Case.PublicationBasis.PUBLIC_REPORTS
    case = Case.objects.create(
        slug=row["slug"],
        person=person,
        publication_basis=basis,
        publication_note="" if is_demonstration else PUBLICATION_NOTE,
        publication_note_fa="" if is_demonstration else PUBLICATION_NOTE_FA,
        written_by=writer,
        created_at=now,
        last_verified_on=row.get("last_verified_on"),
    )
    for language in ("en", "fa"):
        CaseText.objects.create(case=case, language=language, **row[language])
    return case


def _load_names(case: Case, row: Row, *, sources: Sources) -> None:
    for name in row["names"]:
        source = sources[name["source"]] if "source" in name else None
        PersonName.objects.create(person=case.person, **{**name, "source": source})


def _load_history(case: Case, row: Row, *, sources: Sources, writer: User, now: datetime) -> None:
    for status in row["statuses"]:
        fields = dated(status)
        fields["source"] = sources[fields["source"]]
        record_status(case=case, entry=StatusEvent(**fields), by=writer, now=now)
    for event in row.get("events", []):
        load_event(event, sources=sources, case=case)


def load_event(row: Row, *, sources: Sources, case: Case | None = None) -> Event:
    """Make one entry of a timeline: of a case, or around all of them."""
    fields = dated(row)
    told_by = [sources[slug] for slug in fields.pop("sources")]
    event = Event.objects.create(case=case, **fields)
    event.sources.set(told_by)
    return event


def dated(row: Row) -> dict[str, Any]:
    """The fields of a dated row; `on` is called `day` in the files, since YAML reads `on` as "yes"."""
    fields = dict(row)
    fields["on"] = fields.pop("day", None)
    return fields


def _load_claims(case: Case, row: Row, *, sources: Sources) -> None:
    """One claim for each source that states it; the first source of an entry with a reason is shown first."""
    for entry in row["claims"]:
        fields = dict(entry)
        slugs = fields.pop("sources", [])
        if not slugs:
            Claim.objects.create(case=case, **fields)
        reasons = {name: fields.pop(name) for name in ("reason", "reason_fa") if name in fields}
        for position, slug in enumerate(slugs):
            shown = {"is_shown": True, **reasons} if reasons and position == 0 else {}
            Claim.objects.create(case=case, source=sources[slug], **fields, **shown)


def _sources_of(row: Row, sources: Sources) -> list[Any]:
    slugs = {status["source"] for status in row["statuses"]}
    slugs |= {name["source"] for name in row["names"] if "source" in name}
    for told in [*row["claims"], *row.get("events", [])]:
        slugs.update(told.get("sources", []))
    return [sources[slug] for slug in sorted(slugs)]


def _record_full_consent(case: Case, row: Row, *, by: User, now: datetime) -> None:
    consent = Consent(may_publish=True, may_send_to_un=True, may_name_to_government=True, **row)
    consent.may_name_in_un_report = True
    record_consent(case=case, consent=consent, by=by, now=now)


def _publish(case: Case, *, writer: User, publisher: User, now: datetime) -> Case:
    case = submit_case(case=case, by=writer, now=now)
    return publish_case(case=case, read=case.submitted_at, by=publisher, now=now)
