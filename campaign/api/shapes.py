"""Every answer of version 1, field by field: name, type, meaning, and where the value is from.

This is a promise to strangers: within version 1 a field may be added, and none changes its meaning, type or name, or
goes away (docs/api.md). No field holds an e-mail address, a key of a row about a person, or a moment of signing finer
than the day (reliability, T4).
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from accounts.models import ExpertProfile, Verification
from petitions.models import Demand, ModerationDecision, Signature, Statement

VERSION = "1"


def told(meaning: str, source: str = "") -> Any:
    """A field with its meaning, and the page or file for everybody that shows the same."""
    return field(metadata={"meaning": meaning, "source": source})


def one_of(*values: str) -> tuple[str, tuple[str, ...]]:
    """A word of JSON Schema and its value, for `Annotated`."""
    return "enum", values


PUBLIC_STATES = (Statement.State.OPEN.value, Statement.State.CLOSED.value, Statement.State.HANDED_OVER.value)
CATEGORIES = tuple(ExpertProfile.Category.values)
PROOFS = tuple(dict.fromkeys([*Signature.Proof.values, *Verification.Method.values]))

Url = Annotated[str, ("format", "uri")]
Sha256 = Annotated[str, ("pattern", "^[0-9a-f]{64}$")]
State = Annotated[str, one_of(*PUBLIC_STATES)]
Kind = Annotated[str, one_of(*Statement.Kind.values)]
DemandState = Annotated[str, one_of(*Demand.Status.values)]
# A signatory who gave no category has the empty one.
Category = Annotated[str, one_of("", *CATEGORIES)]
Proof = Annotated[str, one_of(*PROOFS)]
ByProof = dict[Annotated[str, one_of(*Signature.Proof.values)], int]
ByCategory = dict[Annotated[str, one_of(*CATEGORIES)], int]
ByDisplay = dict[Annotated[str, one_of(*Signature.Display.values)], int]
ByReason = dict[Annotated[str, one_of(*ModerationDecision.Reason.values)], int]
SignsAs = Annotated[str, one_of(*Signature.SignsAs.values)]
Shown = Annotated[str, one_of(Signature.Display.FULL.value, Signature.Display.INITIALS.value)]
NAMES_PAGE = "list of signatories"
FIGURES_PAGE = "page of figures"
STATEMENT_PAGE = "statement's page"


@dataclass(frozen=True, kw_only=True)
class Text:
    """The wording of a version in one language."""

    language: str = told("Language of the wording (BCP 47).", STATEMENT_PAGE)
    title: str = told("Its title.", STATEMENT_PAGE)
    is_unofficial: bool = told("A translation made for reading; a signature is on the original.", STATEMENT_PAGE)
    sha256: Sha256 = told("Fingerprint: the SHA-256 of the canonical text.", "canonical text")
    canonical_url: Url = told("The exact bytes that were hashed, as plain text.", "canonical text")


@dataclass(frozen=True, kw_only=True)
class Version:
    """A frozen version: its wordings never change."""

    number: int = told("Number of the version, from 1.", STATEMENT_PAGE)
    frozen_on: date = told("Day (UTC) since which no letter of it can change.", STATEMENT_PAGE)
    url: Url = told("The version to read.", "page of the version")
    texts: list[Text] = told("Its wordings, by language.", STATEMENT_PAGE)


@dataclass(frozen=True, kw_only=True)
class StatementLine:
    """A statement as it stands in the list."""

    number: int = told("The statement's number in the public log; it never changes.", "check the counts")
    slug: str = told("Its short name, as in its address.", STATEMENT_PAGE)
    url: Url = told("Its canonical address.", STATEMENT_PAGE)
    details_url: Url = told("All about it, in this API.", "this API")
    kind: Kind = told("Who signs it: experts, everybody, or organisations.", STATEMENT_PAGE)
    state: State = told("Whether it takes signatures (`open`), or no longer does.", STATEMENT_PAGE)
    original_language: str = told("Language of the wording that binds.", STATEMENT_PAGE)
    languages: list[str] = told("Languages its current version can be read in.", STATEMENT_PAGE)
    cases: list[Url] = told("Pages of the published cases it is about.", STATEMENT_PAGE)
    counted: int = told("How many have signed and are counted; moves in steps of a minute.", STATEMENT_PAGE)
    goal: int | None = told("The goal that was set.", STATEMENT_PAGE)
    invented: bool = told("Its count holds people invented for a demonstration: report nothing of it.", STATEMENT_PAGE)
    opened_on: date = told("Day (UTC) it was first opened for signature.", "feed of news and statements")
    closed_on: date | None = told("Day (UTC) it was closed, if it is.", "")
    handed_over_on: date | None = told("Day of its latest public handover.", "page of the handover")
    current_version: Version = told("The version that can be signed, or last could.", STATEMENT_PAGE)


@dataclass(frozen=True, kw_only=True)
class StatementPage:
    """A page of the list of statements."""

    statements: list[StatementLine] = told("At most 50, the highest number first.")
    next: Url | None = told("The next page; null on the last one.")


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Whom a demand is addressed to, as the directory of this site names them."""

    url: Url = told("The entry in the directory.", "directory of mandates")
    name: str = told("Its name, in English.", "directory of mandates")
    name_fa: str = told("Its name in Persian; empty where there is none.", "directory of mandates")


