"""What can be wrong with a letter. The words are shown to the person who asked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from mandates.checking import Finding
    from mandates.redaction import Leak


class LetterError(Exception):
    """Something cannot happen to this letter; `str()` says why, in the reader's language."""


class LetterStateError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("The letter has moved on since you opened this page. Please look at it again."))


class SecondPersonError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("You wrote or last changed this letter, so somebody else must approve it."))


class MailStateError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("This mail has moved on since you opened this page. Please look at it again."))


class ForgedMailError(LetterError):
    def __init__(self) -> None:
        super().__init__(
            _("This mail does not come from whom it says. To record it as an answer, say how you checked the sender.")
        )


class ReleaseStateError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("This text has been decided since you opened this page. Please look at it again."))


class OwnTextError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("You wrote this text, so somebody else must publish it."))


class NothingPublicError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("This mail was no answer, so there is nothing to publish."))


class LeakError(LetterError):
    """A text for the public holds what must not be public; `leaks` names each."""

    def __init__(self, leaks: "Sequence[Leak]") -> None:
        self.leaks = list(leaks)
        super().__init__(_("This must not be public: %(list)s") % {"list": " · ".join(map(str, leaks))})


class LetterChangedError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("The letter is no longer the one you read. Please read it again before approving it."))


class LetterIncompleteError(LetterError):
    """The checker found a gate missing; `findings` names each with its rule."""

    def __init__(self, findings: "Sequence[Finding]") -> None:
        self.findings = list(findings)
        super().__init__(_("The letter cannot go on: %(list)s") % {"list": " ".join(str(f.message) for f in findings)})


class AddressBlockedError(LetterError):
    def __init__(self, reason: str) -> None:
        super().__init__(_("This address must not be used: %(reason)s") % {"reason": reason})


class OfficeTakenError(LetterError):
    def __init__(self) -> None:
        super().__init__(
            _("This office has one holder at a time, and somebody else holds it then. Enter when that ends first.")
        )


class ImportChangedError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("The directory has changed since this preview. Please upload the file again."))


class KeyUnusableError(LetterError):
    """An address asks for encryption and its key does not serve."""

    def __init__(self, address: str, reason: str) -> None:
        words = _("The letter to %(address)s must be encrypted and cannot be. %(reason)s Renew the key or take it off.")
        super().__init__(words % {"address": address, "reason": reason})


class KeyStateError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("This key has been decided since you opened this page. Please look at it again."))


class OwnKeyError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("You brought this key, so somebody else must confirm it."))


class SameChannelError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("The key came the same way. Whoever changed it there changed the fingerprint too."))


class WrongFingerprintError(LetterError):
    def __init__(self) -> None:
        super().__init__(
            _("This is not the fingerprint of the key. Do not confirm it; take the key off and ask again.")
        )


class TooLateError(LetterError):
    def __init__(self) -> None:
        super().__init__(_("Nothing can be called back: every copy has left, or nobody knows whether it has."))
