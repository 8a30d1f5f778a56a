"""The server's side of a backtest: what would a detector have raised with other numbers, against what it raises at its defaults.

Nothing of what is found is kept or recorded, and no alert comes of it. That somebody tried is an entry in the journal, written
before: a backtest reads what a run reads.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from detectors.api import Detector
from detectors.catalogue import Catalogue
from schemas.detector import DetectorMeta
from schemas.errors import RequestInvalid
from service.children import Child
from service.home import Home
from service.journal.append import Journal
from service.ledger.ledger import Ledger
from service.reference import ReferenceShelf
from service.runs.execute import Progress, RunOptions, engine_of, payload_of
from service.runs.manifest import build_manifest, take_snapshot

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be tried: a detector, its numbers other than the defaults, and from which day on findings count."""

    detector: Detector
    params: dict[str, int | Decimal]
    since: date

    @property
    def told(self) -> dict[str, Any]:
        """The trial as answers and the journal name it."""
        return {
            "detector": self.detector.meta.id,
            "since": self.since.isoformat(),
            "params": {name: str(value) for name, value in sorted(self.params.items())},
        }


class Backtests:
    """Try detectors over the ledger as it stands."""

    def __init__(
        self,
        home: Home,
        journal: Journal,
        ledger: Ledger,
        shelf: ReferenceShelf,
        *,
        child: Child,
        options: RunOptions,
    ) -> None:
        self._home, self._journal, self._ledger, self._shelf = home, journal, ledger, shelf
        self._child, self._options = child, options

    def trial(self, detector: str, *, since: str, params: Mapping[str, str]) -> Trial:
        """Check what is asked. Raises NotFound for an unknown detector, RequestInvalid for a day or a number that is not one."""
        found = Catalogue.load(self._options.rule_directories).get(detector)
        try:
            day = date.fromisoformat(since)
        except ValueError as error:
            raise RequestInvalid("this is not a day", where="since", value=since, remedy="Write 2026-03-01.") from error
        return Trial(found, read_params(found.meta, params), day)

    def carry_out(
        self, trial: Trial, *, actor: str, role: str, session: str = "", on_progress: Progress | None = None
    ) -> dict[str, Any]:
        """Find with the defaults and with the changed numbers, and compare: see `service.runs.compare.compare`.

        Raises NotFound where there are no transactions, DetectorInvalid where the detector fails, and ChildFailed.
        """
        meta = trial.detector.meta
        snapshot = take_snapshot(self._ledger, self._journal.size - 1, self._journal.head)
        manifest = build_manifest(
            snapshot,
            [trial.detector],
            self._shelf.current(),
            engine=engine_of(self._child),
            base_currency=self._options.base_currency,
            queue=self._options.queue,
        )
        told = trial.told | {"logic_hash": trial.detector.logic_hash, "snapshot": snapshot.sequence}
        entry = self._journal.append(
            "detector.backtested", told, actor=actor, role=role, session=session, object=meta.id
        )
        self._ledger.project(entry)
        scratch = self._home.workroom / f"backtest-{secrets.token_hex(8)}"
        scratch.mkdir(mode=0o700)
        try:
            found = self._child.call(
                "backtest",
                payload_of(self._home, manifest, self._options)
                | {
                    "scratch": str(scratch),
                    "params": trial.told["params"],
                    "since_s": int(datetime.combine(trial.since, time(), UTC).timestamp()),
                },
                on_progress,
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return told | found


def read_params(meta: DetectorMeta, given: Mapping[str, str]) -> dict[str, int | Decimal]:
    """Parameters as somebody wrote them, as numbers within their bounds. Raises RequestInvalid that names the parameter."""
    numbers: dict[str, int | Decimal] = {}
    for name, text in given.items():
        if not _NUMBER.fullmatch(text):
            raise RequestInvalid(
                "this is not a number", where=f"{meta.id}.{name}", value=text, remedy="Write it as 5 or 0.25."
            )
        numbers[name] = int(text) if text.lstrip("-").isdecimal() else Decimal(text)
    settled = meta.settled(numbers)
    return {name: settled[name] for name in numbers}
