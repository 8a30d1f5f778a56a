"""The book of cases: read them through what the caller may see, and act on them, one revision at a time, by the table of moves.

Nothing else writes an entry about a case. An act that `schemas.case.ACTS` does not allow never reaches the journal.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemas.canonical import parse_json
from schemas.case import MOST_ALERTS, Case, rule_for
from schemas.case_acts import Act, Attach, Opening, Propose, Split
from schemas.errors import NotFound, StaleVersion
from service.access.accounts import Account
from service.access.roles import Actor
from service.alerts.book import AlertBook, Filter
from service.cases import evidence
from service.cases.checks import Around, Eyes, check, require_alerts
from service.ledger.views import Reads

Told = dict[str, Any]
Record = Callable[..., object]
"""How an entry is written and applied: `service.house.record` over one house."""
FindAccount = Callable[[str], Account | None]
Position = tuple[int, str]
"""Where a page ended: the entry that changed its last case, and that case."""
Condition = tuple[str, list[object]]


@dataclass(frozen=True, slots=True)
class Listed:
    """Which cases to list. None of a field means all."""

    states: tuple[str, ...] | None = None
    lead: str | None = None
    alert: str | None = None
    waiting_for: str | None = None
    """Proposed, and not by this person: what waits for them as the second."""
    due_before: str | None = None
    """Due before this time and not paused."""


class CaseBook:
    """Cases. Reads take `Eyes`; acts are journalled before they count."""

    def __init__(self, ledger: Reads, record: Record, book: AlertBook, find: FindAccount) -> None:
        self._ledger, self._record, self._book, self._find = ledger, record, book, find
        self._acting = threading.Lock()

    def get(self, case: str, eyes: Eyes) -> Case:
        """One case. Raises NotFound, also where it is hidden."""
        found = self._rows("body", ("case_id = ?", [case]), eyes)
        if not found:
            raise NotFound("there is no such case", value=case)
        return _read(found[0][0])

    def page(
        self, eyes: Eyes, *, only: Listed | None = None, before: Position | None = None, limit: int = 50
    ) -> list[tuple[int, Case]]:
        """Cases with the entry that changed them last, latest first. `before` is where the page before ended."""
        where, params = _where(only or Listed())
        if before is not None:
            where = f"{where} and (seq < ? or (seq = ? and case_id > ?))"
            params = [*params, before[0], before[0], before[1]]
        rows = self._rows("seq, body", (where, params), eyes, "order by seq desc, case_id limit ?", limit)
        return [(seq, _read(body)) for seq, body in rows]

    def count(self, eyes: Eyes, *, only: Listed | None = None) -> int:
        """How many cases a filter leaves."""
        return int(self._rows("count(*)", _where(only or Listed()), eyes)[0][0])

    def acts(self, case: str) -> list[Told]:
        """What was done with a case, oldest first. The caller has asked `get` before."""
        rows = self._ledger.query(
            "select seq, recorded_at, actor, role, act, state, told from case_acts where case_id = ? order by seq",
            [case],
        )
        names = ("seq", "at", "actor", "role", "act", "state", "told")
        return [dict(zip(names, row, strict=True)) | {"told": parse_json(row[6])} for row in rows]

    def open(self, opening: Opening, *, by: Actor, eyes: Eyes, case: str | None = None) -> Case:
        """A new case from alerts that the caller may see. Raises RequestInvalid for others, and for none.

        `case` is the id that a form brought: the same form sent twice, as over a bad line, opens one case.
        """
        require_alerts(opening.alerts, self._around(by, eyes))
        asked = opening.model_dump(mode="json") | {"alerts": list(dict.fromkeys(opening.alerts))}
        with self._acting:
            known = self._openings(case) if case else []
            if known == [(by.actor, asked)]:
                return self.get(str(case), eyes)
            made = new_id() if known or not case else case
            self._tell("case.opened", {"case": made, "asked": asked}, by)
        return self.get(made, eyes)

    def act(
        self,
        case: str,
        asked: Act | Attach,
        *,
        by: Actor,
        eyes: Eyes,
        revision: int,
        files: dict[str, str] | None = None,
    ) -> Case:
        """Do one act and give the case as it then is. `revision` is the one that the caller has seen.

        Raises NotFound, StaleVersion, MoveRefused or AccessDenied by the table, and RequestInvalid where what is asked for does
        not fit the case. `files` are what an attachment brings, by digest.
        """
        with self._acting:
            found = self.get(case, eyes)
            if found.revision != revision:
                raise _stale(found, revision)
            rule = rule_for(found, asked.act, account=by.actor, role=by.role)
            check(found, asked, self._around(by, eyes))
            told: Told = {"case": case, "asked": asked.model_dump(mode="json"), "revision": revision}
            if files:
                told["files"] = files
            if isinstance(asked, Propose):
                told |= self._freeze(found, eyes)
            if isinstance(asked, Split):
                told["into"] = new_id()
            self._tell(rule.entry, told, by)
        return self.get(case, eyes)

    def newer_versions(self, case: Case, eyes: Eyes) -> list[str]:
        """The alerts that have a newer version than the one that the proposal froze."""
        if case.proposal is None:
            return []
        versions = case.proposal.versions
        found = self._book.page(eyes.inside, only=Filter(alerts=case.alerts), limit=MOST_ALERTS)
        return [each["alert"] for each in found if each["version"] != versions.get(each["alert"])]

    def _freeze(self, case: Case, eyes: Eyes) -> Told:
        found = [self._book.get(alert, eyes.inside) for alert in case.alerts]
        data = evidence.frozen(self._ledger, case, found)
        digest = evidence.keep(self._ledger.home, data)
        versions = {each["alert"]: each["version"] for each in found}
        return {"evidence": digest, "size": len(data), "versions": versions, "files": {f"originals/{digest}": digest}}

    def _openings(self, case: str) -> list[tuple[str, Told]]:
        """By whom a case was opened, and with what: none where there is no such case."""
        rows = self._ledger.query("select actor, told from case_acts where case_id = ? and act = 'open'", [case])
        return [(actor, parse_json(told)) for actor, told in rows]

    def _around(self, by: Actor, eyes: Eyes) -> Around:
        return Around(by, eyes, self._ledger.home, self._book, self._find, self.get, self.acts)

    def _rows(self, columns: str, only: Condition, eyes: Eyes, rest: str = "", *more: object) -> list[tuple[Any, ...]]:
        where, params = only
        return self._ledger.query(
            f"select {columns} from standing_cases where {where} and {eyes.cases.where} {rest}",
            [*params, *eyes.cases.params, *more],
        )

    def _tell(self, kind: Any, told: Told, by: Actor) -> None:
        self._record(kind, told, actor=by.actor, role=by.role, session=by.session, object=told["case"])


def new_id() -> str:
    """An id for a case: opaque, and not to be guessed."""
    return f"c_{secrets.token_hex(8)}"


def _read(body: str) -> Case:
    return Case.model_validate(parse_json(body))


def _where(only: Listed) -> Condition:
    where, params = ["true"], list[object]()
    if only.states is not None:
        where.append("list_contains(?, state)")
        params.append(list(only.states))
    for condition, value in (
        ("lead = ?", only.lead),
        ("list_contains(alerts, ?)", only.alert),
        ("proposer <> ?", only.waiting_for),
        ("paused_at is null and due_at < ?", only.due_before),
    ):
        if value is not None:
            where.append(condition)
            params.append(value)
    return " and ".join(where), params


def _stale(found: Case, revision: int) -> StaleVersion:
    return StaleVersion(
        f"the case has changed since it was opened: it is at revision {found.revision}",
        where=f"case {found.id}",
        value=str(revision),
        remedy="Read it again and act on what it says now.",
    )
