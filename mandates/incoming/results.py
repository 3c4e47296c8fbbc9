"""What our own mail server found out about a sender: its Authentication-Results header (RFC 8601).

Anybody can write such a header into a mail. Only the topmost one counts, and only when it carries the name of our own
server (`AUTHSERV_ID`), which must take forged ones off on arrival (RFC 8601 section 5). What stands further down is
never read.
"""

import re
from dataclasses import dataclass

from mandates.incoming.reading import Mail

_RESULT = re.compile(r"^\s*([a-z0-9-]+)(?:/\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
# A value may be partly quoted: "anything at all"@example.org. Its domain is what follows the last @ outside the quotes.
_PROPERTY = re.compile(r"\b(smtp|header)\.([a-z-]+)\s*=\s*((?:\"[^\"]*\"|[^\s;\"])+)", re.IGNORECASE)
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_METHODS = {"spf", "dkim", "dmarc"}


@dataclass(frozen=True)
class Result:
    """One method's result: `dkim`, `pass`, and the domain it speaks of, lower case or ""."""

    method: str
    result: str
    domain: str

    def __str__(self) -> str:
        return f"{self.method}={self.result}" + (f" ({self.domain})" if self.domain else "")


def our_results(mail: Mail, *, authserv_id: str) -> list[Result] | None:
    """The results of the topmost Authentication-Results, or None when it is not our own server's.

    Without `authserv_id` nothing is believed.
    """
    headers = mail.headers("Authentication-Results")
    if not authserv_id or not headers:
        return None
    server, _, rest = _without_comments(headers[0]).partition(";")
    if server.strip().split(" ")[0].lower() != authserv_id.lower():
        return None
    return [result for part in _split(rest) if (result := _read(part)) is not None]


def _without_comments(value: str) -> str:
    """`value` without its comments, which may lie in each other; a parenthesis in a quoted string begins none."""
    kept, depth, is_quoted = [], 0, False
    for position, letter in enumerate(value):
        if letter == '"' and depth == 0 and value[position - 1 : position] != "\\":
            is_quoted = not is_quoted
        elif letter == "(" and not is_quoted:
            depth += 1
        elif letter == ")" and not is_quoted and depth:
            depth -= 1
            continue
        kept.append(letter if depth == 0 else "")
    return "".join(kept)


def _split(rest: str) -> list[str]:
    """At semicolons, but not those in a quoted string."""
    return re.findall(r"(?:[^;\"]|\"[^\"]*\")+", rest)


def _read(part: str) -> Result | None:
    found = _RESULT.match(part)
    if found is None or found[1].lower() not in _METHODS:
        return None
    method = found[1].lower()
    named = {f"{kind.lower()}.{name.lower()}": value for kind, name, value in reversed(_PROPERTY.findall(part))}
    wanted = {"spf": ("smtp.mailfrom", "smtp.helo"), "dkim": ("header.d", "header.i"), "dmarc": ("header.from",)}
    value = next((named[key] for key in wanted[method] if key in named), "")
    domain = re.sub(r"\"[^\"]*\"", "", value).rpartition("@")[2].lower().rstrip(".")
    return Result(method, found[2].lower(), domain if _DOMAIN.fullmatch(domain) else "")
