"""What is tried on the first half of time, and how two queues are compared."""

from __future__ import annotations

from evaluation.choosing import gain, interval_of, mean_of
from evaluation.grid import KNOBS, QUEUE, RANK, WEIGHT

from detectors import rank
from detectors.catalogue import Catalogue
from detectors.evaluation.labels import Pattern
from schemas.run import QueueRule

PATTERNS = [Pattern(name, "ring", frozenset({name}), frozenset()) for name in "abcd"]


def test_what_the_grid_takes_for_the_present_numbers_are_the_present_numbers() -> None:
    catalogue = Catalogue.load()
    for knob in KNOBS:
        for where, name in knob.places:
            if where == WEIGHT:
                now = catalogue.get(name).meta.weight
            elif where in (RANK, QUEUE):
                now = getattr(rank if where == RANK else QueueRule(), name)
            else:
                meta = catalogue.get(where).meta
                now = int(meta.params[name].default)
                assert all(meta.settled({name: value}) for value in knob.others)
            assert now == knob.now, f"{knob.name}: {where} {name}"
        assert knob.now not in knob.others


def test_a_gain_is_told_in_recall_and_precision_over_the_three_budgets() -> None:
    better, worse = [["a"], ["b"], [], ["c"]], [[], ["a"], [], ["c"]]
    assert gain(PATTERNS, better, worse) == (250, 292), "500, 250 and 125 per mille"
    assert mean_of([(PATTERNS, [better, worse])]).recall == (500 + 750 + 750 + 250 + 500 + 500) // 6


def test_the_same_queue_gains_nothing_on_any_draw_and_a_better_one_may() -> None:
    better, worse = [["a"], ["b"], ["c"], ["d"]], [["a"], [], [], []]
    assert interval_of([(PATTERNS, better, better)], 200) == (0, 0)
    low, high = interval_of([(PATTERNS, better, worse)], 200)
    assert 0 < low < high
