"""What an analyst is told when money is followed over a ledger: ends that add up, and everything that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from detectors.references import default_reference, parse_reference
from schemas.errors import NotFound, RequestInvalid
from service.flows.follow import follow
from service.flows.found import Found
from service.flows.look import Rates
from service.flows.question import Limits, Question
from service.flows.reading import ROWS, Until

START = datetime(2026, 3, 2, 9)
RATES = Rates("EUR", parse_reference("fx", default_reference("fx")))


class Given:
    """A reader of rows that a test writes: (payer, payee, amount, hour, and whatever else differs)."""

    def __init__(self, *rows: tuple[Any, ...]) -> None:
        made = []
        for number, (payer, payee, amount, hour, *rest) in enumerate(rows):
            row = dict.fromkeys(ROWS.names()) | {"batch": "b_1", "submitter": "bank", "seq": 1, "row": number}
            row |= {"reference": f"R{number}", "occurred_at": START + timedelta(hours=hour), "precision": "second"}
            row |= {"from_key": payer or None, "to_key": payee or None, "currency": "EUR", "channel": "transfer"}
            row |= {"from_account": payer or None, "to_account": payee or None, "amount": Decimal(str(amount))}
            made.append(row | (rest[0] if rest else {}))
        self.frame = pl.DataFrame(made, schema=ROWS)

    def counts(self, accounts: Sequence[str], until: Until, since: Until = None) -> dict[str, int]:
        return {account: self.rows([account], until, since).height for account in accounts}

    def rows(self, accounts: Sequence[str], until: Until, since: Until = None) -> pl.DataFrame:
        own = pl.col("from_key").is_in(accounts) | pl.col("to_key").is_in(accounts)
        return self.frame.filter(
            own.fill_null(value=False) & (pl.col("occurred_at") <= (until or datetime(2999, 1, 1)))
        )

    def named(self, batch: str, reference: str) -> pl.DataFrame:
        return self.frame.filter((pl.col("batch") == batch) & (pl.col("reference") == reference))


def ask(reader: Given, limits: Limits | None = None, **question: Any) -> Found:
    question = {"direction": "forward", "least_per_mille": 0} | question
    return follow(Question(**question), reader, RATES, limits or Limits())


def ends(found: Found) -> dict[tuple[str, str], str]:
    assert sum(end.amount for end in found.ends) == found.followed
    return {(end.kind, end.place.key): f"{end.amount:f}".rstrip("0").rstrip(".") for end in found.ends}


CHAIN = (("v", "a", 100, 0), ("a", "b", 60, 1), ("b", "", 50, 2), ("a", "c", 30, 3), ("c", "d", 30, 4))


def test_a_payment_is_followed_to_cash_to_what_is_kept_and_to_who_never_pays() -> None:
    found = ask(Given(*CHAIN), batch="b_1", reference="R0")
    assert ends(found) == {("cash", "b"): "50", ("held", "a"): "10", ("held", "b"): "10", ("silent", "d"): "30"}
    assert [(step.reference, step.hop) for step in found.steps] == [
        ("R0", 1),
        ("R1", 2),
        ("R2", 3),
        ("R3", 2),
        ("R4", 3),
    ]
    assert (found.unknown_per_mille, found.order_known) == (300, True)


def test_what_an_account_paid_is_looked_back_to_before_the_data() -> None:
    found = ask(Given(("s", "a", 40, 0), ("a", "b", 100, 1)), direction="backward", account="b")
    assert ends(found) == {("opening", "a"): "60", ("silent", "s"): "40"}
    assert [(each.place.key, each.opening) for each in found.crossed] == [("b", 0), ("a", 60), ("s", 40)]
    assert found.unknown_per_mille == 1000


def test_an_amount_is_the_first_that_was_paid_and_the_last_that_was_received() -> None:
    rows = Given(("a", "b", 10, 0), ("a", "c", 10, 1), ("a", "d", 10, 2))
    assert ends(ask(rows, account="a", amount=Decimal(15))) == {("silent", "b"): "10", ("silent", "c"): "5"}
    assert ends(ask(rows, account="a", since=START + timedelta(hours=1))) == {
        ("silent", "c"): "10",
        ("silent", "d"): "10",
    }
    back = ask(Given(("b", "a", 10, 0), ("c", "a", 10, 1)), direction="backward", account="a", amount=Decimal(15))
    assert ends(back) == {("silent", "b"): "5", ("silent", "c"): "10"}


def test_nothing_after_the_edge_is_looked_at() -> None:
    found = ask(Given(*CHAIN), batch="b_1", reference="R0", until=START + timedelta(hours=1))
    assert ends(found) == {("held", "a"): "40", ("silent", "b"): "60"}


@pytest.mark.parametrize(
    ("limits", "asked", "kind"),
    [
        (Limits(rows_of_one=1), {}, "busy"),
        (Limits(accounts=0), {}, "many"),
        (Limits(rows=2), {}, "many"),
    ],
)
def test_what_a_limit_leaves_out_is_an_end_with_its_amount(limits: Limits, asked: dict[str, Any], kind: str) -> None:
    found = ask(Given(*CHAIN), limits, batch="b_1", reference="R0", **asked)
    assert ends(found) == {(kind, "a"): "100"}
    assert found.unknown_per_mille == 1000


def test_hops_and_the_least_share_end_a_way_and_say_so() -> None:
    far = ask(Given(*CHAIN), batch="b_1", reference="R0", hops=1)
    assert ends(far) == {("far", "b"): "60", ("far", "c"): "30", ("held", "a"): "10"}
    small = ask(Given(*CHAIN), batch="b_1", reference="R0", least_per_mille=400)
    assert ends(small) == {("small", "c"): "30", ("cash", "b"): "50", ("held", "a"): "10", ("held", "b"): "10"}


def test_another_currency_is_left_out_and_named_or_followed_at_its_worth() -> None:
    rows = Given(("v", "a", 100, 0), ("a", "b", 65595.7, 1, {"currency": "XOF"}))
    own = ask(rows, batch="b_1", reference="R0")
    assert ends(own) == {("held", "a"): "100"}
    assert own.other_currencies_left_out == 1
    assert [end.currencies for end in own.ends] == [("XOF",)]
    worth = ask(rows, batch="b_1", reference="R0", value="base")
    assert ends(worth) == {("silent", "b"): "100"}
    assert worth.currency == "EUR"


def test_a_currency_without_a_rate_is_counted() -> None:
    rows = Given(("v", "a", 100, 0), ("a", "b", 5, 1, {"currency": "XTS"}))
    found = ask(rows, batch="b_1", reference="R0", value="base")
    assert found.without_rate == 1


def test_where_only_days_are_known_both_readings_of_the_day_are_told() -> None:
    day = {"occurred_at": datetime(2026, 3, 2), "precision": "day"}
    rows = Given(("a", "b", 100, 0, day), ("v", "a", 100, 0, day))
    through = ask(rows, batch="b_1", reference="R1")
    assert not through.order_known
    assert [(end.kind, end.place.key, end.amount, end.other) for end in through.ends] == [
        ("silent", "b", 100, 0),
        ("held", "a", 0, 100),
    ]
    held = ask(rows, batch="b_1", reference="R1", same_day="held")
    assert [(end.kind, end.place.key, end.amount, end.other) for end in held.ends] == [
        ("held", "a", 100, 0),
        ("silent", "b", 0, 100),
    ]


def test_a_flow_that_two_reported_is_followed_once_whichever_report_is_named() -> None:
    rows = Given(
        ("v", "a", 100, 0, {"also": ["b_2 Z9"]}),
        ("v", "a", 100, 0, {"batch": "b_2", "reference": "Z9", "submitter": "other"}),
    )
    rows.rows = lambda accounts, until, since=None: rows.frame[:1]  # type: ignore[method-assign]
    for batch, reference in (("b_1", "R0"), ("b_2", "Z9")):
        found = ask(rows, batch=batch, reference=reference)
        assert ends(found) == {("silent", "a"): "100"}
        assert [(step.reference, step.also) for step in found.steps] == [("R0", ("b_2 Z9",))]
        assert found.reported_twice == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"account": "a", "batch": "b_1", "reference": "R0"},
        {"account": "a", "amount": Decimal(0)},
        {"account": "a", "amount": Decimal("0.00001")},
        {"account": "a", "hops": 0},
        {"account": "a", "method": "lifo"},
        {"account": "a", "currency": "USD"},
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_with_its_field(wrong: dict[str, Any]) -> None:
    with pytest.raises(RequestInvalid) as refused:
        ask(Given(*CHAIN), **wrong)
    assert refused.value.where


def test_an_account_with_several_currencies_asks_which() -> None:
    rows = Given(("a", "b", 1, 0), ("a", "b", 1, 1, {"currency": "USD"}))
    with pytest.raises(RequestInvalid, match="several currencies"):
        ask(rows, account="a")
    assert ends(ask(rows, account="a", currency="USD")) == {("silent", "b"): "1"}


def test_nothing_to_follow_is_said() -> None:
    for asked in ({"account": "nobody"}, {"account": "d"}, {"batch": "b_1", "reference": "none"}):
        with pytest.raises(NotFound):
            ask(Given(*CHAIN), **asked)


def test_in_proportion_the_ends_add_up_to_the_last_unit() -> None:
    rows = Given(("v", "a", 100, 0), ("w", "a", 200, 1), *(("a", f"x{n}", 7, 2 + n) for n in range(9)))
    found = ask(rows, batch="b_1", reference="R0", method="proportional")
    assert len(ends(found)) == 10
    assert sum(step.traced for step in found.steps[1:]) <= 21
