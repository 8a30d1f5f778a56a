"""The server's side of a run: journal it, hand it to a child, and go on without whatever detector the child died of."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from detectors.api import Detector
from schemas.canonical import parse_json
from schemas.errors import ChildFailed, ChildOutgrown, NotFound, ThalwegError
from schemas.run import Engine, Manifest, QueueRule
from service import admission
from service.cases.suppressions import met_by
from service.children import Child
from service.durable import fsync_dir, fsync_file, write_durably
from service.home import Home
from service.journal.append import Journal
from service.learning.book import promoted
from service.ledger.ledger import Ledger
from service.reference import ReferenceShelf
from service.runs.manifest import build_manifest, take_snapshot
from service.runs.outputs import ALERTS
from service.runs.told import Outcome, fold_runs, segment_bytes_in_journal
from service.tuning.setting import Setting, fitted, in_force, proposals

Progress = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run is carried out. What can change its result, the currency, the rule of its queue and how many false discoveries
    models may make (per mille), goes into the manifest and is taken from there; the rest may not change what is found."""

    base_currency: str
    threads: int
    memory_bytes: int
    queue: QueueRule
    rule_directories: tuple[Path, ...] = ()
    false_discoveries: int | None = None


class Runs:
    """Start and look up runs. One run at a time; the child is warm between them."""

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

    def start(
        self,
        *,
        actor: str,
        role: str,
        session: str = "",
        as_of: datetime | None = None,
        detectors: Sequence[str] | None = None,
        false_discoveries: int | None = None,
        on_progress: Progress | None = None,
    ) -> Outcome:
        """Run detectors over the ledger as it stands. Gives the run as `thalweg runs start --json` prints it.

        `detectors` are ids; all that are `test` or `live` by default. `as_of` is UTC without a zone. Rules that were refused are
        named in what the run tells; the rest run. Raises NotFound where there are no transactions or no such detector,
        DetectorInvalid for a refused one that is asked for, and what `ChildFailed` tells where loading itself failed.
        """
        started = time.perf_counter()
        self._child.start()  # it imports while the detectors are read here
        catalogue = admission.admitted(self._options.rule_directories, self._home)
        held = in_force(proposals(self._ledger))
        set_so = fitted(catalogue, held)
        chosen = admission.choose(set_so.catalogue, detectors)
        snapshot = take_snapshot(self._ledger, self._journal.size - 1, self._journal.head)
        manifest = build_manifest(
            snapshot,
            chosen,
            self._shelf.current(),
            engine=engine_of(self._child),
            base_currency=self._options.base_currency,
            queue=self._options.queue,
            as_of=as_of,
            learned=promoted(self._ledger),
            numbers=set_so.numbers,
            false_discoveries=self._options.false_discoveries,
            asked_false_discoveries=false_discoveries,
        )
        run = f"r_{secrets.token_hex(8)}"
        place = self._home.run(run)
        place.mkdir(mode=0o700)
        self._keep_code(chosen)
        write_durably(place / "manifest.json", manifest.canonical())
        who = {"actor": actor, "role": role, "session": session}
        began = self._tell(
            "run.started", {"run": run, "manifest": manifest.digest(), "as_of": manifest.as_of}, run, who
        )
        try:
            result = execute(
                self._home, manifest, place, child=self._child, options=self._options, on_progress=on_progress
            )
        except ThalwegError as error:
            self._tell("run.failed", {"run": run, "cause": error.as_dict()}, run, who)
            raise
        for name in result["files"]:
            fsync_file(place / name)
        fsync_dir(place)
        broken = [each["id"] for each in result["detectors"] if each["status"] == "failed"]
        told: Outcome = {
            "run": run,
            "manifest": manifest.digest(),
            "seconds": f"{time.perf_counter() - started:.3f}",
        } | result
        if faults := (*catalogue.refused, *set_so.left_out):
            told["refused"] = admission.told(faults)
        if held:
            told["set"] = [Setting.of(each).told | {"detector": name} for name, each in sorted(held.items())]
        if suppressed := met_by(self._ledger, place / ALERTS, began):
            told["suppressed"] = suppressed
        self._tell("run.incomplete" if broken else "run.finished", told, run, who)
        return self.get(run)

    def get(self, run: str) -> Outcome:
        """One run. Raises NotFound."""
        found = self._listed("where run = ?", [run])
        if not found:
            raise NotFound("there is no such run", value=run, remedy="thalweg runs list shows them.")
        return found[0]

    def all(self) -> list[Outcome]:
        """Every run, newest first."""
        return self._listed("", [])

    def _listed(self, where: str, params: list[object]) -> list[Outcome]:
        rows = self._ledger.query(
            f"select run, status, payload, seq, recorded_at from runs {where} order by seq", params
        )
        told = fold_runs((run, status, parse_json(payload), seq, at) for run, status, payload, seq, at in rows)
        return list(reversed(told.values()))

    def _tell(self, kind: Any, payload: dict[str, Any], run: str, who: dict[str, str]) -> str:
        """Record an entry; its time."""
        recorded = self._journal.append(kind, payload, object=run, **who)
        self._ledger.project(recorded)
        return recorded.entry.at

    def _keep_code(self, chosen: Sequence[Detector]) -> None:
        for detector in chosen:
            kept = self._home.code / detector.code_digest
            if not kept.exists():
                write_durably(kept, detector.source_path.read_bytes())


