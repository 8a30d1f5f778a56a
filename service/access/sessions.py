"""Browser sessions: in memory, ended by idleness, by age, by signing out, and by a restart. Only a digest is kept."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from service.access.credentials import digest_of

OLDEST_SECONDS = 12 * 3600
MOST_SESSIONS = 5_000


@dataclass(slots=True)
class Session:
    """One signed-in browser. `id` is public and stands in the journal; `read` is what has been recorded as read in it.

    `elsewhere`: it began by single sign-on. `pending` is the secret of a second factor that has yet to be confirmed.
    """

    id: str
    account: str
    began: float
    seen: float
    read: set[str] = field(default_factory=set)
    elsewhere: bool = False
    pending: str = ""


class Sessions:
    """All sessions of a server. `clock` gives monotonic seconds. Thread-safe."""

    def __init__(self, idle_seconds: float, clock: Callable[[], float]) -> None:
        self._idle, self._clock = idle_seconds, clock
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, account: str, *, elsewhere: bool = False) -> tuple[str, Session]:
        """A new session: the token for the cookie, shown to nobody else, and the session."""
        token, now = secrets.token_urlsafe(32), self._clock()
        session = Session(secrets.token_hex(6), account, now, now, elsewhere=elsewhere)
        with self._lock:
            self._drop_ended(now)
            while len(self._sessions) >= MOST_SESSIONS:
                del self._sessions[min(self._sessions, key=lambda digest: self._sessions[digest].seen)]
            self._sessions[digest_of(token)] = session
        return token, session

    def find(self, token: str) -> Session | None:
        """The session of a token, which is thereby used; None where there is none, or it has ended."""
        now = self._clock()
        with self._lock:
            session = self._sessions.get(digest_of(token))
            if session is None or self._ended(session, now):
                self._sessions.pop(digest_of(token), None)
                return None
            session.seen = now
            return session

    def count(self) -> int:
        """How many there are."""
        with self._lock:
            self._drop_ended(self._clock())
            return len(self._sessions)

    def close(self, token: str) -> None:
        """End one session."""
        with self._lock:
            self._sessions.pop(digest_of(token), None)

    def close_all(self, account: str, *, but: str | None = None) -> None:
        """End every session of an account, as when it is changed; but the one of this token, where one is given."""
        kept = digest_of(but) if but is not None else None
        with self._lock:
            theirs = [digest for digest, session in self._sessions.items() if session.account == account]
            for digest in theirs:
                if digest != kept:
                    del self._sessions[digest]

    def _ended(self, session: Session, now: float) -> bool:
        return now - session.seen > self._idle or now - session.began > OLDEST_SECONDS

    def _drop_ended(self, now: float) -> None:
        for digest in [digest for digest, session in self._sessions.items() if self._ended(session, now)]:
            del self._sessions[digest]
