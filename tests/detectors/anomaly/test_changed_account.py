"""An account against itself: who has changed, who has not, and that nothing of later is seen."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from detectors.anomaly.changed_account import META, find
from detectors.anomaly.features import FEATURES
from detectors.anomaly.history import MOST_EARLIER, against_history
from detectors.anomaly.windows import WINDOW
from detectors.api import default_params
from detectors.catalogue import PythonDetector
from detectors.examples import run_example
from schemas.canonical import canonical_json
from schemas.detector import Example
from schemas.finding import RAW_FINDING
from tests.detectors.anomaly.worlds import lawful_rows, night_collector, segment, snapshot

SMALL: dict[str, int | Decimal] = {"share": 50, "fdr_per_mille": 400, "recent": 1}
_CASES = [("fires", example) for example in META.fires] + [("silent", example) for example in META.silent]


def _rows(*accounts: dict[int, int]) -> pl.DataFrame:
    """Account-windows by window and money received; everything else is 0."""
    rows: list[dict[str, Any]] = [
        dict.fromkeys(FEATURES, 0) | {"account": number, "days": 30, "window_back": back, "money_in": money}
        for number, windows in enumerate(accounts)
        for back, money in sorted(windows.items())
    ]
    whole = dict.fromkeys(FEATURES, pl.Int64) | dict.fromkeys(WINDOW, pl.Int32)
    return pl.DataFrame(rows, schema_overrides=whole)


@pytest.fixture(scope="module")
def world() -> pl.DataFrame:
    rows = lawful_rows(1, accounts=300, transactions=20_000, days=120)
    late = [row | {"occurred_at": row["occurred_at"] + timedelta(days=90)} for row in night_collector("A-00007", 60)]
    return segment(rows + late)


@pytest.mark.parametrize(("kind", "example"), _CASES, ids=[example.name for _, example in _CASES])
def test_the_example_holds(kind: str, example: Example) -> None:
    from detectors.anomaly import changed_account

    outcome = run_example(PythonDetector(changed_account), example, kind)  # type: ignore[arg-type]
    assert outcome.holds, str(outcome)


def test_a_window_is_compared_with_those_before_it_and_never_with_later_ones() -> None:
    found = against_history(_rows({0: 9, 1: 500, 2: 40, 3: 50, 4: 60}), recent=2, least_earlier=3)
    assert found.rows.select("window_back", "slot").rows() == [(0, 0), (1, 1)]
    assert found.usual.select("size", "median_money_in").rows() == [(4, 50), (3, 50)]


def test_what_lies_too_long_ago_is_no_habit() -> None:
    found = against_history(_rows(dict.fromkeys(range(20), 5)), recent=1, least_earlier=3)
    assert found.usual["size"].to_list() == [MOST_EARLIER]


def test_an_account_without_enough_earlier_windows_is_not_judged() -> None:
    rows = _rows({0: 1, 1: 1, 2: 1}, {0: 1, 1: 1, 2: 1, 3: 1}, {0: 1, 7: 1, 8: 1, 9: 1})
    assert against_history(rows, recent=3, least_earlier=3).rows["account"].to_list() == [1]


def test_who_goes_on_as_before_lies_at_no_distance_whatever_the_others_do() -> None:
    rows = _rows(dict.fromkeys(range(5), 1_000_000), *[dict.fromkeys(range(5), 3)] * 20)
    assert not against_history(rows, recent=1, least_earlier=3).distances.any()


def test_an_account_that_changed_is_found_with_its_own_usual_numbers(world: pl.DataFrame) -> None:
    with snapshot(world) as view:
        frame = find(view, default_params(META) | SMALL)
        names = dict(view.sql("select account, name from accounts").iter_rows())
    found = {names[row["subject"]]: row for row in frame.iter_rows(named=True)}
    assert "A-00007" in found
    facts = json.loads(found["A-00007"]["facts"])
    assert facts["earlier"] == 4
    assert sum(effect["effect"] for effect in facts["effects"]) == facts["score"]
    assert set(facts) - {"effects"} == set(META.facts)
    assert canonical_json(facts).decode() == found["A-00007"]["facts"]
    assert dict(frame.schema) == RAW_FINDING


@pytest.mark.parametrize("seed", [2, 3])
def test_in_a_world_where_nothing_changes_nobody_has_changed(seed: int) -> None:
    with snapshot(segment(lawful_rows(seed, accounts=300, transactions=20_000, days=120))) as view:
        assert find(view, default_params(META) | SMALL).is_empty()


def test_neither_thread_count_nor_row_order_changes_the_frame(world: pl.DataFrame) -> None:
    frames = []
    for frame, threads in ((world, 1), (world.sample(fraction=1, shuffle=True, seed=9), 2)):
        with snapshot(frame, threads=threads) as view:
            frames.append(find(view, default_params(META) | SMALL))
    assert frames[1].equals(frames[0])
