"""The views of the queue that a person saved, one of which may open first. They stand in the journal and are read from there.

A view is an address's query: what to show, in which order. It never holds what somebody searched for.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from schemas.errors import NotFound, RequestInvalid
from service.access.roles import Actor
from service.journal.append import Journal
from service.ledger.ledger import Ledger

MOST, LONGEST_NAME = 20, 60


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view under a name. `query` is what the address of the queue carries."""

    name: str
    query: str
    first: bool = False
    """Whether the queue opens with it."""


class SavedViews:
    """Everybody's saved views, a person's own alone; read from the journal when they first come."""

    def __init__(self, journal: Journal, ledger: Ledger) -> None:
        self._journal, self._ledger = journal, ledger
        self._held: dict[str, dict[str, SavedView]] = {}
        self._acting = threading.Lock()

    def of(self, account: str) -> tuple[SavedView, ...]:
        """The views of a person, by name."""
        with self._acting:
            return tuple(sorted(self._of(account).values(), key=lambda each: each.name.casefold()))

    def save(self, name: str, query: str, *, first: bool, by: Actor) -> None:
        """Keep a view; one of the same name gives way. Raises RequestInvalid."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME:
            remedy = "Give it a short name."
            raise RequestInvalid(f"the name of a view has 1 to {LONGEST_NAME} characters", where="name", remedy=remedy)
        with self._acting:
            held = self._of(by.actor)
            if name not in held and len(held) >= MOST:
                raise RequestInvalid(f"at most {MOST} views can be saved", where="name", remedy="Forget one first.")
            self._tell({"name": name, "query": query, "first": first}, by)

    def forget(self, name: str, *, by: Actor) -> None:
        """Take a view off the list. Raises NotFound."""
        with self._acting:
            if name not in self._of(by.actor):
                raise NotFound("there is no such view", value=name)
            self._tell({"name": name, "query": None, "first": False}, by)

    def _of(self, account: str) -> dict[str, SavedView]:
        if account not in self._held:
            found: dict[str, SavedView] = {}
            for (seq,) in self._ledger.query(
                "select seq from entries where type = 'view.saved' and object = ? order by seq", [account]
            ):
                recorded = next(iter(self._journal.read(seq)))
                if recorded.payload is not None:
                    _fold(found, recorded.payload)
            self._held[account] = found
        return self._held[account]

    def _tell(self, told: dict[str, str | bool | None], by: Actor) -> None:
        recorded = self._journal.append(
            "view.saved", told, actor=by.actor, role=by.role, session=by.session, object=by.actor
        )
        self._ledger.project(recorded)
        _fold(self._held[by.actor], told)


def _fold(held: dict[str, SavedView], told: dict[str, str | bool | None]) -> None:
    """One entry upon the views before it. Only one of them comes first."""
    name, query, first = str(told["name"]), told["query"], bool(told["first"])
    if query is None:
        held.pop(name, None)
        return
    if first:
        held.update({each.name: SavedView(each.name, each.query) for each in held.values()})
    held[name] = SavedView(name, str(query), first)
