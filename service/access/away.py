"""Sign-ons that are at the provider: who left here, kept in memory until they come back, once."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable

from service.access.credentials import digest_of
from service.access.provider import Begun

SECONDS = 600
_MOST = 1000


class Away:
    """Sign-ons that have left and not come back: for ten minutes, a thousand at most. `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, Begun]] = OrderedDict()
        self._lock = threading.Lock()

    def leave(self, begun: Begun) -> str:
        """A token for the browser that leaves."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._left[digest_of(token)] = (self._clock(), begun)
            while len(self._left) > _MOST:
                self._left.popitem(last=False)
        return token

    def come_back(self, token: str) -> Begun | None:
        """What left with this token; None where nothing did, or too long ago. A token serves once."""
        with self._lock:
            found = self._left.pop(digest_of(token), None)
        return found[1] if found is not None and self._clock() - found[0] <= SECONDS else None
