"""The shapes of what everybody may do with their own account."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.access.accounts import LONGEST_DAYS
from service.access.credentials import LONGEST_PASSWORD
from service.access.roles import Permission, Role

Code = Annotated[str, StringConstraints(min_length=6, max_length=40)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OwnAccount(BaseModel):
    """The account of whoever asks."""

    account: str = Field(examples=["a.diallo"])
    name: str = Field(examples=["Aminata Diallo"])
    role: Role
    partner: str | None = None
    second_factor: bool = Field(description="whether signing in takes a code besides the password")
    recovery_codes_left: int = Field(examples=[10])
    owes: str = Field(
        description="what has to be done before anything else: `password`, `factor` or nothing", examples=[""]
    )


class OwnPassword(_Asked):
    current: Annotated[str, StringConstraints(max_length=LONGEST_PASSWORD)] = Field(examples=["…"])
    new: Annotated[str, StringConstraints(max_length=LONGEST_PASSWORD)] = Field(examples=["…"])


class FactorBegun(BaseModel):
    """A second factor to take over into an application for codes. It counts once a code of it has been shown."""

    secret: str = Field(examples=["JBSWY3DPEHPK3PXP"])
    address: str = Field(examples=["otpauth://totp/Thalweg:a.diallo?secret=JBSWY3DPEHPK3PXP&issuer=Thalweg"])


class FactorCode(_Asked):
    code: Code = Field(examples=["492039"])


class FactorTaken(BaseModel):
    recovery_codes: list[str] = Field(
        description="shown this once; each opens the door one time", examples=[["k3v9q-7wm2c-x8hjd"]]
    )


class TokenAsked(_Asked):
    label: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(examples=["nightly report"])
    scopes: list[Permission] = Field(
        min_length=1, description="what it may do, of what its holder may", examples=[["alerts.read"]]
    )
    days: int = Field(default=90, ge=1, le=LONGEST_DAYS)


class TokenOut(BaseModel):
    """A token without its secret."""

    key: str = Field(examples=["0123456789abcdef"])
    label: str
    scopes: list[str] | None = Field(description="null: all that the role may")
    expires_at: str | None
    since: str
    active: bool


class TokenMade(BaseModel):
    token: str = Field(description="shown this once", examples=["thalweg_0123456789abcdef_…"])
