"""How two runs differ: what they were given, and which alerts came, went or moved, and why. It reads what the runs left behind.

Alerts are told by their subject, detectors and scores. Whose they are is for the caller to show or to leave out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.canonical import digest_file
from schemas.errors import DigestMismatch, NotFound
from schemas.run import Manifest
from service.home import Home
from service.runs.outputs import ALERTS, read_records

Record = dict[str, Any]
Difference = dict[str, str | None]
_OF_A_PART = ("strength", "surprisal", "damping", "weight", "learned")
"""What the points of a detector are made of."""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """What a run was given and the candidate alerts that it made, best first."""

    manifest: Manifest
    alerts: Sequence[Record]

    @classmethod
    def of(cls, home: Home, run: Mapping[str, Any]) -> RunFiles:
        """The files of a run as it is told. Raises NotFound where it has no result, DigestMismatch where a file is another."""
        if not run["digest"]:
            raise NotFound("this run has no result to compare with", value=run["run"])
        place = home.run(run["run"])
        for name, digest in (("manifest.json", run["manifest"]), (ALERTS, run["files"].get(ALERTS))):
            if not (place / name).exists() or digest_file(place / name) != digest:
                raise DigestMismatch("a file of this run is missing or changed", where=f"runs/{run['run']}/{name}")
        manifest = Manifest.model_validate_json((place / "manifest.json").read_bytes())
        return cls(manifest, read_records(place / ALERTS))


def differ(before: RunFiles, after: RunFiles) -> Record:
    """`inputs` that are not the same, `added` and `removed` alerts, those `moved` with what moved them, and how many are the `same`.

    An alert is the same one where it has the same key, or else the same subject and a detector in common in windows that meet.
    """
    pairs, removed, added = _paired(before.alerts, after.alerts)
    moved = [_moved(one, other) for one, other in pairs if one["score"] != other["score"]]
    return {
        "inputs": inputs(before.manifest, after.manifest),
        "added": [_line(each) for each in added],
        "removed": [_line(each) for each in removed],
        "moved": sorted(moved, key=lambda each: -abs(each["score"] - each["was"])),
        "same": len(pairs) - len(moved),
    }


def inputs(before: Manifest, after: Manifest) -> list[Difference]:
    """What one manifest has otherwise than the other, each as `what`, `was`, `now`; null where it was not there."""
    found = [
        _difference(name, str(getattr(before, name)), str(getattr(after, name)))
        for name in ("snapshot", "as_of", "base_currency", "code", "queue")
    ]
    found += _by_name("batch", {each.batch: str(each.rows) for each in before.segments},
                      {each.batch: str(each.rows) for each in after.segments})  # fmt: skip
    found += _by_name("table", {each.kind: each.digest for each in before.references},
                      {each.kind: each.digest for each in after.references})  # fmt: skip
    old, new = ({each.id: each for each in manifest.detectors} for manifest in (before, after))
    found += _by_name("detector", {name: each.status for name, each in old.items()},
                      {name: each.status for name, each in new.items()})  # fmt: skip
    for name in sorted(old.keys() & new.keys()):
        found.append(_difference(f"logic of {name}", old[name].logic_hash, new[name].logic_hash))
        found += _by_name(f"{name}:", old[name].params, new[name].params)
    found += _by_name("engine", before.engine.model_dump(), after.engine.model_dump())
    return [each for each in found if each["was"] != each["now"]]


def _by_name(what: str, before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    return [_difference(f"{what} {name}", before.get(name), after.get(name)) for name in sorted({*before, *after})]


def _difference(what: str, was: str | None, now: str | None) -> Difference:
    return {"what": what, "was": was, "now": now}


def _paired(
    before: Sequence[Record], after: Sequence[Record]
) -> tuple[list[tuple[Record, Record]], list[Record], list[Record]]:
    """Each alert of one run with the same one of the other; those that only the one or the other has."""
    waiting = {each["key"]: each for each in before}
    pairs, added = [], []
    for each in after:
        if each["key"] in waiting:
            pairs.append((waiting.pop(each["key"]), each))
        else:
            added.append(each)
    by_subject: dict[str, list[Record]] = {}
    for each in waiting.values():
        by_subject.setdefault(each["subject"], []).append(each)
    new = []
    for each in added:
        match = next((one for one in by_subject.get(each["subject"], ()) if _alike(one, each)), None)
        if match is None:
            new.append(each)
        else:
            by_subject[each["subject"]].remove(match)
            pairs.append((waiting.pop(match["key"]), each))
    return pairs, list(waiting.values()), new


def _alike(one: Record, other: Record) -> bool:
    meets = one["window_start"] <= other["window_end"] and other["window_start"] <= one["window_end"]
    return meets and not set(one["detectors"]).isdisjoint(other["detectors"])


def _line(alert: Record) -> Record:
    names = ("key", "subject", "score", "severity", "detectors")
    return {name: alert[name] for name in names} | {"place": alert.get("place", "queue")}


def _moved(before: Record, after: Record) -> Record:
    """An alert with what it scored before and the detectors whose points are others, and which of their parts moved."""
    old, new = ({part["detector"]: part for part in alert["parts"]} for alert in (before, after))
    why = []
    for name in sorted({*old, *new}):
        was, now = old.get(name, {}), new.get(name, {})
        if was.get("points") != now.get("points"):
            parts = {part: [was.get(part), now.get(part)] for part in _OF_A_PART if was.get(part) != now.get(part)}
            why.append({"detector": name, "was": was.get("points"), "now": now.get("points"), "parts": parts})
    return _line(after) | {"was": before["score"], "why": why}
