"""How often somebody may try: a count for each key within a moving window, in memory that cannot grow without end."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_KEYS = 10_000


class Limiter:
    """Allows `times` attempts of one key in any `seconds` seconds. `clock` gives monotonic seconds. Thread-safe."""

    def __init__(self, times: int, seconds: float, clock: Callable[[], float]) -> None:
        self._times, self._seconds, self._clock = times, seconds, clock
        self._attempts: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, times: int = 1) -> int:
        """Count an attempt, or several at once. 0 where all are allowed; else none counts, and it is the seconds to wait.

        More than are ever allowed at once are told to wait for a whole window, and will be again.
        """
        now = self._clock()
        with self._lock:
            attempts = self._attempts.setdefault(key, deque())
            self._attempts.move_to_end(key)
            while attempts and attempts[0] <= now - self._seconds:
                attempts.popleft()
            over = len(attempts) + times - self._times
            if over > 0:
                last = attempts[over - 1] if over <= len(attempts) else now
                return max(1, round(last + self._seconds - now))
            attempts.extend([now] * times)
            while len(self._attempts) > MOST_KEYS:
                self._attempts.popitem(last=False)
            return 0

    def give_back(self, key: str) -> None:
        """Count the last attempt of this key as none."""
        with self._lock:
            attempts = self._attempts.get(key)
            if attempts:
                attempts.pop()

    def forget(self, key: str) -> None:
        """Start anew for this key, as after a success."""
        with self._lock:
            self._attempts.pop(key, None)
