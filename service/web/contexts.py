"""What the pages of alerts print: dataclasses built from alerts and rows, already in the reader's language.

A template gets one of these and nothing else; it computes nothing. Accounts are shown as submitted; roles by neutral words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from schemas.alert import MOVES, REASONS, CandidateAlert
from service.access.roles import Person
from service.web import words
from service.web.explained import PartRow, Why, one_for_each_detector, parts, why
from service.web.flow import Edge, Picture, draw
from service.web.language import clock, moment, money, number, points, say


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert as it stands: its id, the revision that an act must name, and where it is in the workflow."""

    id: str
    revision: int
    state: str
    assignee: str | None
    candidate: CandidateAlert
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. `short` is the beginning of the id, enough to tell alerts apart by eye."""

    id: str
    short: str
    severity: str
    score: str
    why: str
    subject: str
    until: str
    state: str
    assignee: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """The accounts of one role, as submitted. `protect` says that these people may need help rather than suspicion."""

    role: str
    accounts: tuple[str, ...]
    count: str
    protect: bool


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One reported transaction. `machine_time` is for the `time` element; places are empty where nothing is stated."""

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


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Everything that the page of one alert prints."""

    id: str
    revision: int
    severity: str
    score: str
    state: str
    assignee: str
    title: str
    lead: str
    subject: str
    family: str
    period: str
    whys: tuple[Why, ...]
    parts: tuple[PartRow, ...]
    members: tuple[MemberRow, ...]
    members_left_out: str
    evidence: tuple[EvidenceRow, ...]
    evidence_left_out: str
    picture: Picture | None
    labels: Mapping[str, str]
    acts: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    incomplete: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One act upon an alert."""

    time: str
    machine_time: str
    actor: str
    act: str
    reason: str
    assignee: str
    note: str


def queue_row(found: Mapping[str, Any], language: str) -> QueueRow:
    """One alert of the book as a line."""
    return QueueRow(
        id=found["alert"],
        short=found["alert"][:10],
        severity=found["severity"],
        score=points(found["score"], language),
        why=found["why_fr"] if language == "fr" else found["why_en"],
        subject=found["subject_account"],
        until=clock(found["window_end"][:10], language),
        state=found["state"],
        assignee=found["assignee"] or "",
    )


def history_line(act: Mapping[str, Any], language: str) -> HistoryLine:
    """One act of the book as a line."""
    return HistoryLine(
        time=clock(act["at"], language),
        machine_time=act["at"],
        actor=act["actor"],
        act=words.DONE.get(act["act"], act["act"]),
        reason=words.REASON.get(act["reason"] or "", ""),
        assignee=act["assignee"] if act["act"] == "assign" else "",
        note=act["note"] or "",
    )


def alert_page(
    standing: Standing, transactions: Iterable[Mapping[str, Any]], person: Person, language: str
) -> AlertPage:
    """The page of one alert. `transactions` are its evidence as rows of the ledger, in total order."""
    alert = standing.candidate
    rows = list(transactions)
    titles = {finding.detector: say(finding.explanation.title, language) for finding in alert.findings}
    roles = {member.key: member.role for member in alert.members}
    return AlertPage(
        id=standing.id,
        revision=standing.revision,
        severity=alert.severity,
        score=points(alert.score, language),
        state=standing.state,
        assignee=standing.assignee or "",
        title=say(alert.findings[0].explanation.title, language) if alert.findings else say(alert.why, language),
        lead=say(alert.why, language),
        subject=alert.subject_account,
        family=words.FAMILY.get(alert.family, alert.family),
        period=_period(alert.window_start[:10], alert.window_end[:10], language),
        whys=tuple(why(finding, language) for finding in one_for_each_detector(alert.findings)),
        parts=parts(alert, titles, language),
        members=_members(alert, language),
        members_left_out=number(alert.members_left_out, language) if alert.members_left_out else "",
        evidence=tuple(_evidence(row, language) for row in rows),
        evidence_left_out=number(alert.evidence_left_out, language) if alert.evidence_left_out else "",
        picture=draw(_edges(rows), alert.subject, roles),
        labels=_labels(rows),
        acts=possible_acts(standing.state, person),
        reasons=tuple((reason, words.REASON[reason]) for reason in REASONS),
        incomplete=standing.incomplete,
    )


def _period(start: str, end: str, language: str) -> str:
    return clock(start, language) if start == end else f"{clock(start, language)} – {clock(end, language)}"


def possible_acts(state: str, person: Person) -> tuple[str, ...]:
    """The acts that the workflow table offers this person in this state."""
    return tuple(act for (at, act), move in MOVES.items() if at == state and person.role in move.who)


def _members(alert: CandidateAlert, language: str) -> tuple[MemberRow, ...]:
    """By role, in the order in which the alert names them: the subject's first."""
    by_role: dict[str, list[str]] = {}
    for member in alert.members:
        by_role.setdefault(member.role, []).append(member.account)
    return tuple(
        MemberRow(
            words.ROLE.get(role, role), tuple(accounts), number(len(accounts), language), role == "possible_victim"
        )
        for role, accounts in by_role.items()
    )


def _evidence(row: Mapping[str, Any], language: str) -> EvidenceRow:
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
    )


def _edges(rows: Iterable[Mapping[str, Any]]) -> list[Edge]:
    """The money between accounts. What two submitters both report is one transfer, so the larger of their counts is taken."""
    reports = Counter(
        (row["from_key"] or "", row["to_key"] or "", row["amount"], row["currency"], row["submitter"]) for row in rows
    )
    transfers: Counter[tuple[str, str, Decimal, str]] = Counter()
    for (source, target, amount, currency, _), count in reports.items():
        transfer = (source, target, amount, currency)
        transfers[transfer] = max(transfers[transfer], count)
    return [
        Edge(source, target, amount * count, currency)
        for (source, target, amount, currency), count in transfers.items()
    ]


def _labels(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What to write beside an account in the picture: as submitted, its last characters where it is long."""
    labels = {}
    for row in rows:
        for side in ("from", "to"):
            if row[f"{side}_key"]:
                account = row[f"{side}_account"]
                labels[row[f"{side}_key"]] = account if len(account) <= 18 else f"…{account[-14:]}"
    return labels
