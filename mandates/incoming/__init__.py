"""Reading what comes in. Whatever the bytes are, these rooms answer; they change nothing and tell nobody."""

from mandates.incoming.matching import Found, find_letter
from mandates.incoming.reading import Mail, Part, read_mail
from mandates.incoming.trust import Judgement, judge

__all__ = ["Found", "Judgement", "Mail", "Part", "find_letter", "judge", "read_mail"]
