"""Second factors of accounts: taken up, checked and taken away, each as an entry. A code opens the door once and never again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from schemas.errors import Conflict, NotFound, RequestInvalid
from service.access.codes import Fresh, Seal, new_secret, recovery_codes, recovery_digest, shown, step_of
from service.access.roles import Actor, Person

if TYPE_CHECKING:
    from service.access.accounts import Query, Record

_FIRST_AWAY = "An administrator can take it away, so that another can be taken up."


@dataclass(frozen=True, slots=True)
class Used:
    """What a code came to: the facts that the entry of the sign-in holds, so that it is not accepted again."""

    factor: str
    step: int | None = None
    code: str | None = None

    def payload(self) -> dict[str, Any]:
        return {"factor": self.factor, "step": self.step, "code": self.code}


class Factors:
    """The second factors of a house. `now` gives the time of day, as codes depend on it."""

    def __init__(self, query: Query, record: Record, seal: Seal, now: Callable[[], datetime]) -> None:
        self._query, self._record, self._seal, self._now = query, record, seal, now
        self._lock = threading.Lock()

    def has(self, account: str) -> bool:
        """Whether an account has one."""
        return bool(self._query("select 1 from current_factors where account = ?", [account]))

    def left(self, account: str) -> int:
        """How many recovery codes an account has not used."""
        rows = self._query("select seq, recovery from current_factors where account = ?", [account])
        if not rows:
            return 0
        used = self._query("select count(distinct code) from factor_uses where account = ? and seq > ? and code is not null",
                           [account, rows[0][0]])  # fmt: skip
        return len(rows[0][1]) - int(used[0][0])

    def begin(self, account: str, secret: str = "") -> Fresh:
        """A factor to take over into an application: a new one, or again one that waits. It counts once `confirm` has seen a code.

        Raises Conflict where there is one already: whoever finds an open session must not be able to replace it.
        """
        if self.has(account):
            raise Conflict("there is a second factor already", remedy=_FIRST_AWAY)
        return shown(secret or new_secret(), account)

    def confirm(self, person: Person, secret: str, code: str) -> list[str]:
        """Take up a factor whose code was shown; its recovery codes, this once. Raises RequestInvalid for a wrong code.

        Raises Conflict where there is one already, as `begin` does.
        """
        step = step_of(secret, _digits(code), self._now())
        if step is None:
            raise RequestInvalid(
                "the code is not the one of now", where="code", remedy="Check the clock of your device."
            )
        codes = recovery_codes()
        digests = [recovery_digest(person.account, each) for each in codes]
        by = Actor.of(person)
        with self._lock:
            if self.has(person.account):
                raise Conflict("there is a second factor already", remedy=_FIRST_AWAY)
            payload = {"account": person.account, "secret": self._seal.close(secret, person.account), "step": step}
            self._record(
                "factor.enrolled", payload | {"recovery": digests},
                actor=by.actor, role=by.role, session=by.session, object=person.account,
            )  # fmt: skip
        return codes

    def take(self, account: str, code: str, accept: Callable[[Used], None]) -> bool:
        """Whether this is a code of now or a recovery code, not used before. `accept` records its use before another is looked at.

        What `accept` raises is raised, and the code then counts as unused.
        """
        with self._lock:
            used = self._judge(account, code)
            if used is None:
                return False
            accept(used)
            return True

    def remove(self, account: str, *, by: Actor) -> None:
        """Take the factor of an account away. Raises NotFound where it has none."""
        with self._lock:
            if not self.has(account):
                raise NotFound("the account has no second factor", where="account", value=account)
            self._record(
                "factor.removed", {"account": account}, actor=by.actor, role=by.role, session=by.session, object=account
            )

    def _judge(self, account: str, code: str) -> Used | None:
        rows = self._query("select secret, recovery from current_factors where account = ?", [account])
        if not rows:
            return None
        sealed, recovery = rows[0]
        digits = _digits(code)
        if digits:
            step = step_of(self._seal.open(sealed, account), digits, self._now())
            last = self._query("select max(step) from factor_uses where account = ?", [account])[0][0]
            return None if step is None or (last is not None and step <= last) else Used("totp", step=step)
        digest = recovery_digest(account, code)
        spent = self._query("select 1 from factor_uses where account = ? and code = ?", [account, digest])
        return None if digest not in recovery or spent else Used("recovery", code=digest)


def _digits(code: str) -> str:
    """The six digits of a code of now, however they were typed; nothing where it is none."""
    plain = "".join(code.split())
    return plain if len(plain) == 6 and plain.isascii() and plain.isdigit() else ""
