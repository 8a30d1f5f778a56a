"""The shapes of what is asked and answered about learned weights, with examples."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

DIGEST = "4f0c1d6a" * 8
Interval = Annotated[list[int], Field(min_length=2, max_length=2, examples=[[520, 790]])]


class RecordOut(BaseModel):
    """Of `decided` alerts in which the detector has a part, `worth` were worth a look: those that the caller may see, each once."""

    worth: int = Field(examples=[12])
    decided: int = Field(examples=[40])
    interval_per_mille: Interval = Field(description="95 % interval of the share, after Wilson", examples=[[181, 454]])


class DecisionsOut(BaseModel):
    """What there is to learn from. A decision counts where its reason says something about the alert's detectors."""

    count: int = Field(examples=[412])
    worth: int = Field(examples=[131], description="of those, worth a look")
    sampled: int = Field(examples=[20], description="of those, about alerts drawn from below the line")
    by_learned_order: int = Field(examples=[0], description="of those, from a queue that learned weights had ordered")
    without_bearing: dict[str, int] = Field(examples=[{"data_error": 3}], description="decisions that do not count")
    needed: int = Field(examples=[200])
    needed_of_each: int = Field(examples=[40])
    missing: str | None = Field(description="why nothing can be proposed now; null where it can", examples=[None])


class CountedOut(BaseModel):
    count: int
    worth: int
    sampled: int
    by_learned_order: int


class LearnedOut(BaseModel):
    """What was learned about a detector. Alerts drawn from below the line count for several, so the counts are weighted ones."""

    detector: str = Field(examples=["scatter-gather"])
    per_mille: int = Field(examples=[1320], description="of the formula's weight, from 250 to 4000")
    worth: int = Field(examples=[31])
    decided: int = Field(examples=[44])
    shrunk_per_mille: int = Field(examples=[617], description="the record, drawn towards the common one")


class MeasureOut(BaseModel):
    per_mille: int = Field(examples=[716])
    interval_per_mille: Interval


class ComparisonOut(BaseModel):
    """The proposed order against the present one on the later third of the decisions, which taught nothing."""

    decisions: int = Field(examples=[137])
    worth: int = Field(examples=[44])
    sampled: int = Field(examples=[6])
    left_out: int = Field(examples=[4], description="decisions about accounts that had been decided before")
    budget: int = Field(examples=[65], description="half of what stood above the line, in alerts")
    present: MeasureOut = Field(description="of the first half of the budget, the share worth a look")
    proposed: MeasureOut
    gain: MeasureOut = Field(description="proposed less present, and its 95 % interval by resampling")


class LearningAct(BaseModel):
    act: Literal["promoted", "withdrawn"]
    actor: str = Field(examples=["s.ba"])
    at: str
    why: str | None = None


class ProposalOut(BaseModel):
    """Learned weights that were proposed. `better`: the whole interval of the gain lies above nothing; else they stay unused."""

    model: str = Field(examples=[DIGEST], description="SHA-256 of the weights' file")
    against: str | None = Field(description="what ordered the queue then; null for the formula", examples=[None])
    decisions: CountedOut
    prior: int = Field(examples=[20], description="decisions that the common record is worth")
    common_per_mille: int = Field(examples=[344], description="worth a look, of all that taught")
    detectors: list[LearnedOut]
    comparison: ComparisonOut
    better: bool
    proposed_by: str = Field(examples=["a.diallo"])
    proposed_at: str
    acts: list[LearningAct]


class LearningOut(BaseModel):
    promoted: str | None = Field(description="what orders the queue; null for the formula", examples=[None])
    decisions: DecisionsOut
    proposals: list[ProposalOut] = Field(description="newest first")


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    why: Annotated[str, StringConstraints(min_length=1, max_length=1000)] = Field(examples=["Guidance has changed."])
