"""Fold the candidate alerts of each finished run into the standing alerts, and the acts of people into their state.

The fold goes in journal order and looks at nothing but the ledger and the run's own file, so a rebuild gives the same alerts.
A version never changes; unchanged evidence makes no new one, unless the alert rises onto an analyst's desk, from which nothing is
taken again, or other weights score it, as one queue has one scale; a decided alert is left alone and what is new follows it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import orjson
import polars as pl

from schemas.alert import DECIDED_STATES, PLACES, Place
from schemas.canonical import canonical_json, digest_file
from schemas.errors import DigestMismatch
from service.home import Home
from service.ledger import kept, runs
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded

ALERTS_FILE = "alerts.parquet"
Candidate = dict[str, Any]
_AS_FOUND = ("subject", "subject_account", "score", "severity", "family", "detectors", "window_start", "window_end")


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


@dataclass(frozen=True, slots=True)
class Made:
    """A version of an alert that the fold makes of a candidate, and the canonical JSON that it is kept as."""

    candidate: Candidate
    body: str
    alert: str
    version: int = 1
    follows: str | None = None


def _finished(cursor: Cursor, recorded: Recorded, payload: Payload, home: Home) -> None:
    runs.HANDLERS[recorded.entry.type](cursor, recorded, payload, home)
    bodies = _bodies(home, recorded.entry.object, payload)
    if bodies:
        _fold(cursor, recorded, bodies)


def _bodies(home: Home, run: str, payload: Payload) -> list[str]:
    """The canonical JSON of each candidate, as the run's child wrote it: the digest in the journal says that it is that text."""
    path = home.run(run) / ALERTS_FILE
    if not path.exists() or digest_file(path) != payload["files"][ALERTS_FILE]:
        raise DigestMismatch(
            "the alerts of a run are missing or changed",
            where=f"runs/{run}/{ALERTS_FILE}",
            remedy="Put the file back from a copy, or replay the run to make it again.",
        )
    return pl.read_parquet(path, columns=["body"])["body"].to_list()


def _fold(cursor: Cursor, recorded: Recorded, bodies: list[str]) -> None:
    candidates: list[Candidate] = [orjson.loads(body) for body in bodies]
    standing = _standing(cursor)
    by_subject: dict[str, list[str]] = defaultdict(list)
    for each in standing.values():
        by_subject[each.subject].append(each.alert)
    shared = _shared(cursor, candidates)
    taken: set[str] = set()
    made: list[Made] = []
    for number, candidate in enumerate(candidates):
        match = _match(candidate, shared[number], standing, by_subject, taken)
        if match is None:
            made.append(Made(candidate, bodies[number], f"a_{candidate['key'][:20]}"))
            continue
        taken.add(match.alert)
        new = len(candidate["evidence"]) - shared[number].get(match.alert, 0)
        place = _nearer(match.place, _place(candidate))
        changed = new > 0 or match.evidence != len(candidate["evidence"]) or match.detectors != candidate["detectors"]
        changed |= match.place == "below" != place or match.ordered_by != (candidate.get("ordered_by") or "")
        if match.decided and new > 0:
            made.append(Made(candidate, bodies[number], f"a_{candidate['key'][:20]}", follows=match.alert))
        elif not match.decided and changed:
            made.append(_put(place, Made(candidate, bodies[number], match.alert, match.version + 1)))
    _insert(cursor, recorded, [each for each in made if each.version > 1 or each.alert not in standing])


def _put(place: Place, made: Made) -> Made:
    """A version in the place where the fold puts it, which may be another than the run did."""
    if made.candidate.get("place") == place:
        return made
    candidate = made.candidate | {"place": place}
    return replace(made, candidate=candidate, body=canonical_json(candidate).decode())


def _standing(cursor: Cursor) -> dict[str, Standing]:
    rows = cursor.execute(
        "select s.alert, s.version, s.subject, s.window_start, s.window_end, s.detectors, s.state, s.place,"
        " coalesce(o.ordered_by, ''), coalesce(e.evidence, 0) from kept_alerts as s"
        " left join (select alert, count(*) as evidence from standing_evidence group by alert) as e on e.alert = s.alert"
        " left join alert_orders as o on o.alert = s.alert and o.version = s.version order by s.alert"
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
    spread = [(number, each) for number, candidate in enumerate(candidates) for each in candidate["evidence"]]
    frame = pl.DataFrame(
        {
            "n": [number for number, _ in spread],
            "batch": [each["batch"] for _, each in spread],
            "reference": [each["reference"] for _, each in spread],
        },
        schema={"n": pl.Int32, "batch": pl.String, "reference": pl.String},
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


def _insert(cursor: Cursor, recorded: Recorded, made: list[Made]) -> None:
    entry = recorded.entry
    told = {"run": entry.object, "recorded_at": entry.at, "incomplete": entry.type == "run.incomplete"}
    versions, orders = [], []
    for each in made:
        candidate, about = each.candidate, {"alert": each.alert, "version": each.version}
        row = told | about | {"follows": each.follows, "alert_key": candidate["key"], "body": each.body}
        row |= {name: candidate[name] for name in _AS_FOUND} | {"place": _place(candidate)}
        versions.append(row | {"why_en": candidate["why"]["en"], "why_fr": candidate["why"]["fr"]})
        if candidate.get("ordered_by"):
            orders.append(about | {"ordered_by": candidate["ordered_by"]})
    frames = {
        "alert_versions": pl.DataFrame(versions, infer_schema_length=None),
        "alert_orders": pl.DataFrame(orders, infer_schema_length=None),
        "alert_evidence": _spread(made, "evidence", {"batch": "batch", "reference": "reference"}),
        "alert_members": _spread(made, "members", {"account": "key", "role": "role"}),
    }
    for table, frame in frames.items():
        _insert_all(cursor, entry.seq, table, frame)
    if made:
        kept.take_versions(cursor, frames["alert_versions"])


def _spread(made: list[Made], part: str, columns: dict[str, str]) -> pl.DataFrame:
    """A row for each thing of one part of the versions, of which there may be half a million: column by column."""
    spread = [(each, thing) for each in made for thing in each.candidate[part]]
    about: dict[str, list[Any]] = {
        "alert": [each.alert for each, _ in spread],
        "version": [each.version for each, _ in spread],
    }
    return pl.DataFrame(about | {column: [thing[name] for _, thing in spread] for column, name in columns.items()})


def _insert_all(cursor: Cursor, seq: int, table: str, frame: pl.DataFrame) -> None:
    """Many rows at once: one by one, DuckDB takes a millisecond for each."""
    if frame.height:
        cursor.register("new_rows", frame.with_columns(pl.col(pl.Null).cast(pl.String)).to_arrow())
        cursor.execute(f"insert into {table} by name select ? as seq, * from new_rows", [seq])
        cursor.unregister("new_rows")


def _acted(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    told = [payload.get(name) for name in ("act", "state", "assignee", "reason", "note")]
    insert(cursor, "alert_acts", [entry.seq, payload["alert"], entry.at, entry.actor, entry.role, *told])
    kept.take_act(cursor, payload["alert"], payload.get("state"), payload.get("assignee"))


HANDLERS: dict[str, Handler] = {
    "run.finished": _finished,
    "run.incomplete": _finished,
    "alert.assigned": _acted,
    "alert.decided": _acted,
    "alert.noted": _acted,
}
