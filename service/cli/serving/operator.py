"""The operator at the gate of a server: whoever can read the private note in the data directory, and so all of it anyway.

The token lives as long as the server. Its bearer keeps the house and decides nothing: acts on alerts stay with people who
have an account.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import cast

from service.access.credentials import digest_of, same
from service.access.gate import Gate
from service.access.roles import OPERATOR, Permission, Person, Role
from service.access.sessions import Sessions
from service.house import House

_NOT_THEIRS: frozenset[Permission] = frozenset({"alerts.act", "alerts.restrict"})


@dataclass(frozen=True, slots=True)
class Operator(Person):
    """The operator as a caller; for a submission, `partner` says for whom."""

    def may(self, permission: Permission) -> bool:
        """Everything that commands do; nothing that only a named person may answer for."""
        return permission not in _NOT_THEIRS


class OperatorGate(Gate):
    """The gate, which also knows the operator by the token of this server."""

    def __init__(self, house: House, sessions: Sessions, token: str) -> None:
        super().__init__(house.accounts, sessions, house.record, time.monotonic)
        self._operators = digest_of(token)

    def with_key(self, text: str, client: str) -> Person:
        """As for others. The operator's token may be followed by `@` and the partner that a submission is for."""
        token, _, partner = text.partition("@")
        if same(digest_of(token), self._operators):
            return Operator(OPERATOR.actor, cast(Role, OPERATOR.role), partner or None)
        return super().with_key(text, client)

    def note_reading(self, token: str | None, person: Person, alert: str, version: int) -> None:
        """The operator's reading is not recorded, as it is not where the data directory is read without a server."""
        if not isinstance(person, Operator):
            super().note_reading(token, person, alert, version)
