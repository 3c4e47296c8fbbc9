"""What may be asked: parameters of the API, read strictly. What is not understood is refused, never guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict

from campaign.api.shapes import PUBLIC_STATES
from petitions.models import Statement

# Larger than any row number that will ever be; the database takes it.
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,80}")
LONGEST_CURSOR = 400


class BadParameterError(Exception):
    """A parameter that cannot be followed: its name, what is wrong, and what is allowed."""

    def __init__(self, parameter: str, message: str, allowed: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.parameter, self.message, self.allowed = parameter, message, list(allowed)


@dataclass(frozen=True)
class Parameter:
    """A parameter as it is described: `allowed` is empty where anything of the right form goes."""

    name: str
    meaning: str
    allowed: tuple[str, ...] = ()
    is_path: bool = False


SLUG = Parameter("slug", "The statement's short name, as in its address.", is_path=True)
CURSOR = Parameter("cursor", "Where the page begins: take it, with the whole address, from `next`.")
STATE = Parameter("state", "Only statements in this state.", PUBLIC_STATES)
KIND = Parameter("kind", "Only statements of this kind.", tuple(Statement.Kind.values))
LANGUAGE = Parameter(
    "language", "Only statements that can be read in it.", tuple(code for code, _name in settings.LANGUAGES)
)
CASE = Parameter("case", "Only statements about this case: its short name, as in its address.")
PARAMETERS: dict[str, tuple[Parameter, ...]] = {
    "/statements.json": (STATE, KIND, LANGUAGE, CASE, CURSOR),
    "/statements/{slug}.json": (SLUG,),
    "/statements/{slug}/signatories.json": (SLUG, CURSOR),
}


def read_parameters(query: QueryDict, path: str) -> dict[str, str]:
    """What was asked of `path`, a key of `PARAMETERS`; "" for what was not. Raises `BadParameterError`."""
    known = [row for row in PARAMETERS[path] if not row.is_path]
    names = [row.name for row in known]
    if unknown := sorted(set(query) - set(names)):
        shown = unknown[0][:80]
        raise BadParameterError(shown, "There is no such parameter here.", names)
    return {row.name: _read(query, row) for row in known}


def _read(query: QueryDict, parameter: Parameter) -> str:
    values = query.getlist(parameter.name)
    if not values:
        return ""
    if len(values) > 1:
        raise BadParameterError(parameter.name, "It is given more than once; give it once.", parameter.allowed)
    value = str(values[0])
    if parameter.allowed and value not in parameter.allowed:
        raise BadParameterError(parameter.name, "It has to be one of those allowed.", parameter.allowed)
    if parameter is CASE and not _SLUG.fullmatch(value):
        raise BadParameterError(parameter.name, "It has to be the short name of a case: letters, digits, - and _.")
    if parameter is CURSOR and not 0 < len(value) <= LONGEST_CURSOR:
        raise bad_cursor()
    return value


def bad_cursor() -> BadParameterError:
    return BadParameterError(CURSOR.name, "It is not one that `next` of a page gave. Begin again without it.")


def number_in(cursor: str) -> int | None:
    """The number of the statement after which a page of statements begins; None at the beginning.

    Raises `BadParameterError`.
    """
    if not cursor:
        return None
    if not _NUMBER.fullmatch(cursor):
        raise bad_cursor()
    return int(cursor)
