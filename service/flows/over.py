"""A question asked of the house: its ledger, and the rates in use."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from detectors.references import default_reference, parse_reference
from service.flows.follow import follow
from service.flows.found import Found
from service.flows.look import Rates
from service.flows.question import Question
from service.flows.reading import LedgerReader
from service.house import House


def rates_in_use(house: House) -> Rates:
    """The rates by which runs value amounts: those loaded, else those that come with Thalweg. Nothing is loaded by asking."""
    loaded = house.shelf.loaded().get("fx")
    data = (
        default_reference("fx") if loaded is None else (house.home.reference / f"{loaded['digest']}.csv").read_bytes()
    )
    return Rates(house.settings.base_currency, parse_reference("fx", data))


def follow_in(house: House, asked: Question, *, without: Collection[str] = ()) -> Found:
    """Follow money in the ledger as it stands, as if the batches `without` had not been sent. See `service.flows.follow`."""
    return follow(asked, LedgerReader(house.ledger, without), rates_in_use(house))


def as_answer(found: Found) -> dict[str, Any]:
    """What was found as plain JSON: amounts and times as text."""
    told: dict[str, Any] = _plain(asdict(found))
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"{value.replace(tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value
