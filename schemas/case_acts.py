"""The acts that change a case, each with what it needs, and what a case is opened with: what is asked for and what an entry holds.

A shape is only ever widened: an entry that no longer fitted could not be folded again, and the ledger could not be made anew.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from schemas.case import MOST_ALERTS, Outcome

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
"""What can stand in an entry."""
ACT: TypeAdapter[Act] = TypeAdapter(Act)
RECORDED: TypeAdapter[Act | Attach] = TypeAdapter(Recorded)
