"""Suppressions: alerts on one subject and family stay out of the queue until a day, because two people said so and why.

Nothing is thrown away and nothing is silent: a suppressed alert is made, kept, listed and decided as any other, the queue says how
many there are, and a run says which suppressions its alerts fell under. A critical alert is never suppressed, nor one that was
there before the suppression was approved.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from schemas.case import LONGEST_SUPPRESSION_DAYS, SUPPRESSION_MOVES
from schemas.errors import AccessDenied, MoveRefused, NotFound, RequestInvalid
from service.access.roles import Actor
from service.access.visibility import Scope
from service.alerts.book import AlertBook
from service.cases.fold import end_of
from service.ledger.views import Reads

Suppression = dict[str, Any]
_NAMES = (
    "suppression", "state", "subject", "subject_account", "family", "expires_at", "reason", "alert", "proposed_by",
    "proposed_at", "decided_by", "decided_at",
)  # fmt: skip
_MOST = 500


class Suppressions:
    """Proposed by one person, approved by another. `clock` gives the time in UTC."""

    def __init__(
        self, ledger: Reads, record: Callable[..., object], book: AlertBook, clock: Callable[[], datetime]
    ) -> None:
        self._ledger, self._record, self._book, self._clock = ledger, record, book, clock
        self._acting = threading.Lock()

    def all(self, alerts: Scope) -> list[Suppression]:
        """The suppressions whose alert the caller may see, those that wait for approval first; each with `in_force`."""
        rows = self._ledger.query(
            f"select {', '.join(_NAMES)} from current_suppressions where {alerts.where}"
            " order by state <> 'proposed', seq desc limit ?",
            [*alerts.params, _MOST],
        )
        now = _text(self._clock())
        found = [dict(zip(_NAMES, row, strict=True)) for row in rows]
        return [each | {"in_force": each["state"] == "approved" and each["expires_at"] > now} for each in found]

    def get(self, suppression: str, alerts: Scope) -> Suppression:
        """One. Raises NotFound, also where its alert is hidden."""
        for each in self.all(Scope(f"{alerts.where} and suppression = ?", (*alerts.params, suppression))):
            return each
        raise NotFound("there is no such suppression", value=suppression)

    def propose(self, alert: str, *, until: date, reason: str, by: Actor, alerts: Scope) -> Suppression:
        """Propose to suppress the subject and family of an alert up to the end of a day. Raises NotFound and RequestInvalid."""
        today = self._clock().date()
        if not today < until <= today + timedelta(days=LONGEST_SUPPRESSION_DAYS):
            raise RequestInvalid(
                "a suppression ends after today and within a year", where="until", value=until.isoformat(),
                remedy="Propose it again when it has run out, if it still holds.",
            )  # fmt: skip
        found = self._book.get(alert, alerts)
        told = {name: found[name] for name in ("subject", "subject_account", "family")}
        told |= {
            "suppression": f"s_{secrets.token_hex(8)}",
            "alert": alert,
            "reason": reason,
            "expires_at": end_of(until),
        }
        self._tell("suppression.proposed", told, by)
        return self.get(told["suppression"], alerts)

    def decide(self, suppression: str, act: str, *, by: Actor, alerts: Scope, note: str = "") -> Suppression:
        """Approve, refuse or end one. Raises NotFound, MoveRefused, and AccessDenied where the proposer would approve."""
        with self._acting:
            found = self.get(suppression, alerts)
            to = SUPPRESSION_MOVES.get((found["state"], act))
            if to is None:
                raise MoveRefused(f"a suppression that is {found['state']} takes no act {act!r}")
            if act == "approve" and found["proposed_by"] == by.actor:
                raise AccessDenied("whoever proposed a suppression cannot approve it", remedy="Ask a second person.")
            if act == "approve" and found["expires_at"] <= _text(self._clock()):
                raise MoveRefused("this suppression has run out already", remedy="Refuse it.")
            told = {"suppression": suppression, "act": act, "state": to, "note": note}
            self._tell("suppression.decided", told, by)
        return self.get(suppression, alerts)

    def _tell(self, kind: str, told: dict[str, Any], by: Actor) -> None:
        self._record(kind, told, actor=by.actor, role=by.role, session=by.session, object=told["suppression"])


def met_by(ledger: Reads, alerts: Path, at: str) -> list[dict[str, Any]]:
    """The suppressions in force at a time that the candidate alerts in a run's file fall under: which, and how many alerts."""
    rows = ledger.query(
        "select suppression, subject, family from current_suppressions where state = 'approved' and expires_at > ?",
        [at],
    )
    if not rows:
        return []
    held = pl.DataFrame(rows, schema=["suppression", "subject", "family"], orient="row")
    found = pl.read_parquet(alerts, columns=["subject", "family", "severity"]).filter(pl.col("severity") != "critical")
    counted = found.join(held, on=["subject", "family"]).group_by("suppression").len("alerts").sort("suppression")
    return counted.to_dicts()


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
