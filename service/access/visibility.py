"""The one row filter: what a person may see. Every read of batches and alerts for a caller goes through here.

What is not visible does not exist for the caller; nothing is visible unless it is said here.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.errors import NotFound
from service.access.roles import Person
from service.ledger import views
from service.ledger.views import Batch, Reads


@dataclass(frozen=True, slots=True)
class Scope:
    """A condition on the rows of one table, with its bound values. It must stand in the WHERE of every read."""

    where: str
    params: tuple[object, ...] = ()


NOTHING = Scope("false")


def alerts(person: Person, column: str = "alert", withheld: frozenset[str] = frozenset()) -> Scope:
    """Which alerts, by the `column` that holds their id: those not restricted, and those restricted to people with this one.

    An auditor who is not named sees that there is a restriction, and whose, in the journal; not the alert. `withheld` are those
    that nobody may read before people are named (`service.handling.named`): no list and no count has them.
    """
    if not person.may("alerts.read"):
        return NOTHING
    hidden = "select held.alert from current_restrictions as held where not list_contains(held.people, ?)"
    seen = Scope(f"{column} not in ({hidden})", (person.account,))
    if not withheld:
        return seen
    return Scope(f"{seen.where} and not list_contains(?::varchar[], {column})", (*seen.params, sorted(withheld)))


def cases(person: Person, withheld: frozenset[str] = frozenset()) -> Scope:
    """Which cases, by `case_id`: those that are shown to all or to this one by name, and of these only where every alert in it may
    be seen. A case tells what lies in it, so it is never shown more widely than its alerts; one that names its people itself is
    shown to them also where an alert in it is `withheld`."""
    if not person.may("cases.read"):
        return NOTHING
    seen = alerts(person, "inside.alert")
    inside = f"select inside.case_id from standing_case_alerts as inside where not ({seen.where})"
    scope = Scope(
        f"(len(people) = 0 or list_contains(people, ?)) and case_id not in ({inside})", (person.account, *seen.params)
    )
    if not withheld:
        return scope
    red = "select red.case_id from standing_case_alerts as red where list_contains(?::varchar[], red.alert)"
    return Scope(f"{scope.where} and (len(people) > 0 or case_id not in ({red}))", (*scope.params, sorted(withheld)))


class Sight:
    """The ledger as one person sees it."""

    def __init__(self, ledger: Reads, person: Person) -> None:
        self._ledger, self._person = ledger, person
        self._sees_batches = person.may("batches.read") and (person.role != "partner" or bool(person.partner))
        self._partner = person.partner if person.role == "partner" else None

    def batches(self, *, before: int = views.LATEST, limit: int = 50) -> list[Batch]:
        """Submissions, newest first: a partner's own, all for those who review, none for others."""
        if not self._sees_batches:
            return []
        return views.batches(self._ledger, partner=self._partner, before=before, limit=limit)

    def batch(self, batch: str) -> Batch:
        """One submission. Raises NotFound for none and for one that is not theirs to see, alike."""
        if not self._sees_batches:
            raise NotFound("no such batch")
        return views.batch(self._ledger, batch, partner=self._partner)

    def rejects(self, batch: str, *, limit: int = 1000, offset: int = 0) -> pl.DataFrame:
        """The rejected cells of a submission. Raises NotFound as `batch` does."""
        self.batch(batch)
        return views.rejects(self._ledger, batch, limit=limit, offset=offset)

    def sees_alert(self, alert: str) -> bool:
        """Whether an alert of this id may be shown, if there is one."""
        scope = alerts(self._person)
        return bool(
            self._ledger.query(
                f"select 1 from (select ? as alert) as asked where {scope.where}", [alert, *scope.params]
            )
        )
