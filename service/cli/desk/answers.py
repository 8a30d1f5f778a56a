"""The shapes that commands print, made from what a house holds or a server says: the same keys from both."""

from __future__ import annotations

from typing import Any, Literal

Answer = dict[str, Any]
RUN_KEYS = ("run", "status", "findings", "alerts", "digest", "seconds", "detectors")
DETECTOR_KEYS = ("id", "kind", "status", "findings", "seconds")
PARTS: tuple[Literal["queue", "below"], ...] = ("queue", "below")
"""The parts of the list of alerts, in their order: above the line, then below it."""
_ALERT_BODY = ("members", "evidence", "window_start", "window_end")
"""Beside `same_flow`, which an alert of before it was recorded does not have."""


def run_answer(found: Answer) -> Answer:
    """A run as `thalweg runs` prints it. A `cause` stands in it, or in one of its detectors, only where that failed; `silent_for` where a
    detector could not look, `left_out` where caps or known segments kept something from it, `refused` where a rule was."""
    record = {name: found[name] for name in RUN_KEYS}
    record["seconds"] = None if found["seconds"] is None else float(found["seconds"])
    record["detectors"] = [
        {name: each[name] for name in DETECTOR_KEYS} | {"seconds": float(each["seconds"])} | _further(each, found)
        for each in found["detectors"]
    ]
    refused = {"refused": found["refused"]} if found.get("refused") else {}
    places = {name: found[name] for name in ("places", "drift") if found.get(name)}
    return record | places | refused | _cause(found)


def submission_answer(batch: Answer, receipt: Answer, refusal: Answer | None) -> Answer:
    """What a submitter is told. `digest` is that of the segment; `refusal` stands in it only where there is one."""
    names = ("batch", "status", "rows", "accepted", "duplicates", "rejected")
    told = {name: batch[name] for name in names} | {"digest": receipt["segment"], "receipt": receipt}
    told |= {"format": batch["format"], "unknown_columns": batch["unknown_columns"], "notes": batch.get("notes", [])}
    return told | ({"refusal": refusal} if refusal else {})


def batch_answer(told: Answer, *, partner: str, name: str, at: str, replaces: str | None) -> Answer:
    """A submission as `thalweg batches show` prints it: whose it is and when it came, and what the submitter was told."""
    return {"partner": partner, "name": name, "at": at, "replaces": replaces} | told


def alert_answer(alert: str, body: Answer) -> Answer:
    """An alert as `thalweg alerts list --json` prints it: the score from 0 to 100, the reason in English."""
    told = {
        "id": alert,
        "key": body["key"],
        "score": body["score"] / 1000,
        "severity": body["severity"],
        "family": body["family"],
        "detectors": body["detectors"],
        "why": body["why"]["en"],
    } | {name: body[name] for name in _ALERT_BODY}
    return told | {"same_flow": body.get("same_flow", []), "place": body.get("place", "queue")}


def _further(detector: Answer, run: Answer) -> Answer:
    """Why it failed, which columns and tables it could not look without, and what caps and known segments left out."""
    drifted = run.get("drift", {}).get(detector["id"], {})
    notes = run.get("notes", {}).get(detector["id"], {})
    left_out = {name: number for name, number in notes.items() if number and name.rpartition(" of ")[2] not in drifted}
    parts = {"silent_for": detector.get("silent_for"), "left_out": left_out}
    return {name: part for name, part in parts.items() if part} | _cause(detector)


def _cause(found: Answer) -> Answer:
    return {"cause": found["cause"]} if found.get("cause") else {}
