from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from schemas.errors import NotFound
from service.ledger import views
from service.ledger.ledger import Ledger


@pytest.fixture
def two_banks(house: Any, ledger: Ledger, rows: Any) -> Ledger:
    """Bank A: b_1 (r1, r2), replaced by b_3 (r1 with another amount); bank B: b_2 (r1). A-1 pays A-0, A-1, ... each time."""
    for recorded in (
        house.partner("bank-a"),
        house.partner("bank-b"),
        house.batch("b_1", rows(["r1", "r2"], amount="10")),
        house.batch("b_2", rows(["r1"], amount="20", day=2), partner="bank-b"),
        house.batch("b_3", rows(["r1"], amount="30", day=3), replaces="b_1"),
    ):
        ledger.project(recorded)
    return ledger


def test_partners_are_listed_by_id(two_banks: Ledger) -> None:
    assert [each.partner for each in views.partners(two_banks)] == ["bank-a", "bank-b"]


def test_a_batch_is_found_by_its_id_and_only_for_its_own_partner(two_banks: Ledger) -> None:
    found = views.batch(two_banks, "b_1", partner="bank-a")
    assert (found.counts.accepted, found.partner, found.status) == (2, "bank-a", "accepted")
    for partner, batch in (("bank-b", "b_1"), (None, "b_9")):
        with pytest.raises(NotFound, match="no such batch"):
            views.batch(two_banks, batch, partner=partner)


@pytest.mark.parametrize(
    ("told", "kept"),
    [({"extra_columns": ["Alpha", "zeta"]}, '["Alpha","zeta"]'), ({"extra_columns": []}, None), ({}, None)],
)
def test_a_batch_names_the_columns_that_were_not_known(
    house: Any, ledger: Ledger, rows: Any, told: dict[str, Any], kept: str | None
) -> None:
    ledger.project(house.batch("b_1", rows(["r1"]), **told))
    assert views.batch(ledger, "b_1").extra_columns == kept


def test_batches_are_listed_newest_first_page_by_page(two_banks: Ledger) -> None:
    first = views.batches(two_banks, limit=2)
    rest = views.batches(two_banks, before=first[-1].seq, limit=2)
    assert [each.batch for each in (*first, *rest)] == ["b_3", "b_2", "b_1"]
    assert [each.batch for each in views.batches(two_banks, partner="bank-b")] == ["b_2"]


@pytest.mark.parametrize(("snapshot", "expected"), [(1, []), (2, ["b_1"]), (3, ["b_1", "b_2"]), (4, ["b_2", "b_3"])])
def test_a_snapshot_has_the_batches_that_were_current_then(
    two_banks: Ledger, snapshot: int, expected: list[str]
) -> None:
    assert [each.batch for each in views.current_batches(two_banks, snapshot)] == expected


def test_evidence_is_found_even_in_a_batch_that_was_replaced(two_banks: Ledger) -> None:
    found = views.transactions(two_banks, [("b_2", "r1"), ("b_1", "r2"), ("b_1", "r1"), ("b_1", "r1"), ("b_1", "no")])
    assert found.select("batch", "submitter", "reference").rows() == [
        ("b_1", "bank-a", "r1"),
        ("b_1", "bank-a", "r2"),
        ("b_2", "bank-b", "r1"),
    ]
    assert views.transactions(two_banks, []).height == 0


def test_an_account_is_summed_by_direction_over_its_snapshot(two_banks: Ledger) -> None:
    paid = views.account_summary(two_banks, "X|A-1")
    assert paid.rows() == [
        ("out", "EUR", 2, Decimal(50), 1, datetime(2026, 1, 2), datetime(2026, 1, 3)),
    ]
    before = views.account_summary(two_banks, "X|A-1", snapshot=2)
    assert before.select("direction", "transactions", "total").rows() == [
        ("in", 1, Decimal(10)),
        ("out", 2, Decimal(20)),
    ]
    assert views.account_summary(two_banks, "X|A-404").height == 0


def test_a_payment_to_oneself_goes_out_and_comes_in(two_banks: Ledger) -> None:
    found = views.account_transactions(two_banks, "X|A-1", snapshot=2)
    assert found.select("reference", "direction").rows() == [("r2", "in"), ("r2", "out"), ("r1", "out")]
    assert views.account_transactions(two_banks, "X|A-1", snapshot=2, limit=1, offset=2)["reference"].to_list() == [
        "r1"
    ]


def test_account_transactions_are_newest_first_with_their_submitter(two_banks: Ledger) -> None:
    found = views.account_transactions(two_banks, "X|A-0")
    assert found.select("submitter", "amount", "direction").rows() == [
        ("bank-a", Decimal(30), "in"),
        ("bank-b", Decimal(20), "in"),
    ]
