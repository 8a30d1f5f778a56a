"""The book of standing alerts: read them through a scope, and act on them by the table of moves, one revision at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from schemas.alert import MOVES, REASONS, REASONS_FOR, move_for
from schemas.canonical import parse_json
from schemas.errors import AccessDenied, NotFound, RequestInvalid, StaleVersion
from schemas.journal import EntryType
from service.access.roles import Actor
from service.access.visibility import Scope
from service.alerts.lines import COLUMNS, NAMES, Lines
from service.journal.append import Journal
from service.ledger.ledger import Ledger

Alert = dict[str, Any]
EVERYTHING = Scope("true")
"""For the operator at the machine itself, who can read the files anyway."""

LONGEST_NOTE = 4000
_ENTRY_OF: dict[str, EntryType] = {
    "assign": "alert.assigned",
    "release": "alert.assigned",
    "escalate": "alert.decided",
    "dismiss": "alert.decided",
    "reopen": "alert.decided",
}
Sort = Literal["score", "newest", "oldest"]
SORTS: dict[Sort, tuple[str, Literal["asc", "desc"]]] = {
    "score": ("score", "desc"),
    "newest": ("window_end", "desc"),
    "oldest": ("window_end", "asc"),
}
"""What alerts can be sorted by: the column, and which way. Alerts that are alike in it follow by their id."""
Position = tuple[int | str, str]
"""Where a page ended: of its last row what it is sorted by (the score in thousandths, or the end of the window) and the alert."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which alerts to list. None of a field means all."""

    states: Sequence[str] | None = None
    severity: str | None = None
    detector: str | None = None
    family: str | None = None
    assignee: str | None = None
    place: Literal["queue", "sample", "below", "suppressed"] | None = None
    """Above the line, those drawn for review among them and not to be told apart; these alone; below it; or kept out by a
    suppression, which none of the others is."""
    partner: str | None = None
    """Whose submission holds some of the evidence."""
    due: Sequence[tuple[str, str]] | None = None
    """For each severity the time at or before which an alert that is due was first raised; see `service.alerts.due`."""
    second_review: bool = False
    """Only those of a case that waits for a second person. A case that some may not see does not count: it would show here."""
    holding: str | None = None
    """Text that stands in the id, the subject's account or the sentence, whatever its case."""
    alerts: Sequence[str] | None = None
    """Only these."""


_LIES = {"queue": "place <> 'below'", "sample": "place = 'sample'", "below": "place = 'below'"}
_SUPPRESSED = """severity <> 'critical' and alert in (
    select first.alert from (select unnest(?::varchar[]) as subject, unnest(?::varchar[]) as family, unnest(?::varchar[]) as since) as held
    join alert_versions as first on first.subject = held.subject and first.family = held.family and first.version = 1
    where first.recorded_at >= held.since
)"""
"""Alerts that a suppression in force keeps out of the queue: see `service.cases.suppressions`. When it ends they are back by themselves."""


