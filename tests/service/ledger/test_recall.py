"""What the ledger remembers of its reads: until something changes, once for all who ask, and no failure."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.ledger.recall import MOST, Recall, Rows
from service.ledger.store import Params


class Source:
    """Gives how often it was asked; waits for `open` where that is clear."""

    def __init__(self) -> None:
        self.asked, self.open, self.entered = 0, threading.Event(), threading.Event()
        self.open.set()

    def read(self, sql: str, params: Params = ()) -> Rows:
        self.asked += 1
        count = self.asked
        self.entered.set()
        self.open.wait(10)
        if sql == "fails":
            raise ValueError(count)
        return [(count,)]


def test_a_read_is_made_once_until_something_changes() -> None:
    source = Source()
    recall = Recall(source.read)
    assert [recall.query("a", [1]), recall.query("a", [1]), recall.query("a", [2])] == [[(1,)], [(1,)], [(2,)]]
    recall.forget()
    assert recall.query("a", [1]) == [(3,)]


def test_whoever_asks_meanwhile_waits_for_the_same_read_and_whoever_asks_after_a_change_does_not() -> None:
    source = Source()
    recall = Recall(source.read)
    source.open.clear()
    with ThreadPoolExecutor(3) as people:
        early = [people.submit(recall.query, "a") for _ in range(2)]
        assert source.entered.wait(10)
        recall.forget()
        late = people.submit(recall.query, "a")
        while source.asked < 2:
            assert not late.done()
        source.open.set()
        assert {each.result()[0][0] for each in early} <= {1, 2}
        assert late.result() == [(2,)]
    assert recall.query("a") == [(2,)], "what was being read when it changed is not remembered"


def test_a_read_that_failed_is_tried_again() -> None:
    source = Source()
    recall = Recall(source.read)
    for count in (1, 2):
        with pytest.raises(ValueError, match=str(count)):
            recall.query("fails")


def test_the_oldest_reads_go_first() -> None:
    source = Source()
    recall = Recall(source.read)
    for number in range(MOST + 1):
        recall.query("a", [number])
    assert recall.query("a", [MOST]) == [(MOST + 1,)]
    assert recall.query("a", [0]) == [(MOST + 2,)]
