"""What an import did, or would do: the same words for the page and for the command."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Change:
    """One value of one entry: which, of what, what it was and what the file says."""

    entry: str
    field: str
    old: str
    new: str


@dataclass
class Report:
    """`added` and `missing` name things; `changed` were taken over; `conflicts` were changed here by hand and stay.

    `unchanged` counts the entries of the file in which nothing differs from what is here.
    """

    added: list[str] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unchanged: int = 0

    @property
    def changes_nothing(self) -> bool:
        return not self.added and not self.changed

    @property
    def sha256(self) -> str:
        """Proves that what is taken over is what was shown."""
        canonical = json.dumps(self.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Report":
        changes = {name: [Change(**row) for row in data.get(name, [])] for name in ("changed", "conflicts")}
        return cls(
            added=list(data.get("added", [])),
            missing=list(data.get("missing", [])),
            unchanged=int(data.get("unchanged", 0)),
            **changes,
        )

    def __str__(self) -> str:
        lines = [f"added {what}" for what in self.added]
        lines += [f"changed {c.entry}: {c.field}: “{c.old}” → “{c.new}”" for c in self.changed]
        lines += [
            f"conflict {c.entry}: {c.field}: kept “{c.old}”, changed here by hand; the file says “{c.new}”"
            for c in self.conflicts
        ]
        lines += [f"missing from the file, kept: {what}" for what in self.missing]
        figures = (
            f"{len(self.added)} added, {len(self.changed)} changed, {len(self.conflicts)} in conflict, "
            f"{self.unchanged} unchanged, {len(self.missing)} missing from the file"
        )
        return "\n".join([*lines, figures])
