"""Every page of the tour, in order, read from stops.yaml: what it is, who sees it, where it lies in the scene."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

# How wide the pages are photographed, in pixels, by language.
WIDTHS = {"en": 1280, "fa": 360}
VISITOR = ""
# Who looks, as the tour says it; each but the visitor has a session in the scene (tests/tour/scene.py).
PEOPLE = {
    VISITOR: "everybody",
    "signatory": "a signatory, by a code",
    "expert": "an expert",
    "checked": "an expert whom staff checked",
    "signed": "an expert who signed",
    "newcomer": "an expert not verified yet",
    "beginner": "somebody with a new account",
    "moderator": "a moderator",
    "second_moderator": "a second moderator",
    "editor": "an editor",
    "second_editor": "a second editor",
    "checker": "an identity checker, who keeps one half of the sealed names",
    "custodian": "the keeper of the other half",
}


@dataclass(frozen=True)
class Stop:
    """One page. `at` names for each part of its address the thing of the scene that stands there.

    With `button` (a CSS selector below `main`) the fields of `types` are filled and the button is pressed first. `name`
    tells two stops at one address apart; `status` is what the page answers; the picture begins at `start`, a selector.
    """

    view: str
    title: str
    says: str
    who: str = VISITOR
    at: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    types: Mapping[str, str] = field(default_factory=dict)
    button: str = ""
    name: str = ""
    status: int = 200
    start: str = "main"

    @property
    def picture(self) -> str:
        """The beginning of its pictures' names."""
        return self.name or self.view.partition(":")[2].replace("_", "-")


def _read() -> dict[str, tuple[Stop, ...]]:
    rows = yaml.safe_load(Path(__file__).with_name("stops.yaml").read_text(encoding="utf-8"))
    return {group: tuple(Stop(**row) for row in stops) for group, stops in rows.items()}


GROUPS = _read()
STOPS = tuple(stop for stops in GROUPS.values() for stop in stops)

# Addresses of the petitions package that show no page of their own.
FILES = frozenset(
    [
        "account_data",
        "dossier_file",
        "log_checkpoint",
        "log_keys",
        "log_leaves",
        "log_proof",
        "log_verifier",
        "paper_scan",
        "signature_data",
        "signature_receipt_json",
        "statement_canonical",
        "statement_days_csv",
        "statement_days_json",
        "update_feed",
    ]
)
BUTTONS = frozenset(
    [
        "acknowledgement_confirm",
        "batch_undo",
        "decision_undo",
        "demand_move",
        "demand_remove",
        "dossier_approve",
        "dossier_check",
        "dossier_retry",
        "follow_disown",
        "follow_resend",
        "hand_release",
        "hand_take",
        "handover_confirm",
        "invalidation_release",
        "invalidation_reverse",
        "invalidation_stop",
        "invitation_request",
        "mirror_add",
        "mirror_remove",
        "preview_give",
        "preview_revoke",
        "second_look_judge",
        "second_look_settle",
        "signature_accept",
        "signature_answer",
        "signature_ask",
        "signature_disown",
        "signature_display",
        "signature_news",
        "signature_refuse",
        "signature_remove",
        "signature_resend",
        "signature_skip",
        "statement_amend",
        "statement_close",
        "statement_drop",
        "statement_lift",
        "statement_return",
        "statement_submit",
        "statement_take_off",
        "statement_text_remove",
        "update_of_milestone",
        "update_release",
        "update_resume",
        "update_return",
        "update_stop",
        "update_submit",
        "update_test",
        "watched_name_retire",
    ]
)
