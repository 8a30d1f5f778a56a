"""What a submission asks for, apart from its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom, under which name and mapping (a parsed document), in place of which batch, under which key, and by whom.

    `rehearsal`: it is to be judged, and nothing recorded. `handling` is what is said of it, a `HandlingAsked`.
    """

    partner: str
    name: str
    mapping: dict[str, Any] | None
    replaces: str | None
    key: str | None
    actor: str
    role: str
    session: str = ""
    rehearsal: bool = False
    handling: dict[str, Any] | None = None

    def wants_the_same(self, other: Asked) -> bool:
        """Whether both ask for the same, whoever asks and whatever the file is called."""
        return (self.partner, self.mapping, self.replaces, self.key, self.rehearsal, self.handling) == (
            other.partner,
            other.mapping,
            other.replaces,
            other.key,
            other.rehearsal,
            other.handling,
        )