@dataclass(frozen=True, kw_only=True)
class Became:
    """What became of a demand, as of a day."""

    status: DemandState = told("What became of it.", STATEMENT_PAGE)
    as_of: date = told("As of which day.", STATEMENT_PAGE)
    note: str = told("What happened, in English.", STATEMENT_PAGE)
    note_fa: str = told("The same in Persian; may be empty.", STATEMENT_PAGE)
    source_url: Url | None = told("Where we know it from, if that can be told.", STATEMENT_PAGE)


@dataclass(frozen=True, kw_only=True)
class DemandWords:
    """A demand in one language; part of the signed text."""

    language: str = told("Language of the wording.", STATEMENT_PAGE)
    heading: str = told("Its heading; may be empty.", STATEMENT_PAGE)
    text: str = told("What is demanded.", STATEMENT_PAGE)
    addressees: str = told("Whom it is addressed to, as printed and signed.", STATEMENT_PAGE)


@dataclass(frozen=True, kw_only=True)
class AskedOf:
    """A demand of the current version, and what became of it."""

    number: str = told("Its number in the text.", STATEMENT_PAGE)
    deadline_on: date | None = told("By when it is to be met.", STATEMENT_PAGE)
    status: DemandState = told("What became of it, as of the latest day we know of.", STATEMENT_PAGE)
    history: list[Became] = told("Every dated status, the latest first.", STATEMENT_PAGE)
    wordings: list[DemandWords] = told("Its words, by language.", STATEMENT_PAGE)
    addressees: list[Addressee] = told("Entries of the directory it is addressed to.", STATEMENT_PAGE)


@dataclass(frozen=True, kw_only=True)
class MirrorOf:
    """Another page that carries the text. Compare its fingerprint; ours is canonical."""

    url: Url = told("Its address.", STATEMENT_PAGE)
    label: str = told("Whose page it is.", STATEMENT_PAGE)


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """A handover that two people confirmed."""

    url: Url = told("Its page, which also compares a file with what was delivered.", "page of the handover")
    handed_over_on: date = told("The day.", "page of the handover")
    recipient: str = told("Name and office of the recipient, as printed.", "page of the handover")
    version: int = told("Which version was delivered.", "page of the handover")
    counted: int = told("How many signatures were in it.", "page of the handover")
    sha256: dict[str, Sha256] = told(
        "Fingerprint of each file that was delivered, by its name.", "page of the handover"
    )


