"""Learned weights as an order: monotone, on the scale of the formula, and no other alerts than before."""

from __future__ import annotations

import random
from typing import Any

import pytest

from detectors.learning.order import (
    FORMULA,
    LEAST,
    MOST,
    Weights,
    formula_points,
    parse_weights,
    reordered,
    write_weights,
)
from detectors.rank import Weighing, saturated, score_parts
from schemas.alert import ScorePart
from schemas.errors import ReferenceInvalid

WEIGHTS = Weights("d" * 64, {"one": 2000, "two": 250})


def _alert(key: str, **strengths: int) -> dict[str, Any]:
    weighings = {name: Weighing(name, 6, 3, 1000) for name in strengths}
    evidence = {name: {number} for number, name in enumerate(strengths)}
    score, parts = score_parts(strengths, weighings, evidence)
    return {
        "key": key,
        "score": score,
        "severity": "low",
        "family": "one",
        "parts": parts,
        "detectors": list(strengths),
    }


def test_without_learned_weights_alerts_are_as_they_were() -> None:
    alerts = [_alert("a", one=500), _alert("b", two=900)]
    assert reordered(alerts, None) == alerts


def test_learned_weights_turn_the_order_and_leave_the_alerts_what_they_are() -> None:
    alerts = [_alert("a", two=900), _alert("b", one=500)]
    turned = reordered(alerts, WEIGHTS)
    assert [each["key"] for each in turned] == ["b", "a"]
    for before, after in zip(alerts, turned[::-1], strict=True):
        assert after["formula_score"] == before["score"]
        assert after["ordered_by"] == WEIGHTS.digest
        assert [ScorePart(**part).detector for part in after["parts"]] == before["detectors"]
        assert after["score"] == saturated(part["points"] for part in after["parts"])
        assert [formula_points(part) for part in after["parts"]] == [part["points"] for part in before["parts"]]


def test_a_stronger_part_never_lowers_the_score() -> None:
    draw = random.Random(1)
    for _ in range(500):
        weights = Weights("w", {name: draw.randint(LEAST, MOST) for name in "abc"})
        parts = {name: draw.randint(0, 20_000) for name in "abcd"}
        name = draw.choice("abcd")
        assert weights.points(parts | {name: parts[name] + draw.randint(0, 5000)}) >= weights.points(parts)


def test_weights_read_back_are_those_that_were_written() -> None:
    rows = [("two-parts", 250, 1, 40), ("one", 4000, 30, 31)]
    data = write_weights(rows, ["learned from entry 5", "of two kinds"])
    assert data.startswith(
        b"# learned from entry 5\n# of two kinds\ndetector,per_mille,worth,decided\none,4000,30,31\n"
    )
    assert parse_weights(data, "x").per_mille == {"one": 4000, "two-parts": 250}
    assert parse_weights(write_weights([], []), "x").per_mille == FORMULA.per_mille


@pytest.mark.parametrize(
    "data",
    [b"", b"detector\none\n", b"detector,per_mille,worth,decided\none,-5,1,1\n",
     b"detector,per_mille,worth,decided\none,5,1,1\n", b"detector,per_mille,worth,decided\none,500,1,1\none,500,1,1\n"],
)  # fmt: skip
def test_what_is_no_table_of_weights_is_refused(data: bytes) -> None:
    with pytest.raises(ReferenceInvalid):
        parse_weights(data, "x")
