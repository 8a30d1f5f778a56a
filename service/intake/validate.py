"""Every rule of the canonical format over a block of text columns: typed rows out, and each bad cell with its line and code.

All checks are expressions over whole columns. A row with two bad cells is one rejected row with two reject lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import polars as pl
import pycountry

from schemas.money import NOT_WEIGHED, minor_units
from schemas.transaction import CHANNELS, COORDINATE, PARTY_KINDS, PRECISIONS, SUBMITTED, Column
from service.intake.amounts import SIGNED, decimals, judge_amounts
from service.intake.readers.block import LINE
from service.intake.rejects import no_rejects, shorten
from service.intake.times import read_times

EXTRA = "extra"
_EXTRA_BYTES = 65_536
_REQUIRED = tuple(column.name for column in SUBMITTED if column.required)
_ACCOUNTS = ("from_account", "to_account")
_COORDINATES = {"latitude": 90, "longitude": 180}
_COORDINATE_DECIMALS = COORDINATE.scale
_ENUMS = {
    "channel": pl.Enum(CHANNELS),
    "precision": pl.Enum(PRECISIONS),
    "from_kind": pl.Enum(PARTY_KINDS),
    "to_kind": pl.Enum(PARTY_KINDS),
}


Check = tuple[pl.Expr, str]
"""What is wrong where it holds, and its code."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows that hold, typed, with `@line`; the rejects in the form of `RAW`; how many rows were rejected."""

    rows: pl.DataFrame
    rejects: pl.DataFrame
    rejected: int


@cache
def _currencies() -> pl.Enum:
    return pl.Enum(sorted(minor_units()))


@cache
def _closed_lists() -> dict[str, pl.Enum]:
    """The type that holds a column of few known values in the least room."""
    countries = pl.Enum(_countries())
    return {**_ENUMS, "currency": _currencies(), "from_country": countries, "to_country": countries}


@cache
def _countries() -> tuple[str, ...]:
    return tuple(sorted(country.alpha_2 for country in pycountry.countries))


def validate(frame: pl.DataFrame, latest: datetime, exact: Mapping[str, pl.Series] | None = None) -> Judged:
    """Judge a block of tidied text: canonical names, `@line`, perhaps `extra`; null where there is no value.

    Columns that are absent or all null are left out of the typed rows. `latest` is the last believable moment, UTC without a
    zone. `exact` has columns that the file types, row for row: they say the same as their text.
    """
    exact = exact or {}
    frame = _with_required(frame)
    empty = [
        name
        for name in frame.columns
        if name not in (*_REQUIRED, *_ACCOUNTS) and frame[name].null_count() == frame.height
    ]
    frame = frame.drop(empty)
    typed: dict[str, pl.Series] = {}
    faults = list(_text_faults(frame))
    faults += _amount_faults(frame, exact.get("amount"), typed)
    faults += _time_faults(frame, latest, exact.get("occurred_at"), typed)
    faults += _coordinate_faults(frame, typed)
    rejects = pl.concat(faults) if faults else no_rejects()
    rows = frame.with_columns(**typed)
    if rejects.height:
        rows = rows.join(rejects.select(LINE_OF), left_on=LINE, right_on="line", how="anti", maintain_order="left")
    rejected = frame.height - rows.height
    casts = {name: kind for name, kind in _closed_lists().items() if name in rows.columns}
    return Judged(rows.cast(casts), rejects, rejected)  # type: ignore[arg-type]


LINE_OF = pl.col("line").unique()


def _with_required(frame: pl.DataFrame) -> pl.DataFrame:
    absent = [name for name in (*_REQUIRED, *_ACCOUNTS) if name not in frame.columns]
    return frame.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)


def _faults(frame: pl.DataFrame, name: str, code: pl.Expr, detail: pl.Expr | None = None) -> pl.DataFrame | None:
    """The rows in which `code` is not null, as rejects of column `name`; None where there are none."""
    codes = frame.select(code.alias("code"))["code"]
    if codes.null_count() == frame.height:
        return None
    return frame.with_columns(codes.alias("@code")).filter(pl.col("@code").is_not_null()).select(
        pl.col(LINE).alias("line"),
        pl.lit(name).alias("column"),
        shorten(pl.col(name)).alias("value"),
        pl.col("@code").alias("code"),
        (pl.lit(None) if detail is None else detail).cast(pl.String).alias("detail"),
    )  # fmt: skip


