"""Routes of quotas: what each partner may send in a day, and what it has sent."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from service.house import utc_now
from service.http.deps import AccountKeeper
from service.http.errors import Problem
from service.quotas import quota_of, set_quota

router = APIRouter(prefix="/v1/partners", tags=["partners"])


class QuotaAsked(BaseModel):
    """What a partner may send in a day (UTC); null is no limit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batches_a_day: int | None = Field(default=None, ge=0, le=2**53 - 1, examples=[200])
    bytes_a_day: int | None = Field(default=None, ge=0, le=2**53 - 1, examples=[2_000_000_000])


class QuotaOut(BaseModel):
    partner: str = Field(examples=["bank-alpha"])
    batches_a_day: int | None = Field(examples=[200])
    bytes_a_day: int | None = Field(examples=[2_000_000_000])
    batches_today: int = Field(description="refused ones as well", examples=[3])
    bytes_today: int = Field(examples=[81_920])


@router.get("/{partner}/quota", responses={404: {"model": Problem}})
def read_quota(partner: str, caller: AccountKeeper) -> QuotaOut:
    """What a partner may send in a day, and what it has sent today."""
    return QuotaOut(**asdict(quota_of(caller.office.house.ledger, partner, utc_now())))


@router.post("/{partner}/quota", responses={404: {"model": Problem}, 422: {"model": Problem}})
def write_quota(partner: str, asked: QuotaAsked, caller: AccountKeeper) -> QuotaOut:
    """Set what a partner may send in a day. Above it a submission is answered 429; what was recorded before is answered as before."""
    by = caller.actor
    set_quota(
        caller.office.house, partner, batches_a_day=asked.batches_a_day, bytes_a_day=asked.bytes_a_day,
        actor=by.actor, role=by.role, session=by.session,
    )  # fmt: skip
    return read_quota(partner, caller)
