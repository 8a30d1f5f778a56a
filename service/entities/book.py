"""The book of accounts: what people asked of them and said of them, each an entry before it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from schemas.errors import RequestInvalid
from service.access.roles import Actor
from service.entities.ids import EntityIds
from service.entities.likeness import VERDICTS, Basis, pair
from service.ledger.views import Reads

LONGEST_REASON = 1000


class Entities:
    """Accounts as people look at them. `ids` gives and reads their opaque ids."""

    def __init__(self, ledger: Reads, record: Callable[..., object]) -> None:
        self.ids = EntityIds(ledger.home.keys)
        self._record = record

    def unmask(self, key: str, reason: str, *, by: Actor) -> None:
        """Record that somebody sees the identifiers of an account in clear, and why. Raises RequestInvalid without a reason."""
        told = {"account": key, "reason": _reason(reason, "say why you need to see them")}
        self._tell("entity.unmasked", told, key, by)

    def compare(
        self, one: str, other: str, verdict: str, *, stands_on: tuple[Basis, ...], note: str = "", by: Actor
    ) -> None:
        """Record what somebody says of two accounts. Raises RequestInvalid for an account and itself, and for another word."""
        if one == other:
            raise RequestInvalid("an account is not compared with itself", where="other")
        if verdict not in VERDICTS:
            raise RequestInvalid(
                "this is no verdict", where="verdict", value=verdict, remedy=f"One of: {', '.join(VERDICTS)}."
            )
        first, second = pair(one, other)
        told = {"one": first, "other": second, "verdict": verdict, "stands_on": list(stands_on)}
        self._tell("entity.compared", told | {"note": note[:LONGEST_REASON]}, first, by)

    def _tell(self, kind: str, told: Mapping[str, object], key: str, by: Actor) -> None:
        self._record(kind, told, actor=by.actor, role=by.role, session=by.session, object=self.ids.of(key))


def _reason(reason: str, why: str) -> str:
    plain = reason.strip()
    if not plain or len(plain) > LONGEST_REASON:
        raise RequestInvalid(why, where="reason", remedy=f"In at most {LONGEST_REASON} characters.")
    return plain
