"""What an alert is made of, as a page prints it: its accounts by role, its transactions, and the money between them.

A flow that two partners reported is two rows of the table and one of everything that is counted or drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.alert import CandidateAlert
from service.alerts.flows import Reference, second_reports
from service.web import words
from service.web.flow import Edge
from service.web.language import catalogue, moment, money, number

_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class MemberRow:
    """The accounts of one role, as submitted. `protect` says that these people may need help rather than suspicion."""

    role: str
    accounts: tuple[str, ...]
    count: str
    protect: bool


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One reported transaction. `machine_time` is for the `time` element; places are empty where nothing is stated.

    `also` is the other report of the same flow, by its reference; empty where there is none.
    """

    time: str
    machine_time: str
    source: str
    target: str
    corridor: str
    amount: str
    channel: str
    reference: str
    batch: str
    submitter: str
    also: str


def member_rows(alert: CandidateAlert, rows: Iterable[Mapping[str, Any]], language: str) -> tuple[MemberRow, ...]:
    """By what is said of them, in the order in which the alert names them: the subject's first."""
    payers = _payers(rows)
    said: dict[tuple[str, bool], list[str]] = {}
    for member in alert.members:
        word = words.role(member.role, several=len(payers[member.key]) >= _SEVERAL)
        said.setdefault((word, member.role == "possible_victim"), []).append(member.account)
    return tuple(
        MemberRow(word, tuple(accounts), number(len(accounts), language), protect)
        for (word, protect), accounts in said.items()
    )


def _payers(rows: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """The accounts that paid each account in the evidence. Cash comes from nobody who is known."""
    payers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["from_key"] and row["to_key"]:
            payers[row["to_key"]].add(row["from_key"])
    return payers


def counted(alert: CandidateAlert, language: str) -> str:
    """How many transactions the alert is made of, listed or not: "5 transactions"."""
    count = len(alert.evidence) - len(_second(alert)) + alert.evidence_left_out
    return catalogue(language).ngettext("%(count)s transaction", "%(count)s transactions", count) % {
        "count": number(count, language)
    }


def evidence_rows(alert: CandidateAlert, rows: Iterable[Mapping[str, Any]], language: str) -> tuple[EvidenceRow, ...]:
    """The table: every report, in the order given."""
    second = _second(alert)
    other = second | {first: report for report, first in second.items()}
    return tuple(_evidence(row, other.get(_report(row)), language) for row in rows)


def _evidence(row: Mapping[str, Any], other: Reference | None, language: str) -> EvidenceRow:
    at: datetime = row["occurred_at"]
    day_only = row["precision"] == "day"
    countries = (row.get("from_country") or "", row.get("to_country") or "")
    return EvidenceRow(
        time=moment(at, language, day_only=day_only),
        machine_time=at.date().isoformat() if day_only else f"{at.isoformat()}Z",
        source=row["from_account"] or "",
        target=row["to_account"] or "",
        corridor=" → ".join(countries)
        if all(countries) and countries[0] != countries[1]
        else countries[0] or countries[1],
        amount=money(row["amount"], row["currency"], language),
        channel=words.CHANNEL.get(row["channel"], row["channel"]),
        reference=row["reference"],
        batch=row["batch"],
        submitter=row["submitter"],
        also=other[1] if other else "",
    )


def edges(alert: CandidateAlert, rows: Iterable[Mapping[str, Any]]) -> list[Edge]:
    """The money between accounts, each flow once."""
    second = _second(alert)
    return [
        Edge(row["from_key"] or "", row["to_key"] or "", row["amount"], row["currency"])
        for row in rows
        if _report(row) not in second
    ]


def labels(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What to write beside an account in the picture: as submitted, its last characters where it is long."""
    written = {}
    for row in rows:
        for side in ("from", "to"):
            if row[f"{side}_key"]:
                account = row[f"{side}_account"]
                written[row[f"{side}_key"]] = account if len(account) <= 18 else f"…{account[-14:]}"
    return written


def _second(alert: CandidateAlert) -> dict[Reference, Reference]:
    return second_reports(alert.model_dump(include={"same_flow"}))


def _report(row: Mapping[str, Any]) -> Reference:
    return row["batch"], row["reference"]
