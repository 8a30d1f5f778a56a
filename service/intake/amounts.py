"""Amounts as text: what is a plain decimal, how many digits it has, and rounding to a currency's minor units. Never a float."""

from __future__ import annotations

from itertools import groupby

import polars as pl

from schemas.money import MAX_INTEGER_DIGITS, minor_units
from schemas.transaction import MONEY, MONEY_SCALE

PLAIN = r"^[0-9]+(?:\.[0-9]+)?$"
BELOW_ZERO = r"^-[0-9]+(?:\.[0-9]+)?$"
SIGNED = r"^[+-]?[0-9]+(?:\.[0-9]+)?$"


def units_of(currency: pl.Expr) -> pl.Expr:
    """The minor units of each currency code; 4 where the code is unknown, so that one fault is not reported as two."""
    by_units = sorted((units, code) for code, units in minor_units().items())
    chosen: pl.Expr | None = None
    for units, group in groupby(by_units, key=lambda item: item[0]):
        codes = [code for _, code in group]
        step = pl.when(currency.is_in(codes)) if chosen is None else chosen.when(currency.is_in(codes))  # type: ignore[attr-defined]
        chosen = step.then(units)
    assert chosen is not None  # noqa: S101 - ISO 4217 is not empty
    return chosen.otherwise(4)  # type: ignore[attr-defined, no-any-return]


def integer_digits(text: pl.Expr) -> pl.Expr:
    """Digits before the point of a plain decimal, without leading zeros."""
    return text.str.strip_chars_start("0").str.extract("^([0-9]*)").str.len_bytes()


def decimals(text: pl.Expr) -> pl.Expr:
    """Digits behind the point of a plain decimal, without trailing zeros."""
    point = text.str.find(".", literal=True)
    return pl.when(point.is_null()).then(0).otherwise(text.str.strip_chars_end("0").str.len_bytes() - 1 - point)


def judge_amounts(
    amount: pl.Series, currency: pl.Series, exact: pl.Series | None = None
) -> tuple[pl.Series, pl.DataFrame | None]:
    """The amounts as decimals (null where bad), and `code` and `detail` for each, or None where all is well.

    `exact` is the same as numbers with at most four decimals, where the file has them; the text decides where one is not good.
    """
    if exact is not None and exact.dtype.is_numeric():
        money = exact.cast(MONEY, strict=False)
        if _are_good(money, currency):
            return money, None
    frame = pl.DataFrame({"amount": amount, "currency": currency})
    text, places = pl.col("amount"), pl.col("decimals")
    looked = frame.with_columns(
        text.str.contains(PLAIN).alias("plain"),
        text.cast(MONEY, strict=False).alias("money"),
        (text.str.len_bytes() - 1 - text.str.find(".", literal=True)).alias("written"),
    )
    plain, longest, most = looked.select(
        pl.col("plain").all(ignore_nulls=False), text.str.len_bytes().max(), pl.col("written").max()
    ).row(0)
    usual = plain and (longest or 0) <= MAX_INTEGER_DIGITS and (most or 0) <= MONEY_SCALE
    if usual and _are_good(looked["money"], currency):
        return looked["money"], None
    looked = looked.with_columns(decimals(text).alias("decimals"))
    units = units_of(pl.col("currency"))
    code = (
        pl.when(text.is_null())
        .then(None)
        .when(text.str.contains(BELOW_ZERO))
        .then(pl.lit("not_positive"))
        .when(~pl.col("plain"))
        .then(pl.lit("not_a_number"))
        .when(integer_digits(text) > MAX_INTEGER_DIGITS)
        .then(pl.lit("too_many_digits"))
        .when(~text.str.contains("[1-9]"))
        .then(pl.lit("not_positive"))
        .when(places > units)
        .then(pl.lit("too_many_decimals"))
    )
    detail = pl.when(pl.col("code") == "too_many_decimals").then(
        pl.format("{} takes {}", pl.col("currency").fill_null("an amount"), units)
    )
    judged = looked.with_columns(code=code).with_columns(detail=detail)
    money = judged.select(pl.when(pl.col("code").is_null()).then(pl.col("money")).alias("amount"))["amount"]
    return money, judged.select("code", "detail")


def _are_good(money: pl.Series, currency: pl.Series) -> bool:
    """Whether all are above zero, far from the limit of digits, and have no more decimals than their currencies."""
    scaled = money.to_physical().cast(pl.Int64, strict=False)
    if scaled.null_count() or not len(scaled) or scaled.min() <= 0:  # type: ignore[operator]
        return False
    units = minor_units()
    for places in range(1, MONEY_SCALE + 1):
        using = currency.filter(scaled % 10 ** (MONEY_SCALE - places + 1) != 0)
        if not len(using):
            break
        if any(units.get(code, MONEY_SCALE) < places for code in using.unique()):
            return False
    return True


def round_half_even(text: pl.Expr, units: pl.Expr) -> pl.Expr:
    """The plain decimal `text` rounded to `units` decimals, a tie to the even neighbour, as text; anything else unchanged.

    Exact: it works on digits. An amount of more than 18 digits before the point is left for `judge_amounts` to refuse.
    """
    sign = text.str.extract("^([+-])").fill_null("")
    digits = text.str.strip_chars_start("+-")
    whole = digits.str.extract("^([0-9]+)")
    fraction = digits.str.extract(r"\.([0-9]+)$").fill_null("")
    kept = fraction.str.pad_end(8, "0").str.slice(0, units)
    rest = fraction.str.slice(units)
    first = rest.str.head(1).cast(pl.Int8, strict=False).fill_null(0)
    tie = (first == 5) & ~rest.str.slice(1).str.contains("[1-9]")
    scaled = (whole + kept).cast(pl.Int128, strict=False)
    up = ((first > 5) | ((first == 5) & ~tie) | (tie & (scaled % 2 == 1))).cast(pl.Int128)
    rounded = (scaled + up).cast(pl.String).str.pad_start(units + 1, "0")
    cut = rounded.str.len_bytes().cast(pl.Int64) - units
    out = pl.when(units == 0).then(rounded).otherwise(rounded.str.slice(0, cut) + "." + rounded.str.slice(cut))
    fine = (
        text.str.contains(SIGNED) & (fraction.str.len_bytes() > units) & (integer_digits(digits) <= MAX_INTEGER_DIGITS)
    )
    return pl.when(fine).then(sign + out).otherwise(text)
