"""The shapes of the catalogue's requests and answers, and of reference tables."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.errors import DetectorInvalid

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LONGEST_RULE = 48 * 1024
_COUNTS = {"present": 12, "changed": 9, "kept": 8, "lost": 4, "gained": 1}


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DetectorOut(BaseModel):
    id: str = Field(examples=["cash-structuring"])
    kind: str = Field(examples=["rule"])
    family: str = Field(examples=["generic"])
    tier: str = Field(examples=["core"])
    status: str = Field(
        examples=["live"], description="as it is set now: draft, test, live, off or retired; `set` says who set it"
    )
    set: dict[str, Any] | None = Field(
        default=None,
        description="what two people set other than its file: params, status, proposal, proposed_by, decided_by, decided_at",
    )
    judged: bool = Field(
        description="false for a rule of the mission's own whose examples no run has met yet: the next run judges it first",
        examples=[True],
    )
    title: dict[str, str]
    logic_hash: str = Field(examples=[DIGEST])
    sources: list[str]
    benign: list[dict[str, str]]
    next_step: dict[str, str]
    parameters: dict[str, dict[str, str]]
    examples: int = Field(examples=[5])
    needs: list[str] = Field(description="columns without which it stays silent", examples=[["phone"]])
    tables: list[str] = Field(
        description="reference tables without rows of which it stays silent", examples=[["corridors"]]
    )
    exclusions: list[str] = Field(description="segments whose accounts it leaves alone", examples=[["payroll"]])
    coverage: dict[str, float | None] = Field(
        description="for each needed column, the part of the latest finished run's transactions that have it; null before a run",
        examples=[{"phone": 0.812}],
    )
    empty_tables: list[str] = Field(description="needed tables that have no rows now", examples=[[]])


class DetectorWhole(DetectorOut):
    """A detector with everything that its file says."""

    severity: str = Field(examples=["medium"])
    weight: int = Field(examples=[5])
    why: dict[str, str]
    roles: dict[str, str]
    facts: dict[str, str]
    indicators: list[dict[str, Any]]
    params: dict[str, dict[str, Any]] = Field(description="with bounds; money and ratios as text")
    fires: list[dict[str, Any]]
    silent: list[dict[str, Any]]
    source: str = Field(description="the text of its file")


class LintAsked(_Asked):
    """The text of a rule file, as docs/rule-authors.md describes it."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_RULE)] = Field(examples=["/*---\nid = …"])


class FaultOut(BaseModel):
    """One thing that is wrong with a rule."""

    line: int | None = Field(examples=[41])
    why: str = Field(examples=["this function is not on the list"])
    value: str | None = Field(default=None, examples=["random()"])
    remedy: str | None = Field(default=None, examples=["A run must give the same again: take it out."])

    @classmethod
    def of(cls, fault: DetectorInvalid) -> FaultOut:
        line = (fault.where or "").rpartition(":")[2]
        return cls(line=int(line) if line.isdecimal() else None, why=fault.why, value=fault.value, remedy=fault.remedy)


class ExampleOut(BaseModel):
    """What an example of a rule gave: whom it must flag, whom it flagged, and the first of its findings."""

    kind: Literal["fires", "silent"]
    example: str = Field(examples=["three deposits in a week"])
    holds: bool
    expected: list[str] = Field(examples=[["A-1"]])
    flagged: list[str] = Field(examples=[["A-1"]])
    lacks: list[str] = Field(
        description="what the rule needs and the example has not: it then stays silent", examples=[[]]
    )
    count: int = Field(description="findings in all; the first 20 are told", examples=[1])
    findings: list[dict[str, Any]] = Field(
        description="subject, window_start, window_end, strength, members:[{account, role}], transactions (the rows that are evidence), "
        "sentence by language, and observed: label, observed, threshold, sense"
    )


class LintOut(BaseModel):
    """What was judged. `sound` where there is no fault; `examples` is how many were run, `outcomes` what each of them gave."""

    id: str | None = Field(examples=["my-rule"])
    sound: bool = Field(examples=[False])
    examples: int = Field(examples=[3])
    faults: list[FaultOut]
    outcomes: list[ExampleOut]


class BacktestAsked(_Asked):
    detector: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["cash-structuring"])
    since: Annotated[str, StringConstraints(min_length=10, max_length=10)] = Field(
        examples=["2026-01-01"], description="findings whose window ends on this day or later count"
    )
    until: Annotated[str, StringConstraints(min_length=10, max_length=10)] | None = Field(
        default=None, examples=["2026-03-31"], description="and on this day at the latest"
    )
    params: dict[str, Annotated[str, StringConstraints(max_length=32)]] = Field(
        default_factory=dict, max_length=50, examples=[{"at_least": "4"}], description="numbers as text"
    )


class BacktestResult(BaseModel):
    """`present`: as the detector is set now. `kept` findings of it have one of the same account with a window that meets theirs on
    the other side."""

    detector: str
    since: str
    until: str | None = None
    params: dict[str, str] = Field(description="the numbers that were changed")
    present: dict[str, str] = Field(description="the numbers that are set now other than in the file")
    numbers: dict[str, str] = Field(description="all numbers on the changed side that are not the file's")
    logic_hash: str = Field(examples=[DIGEST])
    snapshot: int = Field(examples=[41])
    findings: dict[str, int] = Field(examples=[_COUNTS])
    accounts: dict[str, int] = Field(examples=[_COUNTS])
    weeks: list[dict[str, str | int]] = Field(examples=[[{"week": "2026-W10"} | _COUNTS]])
    silent_for: list[str] = Field(description="what the detector lacks, and so finds nothing", examples=[[]])
    notes: dict[str, dict[str, int]] = Field(description="what caps and segments left out, on each side")


class BacktestOut(BaseModel):
    """A backtest. `result` once it is `finished`, `cause` once it is `failed`, `progress` until then."""

    backtest: str = Field(examples=["t_0a1b2c3d4e5f6071"])
    detector: str = Field(examples=["cash-structuring"])
    status: Literal["started", "finished", "failed"]
    progress: dict[str, Any] | None = None
    result: BacktestResult | None = None
    cause: dict[str, str] | None = None


class ReferenceOut(BaseModel):
    """A reference table in use. What it holds is told to nobody."""

    kind: str = Field(examples=["watchlist"])
    digest: str = Field(examples=[DIGEST])
    name: str = Field(examples=["watchlist.csv"])
    rows: int = Field(examples=[1200])
    at: str | None = Field(
        description="when it was loaded; null for the table that ships", examples=["2026-03-01T08:00:00.000000Z"]
    )
