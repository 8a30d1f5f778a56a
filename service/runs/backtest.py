"""The server's side of a backtest: what would a detector have raised with other numbers, against what it raises as it is set now.

Nothing of what is found is kept or recorded, and no alert comes of it. That somebody tried is an entry in the journal, written
before: a backtest reads what a run reads.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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
from service.tuning.setting import fitted, in_force, proposals

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be tried: a detector, the numbers to change, and from which day to which, both included, findings count.

    `present` are the numbers that are set other than in its file now.
    """

    detector: Detector
    params: dict[str, int | Decimal]
    present: dict[str, int | Decimal]
    since: date
    until: date | None = None

    @property
    def numbers(self) -> dict[str, int | Decimal]:
        """All numbers on the changed side that are not the file's."""
        known = self.detector.meta.params
        return {name: value for name, value in (self.present | self.params).items() if value != known[name].default}

    @property
    def told(self) -> dict[str, Any]:
        """The trial as answers and the journal name it."""
        return {
            "detector": self.detector.meta.id,
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "params": _as_text(self.params),
            "present": _as_text(self.present),
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

    def trial(self, detector: str, *, since: str, params: Mapping[str, str], until: str | None = None) -> Trial:
        """Check what is asked. Raises NotFound for an unknown detector, RequestInvalid for a day or a number that is not one."""
        catalogue = Catalogue.load(self._options.rule_directories)
        found = catalogue.get(detector)
        held = {name: each for name, each in in_force(proposals(self._ledger)).items() if name == detector}
        present = fitted(catalogue, held).numbers.get(detector, {})
        first, last = _day(since, "since"), _day(until, "until") if until else None
        if last is not None and last < first:
            raise RequestInvalid("the period ends before it begins", where="until", value=until, remedy="Change a day.")
        return Trial(found, read_params(found.meta, params), dict(present), first, last)

    def carry_out(
        self, trial: Trial, *, actor: str, role: str, session: str = "", on_progress: Progress | None = None
    ) -> dict[str, Any]:
        """Find as it is set and with the changed numbers, and compare: see `service.runs.compare.compare`.

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
                    "params": _as_text(trial.numbers),
                    "present": _as_text(trial.present),
                    "since_s": _seconds(trial.since),
                    "until_s": _seconds(trial.until + timedelta(days=1)) if trial.until else None,
                },
                on_progress,
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return told | found | {"numbers": _as_text(trial.numbers)}


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


def _as_text(numbers: Mapping[str, int | Decimal]) -> dict[str, str]:
    return {name: str(value) for name, value in sorted(numbers.items())}


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RequestInvalid("this is not a day", where=where, value=text, remedy="Write 2026-03-01.") from error


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
