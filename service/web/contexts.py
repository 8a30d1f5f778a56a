"""What the pages of alerts print: dataclasses built from alerts and rows, already in the reader's language.

A template gets one of these and nothing else; it computes nothing. Accounts are shown as submitted; roles by neutral words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.alert import DECIDED_STATES, MOVES, REASONS_FOR, CandidateAlert
from service.access.roles import Person
from service.alerts.due import due_on
from service.alerts.glance import Glance
from service.web import words
from service.web.evidence import EvidenceRow, MemberRow, counted, edges, evidence_rows, labels, member_rows
from service.web.explained import NO_RECORDS, PartRow, Why, one_for_each_detector, parts, why
from service.web.flow import Picture, draw
from service.web.language import catalogue, clock, money, number, points, say


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
    state: str
    assignee: str
    revision: int
    amount: str
    more_amounts: str
    corridor: str
    more_corridors: str
    due: str
    machine_due: str
    late: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """An act that decides, and the reasons that fit it as (value in the form, word)."""

    act: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Everything that the page of one alert prints. `counted` and `reported_twice` count a flow once, however many reported it."""

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
    counted: str
    reported_twice: str
    evidence: tuple[EvidenceRow, ...]
    evidence_left_out: str
    picture: Picture | None
    labels: Mapping[str, str]
    acts: tuple[str, ...]
    choices: tuple[Choice, ...]
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


def queue_rows(
    found: Iterable[Mapping[str, Any]],
    glances: Mapping[str, Glance],
    today: date,
    language: str,
) -> tuple[QueueRow, ...]:
    """Alerts of the book as lines. Once an alert is decided it is due no more."""
    return tuple(_queue_row(each, glances[each["alert"]], today, language) for each in found)


def _queue_row(found: Mapping[str, Any], seen: Glance, today: date, language: str) -> QueueRow:
    last = due_on(found["severity"], found["first_raised"])
    waits = found["state"] not in DECIDED_STATES
    return QueueRow(
        id=found["alert"],
        short=found["alert"][:10],
        severity=found["severity"],
        score=points(found["score"], language),
        why=say(dict(seen.why or {"en": found["why_en"], "fr": found["why_fr"]}), language),
        subject=found["subject_account"],
        state=found["state"],
        assignee=found["assignee"] or "",
        revision=found["revision"],
        amount=money(seen.amounts[0][1], seen.amounts[0][0], language) if seen.amounts else "",
        more_amounts=_and_more(len(seen.amounts), language, more=seen.more),
        corridor=" → ".join(seen.corridors[0]) if seen.corridors else "",
        more_corridors=_and_more(len(seen.corridors), language),
        due=_due((last - today).days, language) if waits else "",
        machine_due=last.isoformat(),
        late=waits and last < today,
    )


def _and_more(count: int, language: str, *, more: bool = False) -> str:
    """How many there are beside the one that is shown: "+2"; only "+" where it is not known."""
    return f"+{number(count - 1, language)}" if count > 1 else "+" if more else ""


def _due(days: int, language: str) -> str:
    texts = catalogue(language)
    if days == 0:
        return texts.gettext("today")
    if days < 0:
        said = texts.ngettext("%(count)s day late", "%(count)s days late", -days)
    else:
        said = texts.ngettext("in %(count)s day", "in %(count)s days", days)
    return said % {"count": number(abs(days), language)}


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
    standing: Standing,
    transactions: Iterable[Mapping[str, Any]],
    person: Person,
    language: str,
    *,
    records: Mapping[str, Mapping[str, Any]] = NO_RECORDS,
) -> AlertPage:
    """The page of one alert. `transactions` are its evidence as rows of the ledger, in total order; `records` what was decided
    about the alerts of each detector until now."""
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
        parts=parts(alert, titles, language, records),
        members=member_rows(alert, rows, language),
        members_left_out=number(alert.members_left_out, language) if alert.members_left_out else "",
        counted=counted(alert, language),
        reported_twice=number(len(alert.same_flow), language) if alert.same_flow else "",
        evidence=evidence_rows(alert, rows, language),
        evidence_left_out=number(alert.evidence_left_out, language) if alert.evidence_left_out else "",
        picture=draw(edges(alert, rows), alert.subject, roles),
        labels=labels(rows),
        acts=possible_acts(standing.state, person),
        choices=choices(standing.state, person),
        incomplete=standing.incomplete,
    )


def _period(start: str, end: str, language: str) -> str:
    return clock(start, language) if start == end else f"{clock(start, language)} – {clock(end, language)}"


def possible_acts(state: str, person: Person) -> tuple[str, ...]:
    """The acts that the workflow table offers this person in this state."""
    return tuple(act for (at, act), move in MOVES.items() if at == state and person.role in move.who)


def choices(state: str, person: Person) -> tuple[Choice, ...]:
    """The decisions that this person can take in this state: what `read_choice` reads again from the form."""
    return tuple(
        Choice(act, tuple((f"{act}:{reason}", words.REASON[reason]) for reason in REASONS_FOR[act]))
        for act in possible_acts(state, person)
        if act in REASONS_FOR
    )


def read_choice(value: str) -> tuple[str, str]:
    """The act and the reason of a choice in the form; both empty where it is none."""
    act, _, reason = value.partition(":")
    return (act, reason) if act in REASONS_FOR else ("", "")
