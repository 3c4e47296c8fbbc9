"""What can be wrong; the views put it in words for the person who asked."""


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


class OwnSignatureError(PetitionsError):
    """A moderator does not decide on their own signature."""


class WatchedError(PetitionsError):
    """The signature stands under a watched name."""


class SecondChannelMissingError(WatchedError):
    """No second channel has confirmed it, or the person denied it."""


class OwnConfirmationError(WatchedError):
    """Who confirmed it over a second channel leaves the decision to a colleague."""
