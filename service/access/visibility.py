"""The one row filter: what a person may see, as a condition that every read of batches and alerts carries.

A reader without a scope cannot be written by accident: the functions that read take one. Nothing is visible unless it is said
here; what is not visible does not exist for the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.access.roles import Person


@dataclass(frozen=True, slots=True)
class Scope:
    """A condition on the rows of one table, with its bound values. It must stand in the WHERE of every read."""

    where: str
    params: tuple[object, ...] = ()


NOTHING = Scope("false")
EVERYTHING = Scope("true")


def batches(person: Person) -> Scope:
    """Which rows of `batches`: a partner's own, by column `partner`; all for those who review; none for an admin."""
    if not person.may("batches.read"):
        return NOTHING
    if person.role == "partner":
        return Scope("partner = ?", (person.partner,)) if person.partner else NOTHING
    return EVERYTHING


def alerts(person: Person, column: str = "alert") -> Scope:
    """Which alerts, by the `column` that holds their id: those not restricted, and those restricted to people with this one.

    An auditor who is not named sees that there is a restriction, and whose, in the journal; not the alert.
    """
    if not person.may("alerts.read"):
        return NOTHING
    hidden = "select held.alert from current_restrictions as held where not list_contains(held.people, ?)"
    return Scope(f"{column} not in ({hidden})", (person.account,))
