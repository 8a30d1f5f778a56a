"""Detectors at work side by side: what they find is what they find one by one, whoever meets whom and whoever fails."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import duckdb
import polars as pl

from detectors.api import Detector, Params, SnapshotView
from schemas.finding import RAW_FINDING
from schemas.run import DetectorRef
from service.runs.detecting import Pair, Search

Find = Callable[[], pl.DataFrame]
FRAME = pl.DataFrame(schema=RAW_FINDING)


class Stub:
    """A detector that does what it is told."""

    def __init__(self, find: Find) -> None:
        self._find = find

    def find(self, view: SnapshotView, params: Params) -> pl.DataFrame:
        return self._find()


def pair(name: str, find: Find, kind: str = "rule") -> Pair:
    ref = DetectorRef(id=name, kind=kind, status="live", logic_hash="", code_digest="", params={})
    return cast(Detector, Stub(find)), ref


def search(folder: Path, told: list[dict[str, Any]] | None = None) -> Search:
    view = SnapshotView(duckdb.connect(), 0, "EUR", "seed")
    return Search(view, folder, {}, (told if told is not None else []).append)


def found(subject: int) -> pl.DataFrame:
    return pl.DataFrame(
        [[subject, 0, 1, 500, [1], [{"account": subject, "role": "payer"}], "{}"]], RAW_FINDING, orient="row"
    )


def test_two_are_at_work_at_a_time_and_stand_in_the_order_they_were_named(tmp_path: Path) -> None:
    meeting, told = threading.Barrier(2, timeout=20), list[dict[str, Any]]()

    def meet(subject: int) -> Find:
        return lambda: (meeting.wait(), found(subject))[1]

    looked = search(tmp_path, told).all([pair(name, meet(at)) for at, name in enumerate("dcba")], lanes=2)
    assert list(looked) == ["d", "c", "b", "a"]
    assert [each.raw["subject"].to_list() for each in looked.values() if each.raw is not None] == [[0], [1], [2], [3]]
    assert max(len(each["running"]) for each in told) == 2
    assert told[-1]["running"] == []


def test_who_fails_beside_another_is_asked_again_alone_and_who_fails_alone_has_failed(tmp_path: Path) -> None:
    asked: list[str] = []

    def fail(name: str, times: int) -> Find:
        def find() -> pl.DataFrame:
            asked.append(name)
            if asked.count(name) <= times:
                raise ValueError(name)
            return FRAME

        return find

    looked = search(tmp_path).all([pair("once", fail("once", 1)), pair("ever", fail("ever", 9))], lanes=2)
    assert {name: each.cause for name, each in looked.items()} == {"once": None, "ever": "ValueError: ever"}
    assert sorted(asked) == ["ever", "ever", "once", "once"]


def test_models_are_last_and_alone(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    pairs = [pair("m", lambda: FRAME, "model"), pair("n", lambda: FRAME, "model"), pair("r", lambda: FRAME)]
    assert list(search(tmp_path, told).all(pairs, lanes=2)) == ["m", "n", "r"]
    assert [each["running"] for each in told] == [["r"], [], ["m"], [], ["n"], []]


def test_what_was_put_aside_is_not_searched_for_again(tmp_path: Path) -> None:
    search(tmp_path).all([pair("a", lambda: found(7))], lanes=1)
    again = search(tmp_path).all([pair("a", lambda: found(8))], lanes=2)
    assert again["a"].raw is not None
    assert again["a"].raw["subject"].to_list() == [7]
