"""Looking for a letter by whom it is about or by a number."""

import re

from django.db.models import Exists, OuterRef, Q

from cases.models import Case
from mandates.models import Reply
from mandates.models.letter import LetterQuerySet
from petitions.models import VersionText

LONGEST_SEARCH = 200
# A letter's number by itself, or at the end of our reference (CS-EXAMPLE-12).
_NUMBER = re.compile(r"(?:CS-[A-Z0-9]+-)?([0-9]{1,9})", re.IGNORECASE)


def letters_found(letters: LetterQuerySet, words: str) -> LetterQuerySet:
    """Those of `letters` on a person with all of `words` in a name, handing over a statement with them in its title, or
    with such a number: the letter's own or our reference, the case's reference, the UN's. All of them for no words."""
    words = " ".join(words.split())
    if not words:
        return letters
    titles = VersionText.objects.filter(version=OuterRef("statement_version"), title__icontains=words)
    references = Reply.objects.filter(letter=OuterRef("pk"), reference__iexact=words)
    found = Q(case__in=Case.objects.named(words)) | Q(Exists(titles)) | Q(Exists(references))
    found |= Q(case__reference__iexact=words)
    if number := _NUMBER.fullmatch(words):
        found |= Q(pk=int(number[1]))
    return letters.filter(found)
