"""Cases, suppressions and what was asked of accounts, from their entries: rows for lists, and each case as the fold leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.canonical import canonical_json, parse_json
from schemas.case import Case
from schemas.errors import JournalBroken
from service.cases import fold
from service.home import Home
from service.ledger.entries import Handler, Payload, insert
from service.ledger.store import Cursor

if TYPE_CHECKING:
    from service.journal.append import Recorded


def _opened(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    _keep(cursor, recorded, "open", payload["asked"], fold.opened(payload, at=entry.at, actor=entry.actor))


def _acted(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry, asked = recorded.entry, payload["asked"]
    case = _standing(cursor, payload["case"], entry.seq)
    other = _standing(cursor, asked["other"], entry.seq) if asked["act"] == "merge" else None
    told = asked | {name: payload[name] for name in ("evidence", "into") if name in payload}
    made = fold.after(case, payload, at=entry.at, actor=entry.actor, other=other)
    _keep(cursor, recorded, asked["act"], told, made)
    if other is not None:
        _keep(cursor, recorded, "merged", {"into": case.id}, fold.ended_by_merge(other, case.id, at=entry.at))
    if asked["act"] == "split":
        born = fold.born_by_split(case, payload, at=entry.at, actor=entry.actor)
        _keep(cursor, recorded, "open", {"split_from": case.id, "alerts": asked["alerts"]}, born)


def _standing(cursor: Cursor, case: str, seq: int) -> Case:
    row = cursor.execute(
        "select body from case_versions where case_id = ? order by revision desc limit 1", [case]
    ).fetchone()
    if row is None:
        raise JournalBroken("an entry acts on a case that was never opened", where=f"entry {seq}", value=case)
    return Case.model_validate(parse_json(row[0]))


def _keep(cursor: Cursor, recorded: Recorded, act: str, told: Payload, case: Case) -> None:
    entry = recorded.entry
    proposer = case.proposal.by if case.proposal else None
    lists = [list(case.alerts), list(case.people), canonical_json(case.model_dump(mode="json")).decode()]
    facts = [case.title, case.lead, proposer, case.due_at, case.paused_at]
    insert(cursor, "case_versions", [entry.seq, case.id, case.revision, case.state, *facts, *lists])
    words = canonical_json(told).decode()
    insert(cursor, "case_acts", [entry.seq, case.id, entry.at, entry.actor, entry.role, act, case.state, words])


def _suppression_proposed(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    who = [entry.seq, payload["suppression"], entry.at, entry.actor, entry.role]
    about = [payload[name] for name in ("subject", "subject_account", "family", "expires_at", "reason", "alert")]
    insert(cursor, "suppressions", [*who, "propose", "proposed", *about, entry.actor, entry.at, None, None])


def _suppression_decided(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    """A new row with the state that it then has; what was proposed stays as it was, and who had approved what is ended."""
    entry = recorded.entry
    cursor.execute(
        "insert into suppressions select ?, suppression, ?, ?, ?, ?, ?, subject, subject_account, family, expires_at, reason,"
        " alert, proposed_by, proposed_at, case when ? = 'end' then decided_by else ? end,"
        " case when ? = 'end' then decided_at else ? end from current_suppressions where suppression = ?",
        [
            *(entry.seq, entry.at, entry.actor, entry.role, payload["act"], payload["state"]),
            *(payload["act"], entry.actor, payload["act"], entry.at, payload["suppression"]),
        ],
    )


def _looked(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    look = entry.type.removeprefix("entity.")
    who = [entry.at, entry.actor, entry.role]
    insert(cursor, "entity_looks", [entry.seq, payload["account"], *who, look, payload.get("reason", "")])


def _compared(cursor: Cursor, recorded: Recorded, payload: Payload, _home: Home) -> None:
    entry = recorded.entry
    told = [payload[name] for name in ("verdict", "stands_on", "note")]
    who = [entry.at, entry.actor, entry.role]
    insert(cursor, "comparisons", [entry.seq, payload["one"], payload["other"], *who, *told])


HANDLERS: dict[str, Handler] = {
    "case.opened": _opened,
    "case.changed": _acted,
    "case.noted": _acted,
    "case.moved": _acted,
    "case.restricted": _acted,
    "case.merged": _acted,
    "case.split": _acted,
    "suppression.proposed": _suppression_proposed,
    "suppression.decided": _suppression_decided,
    "entity.read": _looked,
    "entity.unmasked": _looked,
    "entity.compared": _compared,
}
