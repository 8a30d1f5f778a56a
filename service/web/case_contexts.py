"""What the pages of cases print: dataclasses built from cases and their acts, already in the reader's language.

Who may be a victim stands apart from every other account, under its own heading; nobody here is called a suspect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.case import OPEN, UNDER_REVIEW, Case
from service.alerts.book import Alert
from service.cases.similar import Alike, Similar
from service.web import case_words, words
from service.web.language import catalogue, clock, number, points

PROTECTED = ("possible_victim", "payer")
"""Roles of those who paid: they come first, and apart."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the list."""

    id: str
    title: str
    state: str
    lead: str
    alerts: str
    due: str
    late: bool
    paused: bool
    changed: str

    @classmethod
    def of(cls, case: Case, now: datetime, language: str) -> CaseRow:
        return cls(
            id=case.id,
            title=case.title,
            state=case.state,
            lead=case.lead or "",
            alerts=number(len(case.alerts), language),
            due=clock(case.due_at[:10], language) if case.due_at else "",
            late=is_late(case, now),
            paused=case.paused_at is not None,
            changed=clock(case.changed_at, language),
        )


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert in a case, and whether it has said something newer since the proposal froze it."""

    id: str
    severity: str
    score: str
    why: str
    state: str
    newer: bool


@dataclass(frozen=True, slots=True)
class People:
    """Accounts of the alerts in one role: (address of the account's page, as submitted)."""

    role: str
    accounts: tuple[tuple[str, str], ...]
    more: str


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One act upon a case. `undo` holds the alerts that an undo would put back or take out; `act` is what it would do."""

    seq: int
    time: str
    machine_time: str
    actor: str
    done: str
    details: tuple[str, ...]
    undo: str
    alerts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileLine:
    number: int
    name: str
    digest: str
    size: str
    by: str
    time: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything that the page of one case prints."""

    case: Case
    row: CaseRow
    alerts: tuple[AlertLine, ...]
    protect: tuple[People, ...]
    others: tuple[People, ...]
    files: tuple[FileLine, ...]
    timeline: tuple[TimelineLine, ...]
    possible: frozenset[str]
    due_day: str
    paused_since: str
    missing: int
    """How many items of the checklist a proposal still needs."""
    under_review: bool
    proposed_at: str
    decided_at: str


@dataclass(frozen=True, slots=True)
class AlikeRow:
    alert: str
    state: str
    reason: str
    time: str
    by: str
    note: str
    apart: str


@dataclass(frozen=True, slots=True)
class SimilarPage:
    """What was decided on alerts alike; `counted` is empty where there are none."""

    counted: str
    rows: tuple[AlikeRow, ...]


def is_late(case: Case, now: datetime) -> bool:
    """Whether an open case is due today or before, and its clock is going."""
    if case.due_at is None or case.paused_at is not None or case.state not in OPEN:
        return False
    return case.due_at[:10] <= now.date().isoformat()


def timeline(
    case: Case, acts: Iterable[Mapping[str, Any]], possible: frozenset[str], language: str
) -> tuple[TimelineLine, ...]:
    """The acts, latest first. Of alerts that were put in or taken out, what can still be undone is offered."""
    lines, before = [], "draft"
    for each in acts:
        told, act = each["told"], each["act"]
        details = [*_about(case, told, act, language), *_details(told, act, language)]
        if before in UNDER_REVIEW and each["state"] == "draft" and act not in {"return", "withdraw"}:
            details.append(_say(case_words.VOIDED, language))
        before = each["state"]
        undo, alerts = _undo(case, act, tuple(told.get("alerts", ())), possible)
        lines.append(
            TimelineLine(
                seq=each["seq"],
                time=clock(each["at"], language),
                machine_time=each["at"],
                actor=each["actor"],
                done=case_words.DONE[act],
                details=tuple(details),
                undo=undo,
                alerts=alerts,
            )
        )
    return tuple(reversed(lines))


def files(case: Case, language: str) -> tuple[FileLine, ...]:
    """The files that are in the case."""
    return tuple(
        FileLine(each.number, each.name, each.digest, _size(each.size, language), each.by, clock(each.at, language))
        for each in case.attachments
        if not each.removed
    )


def alert_line(found: Alert, newer: bool, language: str) -> AlertLine:
    """An alert of the book as a line."""
    why = found["why_fr"] if language == "fr" else found["why_en"]
    return AlertLine(found["alert"], found["severity"], points(found["score"], language), why, found["state"], newer)


def similar_page(found: Similar, language: str) -> SimilarPage:
    """What was decided on alerts alike, in words."""
    total = found.escalated + found.dismissed
    if not total:
        return SimilarPage("", ())
    counted = catalogue(language).ngettext(
        "%(count)s alert like this one was decided: %(escalated)s escalated, %(dismissed)s dismissed",
        "%(count)s alerts like this one were decided: %(escalated)s escalated, %(dismissed)s dismissed",
        total,
    ) % {
        "count": number(total, language),
        "escalated": number(found.escalated, language),
        "dismissed": number(found.dismissed, language),
    }
    return SimilarPage(counted, tuple(_alike(each, language) for each in found.nearest))


def _alike(each: Alike, language: str) -> AlikeRow:
    return AlikeRow(
        alert=each.alert,
        state=each.state,
        reason=words.REASON.get(each.reason, each.reason),
        time=clock(each.decided_at, language),
        by=each.decided_by,
        note=each.note,
        apart=number(each.apart, language) if each.apart else "",
    )


def _undo(case: Case, act: str, alerts: tuple[str, ...], possible: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """The act that undoes one, and on which alerts; empty where there is nothing to undo any more."""
    if act == "add_alerts":
        there = tuple(each for each in alerts if each in case.alerts)
        able = "remove_alerts" in possible and there and len(there) < len(case.alerts)
        return ("remove_alerts", there) if able else ("", ())
    if act == "remove_alerts":
        gone = tuple(each for each in alerts if each not in case.alerts)
        return ("add_alerts", gone) if gone and "add_alerts" in possible else ("", ())
    return "", ()


def _about(case: Case, told: Mapping[str, Any], act: str, language: str) -> Iterable[str]:
    """Which item, task or file an act was about."""
    if act == "tick":
        for item in case.checklist:
            if item.number == told["item"]:
                yield _say(case_words.ITEM[item.code], language) if item.code else item.text
    if act == "finish_task":
        yield from (task.text for task in case.tasks if task.number == told["task"])
    if act == "detach":
        yield from (file.name for file in case.attachments if file.number == told["attachment"])


def _details(told: Mapping[str, Any], act: str, language: str) -> Iterable[str]:
    """What belongs to an act, as plain texts."""
    for name in ("title", "text", "name", "lead", "reason", "note", "other", "into", "split_from"):
        if told.get(name):
            yield str(told[name])
    if told.get("outcome"):
        yield _say(case_words.OUTCOME[told["outcome"]], language)
    if told.get("alerts"):
        yield ", ".join(told["alerts"])
    if act == "propose":
        yield f"SHA-256 {told['evidence']}"
    if act == "restrict":
        yield ", ".join(told["people"]) or _say(case_words.EVERYBODY, language)
    if act == "set_due":
        yield clock(told["due"], language) if told["due"] else _say(case_words.NO_DAY, language)
    if told.get("undoes") is not None:
        yield _say(case_words.UNDONE, language)
    if told.get("done") is False:
        yield _say(case_words.NOT_DONE, language)


def _say(text: str, language: str) -> str:
    return catalogue(language).gettext(text)


def _size(count: int, language: str) -> str:
    return f"{number(max(1, round(count / 1024)), language)} KiB"
