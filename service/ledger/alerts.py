"""Fold the candidate alerts of each finished run into the standing alerts, and the acts of people into their state.

The fold goes in journal order and looks at nothing but the ledger and the run's own file, so a rebuild gives the same alerts.
A version never changes; unchanged evidence makes no new one, unless the alert rises onto an analyst's desk, from which nothing is
taken again, or other weights score it, as one queue has one scale; a decided alert is left alone and what is new follows it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from schemas.alert import DECIDED_STATES, PLACES, Place
from schemas.canonical import canonical_json, digest_file, parse_json
from schemas.errors import DigestMismatch
from service.home import Home
from service.ledger import runs
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded

ALERTS_FILE = "alerts.parquet"
Candidate = dict[str, Any]
Reference = tuple[str, str]


@dataclass(slots=True)
class Standing:
    """A standing alert as the fold sees it."""

    alert: str
    version: int
    subject: str
    start: str
    end: str
    detectors: list[str]
    decided: bool
    place: Place
    ordered_by: str
    evidence: int


def _finished(cursor: Cursor, recorded: Recorded, payload: Payload, home: Home) -> None:
    runs.HANDLERS[recorded.entry.type](cursor, recorded, payload, home)
    candidates = _candidates(home, recorded.entry.object, payload)
    if candidates:
        _fold(cursor, recorded, candidates)


def _candidates(home: Home, run: str, payload: Payload) -> list[Candidate]:
    path = home.run(run) / ALERTS_FILE
    if not path.exists() or digest_file(path) != payload["files"][ALERTS_FILE]:
        raise DigestMismatch(
            "the alerts of a run are missing or changed",
            where=f"runs/{run}/{ALERTS_FILE}",
            remedy="Put the file back from a copy, or replay the run to make it again.",
        )
    return [parse_json(body) for body in pl.read_parquet(path, columns=["body"])["body"]]


def _fold(cursor: Cursor, recorded: Recorded, candidates: list[Candidate]) -> None:
    standing = _standing(cursor)
    by_subject: dict[str, list[str]] = defaultdict(list)
    for each in standing.values():
        by_subject[each.subject].append(each.alert)
    shared = _shared(cursor, candidates)
    taken: set[str] = set()
    made: list[tuple[Candidate, str, int, str | None]] = []
    for number, candidate in enumerate(candidates):
        match = _match(candidate, shared[number], standing, by_subject, taken)
        if match is None:
            made.append((candidate, f"a_{candidate['key'][:20]}", 1, None))
            continue
        taken.add(match.alert)
        new = len(candidate["evidence"]) - shared[number].get(match.alert, 0)
        place = _nearer(match.place, _place(candidate))
        changed = new > 0 or match.evidence != len(candidate["evidence"]) or match.detectors != candidate["detectors"]
        changed |= match.place == "below" != place or match.ordered_by != (candidate.get("ordered_by") or "")
        if match.decided and new > 0:
            made.append((candidate, f"a_{candidate['key'][:20]}", 1, match.alert))
        elif not match.decided and changed:
            made.append((candidate | {"place": place}, match.alert, match.version + 1, None))
    known = standing.keys() | {""}
    _insert(cursor, recorded, [each for each in made if each[2] > 1 or each[1] not in known])


def _standing(cursor: Cursor) -> dict[str, Standing]:
    rows = cursor.execute(
        "select s.alert, s.version, s.subject, s.window_start, s.window_end, s.detectors, s.state, s.place,"
        " coalesce(o.ordered_by, ''), count(e.reference) from standing_alerts as s"
        " left join standing_evidence as e on e.alert = s.alert"
        " left join alert_orders as o on o.alert = s.alert and o.version = s.version group by all order by s.alert"
    ).fetchall()
    return {
        alert: Standing(alert, version, subject, start, end, found_by, state in DECIDED_STATES, place, order, count)
        for alert, version, subject, start, end, found_by, state, place, order, count in rows
    }


def _place(candidate: Candidate) -> Place:
    """Where a run put a candidate. Runs of before there was a budget put all in the queue."""
    return cast(Place, candidate.get("place", "queue"))


def _nearer(one: Place, other: Place) -> Place:
    """The one of two places that is nearer to the analyst."""
    return min(one, other, key=PLACES.index)


def _shared(cursor: Cursor, candidates: list[Candidate]) -> dict[int, dict[str, int]]:
    """How much evidence each candidate shares with each standing alert."""
    frame = pl.DataFrame(
        [
            (n, each["batch"], each["reference"])
            for n, candidate in enumerate(candidates)
            for each in candidate["evidence"]
        ],
        schema={"n": pl.Int32, "batch": pl.String, "reference": pl.String},
        orient="row",
    )
    cursor.register("candidate_evidence", frame.to_arrow())
    rows = cursor.execute(
        "select c.n, e.alert, count(*) from candidate_evidence as c"
        " join standing_evidence as e on e.batch = c.batch and e.reference = c.reference group by c.n, e.alert"
    ).fetchall()
    cursor.unregister("candidate_evidence")
    shared: dict[int, dict[str, int]] = defaultdict(dict)
    for number, alert, count in rows:
        shared[number][alert] = count
    return shared


def _match(
    candidate: Candidate,
    shared: dict[str, int],
    standing: dict[str, Standing],
    by_subject: dict[str, list[str]],
    taken: set[str],
) -> Standing | None:
    """The standing alert that a candidate is about: an open one before a decided one, then the one that shares most."""
    size = len(candidate["evidence"])
    near = {*by_subject[candidate["subject"]]}
    near |= {alert for alert, count in shared.items() if 2 * count >= min(size, standing[alert].evidence)}
    options = [
        standing[alert]
        for alert in near - taken
        if standing[alert].start <= candidate["window_end"] and candidate["window_start"] <= standing[alert].end
    ]
    return min(options, key=lambda each: (each.decided, -shared.get(each.alert, 0), each.alert), default=None)


def _insert(cursor: Cursor, recorded: Recorded, made: list[tuple[Candidate, str, int, str | None]]) -> None:
    entry = recorded.entry
    incomplete = entry.type == "run.incomplete"
    evidence, members = [], []
    for candidate, alert, version, follows in made:
        row = [entry.seq, alert, version, entry.object, entry.at, follows, incomplete, candidate["key"]]
        row += [candidate[name] for name in ("subject", "subject_account", "score", "severity", "family", "detectors")]
        row += [candidate["why"]["en"], candidate["why"]["fr"], candidate["window_start"], candidate["window_end"]]
        insert(cursor, "alert_versions", [*row, canonical_json(candidate).decode(), _place(candidate)])
        if candidate.get("ordered_by"):
            insert(cursor, "alert_orders", [entry.seq, alert, version, candidate["ordered_by"]])
        evidence += [(entry.seq, alert, version, each["batch"], each["reference"]) for each in candidate["evidence"]]
        members += [(entry.seq, alert, version, each["key"], each["role"]) for each in candidate["members"]]
    _insert_all(cursor, "alert_evidence", ("batch", "reference"), evidence)
    _insert_all(cursor, "alert_members", ("account", "role"), members)


def _insert_all(cursor: Cursor, table: str, columns: tuple[str, str], rows: list[tuple[object, ...]]) -> None:
    """Many rows at once: `seq`, `alert`, `version`, then two texts."""
    if rows:
        schema = {"seq": pl.Int64, "alert": pl.String, "version": pl.Int32} | dict.fromkeys(columns, pl.String)
        cursor.register("new_rows", pl.DataFrame(rows, schema=schema, orient="row").to_arrow())
        cursor.execute(f"insert into {table} select * from new_rows")
        cursor.unregister("new_rows")


def _acted(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    told = [payload.get(name) for name in ("act", "state", "assignee", "reason", "note")]
    insert(cursor, "alert_acts", [entry.seq, payload["alert"], entry.at, entry.actor, entry.role, *told])


HANDLERS: dict[str, Handler] = {
    "run.finished": _finished,
    "run.incomplete": _finished,
    "alert.assigned": _acted,
    "alert.decided": _acted,
    "alert.noted": _acted,
}
