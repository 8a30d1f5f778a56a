"""Whom an account is compared with, and how far it lies from them."""

from __future__ import annotations

import math

import polars as pl
import pytest

from detectors.anomaly.features import FEATURES
from detectors.anomaly.peers import LADDER, Peers, group_label
from detectors.anomaly.windows import WINDOW


def _rows(*groups: tuple[int, dict[str, object]]) -> pl.DataFrame:
    """Account-windows: for each group how many accounts, and what they have in common. Everything else is 0."""
    common: dict[str, object] = {
        "days": 30,
        "window_back": 0,
        "kind": "person",
        "has_cash": False,
        "transactions": 8,
        "unpriced": 0,
    }
    rows = [common | dict.fromkeys(FEATURES, 0) | given for count, given in groups for _ in range(count)]
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(FEATURES, pl.Int64), infer_schema_length=None)
    return frame.with_row_index("account").cast(dict.fromkeys(WINDOW, pl.Int32))


def _rungs(rows: pl.DataFrame, least_peers: int = 30) -> list[tuple[int, int]]:
    peers = Peers.fit(rows, least_peers)
    return peers.groups[peers.assign(rows)].select("rung", "size").rows()


def test_an_account_is_compared_with_the_narrowest_group_that_is_wide_enough() -> None:
    rows = _rows((30, {}), (30, {"window_back": 1}), (30, {"kind": "agent", "transactions": 900}))
    assert _rungs(rows) == [(0, 30)] * 90


def test_a_small_group_falls_back_to_its_parent_and_no_further() -> None:
    rows = _rows((29, {}), (5, {"window_back": 1}), (40, {"transactions": 100}))
    assert _rungs(rows) == [(1, 34)] * 34 + [(0, 40)] * 40


def test_a_group_too_small_everywhere_is_compared_with_everybody() -> None:
    rows = _rows((40, {}), (3, {"kind": "exchange", "has_cash": True}))
    assert _rungs(rows)[-1] == (len(LADDER) - 1, 43)


def test_a_parent_counts_all_its_members_also_those_with_a_group_of_their_own() -> None:
    rows = _rows((40, {}), (4, {"window_back": 1}))
    assert _rungs(rows)[-1] == (1, 44)


def test_one_account_in_many_windows_is_one_peer() -> None:
    rows = pl.concat([_rows((12, {"window_back": back})) for back in range(4)])
    assert {size for _, size in _rungs(rows, least_peers=30)} == {12}


def test_a_busy_agent_is_compared_with_busy_agents() -> None:
    busy = {"kind": "agent", "transactions": 800, "count_in": 800}
    rows = _rows((200, {"count_in": 8}), (40, busy))
    peers = Peers.fit(rows, 30)
    column = list(FEATURES).index("count_in")
    assert set(peers.distances(rows, peers.assign(rows))[:, column]) == {0.0}


def test_distance_is_in_robust_standard_deviations_of_the_peers() -> None:
    rows = pl.concat(
        [_rows((1, {"cash_share": share})) for share in range(0, 1000, 10)] + [_rows((1, {"cash_share": 1000}))]
    )
    rows = rows.drop("account").with_row_index("account")
    peers = Peers.fit(rows, 30)
    distances = peers.distances(rows, peers.assign(rows))[:, list(FEATURES).index("cash_share")]
    # Median 500, median absolute deviation 250.
    assert distances[-1] == pytest.approx(0.5 / (0.25 * 1.4826), abs=1e-5)
    assert distances[50] == 0.0


def test_money_is_compared_by_proportion() -> None:
    rows = pl.concat([_rows((40, {"money_in": 999})), _rows((1, {"money_in": 9999}))])
    rows = rows.drop("account").with_row_index("account")
    peers = Peers.fit(rows, 30)
    distances = peers.distances(rows, peers.assign(rows))[:, list(FEATURES).index("money_in")]
    assert distances[-1] == pytest.approx(math.log(10) / FEATURES["money_in"].least_spread, abs=1e-5)


def test_what_is_not_known_is_taken_as_usual() -> None:
    rows = _rows((40, {"night_share": 0}), (1, {"night_share": None}))
    peers = Peers.fit(rows, 30)
    assert peers.distances(rows, peers.assign(rows))[-1].tolist() == [0.0] * len(FEATURES)
    nobody = _rows((40, {"night_share": None}))
    fitted = Peers.fit(nobody, 30)
    assert not fitted.distances(nobody, fitted.assign(nobody)).any()


def test_neither_order_nor_company_changes_a_distance() -> None:
    rows = _rows((50, {"money_in": 10}), (50, {"money_in": 5000}), (3, {"kind": "ngo", "money_in": 77}))
    peers = Peers.fit(rows, 30)
    whole = peers.distances(rows, peers.assign(rows))
    shuffled = rows.sample(fraction=1, shuffle=True, seed=3)
    assert Peers.fit(shuffled, 30).groups.equals(peers.groups)
    for position in (0, 60, 102):
        alone = rows[position : position + 1]
        assert (peers.distances(alone, peers.assign(alone))[0] == whole[position]).all()


def test_the_ladder_knows_behaviour_and_declared_kind_only() -> None:
    assert {name for common in LADDER for name in common} == {
        "days",
        "window_back",
        "kind",
        "has_cash",
        "tier",
        "wide_tier",
    }


def test_a_week_is_never_compared_with_a_month_however_few_there_are() -> None:
    rows = _rows((40, {}), (2, {"days": 7}))
    assert _rungs(rows) == [(0, 40)] * 40 + [(len(LADDER) - 1, 2)] * 2


@pytest.mark.parametrize(
    ("rung", "words"),
    [
        (0, "persons, without cash, 8 to 15 transactions, in the same days"),
        (1, "persons, without cash, 8 to 15 transactions"),
        (2, "persons, without cash, 4 to 31 transactions"),
        (3, "persons, without cash"),
        (4, "persons"),
        (5, "all accounts"),
    ],
)
def test_a_group_is_named_by_what_its_members_have_in_common(rung: int, words: str) -> None:
    assert group_label(rung, "person", 11, has_cash=False)["en"] == words


@pytest.mark.parametrize("transactions", [1, 4, 7, 8, 31, 32, 255, 256, 100_000])
def test_the_named_range_of_transactions_is_the_one_that_is_compared(transactions: int) -> None:
    rows = _rows((1, {"transactions": transactions}), *[(1, {"transactions": count}) for count in range(1, 300)])
    peers = Peers.fit(rows, 1)
    tier = peers.groups[peers.assign(rows)[:1]]["tier"].item()
    words = group_label(1, "person", transactions, has_cash=False)["en"].split(", ")[-1].replace(",", "").split()
    assert int(words[0]) == 2 ** (tier - 1)
    assert int(words[2]) == 2**tier - 1
    assert int(words[0]) <= transactions <= int(words[2])
