"""A case: alerts under investigation, and the one table of who may do what in which state (`schemas.case_acts` has the acts).

The table is read by the book of cases, by the API, by the pages and by the documentation; nobody else decides what is allowed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from schemas.errors import AccessDenied, MoveRefused
from schemas.journal import EntryType

State = Literal["draft", "proposed", "second_review", "decided", "merged"]
STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]
OPEN: tuple[State, ...] = ("draft", "proposed", "second_review")
UNDER_REVIEW: tuple[State, ...] = ("proposed", "second_review")
Outcome = Literal["disseminate", "refer_for_protection", "keep_watching", "no_further_action"]
OUTCOMES: tuple[Outcome, ...] = Outcome.__args__  # type: ignore[attr-defined]
STANDARD_ITEMS: dict[str, bool] = {
    "victims_considered": True,
    "lawful_explanations": True,
    "accounts_identified": False,
    "other_reports": False,
    "originator_caveats": False,
}
"""What every case asks of its reader, and whether a proposal needs it: nobody is proposed for anything before somebody has asked
who in it may be a victim, and what lawful thing it may be."""
MOST_ALERTS, MOST_LISTED = 100, 200
LARGEST_ATTACHMENT = 25 * 1024 * 1024


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckItem(_Frozen):
    """One line of the checklist. `code` names a standard item; one that people added has its own `text`."""

    number: int
    code: str = ""
    text: str = ""
    required: bool = False
    done_by: str | None = None
    done_at: str | None = None


class Task(_Frozen):
    """Something that somebody is to do."""

    number: int
    text: str
    assignee: str | None = None
    due: str | None = None
    done_by: str | None = None
    done_at: str | None = None


class Attachment(_Frozen):
    """A file beside the case, kept as an original under its digest. One that was taken out stays kept and is marked so."""

    number: int
    name: str
    digest: str
    size: int
    by: str
    at: str
    removed: bool = False


class Proposal(_Frozen):
    """What somebody proposes to decide, on which frozen evidence. `versions` are those of the alerts, as frozen."""

    outcome: Outcome
    reason: str
    by: str
    at: str
    evidence: str
    size: int
    versions: dict[str, int]


class Decision(_Frozen):
    """A proposal that a second person confirmed."""

    proposal: Proposal
    by: str
    at: str
    note: str = ""


class Case(_Frozen):
    """A case as it stands: a fold over its acts (`service.cases.fold`). Times are RFC 3339 in UTC."""

    id: str
    revision: int
    state: State
    title: str
    opened_at: str
    opened_by: str
    changed_at: str
    lead: str | None = None
    due_at: str | None = None
    paused_at: str | None = None
    pause_reason: str = ""
    alerts: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    checklist: tuple[CheckItem, ...] = ()
    tasks: tuple[Task, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    proposal: Proposal | None = None
    reviewer: str | None = None
    decision: Decision | None = None
    merged_into: str | None = None
    merged_from: tuple[str, ...] = ()
    split_from: str | None = None


_REVIEWERS = ("analyst", "supervisor")
_SUPERVISORS = ("supervisor",)


@dataclass(frozen=True, slots=True)
class Rule:
    """When an act may be done, and by whom. `to` is the state that it leads to; none leaves the state as it is.

    An act that `voids` changes what a proposal stands on: under review it sends the case back to draft, without its proposal.
    `barred` and `only` name the person in the case who may not do it, or who alone may.
    """

    entry: EntryType
    at: tuple[State, ...]
    to: State | None = None
    who: tuple[str, ...] = _REVIEWERS
    voids: bool = False
    barred: Literal["proposer"] | None = None
    only: Literal["proposer", "reviewer"] | None = None


ACTS: dict[str, Rule] = {
    "add_alerts": Rule("case.changed", OPEN, voids=True),
    "remove_alerts": Rule("case.changed", OPEN, voids=True),
    "rename": Rule("case.changed", OPEN, voids=True),
    "tick": Rule("case.changed", OPEN, voids=True),
    "add_item": Rule("case.changed", OPEN, voids=True),
    "attach": Rule("case.changed", OPEN, voids=True),
    "detach": Rule("case.changed", OPEN, voids=True),
    "add_task": Rule("case.changed", OPEN),
    "finish_task": Rule("case.changed", OPEN),
    "lead": Rule("case.changed", OPEN),
    "set_due": Rule("case.changed", OPEN),
    "pause": Rule("case.changed", OPEN),
    "resume": Rule("case.changed", OPEN),
    "note": Rule("case.noted", (*OPEN, "decided")),
    "propose": Rule("case.moved", ("draft",), "proposed"),
    "review": Rule("case.moved", UNDER_REVIEW, "second_review", barred="proposer"),
    "confirm": Rule("case.moved", ("second_review",), "decided", barred="proposer", only="reviewer"),
    "return": Rule("case.moved", ("second_review",), "draft", barred="proposer", only="reviewer"),
    "withdraw": Rule("case.moved", UNDER_REVIEW, "draft", only="proposer"),
    "reopen": Rule("case.moved", ("decided",), "draft", _SUPERVISORS),
    "restrict": Rule("case.restricted", (*OPEN, "decided"), who=_SUPERVISORS),
    "merge": Rule("case.merged", ("draft",)),
    "split": Rule("case.split", ("draft",)),
}
"""The table of moves. Nothing is done to a case that does not stand here; a case that was merged into another takes no act."""


def rule_for(case: Case, act: str, *, account: str, role: str) -> Rule:
    """The rule under which somebody does `act` to a case now. Raises MoveRefused, naming what is possible, and AccessDenied."""
    refusal = _refusal(case, act, account, role)
    if isinstance(refusal, MoveRefused):
        refusal.remedy = f"Possible here: {', '.join(possible_acts(case, account=account, role=role)) or 'nothing'}."
    if refusal is not None:
        raise refusal
    return ACTS[act]


def possible_acts(case: Case, *, account: str, role: str) -> tuple[str, ...]:
    """The acts that the table offers somebody now."""
    return tuple(act for act in ACTS if _refusal(case, act, account, role) is None)


def _refusal(case: Case, act: str, account: str, role: str) -> MoveRefused | AccessDenied | None:
    rule = ACTS[act]
    if case.state not in rule.at or (act in {"pause", "resume"} and (case.paused_at is None) != (act == "pause")):
        return MoveRefused(f"a case that is {case.state} takes no act {act!r} now")
    if role not in rule.who:
        return AccessDenied(f"a {role} may not {act} a case", remedy=f"Ask a {' or a '.join(rule.who)}.")
    proposer = case.proposal.by if case.proposal else None
    if rule.barred == "proposer" and account == proposer:
        return AccessDenied("whoever proposed a decision cannot review it", remedy="Ask a second person.")
    if rule.only is not None and account != (proposer if rule.only == "proposer" else case.reviewer):
        return AccessDenied(f"only the {rule.only} may {act} here", remedy="Take the second review first, or ask them.")
    return None


def table_of(acts: dict[str, Rule]) -> list[dict[str, str]]:
    """The table as text, for people: one row an act."""
    return [
        {
            "act": act,
            "in": ", ".join(rule.at),
            "leads to": rule.to or "",
            "who": ", ".join(rule.who)
            + (f"; not the {rule.barred}" if rule.barred else "")
            + (f"; the {rule.only}" if rule.only else ""),
            "voids": "yes" if rule.voids else "",
        }
        for act, rule in acts.items()
    ]


def plain_name(name: str) -> str:
    """The last part of a file's name, without characters that are not seen, such as those that turn the direction of a text
    and make an ending look like another."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in last if unicodedata.category(each)[0] != "C").strip()[-200:] or "file"


SuppressionState = Literal["proposed", "approved", "refused", "ended"]
SUPPRESSION_MOVES: dict[tuple[SuppressionState, str], SuppressionState] = {
    ("proposed", "approve"): "approved",
    ("proposed", "refuse"): "refused",
    ("approved", "end"): "ended",
}
"""What becomes of a suppression. Whoever proposed it cannot approve it; anybody who may decide can refuse or end one."""
LONGEST_SUPPRESSION_DAYS = 366
