"""Which mails the words somebody agreed to cover. Consent is read from the stored words, never assumed.

What is not found word for word, in one of the languages of the site, covers nothing further: when a wording changes,
those who agreed to the old one are asked for no more than it said.
"""

from functools import cache

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy, override

# Signing: news of the petition, and the next text on the same case.
SIGNER_WORDING = gettext_lazy(
    "Write to me about this petition: what was delivered, what was answered, and what can be signed next."
)
# Following a statement, and signing before the next text was spoken of.
STATEMENT_WORDING = gettext_lazy("Write to me about this petition: what was delivered, and what was answered.")
CASE_WORDING = gettext_lazy("Write to me about this case: what was delivered, and what was answered.")


def covers_news(wording: str) -> bool:
    """Whether somebody who agreed to `wording` may be written to at all: any words were agreed to."""
    return bool(wording.strip())


def covers_invitation(wording: str) -> bool:
    """Whether `wording` also speaks of the next text to sign, in whatever language it was agreed to."""
    return wording in inviting_wordings()


@cache
def inviting_wordings() -> frozenset[str]:
    """`SIGNER_WORDING` in each language of the site."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(gettext(str(SIGNER_WORDING)))
    return frozenset(found)
