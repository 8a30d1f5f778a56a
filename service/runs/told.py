"""Runs as the journal tells them. Reads the journal's files and nothing else, so that an auditor can ask while a server runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from detectors.anomaly import drift
from schemas.canonical import parse_json
from schemas.errors import IntegrityError, JournalBroken
from schemas.journal import commitment

Outcome = dict[str, Any]
Telling = tuple[str, str, dict[str, Any], int, str]
"""Run, status (started, finished, incomplete, failed or replayed), payload, sequence, time."""


def fold_runs(tellings: Iterable[Telling]) -> dict[str, Outcome]:
    """The runs by id, in the order in which they started, each as its latest telling leaves it."""
    runs: dict[str, Outcome] = {}
    for run, status, told, seq, at in tellings:
        if status == "replayed":
            runs[run].setdefault("replays", []).append({"at": at, "verdict": told["verdict"]})
        else:
            runs[run] = _outcome(run, status, told) | {"at": runs.get(run, {}).get("at", at), "seq": seq}
    return runs


def runs_in_journal(directory: Path) -> dict[str, Outcome]:
    """The runs that the journal in `directory` tells of."""
    return fold_runs(
        (entry["object"], entry["type"].removeprefix("run."), payload, entry["seq"], entry["at"])
        for entry, payload in entries_told(directory, "run.")
    )


def loaded_in_journal(directory: Path) -> dict[str, dict[str, Any]]:
    """The reference tables in use by kind, as the journal in `directory` tells of their loading: digest, name, rows, time."""
    return {
        payload["kind"]: {name: payload[name] for name in ("digest", "name", "rows")} | {"at": entry["at"]}
        for entry, payload in entries_told(directory, "reference.")
    }


def segment_bytes_in_journal(directory: Path) -> dict[str, str]:
    """SHA-256 of the Parquet file of each segment, by the digest of its rows, as recorded when it was sealed."""
    found = {}
    for _, payload in entries_told(directory, "batch."):
        for name, digest in payload.get("files", {}).items():
            if name.startswith("segments/"):
                found[Path(name).stem] = digest
    return found


def entries_told(directory: Path, prefix: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Entries of a kind with their payloads, in order; an erased payload and an unfinished last line are passed over.

    It does not verify the chain: `thalweg journal verify` does. Raises JournalBroken, naming the entry, where a payload is not
    the one that its entry commits to: what a replay compares with would be anybody's.
    """
    for path in sorted(directory.glob("?????????.ndjson")):
        payloads = path.with_name(path.name.replace(".ndjson", ".payloads.ndjson"))
        with path.open("rb") as lines, payloads.open("rb") as kept:
            for number, (line, payload) in enumerate(zip(lines, kept, strict=False), start=1):
                if f'"type":"{prefix}'.encode() in line and line.endswith(b"\n"):
                    entry, told = _told(line, payload, f"journal/{payloads.name}, line {number}")
                    if told is not None:
                        yield entry, told


def _told(line: bytes, payload: bytes, where: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    try:
        entry, kept = parse_json(line), parse_json(payload)
        told = kept["payload"]
        if told is None or commitment(kept["salt"], told) == entry["commit"]:
            return entry, told
    except (IntegrityError, KeyError, TypeError, ValueError) as error:
        raise _broken(where) from error
    raise _broken(where)


def _broken(where: str) -> JournalBroken:
    return JournalBroken(
        "this payload is not the one that its entry commits to",
        where=where,
        remedy="`thalweg verify` names what was changed; put the journal back from a copy.",
    )


def _outcome(run: str, status: str, told: dict[str, Any]) -> Outcome:
    return {
        "run": run,
        "status": status,
        "findings": told.get("findings", 0),
        "alerts": told.get("alerts", 0),
        "digest": told.get("digest"),
        "exact_digest": told.get("exact_digest"),
        "manifest": told.get("manifest"),
        "files": told.get("files", {}),
        "seconds": told.get("seconds"),
        "detectors": told.get("detectors", []),
        "notes": told.get("notes", {}),
        "drift": drift.told(told.get("notes", {})),
        "coverage": told.get("coverage", {}),
        "sizes": {
            name: told[name]
            for name in ("transactions", "accounts", "twins", "without_rate", "peak_mib")
            if name in told
        },
        "places": told.get("places", {}),
        "cause": told.get("cause"),
    } | {name: told[name] for name in ("refused", "suppressed", "set") if name in told}
