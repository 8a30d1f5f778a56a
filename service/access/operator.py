"""The operator as a caller: whoever can read the private note in the data directory, and so all of it anyway.

The token lives as long as the server. Its bearer keeps the house and decides nothing: acts on alerts stay with people who
have an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from service.access.roles import OPERATOR, Permission, Person, Role

_ROLE = cast(Role, OPERATOR.role)
_NOT_THEIRS: frozenset[Permission] = frozenset(
    {
        "alerts.act",
        "alerts.restrict",
        "cases.act",
        "suppressions.decide",
        "entities.act",
        "learning.promote",
        "detectors.decide",
        "alerts.export",
        "handling.consent",
    }
)


@dataclass(frozen=True, slots=True)
class Operator(Person):
    """The operator, who submits for whichever partner a submission names."""

    account: str = OPERATOR.actor
    role: Role = _ROLE

    def may(self, permission: Permission) -> bool:
        """Everything that commands do; nothing that only a named person may answer for."""
        return permission not in _NOT_THEIRS