class AlertBook:
    """Standing alerts. Reads take a Scope, which says what the caller may see; acts are journalled before they count."""

    def __init__(self, journal: Journal, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        """`clock` gives the time in UTC, by which suppressions end."""
        self._journal, self._ledger, self._clock = journal, ledger, clock
        self._lines = Lines(ledger)
        self._acting = threading.Lock()

    def page(
        self,
        scope: Scope,
        *,
        only: Filter | None = None,
        after: Position | None = None,
        limit: int = 50,
        whole: bool = False,
        sort: Sort = "score",
    ) -> list[Alert]:
        """A page of alerts, best first unless sorted otherwise, then by id. `after` is where the page before ended; `whole`
        adds their bodies."""
        where, params = self._where(scope, only or Filter())
        column, way = SORTS[sort]
        if after is not None:
            beyond = "<" if way == "desc" else ">"
            where += f" and ({column} {beyond} ? or ({column} = ? and alert > ?))"
            params += [after[0], after[0], after[1]]
        order = f"order by {column} {way}, alert"
        keys = self._ledger.recall(
            f"select alert, revision from kept_alerts where {where} {order} limit ?", [*params, limit]
        )
        if not whole:
            return self._lines.of(keys)
        rows = self._ledger.query(
            f"select {COLUMNS}, body from standing_alerts where list_contains(?::varchar[], alert) {order}",
            [[alert for alert, _ in keys]],
        )
        return [_with_body(dict(zip((*NAMES, "body"), row, strict=True))) for row in rows]

    def detectors(self, scope: Scope) -> list[str]:
        """The detectors that any of the standing alerts names, by id."""
        rows = self._ledger.recall(
            f"select distinct unnest(detectors) as detector from kept_alerts where {scope.where} order by detector",
            list(scope.params),
        )
        return [str(detector) for (detector,) in rows]

    def partners(self) -> list[tuple[str, str]]:
        """Those whose submissions an alert can stand on, by id, each with its name."""
        rows = self._ledger.recall("select partner, name from partners order by partner")
        return [(partner, name) for partner, name in rows]

    def count(self, scope: Scope, *, only: Filter | None = None) -> int:
        """How many alerts a filter leaves."""
        where, params = self._where(scope, only or Filter())
        return int(self._ledger.recall(f"select count(*) from kept_alerts where {where}", params)[0][0])

    def get(self, alert: str, scope: Scope, *, version: int | None = None) -> Alert:
        """One alert with its whole body (`schemas.alert.CandidateAlert`) under `body`. Raises NotFound, also where hidden."""
        where = f"alert = ? and {scope.where}"
        rows = self._ledger.query(f"select {COLUMNS}, body from standing_alerts where {where}", [alert, *scope.params])
        if not rows:
            raise NotFound("there is no such alert", value=alert)
        found = dict(zip((*NAMES, "body"), rows[0], strict=True))
        if version is not None and version != found["version"]:
            older = self._ledger.query(
                "select body from alert_versions where alert = ? and version = ?", [alert, version]
            )
            if not older:
                raise NotFound("this alert has no such version", value=str(version))
            found |= {"version": version, "body": older[0][0]}
        return _with_body(found)

    def acts(self, alert: str) -> list[Alert]:
        """What was done with an alert, oldest first. The caller has asked `get` before."""
        rows = self._ledger.query(
            "select seq, recorded_at, actor, role, act, state, assignee, reason, note from alert_acts"
            " where alert = ? order by seq",
            [alert],
        )
        names = ("seq", "at", "actor", "role", "act", "state", "assignee", "reason", "note")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def act(
        self,
        alert: str,
        act: str,
        *,
        by: Actor,
        scope: Scope,
        revision: int,
        reason: str | None = None,
        note: str | None = None,
        assignee: str | None = None,
    ) -> Alert:
        """Move an alert by the table of moves and give it as it then is.

        `revision` is the one that the caller has seen. Raises StaleVersion where it has moved on since, MoveRefused where the
        table has no such move, AccessDenied where the role may not make it, RequestInvalid where something is missing or the
        reason does not fit the act.
        """
        _check_words(act, reason, note)
        with self._acting:
            found = self.get(alert, scope)
            _check_revision(found, revision)
            move = move_for(found["state"], act)
            if by.role not in move.who:
                raise AccessDenied(f"a {by.role} may not {act} an alert", remedy=f"Ask a {' or a '.join(move.who)}.")
            for need in move.needs:
                if not {"reason": reason, "assignee": assignee}[need]:
                    remedy = _fitting(act) if need == "reason" else "Name the account that takes the alert."
                    raise RequestInvalid(f"to {act} an alert needs a {need}", where=need, remedy=remedy)
            _check_fit(act, reason)
            holder = {"assign": assignee, "release": None, "reopen": None}
            told = {
                "alert": alert,
                "act": act,
                "state": move.to,
                "assignee": holder.get(act, found["assignee"]),
                "reason": reason,
                "note": note,
                "revision": revision,
                "version": found["version"],
            }
            self._tell(_ENTRY_OF[act], told, by)
        return self.get(alert, scope)

    def note(self, alert: str, note: str, *, by: Actor, scope: Scope) -> Alert:
        """Write a note beside an alert; its state stays. Raises NotFound and RequestInvalid."""
        _check_words(None, None, note)
        if not note.strip():
            raise RequestInvalid("a note needs words", where="note", remedy="Write what the next reader should know.")
        with self._acting:
            self.get(alert, scope)
            self._tell("alert.noted", {"alert": alert, "act": "note", "note": note}, by)
        return self.get(alert, scope)

    def _where(self, scope: Scope, only: Filter) -> tuple[str, list[object]]:
        """The condition of a filter. Which suppressions are in force is found out at every call, so that what is remembered of
        an alert that was kept out does not outlast the suppression by a second."""
        where, params = _where(scope, only)
        if only.place is None:
            return where, params
        now = self._clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        held = self._ledger.recall(
            "select subject, family, decided_at, expires_at from current_suppressions where state = 'approved' order by suppression"
        )
        in_force = [row[:3] for row in held if row[3] > now]
        if not in_force:
            return (f"{where} and false" if only.place == "suppressed" else where), params
        kept_out = f"{'' if only.place == 'suppressed' else 'not'} ({_SUPPRESSED})"
        return f"{where} and {kept_out}", [*params, *(list(column) for column in zip(*in_force, strict=True))]

    def _tell(self, kind: EntryType, told: dict[str, Any], by: Actor) -> None:
        recorded = self._journal.append(
            kind, told, actor=by.actor, role=by.role, session=by.session, object=told["alert"]
        )
        self._ledger.project(recorded)


def _with_body(found: Alert) -> Alert:
    """An alert with its body read; it lies where the standing alert does."""
    return found | {"body": parse_json(found["body"]) | {"place": found["place"]}}


def _where(scope: Scope, only: Filter) -> tuple[str, list[object]]:
    where, params = [scope.where], [*scope.params]
    if only.states is not None:
        where.append("list_contains(?, state)")
        params.append(list(only.states))
    if only.detector is not None:
        where.append("list_contains(detectors, ?)")
        params.append(only.detector)
    for name in ("severity", "family", "assignee"):
        if (value := getattr(only, name)) is not None:
            where.append(f"{name} = ?")
            params.append(value)
    if only.place in _LIES:
        where.append(_LIES[only.place])
    if only.partner is not None:
        where.append(
            "alert in (select e.alert from standing_evidence as e join batches as b on b.batch = e.batch where b.partner = ?)"
        )
        params.append(only.partner)
    if only.due is not None:
        late = " or ".join("(severity = ? and first_raised <= ?)" for _ in only.due) or "false"
        where.append(f"({late})")
        params += [value for pair in only.due for value in pair]
    if only.second_review:
        where.append(
            "alert in (select c.alert from standing_case_alerts as c join standing_cases as s on s.case_id = c.case_id"
            " where s.state = 'second_review' and len(s.people) = 0 and s.case_id not in ("
            "select r.case_id from standing_case_alerts as r join current_restrictions as h on h.alert = r.alert))"
        )
    if only.holding is not None:
        where.append("contains(lower(concat_ws(' ', alert, subject_account, why_en, why_fr)), lower(?))")
        params.append(only.holding)
    if only.alerts is not None:
        where.append("list_contains(?::varchar[], alert)")
        params.append(list(only.alerts))
    return " and ".join(where), params


def _check_words(act: str | None, reason: str | None, note: str | None) -> None:
    if act is not None and act not in _ENTRY_OF:
        known = ", ".join(sorted({name for _, name in MOVES}))
        raise RequestInvalid("there is no such act", where="act", value=act, remedy=f"Acts: {known}.")
    if reason is not None and reason not in REASONS:
        raise RequestInvalid("there is no such reason", where="reason", value=reason, remedy=_fitting(act))
    if note is not None and len(note) > LONGEST_NOTE:
        raise RequestInvalid(f"a note has at most {LONGEST_NOTE} characters", where="note", remedy="Shorten it.")


def _check_fit(act: str, reason: str | None) -> None:
    if reason is not None and reason not in REASONS_FOR.get(act, REASONS):
        raise RequestInvalid(f"this is no reason to {act} an alert", where="reason", value=reason, remedy=_fitting(act))


def _fitting(act: str | None) -> str:
    return f"One of: {', '.join(REASONS_FOR.get(act or '', REASONS))}."


def _check_revision(found: Alert, revision: int) -> None:
    if found["revision"] != revision:
        raise StaleVersion(
            f"the alert has changed since it was opened: it is at revision {found['revision']}",
            where=f"alert {found['alert']}",
            value=str(revision),
            remedy="Read it again and decide on what it says now.",
        )
