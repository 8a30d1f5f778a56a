"""A case: alerts under investigation, the acts that change it, and the one table of who may do what in which state.

The table is read by the book of cases, by the API, by the pages and by the documentation; nobody else decides what is allowed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

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

CaseId = Annotated[str, StringConstraints(pattern=r"^c_[0-9a-f]{16}$")]
AlertId = Annotated[str, StringConstraints(pattern=r"^a_[0-9a-z]{1,40}$")]
Login = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Number = Annotated[int, Field(ge=1, le=10_000)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
"""A day that something can be due on: the fold adds pauses to it, and what stands in the journal must always fold."""
Seq = Annotated[int, Field(ge=0, lt=2**53)]


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


class Opening(_Frozen):
    """What a case is opened with."""

    title: Line = Field(examples=["Deposits under the threshold, three branches"])
    alerts: tuple[AlertId, ...] = Field(min_length=1, max_length=MOST_ALERTS, examples=[["a_5b0c2f6f9e1d4c3b8a7f"]])
    due: Day | None = Field(default=None, examples=["2027-01-15"])


class AddAlerts(_Frozen):
    """Put alerts into the case. `undoes` names the entry whose removal this undoes."""

    act: Literal["add_alerts"]
    alerts: tuple[AlertId, ...] = Field(min_length=1, max_length=MOST_ALERTS)
    undoes: Seq | None = None


class RemoveAlerts(_Frozen):
    """Take alerts out of the case; one must stay. `undoes` names the entry whose addition this undoes."""

    act: Literal["remove_alerts"]
    alerts: tuple[AlertId, ...] = Field(min_length=1, max_length=MOST_ALERTS)
    undoes: Seq | None = None


class Rename(_Frozen):
    act: Literal["rename"]
    title: Line


class Lead(_Frozen):
    """Say who leads the case."""

    act: Literal["lead"]
    lead: Login


class Tick(_Frozen):
    """Mark an item of the checklist as done, or as not done."""

    act: Literal["tick"]
    item: Number
    done: bool = True


class AddItem(_Frozen):
    act: Literal["add_item"]
    text: Line


class AddTask(_Frozen):
    act: Literal["add_task"]
    text: Line
    assignee: Login | None = None
    due: Day | None = None


class FinishTask(_Frozen):
    """Mark a task as done, or as to be done again."""

    act: Literal["finish_task"]
    task: Number
    done: bool = True


class Attach(_Frozen):
    """Recorded when a file is sent; it cannot be asked for without one."""

    act: Literal["attach"]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size: int = Field(ge=0)


class Detach(_Frozen):
    """Take a file out of the case. Its bytes stay kept: what was in a case is never lost."""

    act: Literal["detach"]
    attachment: Number


class SetDue(_Frozen):
    """Say by when the case is due, at the end of that day; null takes the date away."""

    act: Literal["set_due"]
    due: Day | None


class Pause(_Frozen):
    """Stop the clock, as while an answer is awaited."""

    act: Literal["pause"]
    reason: Line


class Resume(_Frozen):
    """Let the clock go on: the due time moves by as long as it stood still."""

    act: Literal["resume"]


class Note(_Frozen):
    act: Literal["note"]
    note: Text


class Propose(_Frozen):
    """Propose how the case should be decided. The evidence is frozen, and its digest recorded."""

    act: Literal["propose"]
    outcome: Outcome
    reason: Text


class Review(_Frozen):
    """Take the second review."""

    act: Literal["review"]


class Confirm(_Frozen):
    """Decide as proposed. `evidence` is the digest that was read: a decision on anything else is refused."""

    act: Literal["confirm"]
    evidence: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""


class Return(_Frozen):
    """Send it back: the proposal does not stand."""

    act: Literal["return"]
    reason: Text


class Withdraw(_Frozen):
    act: Literal["withdraw"]


class Reopen(_Frozen):
    act: Literal["reopen"]
    reason: Text


class Restrict(_Frozen):
    """Show the case to these people alone, the caller among them; an empty list shows it to all again."""

    act: Literal["restrict"]
    people: tuple[Login, ...] = Field(max_length=50)


class Merge(_Frozen):
    """Take another case into this one: its alerts, tasks, own items and files. The other one ends."""

    act: Literal["merge"]
    other: CaseId


class Split(_Frozen):
    """Move some of the alerts into a new case."""

    act: Literal["split"]
    alerts: tuple[AlertId, ...] = Field(min_length=1, max_length=MOST_ALERTS)
    title: Line


Act = Annotated[
    AddAlerts | RemoveAlerts | Rename | Lead | Tick | AddItem | AddTask | FinishTask | Detach | SetDue | Pause | Resume | Note
    | Propose | Review | Confirm | Return | Withdraw | Reopen | Restrict | Merge | Split,
    Field(discriminator="act"),
]  # fmt: skip
"""What can be asked for by name."""
Recorded = Annotated[Act | Attach, Field(discriminator="act")]
"""What can stand in an entry. A shape is only ever widened: an entry that no longer fitted could not be folded again."""
ACT: TypeAdapter[Act] = TypeAdapter(Act)
RECORDED: TypeAdapter[Act | Attach] = TypeAdapter(Recorded)

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
