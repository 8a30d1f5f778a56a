"""What the API says of the parties and accounts that messages name beside transactions."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, Field

from service.entities.behind import Described, Party


class PartyOut(BaseModel):
    """Who a message names beside transactions of the account. Which side a signatory or conductor belongs to, it may not say."""

    role: str = Field(examples=["payer", "signatory"])
    kind: str | None
    name: str | None
    party: str | None = Field(description="the identifier by which the submitter knows them best")
    country: str | None
    born: str | None
    address: str | None
    identifiers: list[str]
    times: int
    last: datetime
    masked: bool


class DescribedOut(BaseModel):
    """The account as messages describe it."""

    scheme: str | None
    institution_name: str | None
    currency: str | None
    name: str | None
    times: int
    masked: bool


def party_out(each: Party) -> PartyOut:
    """A party as the API tells it, masked or not as it was read."""
    return PartyOut(**asdict(each) | {"identifiers": list(each.identifiers)})


def described_out(each: Described) -> DescribedOut:
    """How messages describe the account."""
    return DescribedOut(**asdict(each))
