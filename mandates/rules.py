"""The rules a letter is held to, each with where it comes from and the day on which we read it there."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READ_ON = date(2026, 11, 21)
_DEFENDERS = "https://srdefenders.org/submit-information/submit-information-on-a-human-rights-violation/"


@dataclass(frozen=True)
class Rule:
    """Where a rule comes from: the UN's document or page, or our own house. `as_of` is the day it was last read."""

    text: "str | Promise"
    url: str = ""
    as_of: date = READ_ON


MINIMUM = Rule(
    _("OHCHR, Special Procedures: the minimum information a communication must hold"),
    "https://www2.ohchr.org/english/bodies/chr/special/communications.htm",
)
CONDUCT = Rule(
    _("Code of Conduct for mandate holders, article 9 (Human Rights Council resolution 5/2)"),
    "https://undocs.org/A/HRC/RES/5/2",
)
NOT_ANONYMOUS = Rule(
    _("International Dalit Solidarity Network's copy of OHCHR's criteria: anonymous communications are not considered"),
    "https://idsn.org/un-2/special-procedures/submit-a-complaint/",
)
CONSENT = Rule(
    _("Special Rapporteur on human rights defenders, Submit information: two questions of consent to be answered"),
    _DEFENDERS,
)
CHANNEL = Rule(
    _("ISHR Academy, Requesting a communication: language, subject line and address of an e-mail"),
    "https://academy.ishr.ch/learn/special-procedures/requesting-a-communication",
)
UPDATE = Rule(
    _("Special Rapporteur on human rights defenders, Submit information: send news rather than the same again"),
    _DEFENDERS,
)
DEFENDERS = Rule(
    _("Special Rapporteur on human rights defenders, Submit information: what a submission must tell"), _DEFENDERS
)
DETENTION = Rule(
    _("Working Group on Arbitrary Detention, Fact Sheet No. 26, annex V: model questionnaire"),
    "https://docslib.org/doc/3913086/fact-sheet-no-26-the-working-group-on-arbitrary-detention",
)
DETENTION_PROCEDURES = Rule(
    _("Working Group on Arbitrary Detention, Complaints: the regular procedure and the urgent appeal are two requests"),
    "https://www.ohchr.org/EN/Issues/Detention/Pages/Complaints.aspx",
)
DISAPPEARANCES = Rule(
    _("Working Group on Enforced or Involuntary Disappearances, Reporting a disappearance: six required elements"),
    "https://www.ohchr.org/en/special-procedures/wg-disappearances/reporting-disappearance-working-group",
)
DISAPPEARANCES_URGENT = Rule(
    _("Working Group on Enforced or Involuntary Disappearances, Procedures: urgent within three months, else standard"),
    "https://www.ohchr.org/en/special-procedures/wg-disappearances/procedures",
)
EXECUTIONS = Rule(
    _("Special Rapporteur on executions, Complaints: what the mandate takes up, and when an appeal is urgent"),
    "https://www.ohchr.org/EN/Issues/Executions/Pages/Complaints.aspx",
)
TORTURE = Rule(
    _("Special Rapporteur on torture, Urgent appeals: what the mandate asks for"),
    "https://www.ohchr.org/EN/Issues/Torture/SRTorture/Pages/Appeals.aspx",
)
EXPRESSION = Rule(
    _("Special Rapporteur on freedom of opinion and expression: the mandate's questionnaire"),
    "https://www.ohchr.org/EN/Issues/FreedomOpinion/Pages/OpinionQuestionnaire.aspx",
)
JUDGES = Rule(
    _("Claiming Human Rights on the Special Rapporteur on the independence of judges and lawyers: what to tell"),
    "http://www.claiminghumanrights.org/sr_independence_judges.html",
)
WOMEN = Rule(
    _("Special Rapporteur on violence against women: the violence must be tied to the person's sex or gender"),
    "https://www.ohchr.org/en/special-procedures/sr-violence-against-women/individual-complaints",
)
HOUSE = Rule(_("Our own rule: nothing is sent to an address that no person has checked"))
HOUSE_KEYS = Rule(_("Our own rule: a key is used once a second person has confirmed its fingerprint another way"))
HOUSE_NAMES = Rule(_("Our own rule: a subject line is read by many, so it names nobody"))
HOUSE_STATEMENT = Rule(_("Our own rule: what is handed over is public, its text frozen and its signatures counted"))
HOUSE_NAMED = Rule(_("Our own rule: beside a statement only people are named whose case is published"))
HOUSE_LANGUAGE = Rule(_("Our own rule: what is not yet translated is finished before it leaves"))
