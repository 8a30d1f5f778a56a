"""The lines of standing alerts, remembered by revision: what a line says changes with its revision and never else.

It gives what it is asked for by id; whether the caller may see that alert has been asked before.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from service.ledger.ledger import Ledger

COLUMNS = (
    "alert, version, revision, state, assignee, run, follows, incomplete, alert_key, score, severity, family, detectors,"
    " subject, subject_account, why_en, why_fr, window_start, window_end, recorded_at, place, first_raised"
)
NAMES = COLUMNS.replace(" ", "").split(",")
_REMEMBERED = 10_000
_MOST_REMEMBERED = 1_000
"""A list that is longer is read, and not remembered: one such list would take the place of all the pages."""


class Lines:
    """Any thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: OrderedDict[tuple[str, int], dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, keys: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
        """For each of these alerts at these revisions its line, in the same order; one that has moved on is given as it is now."""
        with self._lock:
            known = {key[0]: self._known[key] for key in keys if key in self._known}
        read = self._read([alert for alert, _ in keys if alert not in known])
        if len(read) <= _MOST_REMEMBERED:
            self._remember(read)
        known |= {line["alert"]: line for line in read}
        return [dict(known[alert]) for alert, _ in keys if alert in known]

    def _read(self, alerts: list[str]) -> list[dict[str, Any]]:
        if not alerts:
            return []
        wanted = "select unnest(?::varchar[]) as alert"
        rows = self._ledger.query(f"select {COLUMNS} from kept_alerts semi join ({wanted}) using (alert)", [alerts])
        return [dict(zip(NAMES, row, strict=True)) for row in rows]

    def _remember(self, lines: list[dict[str, Any]]) -> None:
        with self._lock:
            self._known.update({(line["alert"], line["revision"]): line for line in lines})
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
