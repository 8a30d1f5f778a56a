"""The roles and what each may do: one table, read by the gate and by nothing else. What is not in it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["partner", "analyst", "supervisor", "auditor", "admin"]
ROLES: tuple[Role, ...] = Role.__args__  # type: ignore[attr-defined]
Permission = Literal[
    "flows.follow", "batches.submit", "batches.read", "alerts.read", "alerts.act", "alerts.restrict", "alerts.sample", "runs.read",
    "runs.start", "runs.replay", "detectors.read", "detectors.try", "detectors.propose",
    "detectors.decide", "references.read", "references.load", "journal.read",
    "accounts.manage", "account.own", "cases.read", "cases.act", "suppressions.decide", "entities.read", "entities.act",
    "alerts.export", "handling.consent", "statistics.read", "metrics.read", "learning.read", "learning.propose", "learning.promote",
]  # fmt: skip

PERMISSIONS: dict[Permission, tuple[Role, ...]] = {
    "batches.submit": ("partner",),
    "batches.read": ("partner", "analyst", "supervisor", "auditor"),
    "alerts.read": ("analyst", "supervisor", "auditor"),
    "alerts.act": ("analyst", "supervisor"),
    "flows.follow": ("analyst", "supervisor"),
    "alerts.restrict": ("supervisor",),
    "alerts.export": ("supervisor",),
    "handling.consent": ("analyst", "supervisor"),
    "metrics.read": ("admin",),
    "alerts.sample": ("supervisor", "auditor"),
    "runs.read": ("analyst", "supervisor", "auditor"),
    "runs.start": ("analyst", "supervisor"),
    "runs.replay": ("supervisor", "auditor"),
    "detectors.read": ("analyst", "supervisor", "auditor"),
    "detectors.try": ("supervisor",),
    "detectors.propose": ("supervisor",),
    "detectors.decide": ("supervisor",),
    "references.read": ("analyst", "supervisor", "auditor", "admin"),
    "references.load": ("admin",),
    "learning.read": ("supervisor", "auditor"),
    "learning.propose": ("supervisor",),
    "learning.promote": ("supervisor",),
    "journal.read": ("auditor",),
    "statistics.read": ("supervisor", "auditor"),
    "accounts.manage": ("admin",),
    "account.own": ROLES,
    "cases.read": ("analyst", "supervisor", "auditor"),
    "cases.act": ("analyst", "supervisor"),
    "suppressions.decide": ("supervisor",),
    "entities.read": ("analyst", "supervisor", "auditor"),
    "entities.act": ("analyst", "supervisor"),
}
"""Who may do what. An admin makes accounts and sees no case; a partner never learns that alerts exist."""


@dataclass(frozen=True, slots=True)
class Person:
    """A caller who has shown who they are. `partner` is whose batches a partner account submits; `session` is a public id.

    `scopes` narrows what the role permits, as the key that was shown does; `owes` says what a signed-in person has to do before
    anything else: choose a password (`password`) or take up a second factor (`factor`).
    """

    account: str
    role: Role
    partner: str | None = None
    session: str = ""
    scopes: frozenset[str] | None = None
    owes: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the table permits it, and nothing that came with the key or the sign-in narrows it."""
        narrowed = self.scopes is not None and permission not in self.scopes
        return self.role in PERMISSIONS[permission] and not narrowed and (not self.owes or permission == "account.own")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who an entry of the journal names: a person, or the operator at the machine itself."""

    actor: str
    role: str
    session: str = ""

    @classmethod
    def of(cls, person: Person) -> Actor:
        return cls(person.account, person.role, person.session)


OPERATOR = Actor("operator", "operator")
"""Whoever runs commands on the machine that holds the data directory."""
