"""What can be wrong; the views put it in words for the person who asked. Errors of the statement desk bring words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from petitions.models import UpdateText


class PetitionsError(Exception):
    """A rule of this package says no."""


class NotPublishedError(PetitionsError):
    """The case or the statement is not on the site."""


class VersionFrozenError(PetitionsError):
    """The version is frozen already."""


class VersionIncompleteError(PetitionsError):
    """The version lacks the original wording, or a demand lacks a wording."""


class OwnTextError(PetitionsError):
    """Who wrote a statement cannot be the one who opens it."""


class NoFrozenVersionError(PetitionsError):
    """There is no exact wording to sign."""


class StatementClosedError(PetitionsError):
    """The statement is not open for signature."""


class MailboxSignedError(PetitionsError):
    """The mailbox has signed under another account, or without one."""


class NotVerifiedError(PetitionsError):
    """The expert has no profile, or no valid proof of identity."""


class CodeRefusedError(PetitionsError):
    """The code is wrong, too old, or was tried too often. Which of these is not told."""


class LinkRefusedError(PetitionsError):
    """The link is unknown, used, or too old."""


class StateChangedError(PetitionsError):
    """Somebody else, or the signatory, changed the signature in the meantime."""


class NothingToAnswerError(PetitionsError):
    """No question and no refusal waits for an answer."""


class CannotUndoError(PetitionsError):
    """The decision was undone already, or something happened after it."""


class TextChangedError(PetitionsError):
    """The text that was read is not the one that is open for signature now."""


class WordsOvertakenError(PetitionsError):
    """Somebody else wrote words of the news meanwhile: `now`, by language, None where they took them out."""

    def __init__(self, now: "dict[str, UpdateText | None]") -> None:
        super().__init__(", ".join(now))
        self.now = now


class OwnSignatureError(PetitionsError):
    """A moderator does not decide on their own signature."""


class DeskRuleError(PetitionsError):
    """A rule of the statement desk forbids the change; `message` says why, in the reader's language."""

    message: str | Promise = _("This cannot be done now.")

    def __init__(self, message: str | Promise | None = None) -> None:
        self.message = message or self.message
        super().__init__(self.message)


class NotAnEditorError(DeskRuleError):
    message = _("Only a case editor can do this.")


class NotEditableError(DeskRuleError):
    message = _("The words of this version are fixed: it is frozen or waits for a second person.")


class WrongStepError(DeskRuleError):
    message = _("Somebody has moved this statement on in the meantime. Look at it again.")


class SecondPersonNeededError(DeskRuleError):
    message = _("A second person must do this: nobody opens what they wrote or handed in themselves.")


class TextsChangedError(DeskRuleError):
    message = _("The texts were changed after you opened this page. Read them once more before you decide.")


class LastDayOverError(DeskRuleError):
    message = _("The last day for signatures is over. Give a later day, or none.")


class NumberTakenError(DeskRuleError):
    message = _("Another demand of this version has this number.")


class IncompleteStatementError(DeskRuleError):
    """Something is missing; `missing` lists it in words."""

    message = _("Something is still missing before a second person can look at it.")

    def __init__(self, missing: Sequence[str | Promise]) -> None:
        super().__init__()
        self.missing = list(missing)


class NoCustodiansError(PetitionsError):
    """There are not two custodians to whom a name could be sealed."""


class NotYoursToOpenError(PetitionsError):
    """The name is sealed to two other people, or the one who asked tries to consent too."""


class NameDestroyedError(PetitionsError):
    """The sealed name is destroyed, or the request to open it is used or too old."""


class AlreadyAskedError(PetitionsError):
    """A request to open this name waits for the other custodian."""


class NotAllowedHereError(PetitionsError):
    """The statement does not take this way of signing."""


class OwnEntryError(PetitionsError):
    """Somebody else must check what one entered."""


class UpdateStateError(PetitionsError):
    """The update has gone on in the meantime, or is not so far yet."""


class UpdateIncompleteError(PetitionsError):
    """The update has no words in its original language."""


class OwnUpdateError(PetitionsError):
    """Who wrote words of an update cannot be the one who releases it."""


class NoNextStatementError(PetitionsError):
    """An invitation leads from a statement that is over to an open one on the same case."""


class NotInvitedError(PetitionsError):
    """The invitation is unknown, or nothing can be carried forward from it any more."""


class HeldBackError(PetitionsError):
    """A rule of the database forbids counting this signature now; `str(error)` is what it says."""


class ProofTakenBackError(HeldBackError):
    """Staff took back, as wrong, what the signatory was identified by."""


class SecondPersonError(PetitionsError):
    """Who asked for it, wrote it, or wrote it down, cannot be the one who releases or confirms it."""


class DossierStateError(PetitionsError):
    """The dossier is not in a state in which this can be done."""


class DossierStaleError(PetitionsError):
    """A name in the dossier may not be shown like that any more; another one is to be built."""


class CustodianAccountError(PetitionsError):
    """A sealed name could not be opened any more without this account."""


class DossierBusyError(DossierStateError):
    """The dossier is built again and compared at this moment."""


class DossierTakenError(PetitionsError):
    """Another worker has the dossier now, or nobody builds it any more: what this one made is thrown away."""


class HandoverChangedError(PetitionsError):
    """What was written down of the handover is not what the second person has seen."""


class WatchedError(HeldBackError):
    """The signature stands under a watched name."""


class SecondChannelMissingError(WatchedError):
    """No second channel has confirmed it, or the person denied it."""


class OwnConfirmationError(WatchedError):
    """Who confirmed it over a second channel leaves the decision to a colleague."""
