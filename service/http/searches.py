"""What people search for, kept in memory under an opaque id: a name that was typed never stands in an address or a log."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict

LONGEST = 120
_EACH = 50
"""Searches of one person that are remembered; the oldest goes."""


class Searches:
    """Each person's searches. Nothing of them is written anywhere, and nobody sees another's."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[str, str]] = {}
        self._lock = threading.Lock()

    def keep(self, account: str, text: str) -> str:
        """The id of a search, to stand in an address."""
        with self._lock:
            kept = self._kept.setdefault(account, OrderedDict())
            for known, same in kept.items():
                if same == text:
                    kept.move_to_end(known)
                    return known
            made = secrets.token_urlsafe(9)
            kept[made] = text
            while len(kept) > _EACH:
                kept.popitem(last=False)
            return made

    def text(self, account: str, search: str) -> str | None:
        """What this person searched for under an id; None where they did not, or it is forgotten."""
        with self._lock:
            return self._kept.get(account, OrderedDict()).get(search)
