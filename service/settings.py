"""Settings: frozen, read once where the program starts, and handed in. Nothing below reads the environment."""

from __future__ import annotations

import json
import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.access.roles import Role

MIB = 1024 * 1024


class Settings(BaseSettings):
    """Every setting, with its default. Each is set by an environment variable `THALWEG_<NAME>`; see docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="THALWEG_", frozen=True, extra="ignore")

    home: Path = Path("var")
    base_currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    max_reject_per_mille: int = Field(default=100, ge=0, le=1000)
    max_upload_bytes: int = Field(default=4096 * MIB, ge=1)
    require_idempotency_key: bool = False
    """Whether a submission over HTTP without an `Idempotency-Key` is refused."""
    most_waiting: int = Field(default=64, ge=1, le=10_000)
    """Submissions that may wait to be taken in; the next is told to come again."""
    goaml_schema: Path | None = None
    """A goAML schema file (XSD) of the operator's, by which reports are validated before they are read."""
    reserve_bytes: int = Field(default=256 * MIB, ge=0)
    intake_memory_bytes: int = Field(default=3072 * MIB, ge=256 * MIB)
    intake_seconds: int = Field(default=1800, ge=1)
    run_memory_bytes: int = Field(default=4096 * MIB, ge=512 * MIB)
    run_seconds: int = Field(default=7200, ge=1)
    detector_seconds: int = Field(default=1800, ge=1)
    threads: int = Field(default=0, ge=0, le=256)
    """Threads of a run; 0 takes the cores less one, at least one."""
    rule_directories: Annotated[tuple[Path, ...], NoDecode] = ()
    session_idle_seconds: int = Field(default=900, ge=60)
    requests_per_minute: int = Field(default=6000, ge=60, le=1_000_000)
    """Requests that one account may make in any minute."""
    second_factor_roles: Annotated[tuple[Role, ...], NoDecode] = ()
    """Roles whose people take up a second factor before they see anything."""
    public_address: str = Field(default="", pattern=r"^(https?://[^/]+)?$")
    """Where browsers find this service, as `https://host`: single sign-on comes back there."""
    oidc_issuer: str = ""
    """The provider of single sign-on; none by default."""
    oidc_client: str = ""
    oidc_claim: str = Field(default="sub", min_length=1, max_length=64)
    log_requests: bool = False
    """A line in the log for each request: id, route, status, time. Neither who, nor from where, nor for what."""
    secure_cookies: bool = True
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Whose `X-Forwarded-For` is believed; nobody's by default."""
    max_members: int = Field(default=60, ge=2, le=1000)
    alerts_per_mille: int = Field(default=10, ge=0, le=1000)
    """Alerts of a run that go above the line of the queue, as a share of the accounts of the snapshot."""
    alerts_least: int = Field(default=20, ge=0, le=1_000_000)
    review_sample: int = Field(default=5, ge=0, le=10_000)
    false_discoveries_per_mille: int = Field(default=200, ge=1, le=1000)
    """Of what a model flags, the share that may be as lawful as the rest."""

    @field_validator("rule_directories", mode="before")
    @classmethod
    def _several_paths(cls, said: object) -> object:
        """A JSON list, or paths with colons between them as in PATH."""
        if not isinstance(said, str):
            return said
        return json.loads(said) if said.lstrip().startswith("[") else [part for part in said.split(os.pathsep) if part]

    @model_validator(mode="after")
    def _single_sign_on_is_whole(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client and self.public_address):
            raise ValueError("single sign-on needs THALWEG_OIDC_CLIENT and THALWEG_PUBLIC_ADDRESS beside the issuer")
        return self

    @field_validator("second_factor_roles", mode="before")
    @classmethod
    def _several_roles(cls, said: object) -> object:
        """Roles with commas between them."""
        return [part.strip() for part in said.split(",") if part.strip()] if isinstance(said, str) else said

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _several_networks(cls, said: object) -> object:
        """Addresses or networks with commas between them."""
        return [part.strip() for part in said.split(",") if part.strip()] if isinstance(said, str) else said
