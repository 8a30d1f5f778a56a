"""What the values of a column show, its name aside: whether they could be an amount, a time, an account, a country, …

Each test gives how well they fit and why, in words: 2 where hardly anything else looks so, 1 where it may be, None where it
cannot be. No reason names a value, for it may be somebody's account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from schemas.transaction import CHANNELS
from service.intake.drafting.when import TimeForm, time_form
from service.intake.drafting.words import channel_of, country_of, currency_of, kind_of, spoken, words

Fit = tuple[int, str] | None

NUMBER = r"^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
COMMA = r"^-?[0-9]{1,3}(?:[. \u00a0\u202f]?[0-9]{3})*,[0-9]{1,4}$"
_GROUPED = r"^-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$"
CLOCK = "^[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$"
_IBAN = r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"
_BIC = r"^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$"
_PHONE = r"^\+?[0-9]{7,15}$"
_UUID = r"^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"
_ID = r"^[^\s]{1,64}$"
_CATEGORY = "^[0-9]{4}$"
_MOST = 0.98
_OFTEN, _PART = 10, 50


@dataclass(frozen=True)
class Profile:
    """A column: its name, its values in the sample (those that there are), and all of them where there are few."""

    name: str
    values: pl.Series
    rows: int
    few: tuple[str, ...] | None

    @cached_property
    def said(self) -> str:
        return spoken(self.name)

    @cached_property
    def distinct(self) -> int:
        return self.values.n_unique()

    @cached_property
    def time(self) -> TimeForm | None:
        return time_form(self.values)

    @property
    def is_filled(self) -> bool:
        return len(self.values) == self.rows

    def all(self, pattern: str) -> bool:
        """Whether all values have this form."""
        return bool(len(self.values)) and bool(self.values.str.contains(pattern).all())

    def share(self, pattern: str) -> float:
        """How many of the values have this form, of 1."""
        return float(self.values.str.contains(pattern).sum()) / len(self.values) if len(self.values) else 0.0

    @cached_property
    def is_number(self) -> bool:
        return self.all(NUMBER)

    @cached_property
    def has_fractions(self) -> bool:
        return self.is_number and bool(self.values.str.contains(".", literal=True).any())

    @cached_property
    def is_negative(self) -> bool:
        return bool(self.values.str.starts_with("-").any())

    def known(self, meaning: Callable[[str], str | None]) -> dict[str, str]:
        """Those of its few values that mean something by `meaning`."""
        return {value: ours for value in self.few or () if (ours := meaning(value)) is not None}

    @cached_property
    def named(self) -> Profile:
        """The column without the values that seem to stand for nobody, such as `SOURCE` or `-`."""
        nobody = [value for value in self.values.unique().to_list() if is_nobody(value)]
        return (
            Profile(self.name, self.values.filter(~self.values.is_in(nobody)), self.rows, self.few) if nobody else self
        )

    def standing_out(self) -> list[str]:
        """Values that seem to stand for nobody: words that say so, and numbers that are far more frequent than the others."""
        usual = len(self.values) / max(self.distinct, 1)
        found = [value for value in (self.few or self.values.unique().to_list()) if is_nobody(value)]
        often = {value: int((self.values == value).sum()) for value in found}
        return sorted(
            value
            for value in found
            if not value.lstrip("-").isdigit() or often[value] > max(_OFTEN * usual, len(self.values) / _PART)
        )

    @property
    def is_text(self) -> bool:
        return not self.has_fractions and self.time is None


def is_nobody(value: str) -> bool:
    """Whether exports write this where an account is nobody's."""
    return value.lower() in words()["nobody"]["values"]


def fit(ours: str, column: Profile) -> Fit:
    """How well the values of a column fit our column `ours`."""
    if not len(column.values):
        return None
    side, _, thing = ours.partition("_")
    found = _TESTS[thing if side in {"from", "to"} else ours](column)
    # Who writes our very name for an account means it, however short their accounts are.
    return (
        (1, "short texts") if found is None and thing == "account" and column.name == ours and column.is_text else found
    )


def _reference(column: Profile) -> Fit:
    if not column.is_filled or column.distinct < len(column.values) or not column.is_text or column.all(CLOCK):
        return None
    return 2, f"all {column.rows:,} values looked at differ"


def _time(column: Profile) -> Fit:
    if column.time is not None:
        return 2, "every value is a time or a date"
    if column.said == "step" and column.all("^[0-9]{1,7}$"):
        return 1, "every value is a whole number, as of hours or days that are counted"
    return None


