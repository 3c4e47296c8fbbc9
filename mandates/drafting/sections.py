"""The sections of a letter as the case's own facts fill them. What no source of the case says stays empty."""

from cases.models import Case, Claim, Event, Source, StatusEvent
from mandates.drafting.phrases import PHRASES, REQUESTS, SUBJECTS, day_in, in_letter, marked, told, when

Attribute, Status = Claim.Attribute, StatusEvent.Status


def prefill(case: Case, *, kind: str, language: str = "en") -> dict[str, str]:
    """The text fields of a new letter on `case`, in the letter's language.

    Headings, dates and fixed words stand in `language`; facts that the case holds in English are marked `phrases.MARKS`
    in a letter of another language, for the author to translate.
    """
    return Draft(case, language).sections(kind)


class Draft:
    """One case told in one language; the parts are also what a mandate's own questions are first answered with."""

    def __init__(self, case: Case, language: str) -> None:
        self.case, self.language = case, language
        self.words = PHRASES.get(language, PHRASES["en"])
        stated = case.claims.filter(knowledge=Claim.Knowledge.STATED).select_related("source")
        self.claims = {claim.attribute: claim for claim in stated.order_by("is_shown", "-pk")}

    def sections(self, kind: str) -> dict[str, str]:
        return {
            "subject": self.subject(),
            "victim": self.victim(),
            "perpetrators": self.perpetrators(),
            "date_of_events": self.span()[:200],
            "place_of_events": self.place(),
            "facts": self.facts(),
            "request": in_letter(REQUESTS[kind], self.language),
        }

    def subject(self) -> str:
        status = self.case.current_status
        known = SUBJECTS.get(Status(status.status)) if status else None
        return in_letter(known, self.language) if known else self.words["subject"]

    def name(self) -> str:
        latin, other = self.case.person.names_for("en")
        return (latin.text if latin else "") + (f" ({other.text})" if other else "")

    def victim(self) -> str:
        latin, other = self.case.person.names_for("en")
        lines = [self.pair(self.words["name"], self.name())]
        others = [n.text for n in self.case.person.names.all() if n not in {latin, other}]
        if others:
            lines.append(self.pair(self.words["spellings"], ", ".join(others)))
        lines.append(self.pair(self.words["gender"], told(self.case.person, self.language)))
        return "\n".join([*lines, *self.lines(Attribute.AGE, Attribute.OCCUPATION, Attribute.ROLE)])

    def perpetrators(self) -> str:
        lines = []
        for attribute in (Attribute.COURT, Attribute.PRISON):
            if claim := self.claims.get(attribute):
                told_by = self.words[attribute].format(value=marked(claim.value, self.language))
                lines.append(f"{told_by}{self.cite(claim.source)}")
        return "\n".join(lines)

    def place(self) -> str:
        places = [self.claims[Attribute.PRISON].value] if Attribute.PRISON in self.claims else []
        places += [event.place for event in self.case.events.exclude(place="").order_by("on")]
        return "; ".join(dict.fromkeys(places))[:200]

    def span(self) -> str:
        rows = [row for row in [*self.case.events.all(), *self.case.status_events.shown()] if row.on]
        rows.sort(key=_order)
        if not rows:
            return ""
        first, last = self.when(rows[0]), self.when(rows[-1])
        return first if first == last else self.words["span"].format(first=first, last=last)

    def facts(self) -> str:
        story, law = self.story(), self.law()
        return "\n".join([*story, "", *law] if story and law else [*story, *law])

    def story(self) -> list[str]:
        """What happened, in its order, each line with its date and sources."""
        dated: list[tuple[str, str]] = []
        for event in self.case.events.prefetch_related("sources"):
            where = f" ({event.place})" if event.place else ""
            text = marked(f"{event.text}{where}", self.language)
            dated.append((_order(event), self.pair(self.when(event), f"{text}{self.cite(*event.sources.all())}")))
            if event.disagreement:
                words = marked(event.disagreement, self.language)
                dated.append((_order(event), self.words["disagree"].format(words=words)))
        for status in self.case.status_events.shown().select_related("source"):
            note = f" {marked(status.note, self.language)}" if status.note else ""
            line = f"{told(status, self.language)}.{note}{self.cite(status.source)}"
            dated.append((_order(status), self.pair(self.when(status), line)))
        return [line for _key, line in sorted(dated, key=lambda pair: pair[0])]

    def law(self) -> list[str]:
        """What is known of arrest, charge, court and sentence."""
        return self.lines(
            Attribute.ARREST_DATE, Attribute.PRISON, Attribute.CHARGE, Attribute.ALLEGED_AFFILIATION,
            Attribute.COURT, Attribute.SENTENCE, Attribute.SENTENCE_DATE,
        )  # fmt: skip

    def lines(self, *attributes: str) -> list[str]:
        """A line for each of `attributes` that a source states: what it is, its value, as of when, the source."""
        chosen = [self.claims[attribute] for attribute in attributes if attribute in self.claims]
        return [
            self.pair(
                _capital(told(claim, self.language)),
                f"{marked(claim.value, self.language)}{self.as_of(claim)}{self.cite(claim.source)}",
            )
            for claim in chosen
        ]

    def pair(self, label: str, value: str) -> str:
        """`label: value`, with the colon as the language sets it."""
        return f"{label}{self.words['colon']}{value}"

    def when(self, row: Event | StatusEvent) -> str:
        return when(row.on, row.precision, self.language)

    def as_of(self, claim: Claim) -> str:
        return f", {self.words['as_of'].format(day=day_in(claim.as_of, self.language))}" if claim.as_of else ""

    def cite(self, *sources: Source | None) -> str:
        cited = [self._short(source) for source in sources if source is not None]
        return f" ({self.pair(self.words['source'], '; '.join(cited))})" if cited else ""

    def _short(self, source: Source) -> str:
        if source.is_withheld:
            return self.words["withheld"].format(kind=told(source, self.language))
        day = f", {day_in(source.published_on, self.language)}" if source.published_on else ""
        return f"{source.publisher}{day}"


def _order(row: Event | StatusEvent) -> str:
    return row.on.isoformat() if row.on else "9999"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
