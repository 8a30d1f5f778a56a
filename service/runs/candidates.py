"""From findings to candidate alerts: consolidate the findings of live detectors, score each gathering, write it down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from detectors.api import Detector
from detectors.consolidate import Gathering, Sighting, consolidate
from detectors.findings import Names, as_written
from detectors.rank import OWN_SURPRISAL, Weighing, families_of, points, score_parts, severity_of
from schemas.canonical import digest_json
from schemas.detector import ROLES

Record = dict[str, Any]
MAX_SHOWN_EVIDENCE = 400


def candidate_alerts(
    chosen: Sequence[Detector],
    raws: dict[str, pl.DataFrame],
    named: dict[str, list[Record]],
    baseline: pl.DataFrame,
    names: Names,
    *,
    max_members: int,
) -> list[Record]:
    """The candidate alerts, best first: by score, then by key. Only `live` detectors raise alerts.

    `raws` and `named` hold the same findings of each detector in the same order, in run-local numbers and in words.
    """
    live = [each for each in chosen if each.meta.status == "live" and each.meta.id in raws]
    weighings = _weighings(live, baseline)
    rows = [
        (row, finding)
        for each in live
        for row, finding in zip(raws[each.meta.id].iter_rows(named=True), named[each.meta.id], strict=True)
    ]
    sightings = [_sighting(row, finding, weighings) for row, finding in rows]
    gatherings = consolidate(sightings, max_members=max_members)
    alerts = [_alert(gathering, rows, weighings, names, max_members) for gathering in gatherings]
    for gathering, alert in zip(gatherings, alerts, strict=True):
        alert["linked"] = sorted({alerts[number]["key"] for number in gathering.linked})
    return sorted(alerts, key=lambda alert: (-alert["score"], alert["key"]))


def _weighings(live: Sequence[Detector], baseline: pl.DataFrame) -> dict[str, Weighing]:
    record = {detector: (flagged, population) for detector, flagged, population in baseline.iter_rows()}
    return {
        each.meta.id: Weighing(each.meta.family, each.meta.weight, *record.get(each.meta.id, (0, 0))) for each in live
    }


def _worth(row: Record, finding: Record, weighings: dict[str, Weighing]) -> int:
    return points(weighings[finding["detector"]].of(finding["facts"]), row["strength"])


def _sighting(row: Record, finding: Record, weighings: dict[str, Weighing]) -> Sighting:
    return Sighting(
        name=finding["id"],
        detector=finding["detector"],
        subject=row["subject"],
        start_s=row["window_start_s"],
        end_s=row["window_end_s"],
        points=_worth(row, finding, weighings),
        evidence=frozenset(row["evidence"]),
        members=frozenset(member["account"] for member in row["members"]),
        pointing=finding["kind"] == "model",
        whole=finding["kind"] == "pattern" and OWN_SURPRISAL in finding["facts"],
    )


def _alert(
    gathering: Gathering,
    rows: Sequence[tuple[Record, Record]],
    weighings: dict[str, Weighing],
    names: Names,
    max_members: int,
) -> Record:
    mine = [rows[position] for position in gathering.positions]
    shaping = [(row, finding) for row, finding in mine if gathering.pointing or finding["kind"] != "model"]
    best = mine[0][1]
    strongest: dict[str, tuple[Record, Record]] = {}
    for row, finding in mine:
        kept = strongest.get(finding["detector"])
        if kept is None or _worth(row, finding, weighings) > _worth(*kept, weighings):
            strongest[finding["detector"]] = (row, finding)
    score, parts = score_parts(
        {detector: row["strength"] for detector, (row, _) in strongest.items()},
        {detector: weighings[detector].of(finding["facts"]) for detector, (_, finding) in strongest.items()},
        {detector: frozenset(row["evidence"]) for detector, (row, _) in strongest.items()},
    )
    for part in parts:
        if part["against"] == "chance" and strongest[str(part["detector"])][1]["kind"] == "model":
            part["against"] = "held_back"  # a model shuffles nothing: it ranks among accounts that it was not fitted on
    members = _members([row for row, _ in shaping])
    evidence = sorted({txn for row, _ in shaping for txn in row["evidence"]})
    shown = evidence[:MAX_SHOWN_EVIDENCE]
    return {
        "key": digest_json([best["subject"], best["detector"], best["window_start"], as_written(best["evidence"])])[
            :32
        ],
        "subject": best["subject"],
        "subject_account": best["subject_account"],
        "score": score,
        "severity": severity_of(score, len(parts)),
        "family": families_of(parts),
        "detectors": [part["detector"] for part in parts],
        "why": best["explanation"]["sentence"],
        "members": names.members(members[:max_members]),
        "members_left_out": max(0, len(members) - max_members),
        "evidence": names.evidence(shown),
        "evidence_left_out": len(evidence) - len(shown),
        "same_flow": names.same_flow(shown),
        "window_start": min(finding["window_start"] for _, finding in shaping),
        "window_end": max(finding["window_end"] for _, finding in shaping),
        "parts": parts,
        "findings": [finding for _, finding in mine],
        "linked": [],
    }


def _members(rows: Sequence[Record]) -> list[dict[str, Any]]:
    """Each account once, in the role that its first finding gave it; the subject first, then by role and number."""
    roles: dict[int, str] = {}
    for row in rows:
        for member in row["members"]:
            roles.setdefault(member["account"], member["role"])
    subject = rows[0]["subject"]
    order = sorted(roles, key=lambda account: (account != subject, ROLES.index(roles[account]), account))
    return [{"account": account, "role": roles[account]} for account in order]
