"""Reference tables: what a run looks things up in. Versioned files named by digest, recorded in every manifest."""

from __future__ import annotations

from typing import Literal

import polars as pl

ReferenceKind = Literal["fx", "thresholds", "baseline"]
REFERENCE_KINDS: tuple[str, ...] = ReferenceKind.__args__  # type: ignore[attr-defined]

FX: dict[str, pl.DataType] = {
    "currency": pl.String(),
    "base": pl.String(),
    "date": pl.Date(),
    "rate": pl.Decimal(16, 10),
}
"""`rate` is units of `base` for one unit of `currency`, from `date` until the next date of that currency."""

THRESHOLDS: dict[str, pl.DataType] = {
    "country": pl.String(),
    "currency": pl.String(),
    "kind": pl.String(),
    "amount": pl.Decimal(22, 4),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "source": pl.String(),
}
"""Reporting thresholds. `country` is alpha-2 or `*`; `currency` is ISO 4217 or `*`, and then `amount` is in the base currency;
`kind` is cash; `valid_to` is the first day on which it no longer holds, none while it holds."""

BASELINE: dict[str, pl.DataType] = {"detector": pl.String(), "flagged": pl.Int64(), "population": pl.Int64()}
"""How many subjects each detector flags among how many, in a frozen reference population: what makes a finding surprising."""

THRESHOLD_KINDS = ("cash",)