def _channel(column: Profile) -> Fit:
    if not column.few or not column.is_text or column.is_number:
        return None
    known = len(column.known(channel_of))
    if known:
        return (
            2 if known * 2 >= len(column.few) else 1
        ), f"{known} of its {len(column.few)} values sound like channels"
    return 1, f"it has only {len(column.few)} different values"


def _amount(column: Profile) -> Fit:
    if column.time is None and column.share(NUMBER) > _MOST:
        return (2 if column.has_fractions else 1), "the values are plain numbers"
    if column.share(COMMA) > _MOST or column.share(_GROUPED) > _MOST:
        return 1, "the values are numbers with a decimal comma or thousands apart"
    return None


def _currency(column: Profile) -> Fit:
    known = column.known(currency_of)
    if not column.few or not known:
        return None
    if all(value == code for value, code in known.items()) and len(known) == len(column.few):
        return 2, "every value is an ISO 4217 code"
    return 1, f"{len(known)} of its {len(column.few)} values name currencies"


def _country(column: Profile) -> Fit:
    if column.few is None:
        return None
    known = column.known(country_of)
    if len(known) * 2 < len(column.few) or not known:
        return None
    if all(value == code for value, code in known.items()) and len(known) == len(column.few):
        return 2, "every value is an ISO 3166-1 code"
    return 1, f"{len(known)} of its {len(column.few)} values name countries"


def _account(whole: Profile) -> Fit:
    column = whole.named
    if not column.is_text or column.share(_ID) < _MOST or column.distinct < 2:
        return None
    if column.share(_IBAN) > _MOST:
        return 2, "the values look like IBANs"
    if column.share("[0-9]") > _MOST / 2:
        return 2 if column.share("[0-9]{3}") > _MOST / 2 else 1, "the values look like numbers of accounts"
    return None


def _institution(column: Profile) -> Fit:
    if not column.is_text or column.has_fractions or not column.all(r"^[^|]{1,64}$"):
        return None
    return (2, "the values look like BICs") if column.all(_BIC) else (1, "short texts")


def _name(whole: Profile) -> Fit:
    column = whole.named
    if not column.is_text or column.share(r"^[^0-9]+$") < _MOST:
        return None
    return (2 if column.share(r"\S\s+\S") > _MOST / 2 else 1), "the values are words without digits"


def _kind(column: Profile) -> Fit:
    known = column.known(kind_of)
    if not column.few or len(known) < len(column.few):
        return None
    return 2, f"all of its {len(known)} values name kinds of parties"


def _text(column: Profile) -> Fit:
    return (1, "texts") if column.is_text and not column.is_number else None


def _id(column: Profile) -> Fit:
    if not column.is_text or column.share(_ID) < _MOST:
        return None
    return (2, "the values are UUIDs") if column.all(_UUID) else (1, "the values look like numbers or codes")


def _of(pattern: str, why: str) -> Callable[[Profile], Fit]:
    return lambda column: (2, why) if column.all(pattern) else None


def _degrees(most: int) -> Callable[[Profile], Fit]:
    def test(column: Profile) -> Fit:
        if not column.is_number or not column.values.cast(pl.Float64, strict=False).abs().max() <= most:  # type: ignore[operator]
            return None
        return 2, f"every value is a number of at most {most}"

    return test


_TESTS: dict[str, Callable[[Profile], Fit]] = {
    "reference": _reference, "occurred_at": _time, "channel": _channel, "amount": _amount, "currency": _currency,
    "account": _account, "institution": _institution, "country": _country, "party": _id, "name": _name, "kind": _kind,
    "place": _text, "purpose": _text, "agent": _id, "device": _id, "end_to_end_id": _id, "reverses": _id,
    "latitude": _degrees(90), "longitude": _degrees(180),
    "phone": _of(_PHONE, "the values look like phone numbers"), "merchant_category": _of(_CATEGORY, "the values have four digits"),
}  # fmt: skip


def unwanted(column: Profile) -> str | None:
    """Why nobody here should have a column, by its name: a judgement that detectors must never see, or a document; None else."""
    parts, table = column.said.split(), words()["drop"]
    if any(part in table["judgement"] or part.removeprefix("is") in table["judgement"] for part in parts):
        return "names that sound like a judgement of the row, which no detector may see"
    if any(part in table["document"] for part in parts):
        return "names that sound like a person's papers, which are not needed here"
    return None


def is_of_the_format(column: Profile) -> bool:
    """Whether all of its values are channels of ours as they stand."""
    return set(column.few or ()) <= set(CHANNELS)