def engine_of(child: Child) -> Engine:
    """What computes in a child."""
    return Engine.model_validate(child.call("engine", {}))


def execute(
    home: Home,
    manifest: Manifest,
    out: Path,
    *,
    child: Child,
    options: RunOptions,
    on_progress: Progress | None = None,
) -> Outcome:
    """Carry out a manifest and write its files into `out`. A detector that kills the child is left out and named; one that found too
    little memory left by those before it is first tried again in a new child, and so are several at work when it died, one by one.

    Raises ChildFailed where the child died in loading or at the end, and DigestMismatch where an input has changed.
    """
    at: dict[str, Any] = {}

    def follow(step: dict[str, Any]) -> None:
        at.clear()
        at.update(step)
        if on_progress is not None:
            on_progress(step)

    failed: dict[str, str] = {}
    again: set[str] = set()
    alone = False
    scratch = home.workroom / f"run-{secrets.token_hex(8)}"
    scratch.mkdir(mode=0o700)
    try:
        while True:
            payload = payload_of(home, manifest, options) | {
                "out": str(out),
                "scratch": str(scratch),
                "failed": failed,
                "alone": alone,
            }
            try:
                result = child.call("run", payload, follow)
                if result["peak_mib"] << 20 > options.memory_bytes // 4:
                    child.close()  # a large run leaves hundreds of megabytes behind that the next one would lack
                return result
            except ChildFailed as error:
                detector = at.get("detector")
                if detector is None or detector in failed:
                    raise
                if len(at.get("running", ())) > 1:
                    alone = True  # which of them it was shows when each is tried by itself
                elif isinstance(error, ChildOutgrown) and detector not in again:
                    again.add(detector)
                else:
                    failed[detector] = error.why
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def payload_of(home: Home, manifest: Manifest, options: RunOptions) -> dict[str, Any]:
    """What a child needs to load a manifest: where everything lies, and how much it may use."""
    recorded = segment_bytes_in_journal(home.journal)
    return {
        "manifest": manifest.model_dump(mode="json"),
        "segments": {
            ref.digest: {
                "path": str(home.segment(ref.digest)),
                "bytes": recorded.get(ref.digest),
            }
            for ref in manifest.segments
        },
        "references": {ref.kind: str(home.reference / f"{ref.digest}.csv") for ref in manifest.references},
        "threads": options.threads,
        "memory_bytes": options.memory_bytes,
        "rule_directories": [str(each) for each in options.rule_directories],
    }
