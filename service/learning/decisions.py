"""Decided alerts out of the ledger, for learning and for the record that an alert shows of its detectors. Reads only."""

from __future__ import annotations

from typing import Any

from detectors.learning.decisions import NOT_WORTH, WORTH, Decision, weight_of_sampled
from detectors.learning.order import formula_points
from schemas.canonical import parse_json
from service.access.visibility import Scope
from service.alerts.sample import wilson
from service.ledger.ledger import Ledger

MOST_DECISIONS = 5000
"""The latest ones: what analysts thought worth an hour years ago says little of today, and learning stays a matter of seconds."""


def decisions(ledger: Ledger) -> list[Decision]:
    """The decisions that count, in the order in which they were made. Those whose reason says nothing about a detector do not.

    An alert counts once, as it stands decided now, with the parts of the version that was decided upon.
    """
    rows = ledger.query(
        "select d.seq, d.reason, v.subject, v.place, v.run, v.body, coalesce(o.ordered_by, '') from alert_decisions as d"
        " join alert_versions as v on v.alert = d.alert and v.version = d.version"
        " left join alert_orders as o on o.alert = d.alert and o.version = d.version"
        " where list_contains(?, d.reason) order by d.seq desc limit ?",
        [sorted(WORTH | NOT_WORTH), MOST_DECISIONS],
    )
    places = _places(ledger, {run for _, _, _, place, run, _, _ in rows if place == "sample"})
    found = []
    for seq, reason, subject, place, run, body, ordered_by in reversed(rows):
        parts = {part["detector"]: formula_points(part) for part in parse_json(body)["parts"]}
        sampled = place == "sample"
        weight = {"weight": weight_of_sampled(*places.get(run, (0, 1)))} if sampled else {}
        found.append(Decision(seq, subject, reason in WORTH, parts, sampled=sampled, ordered_by=ordered_by, **weight))
    return found


def without_bearing(ledger: Ledger) -> dict[str, int]:
    """How many alerts were decided for reasons that teach nothing, by reason."""
    rows = ledger.query(
        "select reason, count(*) from alert_decisions where not list_contains(?, reason) group by reason order by reason",
        [sorted(WORTH | NOT_WORTH)],
    )
    return {str(reason): int(count) for reason, count in rows}


def detector_records(ledger: Ledger, scope: Scope, detectors: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """For each of these detectors: of `decided` alerts in which it has a part, `worth` were worth a look, with the 95 % interval of
    the share, per mille. Only alerts that `scope` shows count, each once; a detector without a decided alert is not in it."""
    rows = ledger.query(
        "with told as (select unnest(v.detectors) as detector, list_contains(?, d.reason) as worth from alert_decisions as d"
        " join alert_versions as v on v.alert = d.alert and v.version = d.version"
        f" where list_contains(?, d.reason) and d.alert in (select alert from kept_alerts where {scope.where}))"
        " select detector, count(*) filter (worth), count(*) from told where list_contains(?, detector)"
        " group by detector order by detector",
        [sorted(WORTH), sorted(WORTH | NOT_WORTH), *scope.params, list(detectors)],
    )
    return {
        detector: {"worth": int(worth), "decided": int(decided), "interval_per_mille": list(wilson(worth, decided))}
        for detector, worth, decided in rows
    }


def _places(ledger: Ledger, runs: set[str]) -> dict[str, tuple[int, int]]:
    """Of each run how many of its alerts lay below the line, and how many were drawn from there."""
    rows = ledger.query(
        "select run, payload from runs where status in ('finished', 'incomplete') and list_contains(?, run) order by seq",
        [sorted(runs)],
    )
    told = {str(run): parse_json(payload).get("places", {}) for run, payload in rows}
    return {run: (places.get("below", 0), places.get("sample", 1)) for run, places in told.items()}
