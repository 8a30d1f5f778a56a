"""The model of networks: whom it compares, what it says, and that it is the same under any number of threads."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from detectors.anomaly import unusual_network
from detectors.anomaly.declared import DECLARED
from detectors.anomaly.features import FEATURES
from detectors.anomaly.network_features import NETWORK_FEATURES
from detectors.anomaly.network_peers import fit
from detectors.anomaly.networks import MOST_ACCOUNTS, read_networks
from detectors.anomaly.unusual_network import META, find
from detectors.anomaly.windows import Windows
from detectors.api import default_params
from detectors.catalogue import PythonDetector
from detectors.examples import run_example
from schemas.detector import Example
from schemas.finding import RAW_FINDING
from tests.detectors.anomaly.worlds import START, lawful_rows, segment, snapshot

_CASES = [("fires", example) for example in META.fires] + [("silent", example) for example in META.silent]


def _payment(day: int, pays: str, gets: str, amount: int = 100) -> dict[str, Any]:
    return {
        "occurred_at": START + timedelta(days=day, hours=12),
        "amount": Decimal(amount),
        "from_account": pays,
        "to_account": gets,
    }


def _read(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    with snapshot(segment(rows)) as view:
        found = read_networks(view, Windows(view.as_of_s, 7, 7, 7), least_turnover=0, seed=1)
        names = dict(view.sql("select account, name from accounts").iter_rows())
    return [row | {"account": names[row["account"]]} for row in found.rows.iter_rows(named=True)], found.left_out


def _world() -> list[dict[str, Any]]:
    """Ordinary first payments over eight weeks, and in four of them money that is gathered and handed on."""
    rows = lawful_rows(3, accounts=1500, transactions=1600, days=56)
    for week, name in enumerate("WXYZ"):
        rows += [_payment(7 * week + 1, f"S-{name}-{turn}", f"{name}-1", 4000) for turn in range(8)]
        rows += [_payment(7 * week + 3, f"{name}-1", f"{name}-{turn}", 16_000) for turn in (2, 3)]
    return rows


@pytest.mark.parametrize(("kind", "example"), _CASES, ids=[example.name for _, example in _CASES])
def test_the_example_holds(kind: str, example: Example) -> None:
    outcome = run_example(PythonDetector(unusual_network), example, kind)  # type: ignore[arg-type]
    assert outcome.holds, str(outcome)


def test_a_network_is_measured_as_a_count_by_hand_measures_it() -> None:
    ring = [
        _payment(1, "A", "B", 900),
        _payment(2, "B", "C", 900),
        _payment(2, "C", "A", 500),
        _payment(3, "D", "B", 100),
    ]
    again = [_payment(4, "A", "B", 7000)]  # no first payment
    (row,), wide = _read(ring + again)
    assert {name: row[name] for name in NETWORK_FEATURES} == {
        "accounts": 4, "relations": 4, "moved": 2400, "days_paid": 3, "closure": 250, "gathered": 500, "scattered": 250,
        "middlemen": 750, "handed_on": (500 + 900 + 500) * 1000 // 2400, "sums_variety": 1000 - (4 + 1 + 1) * 1000 // 16,
    }  # fmt: skip
    assert (row["account"], row["transactions"], wide) == ("B", 4, 0)


def test_two_accounts_are_no_network_and_a_market_is_counted_and_left_out() -> None:
    assert _read([_payment(1, "A", "B")]) == ([], 0)
    chain = [_payment(1, f"A-{turn:03d}", f"A-{turn + 1:03d}") for turn in range(MOST_ACCOUNTS)]
    assert _read(chain) == ([], 1)
    assert [row["accounts"] for row in _read(chain[1:])[0]] == [MOST_ACCOUNTS]


def test_a_small_group_of_networks_falls_back_to_all() -> None:
    rows = pl.DataFrame([dict.fromkeys(NETWORK_FEATURES, 0) | {"accounts": size} for size in [3] * 30 + [5] * 4])
    peers, slots = fit(rows, 30)
    assert peers.groups[slots].select("rung", "size").rows() == [(0, 30)] * 30 + [(1, 34)] * 4


def test_effects_sum_to_the_score_nobody_else_is_drawn_in_and_threads_change_nothing() -> None:
    frame = segment(_world())
    params = default_params(META) | {"share": 100, "fdr_per_mille": 800, "least_distance": 2, "least_turnover": 0}
    found = []
    for rows, threads in ((frame, 1), (frame.reverse(), 2), (frame.sample(fraction=1, shuffle=True, seed=4), 8)):
        with snapshot(rows, threads=threads) as view:
            found.append(find(view, params))
            names = dict(view.sql("select account, name from accounts").iter_rows())
            sides = {
                txn: {payer, payee}
                for txn, payer, payee in view.sql("select txn, from_account, to_account from transactions").iter_rows()
            }
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])
    assert dict(found[0].schema) == RAW_FINDING
    assert {f"{name}-1" for name in "WXYZ"} <= {names[subject] for subject in found[0]["subject"]}
    for row in found[0].iter_rows(named=True):
        facts = json.loads(row["facts"])
        assert sum(effect["effect"] for effect in facts["effects"]) == facts["score"]
        assert {member["account"] for member in row["members"]} == set.union(*(sides[txn] for txn in row["evidence"]))


def test_it_is_on_test_and_no_feature_of_networks_has_the_name_of_one_of_accounts() -> None:
    assert META.status == "test"
    assert len(DECLARED) == len(FEATURES) + len(NETWORK_FEATURES)
    assert all(set(feature.label) == {"en", "fr", "es"} for feature in NETWORK_FEATURES.values())