@dataclass(frozen=True, kw_only=True)
class Country:
    """A country from which at least ten signed."""

    code: str = told("ISO 3166-1, two letters.", FIGURES_PAGE)
    counted: int = told("How many signed from there.", FIGURES_PAGE)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The public figures of a statement. Groups hold what is not 0."""

    counted: int = told("Signatures in the count.", FIGURES_PAGE)
    by_proof: ByProof = told("Of these, by how the identity was proved.", FIGURES_PAGE)
    by_version: dict[str, int] = told("Of these, by the number of the version that was signed.", FIGURES_PAGE)
    by_category: ByCategory = told("Of those whose names are shown, by category.", FIGURES_PAGE)
    by_display: ByDisplay = told("Of these, by how the name is shown.", FIGURES_PAGE)
    countries: list[Country] = told("Countries from which at least ten signed, the largest first.", FIGURES_PAGE)
    elsewhere: int = told("Signatures from any other country, or none said.", FIGURES_PAGE)
    countries_as_of: date | None = told("Day on which the countries were counted.", FIGURES_PAGE)
    invented: int = told("Of the counted, people invented for a demonstration.", FIGURES_PAGE)
    not_shown: int = told("Of the counted, people who asked that their name is not shown.", NAMES_PAGE)
    pending: int = told("Not counted: waiting for a moderator.", FIGURES_PAGE)
    withdrawn: int = told("Not counted: withdrawn by the signatories, erased ones among them.", FIGURES_PAGE)
    refused: int = told("Not counted: refused.", FIGURES_PAGE)
    refused_reasons: ByReason = told("Of the refused, by reason.", FIGURES_PAGE)
    removed: int = told("Not counted: taken out of the count by staff.", FIGURES_PAGE)
    removed_reasons: ByReason = told("Of the taken out, by reason.", FIGURES_PAGE)
    on_paper: int = told("Signatures on paper, checked by two people; never part of the count.", STATEMENT_PAGE)
    recounted_on: date | None = told("Day (UTC) of the last recount from the signatures themselves.", FIGURES_PAGE)


@dataclass(frozen=True, kw_only=True)
class Links:
    """Where to read on."""

    signatories: Url = told("The list of signatories, in this API.")
    signatories_page: Url = told("The same to read.")
    figures_page: Url = told("The figures to read.")
    days_json: Url = told("The course of the count by day, as JSON.")
    days_csv: Url = told("The same as CSV.")
    log: Url = told("The public log against which the count can be checked.")
    feed: Url = told("Atom feed of news and statements.")


@dataclass(frozen=True, kw_only=True)
class StatementDetail(StatementLine):
    """All that is public about a statement but its signatories."""

    versions: list[Version] = told("Every version that was on the site, the newest first.", STATEMENT_PAGE)
    demands: list[AskedOf] = told("The demands of the current version, in their order.", STATEMENT_PAGE)
    figures: Figures = told("The count and what it is made of.", FIGURES_PAGE)
    mirrors: list[MirrorOf] = told("Other pages that carry the text.", STATEMENT_PAGE)
    handovers: list[HandedOver] = told("Public handovers, the latest first; each leads to its dossier.", STATEMENT_PAGE)
    links: Links = told("Where to read on.")


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """One of the public list, as the signatory chose to be shown."""

    signs_as: SignsAs = told("For oneself, or for an organisation.", NAMES_PAGE)
    display: Shown = told("Whether the name stands in full or as initials.", NAMES_PAGE)
    name: str = told("The name, or its initials; empty for an organisation that is not named.", NAMES_PAGE)
    honorific: str = told("Form of address; empty with initials.", NAMES_PAGE)
    original_name: str = told("The name in its own script; empty with initials.", NAMES_PAGE)
    organisation: str = told("The organisation that signs; else empty.", NAMES_PAGE)
    organisation_role: str = told("The signatory's role in it; else empty.", NAMES_PAGE)
    title: str = told("Office; empty with initials.", NAMES_PAGE)
    is_former: bool = told("The office is a former one.", NAMES_PAGE)
    affiliation: str = told("Institution; empty with initials.", NAMES_PAGE)
    in_personal_capacity: bool = told("Office and institution are named for identification only.", NAMES_PAGE)
    category: Category = told("Category of an expert; empty for others and with initials.", NAMES_PAGE)
    comment: str = told("Why they sign, in their words; empty with initials.", NAMES_PAGE)
    proof: Proof = told("The badge: how the identity was proved.", NAMES_PAGE)
    proof_evidence: str = told("Institution of the address, or ORCID iD; empty where it is not public.", NAMES_PAGE)
    proved_on: date | None = told("Day the identity was proved.", NAMES_PAGE)
    version: int = told("Number of the version that was signed.", NAMES_PAGE)
    accepted_on: date = told("Day (UTC) since which it is counted.", NAMES_PAGE)
    invented: bool = told("Invented for a demonstration: no such person exists.", NAMES_PAGE)


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A protected signatory: known to us, counted, named by the office alone; without a day, which would tell more."""

    office: str = told("The office, as the signatory words it.", NAMES_PAGE)
    category: Category = told("Category.", NAMES_PAGE)
    version: int = told("Number of the version that was signed.", NAMES_PAGE)
    invented: bool = told("Invented for a demonstration: no such person exists.", NAMES_PAGE)


@dataclass(frozen=True, kw_only=True)
class SignatoryPage:
    """A page of the public list. Who is on it today may not be tomorrow: read it again before you print it."""

    statement: Url = told("The statement, in this API.")
    signatories: list[Signatory] = told("At most 50, the newest day first; a day is in no order of time.", NAMES_PAGE)
    withheld: list[Withheld] = told("Names withheld, by office; on the first page only.", NAMES_PAGE)
    erased: int = told("Names that were taken off; as a number, on the first page only, else 0.", NAMES_PAGE)
    not_shown: int = told("People who signed and asked that their name is not shown.", NAMES_PAGE)
    next: Url | None = told("The next page; null on the last one.")


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why there is no answer; sent with the status 400, 404 or 405."""

    error: str = told("One of `bad_parameter`, `not_found`, `method_not_allowed`.")
    message: str = told("What is wrong, in English, for a person to read.")
    parameter: str | None = told("Which parameter is meant.")
    allowed: list[str] = told("What is allowed; empty where that is no list.")
