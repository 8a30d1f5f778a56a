"""The shapes of how detectors are set: what is proposed, and what was decided of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.tuning.setting import SetStatus

Why = Annotated[str, StringConstraints(max_length=1000)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SettingOut(BaseModel):
    """The numbers that are not the file's, as text, and the status where it is not the file's."""

    params: dict[str, str] = Field(examples=[{"at_least": "4"}])
    status: SetStatus | None = Field(default=None, examples=["test"])


class ProposalAsked(_Asked):
    """What to change; the rest stays as it is set. `reset` goes back to the file, and then nothing else is given."""

    params: dict[str, Annotated[str, StringConstraints(max_length=32)]] = Field(
        default_factory=dict, max_length=50, examples=[{"at_least": "4"}], description="numbers as text"
    )
    status: SetStatus | None = Field(default=None, examples=["test"], description="`off` runs only where it is named")
    reset: bool = False
    why: Why = Field(examples=["Three deposits a week are a market stall here"])
    backtest: str | None = Field(
        default=None, max_length=64, description="a backtest of these numbers, whose counts the second person is shown"
    )


class DecisionAsked(_Asked):
    act: Literal["approve", "refuse"]
    why: Why = Field(default="", description="needed to refuse")


class DetectorProposal(SettingOut):
    """A proposal. `was` is how the detector was set, `tried` what a backtest of it counted, null where none was named."""

    proposal: str = Field(examples=["d_0a1b2c3d4e5f6071"])
    detector: str = Field(examples=["cash-structuring"])
    was: SettingOut
    why: str
    logic_hash: str
    tried: dict[str, Any] | None = None
    proposed_by: str
    proposed_at: str
    state: Literal["waiting", "approved", "refused"]
    decided_by: str | None = None
    decided_at: str | None = None
    decided_why: str | None = None
