"""The gate: who is calling, may they do this, and is it too often. Every refusal of an attempt is an entry in the journal.

A caller learns nothing from a refusal: a wrong login and a wrong password look the same, and what is not theirs does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from schemas.errors import AccessDenied, NotAuthenticated, NotFound, RateLimited
from schemas.journal import EntryType
from service.access.accounts import Account, Accounts, Key, Record
from service.access.credentials import digest_of, same
from service.access.factors import Factors
from service.access.limits import Limiter
from service.access.operator import Operator
from service.access.roles import Actor, Permission, Person, Role
from service.access.sessions import Session, Sessions

SIGN_INS_PER_LOGIN, SIGN_INS_PER_CLIENT, SIGN_IN_SECONDS = 10, 200, 900
"""Failed attempts. Behind a proxy everybody has one address, so that limit is wide, and those who succeed do not count."""
CODES_PER_ACCOUNT, CODE_SECONDS = 6, 900
"""Attempts at a second factor: at three codes that count at a time, a thousand years for an even chance."""
STEP_SECONDS = 300
"""How long a sign-in waits for its second step."""
REFUSALS_PER_HOUR = 60
READS_PER_HOUR = 300
NOBODY = Actor("unknown", "none")


class Gate:
    """Knows callers by key or by session, and the operator by a token where one is given. `clock` gives monotonic seconds."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        record: Record,
        clock: Callable[[], float],
        *,
        factors: Factors,
        factor_roles: Sequence[Role] = (),
        operator_token: str | None = None,
        requests_per_minute: int = 6000,
    ) -> None:
        self.accounts, self.sessions, self.factors, self._record = accounts, sessions, factors, record
        self._factor_roles = frozenset(factor_roles)
        self._steps = Sessions(STEP_SECONDS, clock)
        self._codes = Limiter(CODES_PER_ACCOUNT, CODE_SECONDS, clock)
        self._operator = None if operator_token is None else digest_of(operator_token)
        self._by_login = Limiter(SIGN_INS_PER_LOGIN, SIGN_IN_SECONDS, clock)
        self._by_client = Limiter(SIGN_INS_PER_CLIENT, SIGN_IN_SECONDS, clock)
        self._refusals = Limiter(REFUSALS_PER_HOUR, 3600, clock)
        self._reads = Limiter(READS_PER_HOUR, 3600, clock)
        self._requests = Limiter(requests_per_minute, 60, clock)

    def with_key(self, text: str, client: str) -> Person:
        """Who holds this key. Raises NotAuthenticated, or RateLimited after many wrong keys from one address."""
        if self._operator is not None and same(digest_of(text), self._operator):
            return Operator()
        found = self.accounts.shown(text)
        if found is None:
            self._refused(f"client {client}", NOBODY, "a key that is not valid", "")
            raise NotAuthenticated("this key is not valid", remedy="Ask the administrator for a new key.")
        return _bearer(*found)

    def with_session(self, token: str) -> Person | None:
        """Who is signed in with this cookie; None where nobody is, or the account has been closed since."""
        session = self.sessions.find(token)
        account = self.accounts.find(session.account) if session is not None else None
        if session is None or account is None or not account.active:
            self.sessions.close(token)
            return None
        return self._person(account, session)

    def sign_in(self, login: str, password: str, client: str) -> tuple[str, Person | None]:
        """Open a session: the token for the cookie, and who it is. Raises NotAuthenticated or RateLimited.

        With a second factor no session is opened yet: nobody, and a token that `second_step` takes.
        """
        for limiter, key in ((self._by_login, login), (self._by_client, client)):
            if wait := limiter.take(key):
                raise RateLimited("too many attempts to sign in", retry_seconds=wait)
        account = self.accounts.by_password(login, password)
        if account is None:
            self._refused(f"client {client}", NOBODY, "a sign-in that failed", login[:64])
            raise NotAuthenticated(
                "login or password is not right", remedy="Check both; ask the administrator for help."
            )
        self._by_login.forget(login)
        self._by_client.give_back(client)
        if self.factors.has(account.account):
            return self._steps.open(account.account)[0], None
        return self._open(account, {})

    def count_password(self, account: str) -> None:
        """Count an attempt at the password of a session's own account. Raises RateLimited after many."""
        if wait := self._by_login.take(account):
            raise RateLimited("too many attempts at a password", retry_seconds=wait)

    def second_step(self, token: str, code: str, client: str) -> tuple[str, Person]:
        """Open the session of a sign-in that waits for its code. Raises NotAuthenticated or RateLimited.

        Whoever comes this far knows a password: wrong codes are counted for the account, from wherever they come.
        """
        step = self._steps.find(token)
        account = self.accounts.find(step.account) if step is not None else None
        if account is None or not account.active:
            raise NotAuthenticated("the sign-in took too long", remedy="Begin again with login and password.")
        if wait := self._codes.take(account.account):
            raise RateLimited("too many attempts to sign in", retry_seconds=wait)
        opened: list[tuple[str, Person]] = []
        if not self.factors.take(
            account.account, code, lambda used: opened.append(self._open(account, used.payload()))
        ):
            self._refused(f"client {client}", NOBODY, "a second step that failed", account.account)
            raise NotAuthenticated("the code is not right, or was used before", remedy="Wait for the next code.")
        self._steps.close(token)
        self._codes.forget(account.account)
        return opened[0]

    def waits(self, token: str) -> bool:
        """Whether a sign-in still waits for its second step."""
        return self._steps.find(token) is not None

    def sign_in_elsewhere(self, identity: str, client: str) -> tuple[str, Person]:
        """Open a session for somebody whom the provider of single sign-on has named. Raises NotAuthenticated for nobody of ours."""
        account = self.accounts.by_identity(identity)
        if account is None:
            self._refused(f"client {client}", NOBODY, "a single sign-on of nobody known", "")
            raise NotAuthenticated("no account here is linked to this identity", remedy="Ask the administrator.")
        return self._open(account, {"factor": "provider"})

    def sign_out(self, token: str, person: Person) -> None:
        """End a session."""
        self._note("session.closed", person, {}, person.session)
        self.sessions.close(token)

    def require(self, person: Person, permission: Permission, what: str) -> None:
        """Raises AccessDenied, with an entry, where the table of roles does not permit it."""
        if not person.may(permission):
            self.refuse(person, f"{person.role} has no {permission}", what)

    def refuse(self, person: Person, why: str, what: str) -> NoReturn:
        """Raises AccessDenied, with an entry."""
        self._refused(person.account, Actor.of(person), why, what)
        raise AccessDenied("you may not do this", remedy="Ask your administrator if you should.")

    def note_refusal(self, person: Person, why: str, what: str) -> None:
        """An entry that somebody was told no, where the caller raises the error that says why."""
        self._refused(person.account, Actor.of(person), why, what)

    def hide(self, person: Person, kind: str, what: str) -> NoReturn:
        """Raises NotFound for what does not exist or is not theirs, the same for both; what a caller asked for is recorded."""
        self._refused(person.account, Actor.of(person), f"no such {kind}, or not theirs", what[:128])
        raise NotFound(f"no such {kind}", remedy="Check the id; the list shows what there is.")

    def note_reading(self, token: str | None, person: Person, alert: str, version: int) -> None:
        """An entry for the reading of one alert; see `note_readings`."""
        self.note_readings(token, person, [(alert, version)])

    def note_readings(self, token: str | None, person: Person, alerts: Sequence[tuple[str, int]]) -> None:
        """An entry for the reading of each alert (id, version), once in a session for each version.

        Raises RateLimited where the budget has not room for all of them: then none counts, and none may be shown. The
        operator's reading is not recorded, as it is not where the data directory is read without a server.
        """
        if isinstance(person, Operator):
            return
        session: Session | None = self.sessions.find(token) if token else None
        read = session.read if session is not None else set()
        new = [(alert, version) for alert, version in alerts if f"{alert}:{version}" not in read]
        if new:
            self.spend_readings(person, f"{new[0][0]} and {len(new) - 1} more" if len(new) > 1 else new[0][0], len(new))
        for alert, version in new:
            self._note("alert.read", person, {"alert": alert, "version": version}, alert)
            read.add(f"{alert}:{version}")

    def spend_readings(self, person: Person, what: str, times: int = 1) -> None:
        """Take readings out of the hourly budget of an account. Raises RateLimited, with an entry, where there is not room."""
        if isinstance(person, Operator):
            return
        if wait := self._reads.take(person.account, times):
            self._refused(person.account, Actor.of(person), "more readings than the hourly budget", what)
            raise RateLimited(
                "more read in an hour than the budget allows", retry_seconds=wait, remedy="Ask for fewer, or wait."
            )

    def count_request(self, person: Person) -> None:
        """Count a request of somebody known. Raises RateLimited beyond the setting; no entry, since nothing was asked for amiss."""
        if not isinstance(person, Operator) and (wait := self._requests.take(person.account)):
            raise RateLimited("more requests in a minute than one account may make", retry_seconds=wait)

    def note_opening(
        self,
        token: str | None,
        person: Person,
        kind: EntryType,
        payload: dict[str, Any],
        what: str,
        *,
        purpose: str = "",
    ) -> None:
        """An entry that a case, the page of an account or rows of a submission were opened, and what for where that is asked:
        once in a session, out of the same budget."""
        if self.has_opened(token, person, kind, what):
            return
        self.spend_readings(person, what)
        self._note(kind, person, payload, what, purpose=purpose)
        session: Session | None = self.sessions.find(token) if token else None
        if session is not None:
            session.read.add(f"{kind}:{what}")

    def has_opened(self, token: str | None, person: Person, kind: EntryType, what: str) -> bool:
        """Whether this was noted in the session before. The operator's reading never is."""
        if isinstance(person, Operator):
            return True
        session: Session | None = self.sessions.find(token) if token else None
        return session is not None and f"{kind}:{what}" in session.read

    def _open(self, account: Account, how: dict[str, Any]) -> tuple[str, Person]:
        token, session = self.sessions.open(account.account, elsewhere=how.get("factor") == "provider")
        person = self._person(account, session)
        try:
            self._note("session.opened", person, how, session.id)
        except BaseException:
            self.sessions.close(token)
            raise
        return token, person

    def _person(self, account: Account, session: Session) -> Person:
        """A signed-in person, and what they have to do first. Who came by single sign-on has shown a factor there, or not, as
        the provider demands."""
        owes = ""
        if not session.elsewhere:
            if account.must_change:
                owes = "password"
            elif account.role in self._factor_roles and not self.factors.has(account.account):
                owes = "factor"
        return Person(account.account, account.role, account.partner, session.id, owes=owes)

    def note_following(self, person: Person, payload: dict[str, str | int], what: str, purpose: str) -> None:
        """An entry that money was followed from account to account, and what for: each time, out of the same budget."""
        if isinstance(person, Operator):
            return
        self.spend_readings(person, what)
        self._note("flow.followed", person, payload, what, purpose=purpose)

    def _note(
        self, kind: EntryType, person: Person, payload: dict[str, str | int], what: str, *, purpose: str = ""
    ) -> None:
        by = Actor.of(person)
        self._record(
            kind, payload, actor=by.actor, role=by.role, session=by.session, object=what, purpose=purpose
        )  # fmt: skip

    def _refused(self, key: str, by: Actor, why: str, what: str) -> None:
        """Record a refusal; beyond the budget none is recorded, so that a flood cannot fill the volume."""
        if wait := self._refusals.take(key):
            raise RateLimited("too many requests were refused", retry_seconds=wait)
        payload = {"why": why, "asked": what}
        self._record("access.denied", payload, actor=by.actor, role=by.role, session=by.session, object="")


def _bearer(account: Account, key: Key) -> Person:
    scopes = None if key.scopes is None else frozenset(key.scopes)
    return Person(account.account, account.role, account.partner, scopes=scopes)
