"""When: RFC 3339 times and bare dates as text, into UTC, offset and precision, in sets. A time without offset is never guessed."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
NAIVE = f"^{_DATE}[Tt ]{_CLOCK}(?:\\.[0-9]{{1,6}})?$"
_FULL = f"^{_DATE}[Tt ]{_CLOCK}(?:\\.[0-9]{{1,6}})?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$"
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - segment times are UTC without a zone
_MICROSECOND = timedelta(microseconds=1)
_FORM = "0000-00-00T00:00:00Z"
_EPOCH_MONTH = 1970 * 12 + 1
_SECOND_OF_DAY = "%Y-%m-%dT%H:%M:%S"


def read_times(
    text: pl.Series, latest: datetime, exact: pl.Series | None = None
) -> tuple[pl.DataFrame, pl.Series | None]:
    """The columns `occurred_at` (UTC), `offset_minutes`, `precision`, and the code for each text that is no time.

    `latest` is the last moment that is believed, in UTC without a zone. `exact` is the same as dates or times with a zone, where
    the file has them; the text decides where one of them is not good. The codes are None where all is well; a null text has none.
    """
    if exact is not None:
        frame = _typed(exact)
        if frame is not None and _are_good(frame["occurred_at"], latest):
            return frame, None
    frame = _all_utc(text)
    if frame is None:
        frame = _any_form(text)
    if _are_good(frame["occurred_at"], latest):
        return frame, None
    code = (
        pl.when(pl.col("text").is_null())
        .then(None)
        .when(pl.col("text").str.contains(NAIVE))
        .then(pl.lit("naive_time"))
        .when(pl.col("occurred_at").is_null() | (pl.col("occurred_at") < EPOCH))
        .then(pl.lit("not_a_time"))
        .when(pl.col("occurred_at") > latest)
        .then(pl.lit("future_time"))
    )
    return frame, frame.with_columns(text=text).select(code.alias("code"))["code"]


def _are_good(moment: pl.Series, latest: datetime) -> bool:
    if moment.null_count() or not len(moment):
        return False
    # As numbers: Python has no year 0, which a text may name.
    micros = moment.to_physical()
    return bool(micros.min() >= 0 and micros.max() <= (latest - EPOCH) // _MICROSECOND)  # type: ignore[operator]


def _typed(exact: pl.Series) -> pl.DataFrame | None:
    """The answer for dates or times with a zone; None for times that are finer than a microsecond."""
    if exact.dtype == pl.Date:
        return _columns(exact.cast(pl.Datetime("us")), None, "day")
    if not isinstance(exact.dtype, pl.Datetime):
        return None
    utc = exact.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    moment = utc.cast(pl.Datetime("us"))
    same = exact.dtype.time_unit != "ns" or bool((moment.cast(pl.Datetime("ns")) == utc).all())
    return _columns(moment, 0, "second") if same else None


def _columns(moment: pl.Series, offset: int | None, precision: str) -> pl.DataFrame:
    return pl.DataFrame({"occurred_at": moment}).with_columns(
        pl.lit(offset, dtype=pl.Int16).alias("offset_minutes"), pl.lit(precision).alias("precision")
    )


def _all_utc(text: pl.Series) -> pl.DataFrame | None:
    """The answer for the usual case, where every text is an existing second in UTC, such as 2024-05-01T13:45:00Z; else None.

    It reckons with the digits of all texts at once, which takes half the time of a pattern and a parser.
    """
    if text.null_count() or not len(text) or not (text.str.len_bytes() == len(_FORM)).all():
        return None
    chars = np.frombuffer(text.str.join("").item().encode(), np.uint8).reshape(-1, len(_FORM)).T.copy()
    digits = chars - ord("0")
    if any((digits[at] > 9).any() if sign == "0" else (chars[at] != ord(sign)).any() for at, sign in enumerate(_FORM)):
        return None
    month, day, hour, minute, second = (digits[at] * 10 + digits[at + 1] for at in (5, 8, 11, 14, 17))
    if not (month.min() >= 1 and month.max() <= 12 and hour.max() < 24 and minute.max() < 60 and second.max() < 60):
        return None
    year = (digits[0] * 10 + digits[1]) * np.int64(100) + (digits[2] * 10 + digits[3])
    days = _days(year * 12 + month, day)
    if days is None:
        return None
    seconds = days * 86_400 + hour * np.int64(3_600) + minute * np.int64(60) + second
    return _columns(pl.Series(seconds * 1_000_000).cast(pl.Datetime("us")), 0, "second")


def _days(month: npt.NDArray[np.int64], day: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64] | None:
    """Days since 1970; None where a month has no such day. `month` is the year times twelve and the month's number, from 1."""
    least, most = int(month.min()), int(month.max())
    starts = np.arange(least - _EPOCH_MONTH, most - _EPOCH_MONTH + 2).astype("datetime64[M]").astype("datetime64[D]")
    numbers = starts.astype(np.int64)
    at = month - least
    if day.min() < 1 or (day > np.diff(numbers)[at]).any():
        return None
    found: npt.NDArray[np.int64] = numbers[at] + day - 1
    return found


def _any_form(text: pl.Series) -> pl.DataFrame:
    whole = pl.col("text")
    local = (whole.str.head(10) + "T" + whole.str.slice(11, 8)).str.to_datetime(
        _SECOND_OF_DAY, strict=False, time_unit="us"
    )
    fraction = whole.str.extract(r"\.([0-9]+)").str.pad_end(6, "0").cast(pl.Int64, strict=False).fill_null(0)
    east = whole.str.tail(6)
    minutes = east.str.slice(1, 2).cast(pl.Int16, strict=False) * 60 + east.str.slice(4, 2).cast(pl.Int16, strict=False)
    offset = (
        pl.when(whole.str.contains("[Zz]$")).then(0).when(east.str.starts_with("-")).then(-minutes).otherwise(minutes)
    )
    moment = local + pl.duration(microseconds=fraction) - pl.duration(minutes=offset)
    day = whole.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us"))
    full, date = whole.str.contains(_FULL), whole.str.contains(f"^{_DATE}$")
    return pl.DataFrame({"text": text}).select(
        pl.when(full).then(moment).when(date).then(day).cast(pl.Datetime("us")).alias("occurred_at"),
        pl.when(full).then(offset).cast(pl.Int16).alias("offset_minutes"),
        pl.when(date).then(pl.lit("day")).when(full).then(pl.lit("second")).alias("precision"),
    )
