"""Reads that are remembered until the ledger changes, so that a page which many people ask for is not worked out for each of them.

It must never give what was read before the last change, and it never reads for itself: whoever forgets says when.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from service.ledger.store import Params

Rows = list[tuple[Any, ...]]
MOST = 256
"""Reads that are remembered; the one that was asked for longest ago goes first."""


class Recall:
    """Remembers what `read` gave. Any thread: whoever asks while the same is being read waits for it."""

    def __init__(self, read: Callable[[str, Params], Rows]) -> None:
        self._read = read
        self._held: OrderedDict[str, Future[Rows]] = OrderedDict()
        self._lock = threading.Lock()

    def query(self, sql: str, params: Params = ()) -> Rows:
        """The rows of a read. Raises what the read raises, which is not remembered."""
        key = f"{sql}|{params!r}"
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            else:
                mine = self._held[key] = Future()
                while len(self._held) > MOST:
                    self._held.popitem(last=False)
        if found is not None:
            return found.result()
        try:
            mine.set_result(self._read(sql, params))
        except BaseException as error:
            with self._lock:
                if self._held.get(key) is mine:
                    del self._held[key]
            mine.set_exception(error)
        return mine.result()

    def forget(self) -> None:
        """All of it: something has changed. What is being read now is given to those who wait, and to nobody after."""
        with self._lock:
            self._held.clear()
