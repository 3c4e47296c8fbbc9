"""The first draft of a letter, taken from its case: facts with their sources, in English, for a person to work on."""

from django.utils import translation

from cases.models import Case, Claim, Event, Source, StatusEvent
from mandates.models import Letter
from text.calendars import format_day, format_partial

Status = StatusEvent.Status
Attribute = Claim.Attribute
OVER = {Status.EXECUTED, Status.DIED_IN_CUSTODY, Status.RELEASED, Status.COMMUTED}
LIKELY_VIOLATIONS = {
    Status.EXECUTION_IMMINENT: ["imminent-execution", "death-sentence-unfair-trial"],
    Status.DEATH_ROW: ["death-sentence-unfair-trial"],
    Status.DEATH_ROW_NOT_FINAL: ["death-sentence-unfair-trial"],
    Status.RETRIAL_REFUSED: ["imminent-execution", "death-sentence-unfair-trial"],
    Status.EXECUTED: ["execution-carried-out"],
    Status.DIED_IN_CUSTODY: ["death-in-custody"],
    Status.ARRESTED: ["arbitrary-detention"],
    Status.HELD: ["arbitrary-detention"],
    Status.ON_TRIAL: ["unfair-trial"],
}
SUBJECTS = {
    Status.EXECUTION_IMMINENT: "Person at imminent risk of execution",
    Status.DEATH_ROW: "Person under sentence of death",
    Status.DEATH_ROW_NOT_FINAL: "Person sentenced to death, sentence not final",
    Status.RETRIAL_REFUSED: "Person sentenced to death whose retrial was refused",
    Status.EXECUTED: "Execution of a prisoner",
    Status.DIED_IN_CUSTODY: "Death of a prisoner in custody",
}
REQUESTS = {
    Letter.Kind.URGENT_APPEAL: (
        "We ask the mandate holders to consider sending an urgent appeal to the Government, asking it to halt any step "
        "towards execution or further harm, to state the legal basis of detention and sentence, and to grant a review "
        "that meets international standards of fair trial."
    ),
    Letter.Kind.ALLEGATION_LETTER: (
        "We ask the mandate holders to consider sending an allegation letter to the Government, asking it to clarify "
        "the facts, to have them investigated independently, and to provide remedy to those harmed and their families."
    ),
    Letter.Kind.OTHER_LETTER: (
        "We ask the mandate holders to consider writing to the Government on the law, policy or practice described "
        "here and on its compatibility with international human rights law."
    ),
}


def propose_kind(case: Case) -> str:
    """An urgent appeal while something can still be prevented, else an allegation letter (OHCHR, communications)."""
    status = case.current_status
    is_over = status is not None and status.status in OVER
    return Letter.Kind.ALLEGATION_LETTER if is_over else Letter.Kind.URGENT_APPEAL


def propose_violations(case: Case) -> list[str]:
    """Slugs of the violations that the case's status suggests; the author decides."""
    status = case.current_status
    return LIKELY_VIOLATIONS.get(Status(status.status), []) if status else []


def prefill(case: Case, *, kind: str) -> dict[str, str]:
    """The text fields of a new letter on `case`. What no source of the case says stays empty."""
    with translation.override("en"):
        claims = _shown_claims(case)
        status = case.current_status
        return {
            "subject": SUBJECTS.get(Status(status.status), "A prisoner's case") if status else "A prisoner's case",
            "victim": _victim(case, claims),
            "perpetrators": _perpetrators(claims),
            "date_of_events": _span(case),
            "place_of_events": _place(case, claims),
            "facts": _facts(case, claims),
            "request": REQUESTS[Letter.Kind(kind)],
        }


def _shown_claims(case: Case) -> dict[str, Claim]:
    stated = case.claims.filter(knowledge=Claim.Knowledge.STATED).select_related("source").order_by("is_shown", "-pk")
    return {claim.attribute: claim for claim in stated}


def _victim(case: Case, claims: dict[str, Claim]) -> str:
    latin, other = case.person.names_for("en")
    lines = [f"Name: {latin.text if latin else ''}" + (f" ({other.text})" if other else "")]
    others = [n.text for n in case.person.names.all() if n not in {latin, other}]
    if others:
        lines.append(f"Other spellings: {', '.join(others)}")
    lines.append(f"Gender: {case.person.get_gender_display()}")
    lines += _lines(claims, Attribute.AGE, Attribute.OCCUPATION, Attribute.ROLE)
    return "\n".join(lines)


def _perpetrators(claims: dict[str, Claim]) -> str:
    lines = []
    if court := claims.get(Attribute.COURT):
        lines.append(f"{court.value}: the court that is reported to have passed the sentence{_cite(court.source)}")
    if prison := claims.get(Attribute.PRISON):
        lines.append(
            f"The authorities of {prison.value}, where the person is reported to be held{_cite(prison.source)}"
        )
    return "\n".join(lines)


def _place(case: Case, claims: dict[str, Claim]) -> str:
    places = [claims[Attribute.PRISON].value] if Attribute.PRISON in claims else []
    places += [event.place for event in case.events.exclude(place="").order_by("on")]
    return "; ".join(dict.fromkeys(places))[:200]


def _span(case: Case) -> str:
    rows = sorted((row for row in [*case.events.all(), *case.status_events.shown()] if row.on), key=_order)
    if not rows:
        return ""
    first, last = _when(rows[0]), _when(rows[-1])
    return first if first == last else f"{first} to {last}"


def _facts(case: Case, claims: dict[str, Claim]) -> str:
    dated: list[tuple[str, str]] = []
    for event in case.events.prefetch_related("sources"):
        where = f" ({event.place})" if event.place else ""
        dated.append((_order(event), f"{_when(event)}: {event.text}{where}{_cite(*event.sources.all())}"))
        if event.disagreement:
            dated.append((_order(event), f"On this the sources disagree: {event.disagreement}"))
    for status in case.status_events.shown().select_related("source"):
        note = f" {status.note}" if status.note else ""
        dated.append((_order(status), f"{_when(status)}: {status.get_status_display()}.{note}{_cite(status.source)}"))
    told = [line for _key, line in sorted(dated, key=lambda pair: pair[0])]
    law = _lines(
        claims, Attribute.ARREST_DATE, Attribute.PRISON, Attribute.CHARGE, Attribute.ALLEGED_AFFILIATION,
        Attribute.COURT, Attribute.SENTENCE, Attribute.SENTENCE_DATE,
    )  # fmt: skip
    return "\n".join([*told, "", *law] if told and law else [*told, *law])


def _order(row: Event | StatusEvent) -> str:
    return row.on.isoformat() if row.on else "9999"


def _when(row: Event | StatusEvent) -> str:
    return format_partial(row.on, row.precision, "en")


def _lines(claims: dict[str, Claim], *attributes: str) -> list[str]:
    chosen = [claims[attribute] for attribute in attributes if attribute in claims]
    return [f"{str(c.get_attribute_display()).capitalize()}: {c.value}{_as_of(c)}{_cite(c.source)}" for c in chosen]


def _as_of(claim: Claim) -> str:
    return f", as of {format_day(claim.as_of, 'en')}" if claim.as_of else ""


def _cite(*sources: Source | None) -> str:
    told = [_short(source) for source in sources if source is not None]
    return f" (source: {'; '.join(told)})" if told else ""


def _short(source: Source) -> str:
    if source.is_withheld:
        return f"{source.get_kind_display()}, not named for their safety"
    return f"{source.publisher}, {format_day(source.published_on, 'en')}" if source.published_on else source.publisher
