"""What a finding counts is what its evidence sums to: nothing is counted twice, and nothing is shown that was not counted."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from detectors.catalogue import Catalogue
from detectors.example_table import example_frame
from detectors.examples import snapshot_of
from schemas.detector import Example

CATALOGUE = Catalogue.load()
WIRE_BEFORE_THE_CASH = """
occurred_at      | channel      | amount   | from_account | to_account | from_country | to_country
2026-02-23 09:00 | cash_deposit | 10.00    |              | Z-1        | ML           | ML
2026-03-02 08:00 | transfer     | 4000.00  | A-1          | F-1        | ML           | FR
2026-03-02 09:00 | cash_deposit | 6000.00  |              | A-1        | ML           | ML
2026-03-02 10:00 | cash_deposit | 5000.00  |              | A-1        | ML           | ML
2026-03-03 09:00 | transfer     | 10000.00 | A-1          | F-1        | ML           | FR
"""
TWO_WAGES_AT_ONCE = "occurred_at | amount | from_account | to_account | purpose\n" + "\n".join(
    f"{month}-28 09:0{worker} | {wage} | E-{wage} | W-{worker} | salaire\n{month}-28 1{worker}:00 | 300.00 | W-{worker} | B-1 |"
    if wage == "400.00"
    else f"{month}-28 09:0{worker} | {wage} | E-{wage} | W-{worker} | salaire"
    for month in ("2026-01", "2026-02")
    for worker in (1, 2, 3)
    for wage in ("400.00", "300.00")
)
WORDS = {"lexicon": "topic | language | term | source\nwage | fr | salaire | example"}


def found(detector: str, rows: str, tables: dict[str, str]) -> tuple[dict[str, Any], list[tuple[Decimal, bool]]]:
    """The facts of the only finding, and of its evidence the amounts and whether each left the subject."""
    with snapshot_of(example_frame(Example(name="rows", rows=rows)), tables) as view:
        (finding,) = CATALOGUE.get(detector).find(view, {}).iter_rows(named=True)
        evidence = view.sql(
            "select amount, from_account is not distinct from ? as left from transactions where txn in (select unnest(?::integer[]))",
            [finding["subject"], finding["evidence"]],
        )
    return json.loads(finding["facts"]), evidence.rows()


def test_a_wire_before_the_first_cash_is_neither_counted_nor_shown() -> None:
    facts, evidence = found("cash-in-wire-out", WIRE_BEFORE_THE_CASH, {})
    assert (facts["wires"], Decimal(facts["sent"])) == (1, 10_000)
    assert sorted(evidence) == [(Decimal(5000), False), (Decimal(6000), False), (Decimal(10_000), True)]


def test_a_payment_after_two_wages_of_one_day_is_counted_once() -> None:
    facts, evidence = found("wage-kickback", TWO_WAGES_AT_ONCE, WORDS)
    assert Decimal(facts["returned"]) == sum(amount for amount, _ in evidence) == 6 * 300
    assert (facts["wages"], Decimal(facts["earned"])) == (6, 6 * 400)
