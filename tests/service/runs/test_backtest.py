"""Backtests: the counts are those of a comparison by hand, nothing is kept, and what is asked is checked before."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from support.houses import OPERATOR

from schemas.errors import NotFound, RequestInvalid
from schemas.journal import EntryType
from service.house import House
from service.runs.compare import compare


def _frame(rows: list[tuple[int, int, int, int]]) -> pl.DataFrame:
    kinds = {"subject": pl.Int32, "window_start_s": pl.Int64, "window_end_s": pl.Int64, "strength": pl.Int32}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _try(house: House, detector: str = "cash-structuring", since: str = "2026-01-01", **params: str) -> dict[str, Any]:
    return house.backtests.carry_out(house.backtests.trial(detector, since=since, params=params), **OPERATOR)


def _types(house: House) -> list[EntryType]:
    return [recorded.entry.type for recorded in house.journal.read()]


def test_kept_lost_and_gained_are_those_of_a_comparison_pair_by_pair() -> None:
    chance = random.Random(7)
    for _ in range(50):
        sides = []
        for _ in range(2):
            starts = [(chance.randrange(4), chance.randrange(40) * 86_400) for _ in range(chance.randrange(12))]
            sides.append([(who, start, start + chance.randrange(5) * 86_400, 500) for who, start in starts])
        before, after = sides
        told = compare(_frame(before), _frame(after), {number: f"X|{number}" for number in range(4)})
        meets = [[a[0] == b[0] and a[1] <= b[2] and b[1] <= a[2] for b in after] for a in before]
        kept = sum(any(line) for line in meets)
        gained = sum(not any(line[place] for line in meets) for place in range(len(after)))
        counts = {"present": len(before), "changed": len(after), "kept": kept, "lost": len(before) - kept}
        assert told["findings"] == counts | {"gained": gained}
        for name, count in told["findings"].items():
            assert sum(week[name] for week in told["weeks"]) == count
        assert len(told["lost"]) == min(20, len(before) - kept)
        assert [week["week"] for week in told["weeks"]] == sorted(week["week"] for week in told["weeks"])


def test_a_week_is_an_iso_week_of_the_windows_end() -> None:
    new_years_day_2027 = 1_798_761_600
    told = compare(_frame([(1, 0, new_years_day_2027, 500)]), _frame([]), {1: "X|A"})
    assert told["weeks"] == [{"week": "2026-W53", "present": 1, "changed": 0, "kept": 0, "lost": 1, "gained": 0}]
    assert told["lost"] == [
        {
            "account": "X|A",
            "window_start": "1970-01-01T00:00:00Z",
            "window_end": "2027-01-01T00:00:00Z",
            "strength": 500,
        }
    ]


def test_with_its_defaults_a_detector_raises_what_it_raises(house: House) -> None:
    told = _try(house)
    counts = told["findings"]
    assert counts["present"] == counts["changed"] == counts["kept"] > 0
    assert (counts["lost"], counts["gained"]) == (0, 0)
    assert told["params"] == {}


def test_a_stricter_number_loses_findings_and_says_in_which_week_and_whose(house: House) -> None:
    told = _try(house, at_least="4")
    assert told["findings"]["changed"] == 0
    assert told["findings"]["lost"] == told["findings"]["present"] == 1
    assert [each["account"] for each in told["lost"]] == ["BANK|SPLIT"]
    assert [week["lost"] for week in told["weeks"]] == [1]
    assert told["params"] == {"at_least": "4"}


def test_a_pattern_is_tried_like_a_rule(house: House) -> None:
    told = _try(house, detector="scatter-gather", least_middlemen="50")
    assert (told["detector"], told["params"]) == ("scatter-gather", {"least_middlemen": "50"})
    assert told["findings"]["present"] == told["findings"]["lost"] > 0
    assert sum(week["lost"] for week in told["weeks"]) == told["findings"]["lost"]


def test_only_windows_that_end_on_the_day_or_later_count(house: House) -> None:
    (lost,) = _try(house, at_least="4")["lost"]
    day = lost["window_end"][:10]
    assert _try(house, since=day)["findings"]["present"] == 1
    assert _try(house, since="2026-12-31")["findings"] == dict.fromkeys(
        ("present", "changed", "kept", "lost", "gained"), 0
    )


def test_a_backtest_leaves_one_entry_and_nothing_else(house: House) -> None:
    _try(house)  # the reference tables that ship are taken into use at the first
    before, runs = _types(house), house.runs.all()
    files = sorted(path for path in house.home.root.rglob("*") if path.is_file())
    _try(house, at_least="4")
    assert _types(house) == [*before, "detector.backtested"]
    assert house.runs.all() == runs
    assert sorted(path for path in house.home.root.rglob("*") if path.is_file()) == files
    *_, last = house.journal.read()
    assert last.entry.object == "cash-structuring"
    assert last.payload is not None
    assert set(last.payload) == {
        "detector",
        "since",
        "until",
        "params",
        "present",
        "logic_hash",
        "snapshot",
    }


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"at_least": "NaN"}, "cash-structuring.at_least"),
        ({"at_least": "1e9"}, "cash-structuring.at_least"),
        ({"at_least": "3.5"}, "cash-structuring.at_least"),
        ({"at_least": "1000000"}, "cash-structuring.at_least"),
        ({"none_such": "3"}, "cash-structuring.none_such"),
    ],
)
def test_a_number_that_does_not_fit_is_refused_before_anything_is_recorded(
    house: House, params: dict[str, str], place: str
) -> None:
    before = house.journal.size
    with pytest.raises(RequestInvalid) as refused:
        _try(house, **params)
    assert refused.value.where == place
    with pytest.raises(NotFound):
        _try(house, "none-such")
    with pytest.raises(RequestInvalid):
        _try(house, since="March")
    assert house.journal.size == before


def test_a_run_tells_how_many_transactions_have_each_column(house: House) -> None:
    run = house.runs.start(detectors=["cash-structuring"], **OPERATOR)
    assert run["coverage"]["phone"] == 0
    assert "silent_for" not in run["detectors"][0]
