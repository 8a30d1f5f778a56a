"""How a column of texts says when: RFC 3339, or one of the forms that exports use; told only where every value fits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import polars as pl

_OWN_OFFSET = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:]{8}(?:\.[0-9]{1,6})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$"
_NAIVE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:]{8}(?:\.[0-9]{1,6})?$"
_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MIDNIGHT = r"[Tt ]00:00:00(?:\.0+)?$"
_DAYS = (
    "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%d", "%Y%m%d", "%d-%b-%Y", "%d %b %Y",
)  # fmt: skip
_CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p", "%H%M%S")
_FIRST, _LAST = 1970, 2100


@dataclass(frozen=True, slots=True)
class TimeForm:
    """How the times of a column are written. `form` is None where it is RFC 3339; `other` is a second form that fits as well."""

    form: str | None
    has_clock: bool
    has_offset: bool
    midnights: bool = False
    other: str | None = None


def time_form(values: pl.Series) -> TimeForm | None:
    """The form of all these texts; None where no form fits every one."""
    if not len(values):
        return None
    if values.str.contains(_DATE).all() and _read(values, "%Y-%m-%d"):
        return TimeForm(None, has_clock=False, has_offset=False)
    # Some of one and some of the other too: intake reads each value for itself.
    if (values.str.contains(_OWN_OFFSET) | values.str.contains(_DATE)).all():
        return TimeForm(None, has_clock=True, has_offset=True)
    if values.str.contains(_NAIVE).all():
        midnights = bool(values.str.contains(_MIDNIGHT).all())
        return TimeForm(None, has_clock=True, has_offset=False, midnights=midnights)
    fitting = [day + clock for day, clock in product(_DAYS, _CLOCKS) if _read(values, day + clock)]
    if not fitting:
        return None
    best, *others = fitting
    return TimeForm(best, has_clock="%H" in best or "%I" in best, has_offset=False, other=next(iter(others), None))


def _read(values: pl.Series, form: str) -> bool:
    """Whether every text is a time of this form, and in our days."""
    first = _parsed(values.head(20), form)
    if first.null_count():
        return False
    years = _parsed(values, form).dt.year()
    return years.null_count() == 0 and bool(years.is_between(_FIRST, _LAST).all())


def _parsed(values: pl.Series, form: str) -> pl.Series:
    if any(letter in form for letter in ("%H", "%I")):
        return values.str.to_datetime(form.replace(".%f", "%.f"), strict=False, time_unit="us")
    return values.str.to_date(form, strict=False)
