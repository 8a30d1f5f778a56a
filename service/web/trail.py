"""The page that follows money: what was asked, read from its form, and what was found, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated

import polars as pl
from pydantic import BaseModel, ConfigDict, StringConstraints

from schemas.errors import RequestInvalid
from service.flows.around import Around, picture
from service.flows.found import Crossed, EndKind, Found, Step
from service.flows.question import Question
from service.web import words
from service.web.drawn import START_WORD, Drawing, drawing
from service.web.language import moment, money, number

AHEAD: dict[EndKind, str] = {
    "cash": words.mark("paid out in cash"),
    "held": words.mark("still on the account"),
    "silent": words.mark("with an account never seen to pay"),
    "opening": words.mark("there before the data begin"),
    "again": words.mark("back where it was followed from"),
    "busy": words.mark("not looked into: too many transactions"),
    "small": words.mark("not looked into: too small a share"),
    "far": words.mark("not looked into: beyond the hops"),
    "many": words.mark("not looked into: enough was read"),
}
BACK: dict[EndKind, str] = AHEAD | {
    "cash": words.mark("paid in as cash"),
    "silent": words.mark("from an account never seen to be paid"),
}
_MOST_ENDS = 100


_Text = Annotated[str, StringConstraints(max_length=260, strip_whitespace=True)]


class Typed(BaseModel):
    """The form, as it was filled in."""

    model_config = ConfigDict(frozen=True)

    purpose: _Text = ""
    account: _Text = ""
    batch: _Text = ""
    reference: _Text = ""
    amount: _Text = ""
    currency: _Text = ""
    direction: _Text = "forward"
    method: _Text = "fifo"
    value: _Text = "own"
    same_day: _Text = "through"
    since: _Text = ""
    until: _Text = ""
    hops: _Text = "6"
    least: _Text = "10"

    def question(self) -> Question:
        """As it is asked of the ledger. Raises RequestInvalid for what cannot be read."""
        return Question(
            direction=self.direction,  # type: ignore[arg-type]  # `checked` judges it
            method=self.method,  # type: ignore[arg-type]
            account=self.account if not self.reference else "",
            batch=self.batch,
            reference=self.reference,
            amount=_amount(self.amount),
            currency=self.currency.upper(),
            value=self.value,  # type: ignore[arg-type]
            since=_day(self.since, "since", time.min),
            until=_day(self.until, "until", time.max),
            same_day=self.same_day,  # type: ignore[arg-type]
            hops=_whole(self.hops, "hops"),
            least_per_mille=_whole(self.least, "least"),
        )


@dataclass(frozen=True, slots=True)
class EndRow:
    account: str
    said: str
    amount: str
    other: str
    share: str
    bar: int
    currencies: str


@dataclass(frozen=True, slots=True)
class StepRow:
    time: str
    hop: str
    payer: str
    payee: str
    traced: str
    amount: str
    channel: str
    batch: str
    reference: str
    also: str


@dataclass(frozen=True, slots=True)
class CrossedRow:
    account: str
    hop: str
    transactions: str
    traced: str
    opening: str


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Everything that the page prints of an answer."""

    followed: str
    backward: bool
    unknown: str
    order_known: bool
    ends: tuple[EndRow, ...]
    ends_left_out: str
    steps: tuple[StepRow, ...]
    steps_left_out: str
    crossed: tuple[CrossedRow, ...]
    picture: Drawing | None
    read: str
    other_currencies: str
    without_rate: str


def trail_page(found: Found, language: str) -> TrailPage:
    """What was found, for a reader."""
    backward = found.asked.direction == "backward"
    said = BACK if backward else AHEAD

    def amount(value: Decimal) -> str:
        return money(value, found.currency, language)

    around = _around(found)
    return TrailPage(
        followed=amount(found.followed),
        backward=backward,
        unknown=_share(found.unknown_per_mille, language),
        order_known=found.order_known,
        ends=tuple(
            EndRow(
                end.place.account,
                said[end.kind],
                amount(end.amount),
                "" if end.other is None else amount(end.other),
                _share(end.per_mille, language),
                end.per_mille * 160 // 1000,
                ", ".join(end.currencies),
            )
            for end in found.ends[:_MOST_ENDS]
        ),
        ends_left_out=number(len(found.ends) - _MOST_ENDS, language) if len(found.ends) > _MOST_ENDS else "",
        steps=tuple(_step(step, found.currency, language) for step in found.steps),
        steps_left_out=number(found.steps_left_out, language) if found.steps_left_out else "",
        crossed=tuple(_crossed(each, found.currency, language) for each in found.crossed),
        picture=None if around is None else drawing(around, around.last, language, START_WORD),
        read=number(found.transactions_read, language),
        other_currencies=number(found.other_currencies_left_out, language) if found.other_currencies_left_out else "",
        without_rate=number(found.without_rate, language) if found.without_rate else "",
    )


def _around(found: Found) -> Around | None:
    """The steps as a picture around where the money was followed from: what was traced, in the currency of the answer."""
    rows = pl.DataFrame(
        [
            {
                "batch": step.batch, "reference": step.reference, "occurred_at": step.occurred_at,
                "from_key": step.payer.key or None, "to_key": step.payee.key or None, "amount": step.traced, "currency": found.currency,
                "from_account": step.payer.account or None, "to_account": step.payee.account or None,
            }
            for step in found.steps
            if step.traced
        ],
        schema_overrides=dict.fromkeys(("from_key", "to_key", "from_account", "to_account"), pl.String),
    )  # fmt: skip
    if not rows.height:
        return None
    seed = next((step for step in found.steps if step.hop == 1), found.steps[0])
    start = found.asked.account or (seed.payer.key if found.asked.direction == "backward" else seed.payee.key)
    start = start or seed.payer.key or seed.payee.key
    return picture(rows, start, members={}, evidence=frozenset())


def _crossed(each: Crossed, currency: str, language: str) -> CrossedRow:
    return CrossedRow(
        each.place.account,
        number(each.hop, language),
        number(each.transactions, language),
        money(each.traced, currency, language),
        money(each.opening, currency, language),
    )


def _step(step: Step, currency: str, language: str) -> StepRow:
    return StepRow(
        moment(step.occurred_at, language, day_only=step.day_only),
        number(step.hop, language),
        step.payer.account,
        step.payee.account,
        money(step.traced, currency, language),
        money(step.amount, step.currency, language),
        words.CHANNEL.get(step.channel, step.channel),
        step.batch,
        step.reference,
        ", ".join(step.also),
    )


def _share(per_mille: int, language: str) -> str:
    return f"{number(Decimal(per_mille) / 10, language)} %"


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "").replace(",", "."))
    except InvalidOperation as error:
        raise RequestInvalid("this is not an amount", where="amount", remedy="Write it as 1234.50.") from error


def _day(text: str, field: str, at: time) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(datetime.strptime(text, "%Y-%m-%d").date(), at)  # noqa: DTZ007 - UTC without a zone
    except ValueError as error:
        raise RequestInvalid("this is not a date", where=field, remedy="Write it as 2026-03-31.") from error


def _whole(text: str, field: str) -> int:
    if not text.isdecimal() or len(text) > 4:
        raise RequestInvalid("this is not a whole number", where=field)
    return int(text)
