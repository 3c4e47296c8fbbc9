"""What can stand in the way of a change to a case. Each error carries a message for the person who tried."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class CaseRuleError(Exception):
    """A rule of the desk forbids the change; `message` says why, in the reader's language."""

    message: str | Promise = _("This cannot be done now.")

    def __init__(self, message: str | Promise | None = None) -> None:
        self.message = message or self.message
        super().__init__(self.message)


class NotAnEditorError(CaseRuleError):
    message = _("Only a case editor can do this.")


class CaseNotEditableError(CaseRuleError):
    message = _("The words of this case are fixed: it is published or waits for a second person. Take it back first.")


class WrongStateError(CaseRuleError):
    message = _("Somebody has moved this case on in the meantime. Look at it again.")


class SecondPersonNeededError(CaseRuleError):
    message = _("A second person must do this: nobody publishes what they wrote, handed in or recorded themselves.")


class CaseChangedError(CaseRuleError):
    message = _("The case was handed in again after you opened it. Read it once more before you publish it.")


class ConsentWithdrawnError(CaseRuleError):
    message = _("The consent to publish this case was withdrawn, so it cannot be published.")


class AlreadyThereError(CaseRuleError):
    message = _("This is there already.")


class IncompleteCaseError(CaseRuleError):
    """Something is missing; `missing` lists it in words."""

    message = _("Something is still missing before a second person can look at it.")

    def __init__(self, missing: Sequence[str | Promise]) -> None:
        super().__init__()
        self.missing = list(missing)