def _text_faults(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    present = [column for column in SUBMITTED if column.name in frame.columns]
    longest = frame.select(pl.col([column.name for column in present]).str.len_bytes().max()).row(0, named=True)
    checks = {column.name: _text_checks(column, longest[column.name] or 0) for column in present}
    if EXTRA in frame.columns:
        checks[EXTRA] = [(pl.col(EXTRA).str.len_chars() > _EXTRA_BYTES, "too_long")]
    for name in _failing(frame, checks):
        column = next((column for column in present if column.name == name), None)
        found = _faults(frame, name, _first(checks[name]), None if column is None else _detail(column))
        if found is not None:
            yield found
    yield from _account_faults(frame)


def _text_checks(column: Column, longest: int) -> list[Check]:
    """What can be wrong with the text of a column whose longest value has so many bytes, in the order in which it is said."""
    value = pl.col(column.name)
    checks = [
        (value.is_null(), "missing") if column.required else None,
        # No text has more characters than bytes, so most columns need no closer look.
        (value.str.len_chars() > column.longest, "too_long")
        if column.longest and longest > column.longest and column.name != "currency"
        else None,
        (value.is_in(NOT_WEIGHED), "no_currency") if column.name == "currency" else None,
        _membership(column, value),
    ]
    return [check for check in checks if check is not None]


def _failing(frame: pl.DataFrame, checks: dict[str, list[Check]]) -> list[str]:
    """The columns in which some check holds somewhere: told in one go, since mostly there is none."""
    some = [pl.any_horizontal(bad for bad, _ in each).any().alias(name) for name, each in checks.items() if each]
    return [name for name, holds in frame.select(some).row(0, named=True).items() if holds]


def _detail(column: Column) -> pl.Expr | None:
    """The detail where it belongs: a missing value needs no list of values, and an unknown country no length."""
    said = f"at most {column.longest} characters" if column.longest else None
    if column.values:
        said = f"one of {', '.join(column.values)}"
    return None if said is None else pl.when(pl.col("@code").is_in(["too_long", "unknown_value"])).then(pl.lit(said))


def _membership(column: Column, value: pl.Expr) -> Check | None:
    """The check of a closed list or form that the column has, if any."""
    if column.values is not None:
        return ~value.is_in(column.values), "unknown_value"
    if column.name == "currency":
        return ~value.is_in(sorted(minor_units())), "unknown_currency"
    if column.name.endswith("_country"):
        return ~value.is_in(_countries()), "unknown_country"
    if column.name.endswith("_institution"):
        # The account key writes institution|account; with the bar in an institution two accounts could share a key.
        return value.str.contains("|", literal=True), "unknown_value"
    if column.name == "merchant_category":
        return ~value.str.contains("^[0-9]{4}$"), "unknown_value"
    return None


def _first(checks: list[Check]) -> pl.Expr:
    """The code of the first check that holds, else null."""
    chosen = pl.lit(None, dtype=pl.String)
    for bad, code in reversed(checks):
        chosen = pl.when(bad).then(pl.lit(code)).otherwise(chosen)
    return chosen


def _account_faults(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    channel, sender, receiver = pl.col("channel"), pl.col("from_account"), pl.col("to_account")
    deposit, withdrawal = channel == "cash_deposit", channel == "cash_withdrawal"
    checks: dict[str, list[Check]] = {
        "from_account": [
            (deposit & sender.is_not_null(), "wrong_account"),
            (sender.is_null() & receiver.is_null() & ~deposit.fill_null(value=False), "no_account"),
        ],
        "to_account": [
            (withdrawal & receiver.is_not_null(), "wrong_account"),
            (sender.is_null() & receiver.is_null() & deposit, "no_account"),
        ],
    }
    for name in _failing(frame, checks):
        detail = pl.when(pl.col("@code") == "wrong_account").then(pl.format("{} has no " + name, channel))
        found = _faults(frame, name, _first(checks[name]), detail)
        if found is not None:
            yield found


def _amount_faults(frame: pl.DataFrame, exact: pl.Series | None, typed: dict[str, pl.Series]) -> list[pl.DataFrame]:
    typed["amount"], judged = judge_amounts(frame["amount"], frame["currency"], exact)
    if judged is None or judged["code"].null_count() == frame.height:
        return []
    return [_listed(frame, "amount", judged["code"], judged["detail"])]


def _time_faults(
    frame: pl.DataFrame, latest: datetime, exact: pl.Series | None, typed: dict[str, pl.Series]
) -> list[pl.DataFrame]:
    times, codes = read_times(frame["occurred_at"], latest, exact)
    typed.update({name: times[name] for name in ("occurred_at", "offset_minutes", "precision")})
    if codes is None or codes.null_count() == frame.height:
        return []
    return [_listed(frame, "occurred_at", codes, None)]


def _listed(frame: pl.DataFrame, name: str, codes: pl.Series, detail: pl.Series | None) -> pl.DataFrame:
    said = pl.Series([None] * frame.height, dtype=pl.String) if detail is None else detail
    return (
        frame.select(LINE, name)
        .with_columns(codes.alias("code"), said.alias("detail"))
        .filter(pl.col("code").is_not_null())
        .select(
            pl.col(LINE).alias("line"),
            pl.lit(name).alias("column"),
            shorten(pl.col(name)).alias("value"),
            "code",
            "detail",
        )
    )


def _coordinate_faults(frame: pl.DataFrame, typed: dict[str, pl.Series]) -> list[pl.DataFrame]:
    faults = []
    for name, most in _COORDINATES.items():
        if name not in frame.columns:
            continue
        value = pl.col(name)
        degrees = value.cast(COORDINATE, strict=False)
        digits = value.str.strip_chars_start("+-")
        checks = [
            (~value.str.contains(SIGNED), "not_a_number"),
            (degrees.is_null() & value.is_not_null(), "out_of_range"),
            ((degrees > most) | (degrees < -most), "out_of_range"),
            (decimals(digits) > _COORDINATE_DECIMALS, "too_many_decimals"),
        ]
        detail = (
            pl.when(pl.col("@code") == "out_of_range")
            .then(pl.lit(f"{name} goes from -{most} to {most}"))
            .when(pl.col("@code") == "too_many_decimals")
            .then(pl.lit(f"{name} takes {_COORDINATE_DECIMALS}"))
        )
        found = _faults(frame, name, _first(checks), detail)
        if found is not None:
            faults.append(found)
        typed[name] = frame.select(degrees)[name]
    return faults
