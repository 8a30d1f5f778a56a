"""What is learned from decisions whose truth is known, and from decisions that say nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from detectors.learning.compare import compared
from detectors.learning.decisions import FULL, MOST_WEIGHT, Decision, evened, records, weight_of_sampled
from detectors.learning.learn import LEAST_DECISIONS, PRIOR, Learned, Proposal, TooFew, learn, split, weights_of
from detectors.learning.order import FORMULA, LEAST, MOST, NEUTRAL, Weights

Decide = Callable[..., list[Decision]]


def test_decisions_that_tell_detectors_apart_make_a_better_order(decide: Decide) -> None:
    proposal = learn(decide(600, seed=1), FORMULA)
    assert isinstance(proposal, Proposal)
    assert proposal.comparison.is_better
    assert proposal.comparison.proposed.precision > proposal.comparison.present.precision
    weights = {detector: each.per_mille for detector, each in proposal.learned.items()}
    assert weights["often-right"] > NEUTRAL > weights["seldom-right"] >= LEAST
    assert weights["often-right"] > weights["as-others"] > weights["hardly-right"]


@pytest.mark.parametrize("seed", range(12))
def test_decisions_by_chance_never_change_the_order(decide: Decide, seed: int) -> None:
    proposal = learn(decide(300, seed=seed, share=0.35), FORMULA)
    assert isinstance(proposal, Proposal)
    assert not proposal.comparison.is_better


def test_an_order_is_never_better_than_itself(decide: Decide) -> None:
    decisions = decide(100, seed=3)
    comparison = compared(decisions, FORMULA, Weights("twice", dict.fromkeys(("often-right", "as-others"), NEUTRAL)))
    assert (comparison.gain.precision, comparison.gain.interval, comparison.is_better) == (0, (0, 0), False)


def test_what_is_learned_does_not_depend_on_the_order_in_which_decisions_are_given(decide: Decide) -> None:
    decisions = decide(240, seed=5)
    assert learn(decisions, FORMULA) == learn(decisions[::-1], FORMULA)


def test_nothing_is_learned_from_few_decisions_or_of_one_kind(decide: Decide) -> None:
    few = learn(decide(LEAST_DECISIONS - 1, seed=1), FORMULA)
    assert isinstance(few, TooFew)
    assert "200 that are needed" in few.why
    one_kind = [replace(each, worth=True) for each in decide(400, seed=1)]
    assert isinstance(learn(one_kind, FORMULA), TooFew)


def test_the_later_decisions_teach_nothing(decide: Decide) -> None:
    decisions = decide(600, seed=1)
    earlier, later = split(decisions)
    assert max(each.seq for each in earlier) < min(each.seq for each in later)
    swapped = earlier + [replace(each, worth=not each.worth) for each in later]
    before, after = learn(decisions, FORMULA), learn(swapped, FORMULA)
    assert isinstance(before, Proposal)
    assert isinstance(after, Proposal)
    assert after.learned == before.learned
    assert not after.comparison.is_better


def test_a_later_decision_about_an_account_that_was_decided_earlier_judges_nothing(decide: Decide) -> None:
    decisions = decide(600, seed=1)
    again = [replace(each, subject="A-0") if each.seq % 10 == 0 else each for each in decisions]
    earlier, later = split(again)
    assert not {each.subject for each in earlier} & {each.subject for each in later}
    proposal = learn(again, FORMULA)
    assert isinstance(proposal, Proposal)
    assert proposal.comparison.left_out == 600 - len(earlier) - len(later) == 20


def test_a_detector_that_nobody_decided_about_keeps_its_weight(decide: Decide) -> None:
    learned, _ = weights_of(decide(300, seed=1))
    assert "never-decided" not in learned
    assert Weights("w", {detector: each.per_mille for detector, each in learned.items()}).of("never-decided") == NEUTRAL


def test_a_record_moves_a_weight_the_more_the_longer_it_is() -> None:
    def after(count: int) -> Learned:
        others = [Decision(number, f"B-{number}", number % 2 == 0, {"others": 4000}) for number in range(200)]
        mine = [Decision(1000 + number, f"C-{number}", False, {"mine": 4000}) for number in range(count)]
        return weights_of(others + mine)[0]["mine"]

    weights = [after(count).per_mille for count in (1, 5, 20, 80)]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > 850, "one bad alert is no record"
    assert weights[-1] < 500
    # After as many decisions as the prior is worth, its record weighs half: 100 of 220 are worth a look in all.
    assert after(PRIOR).shrunk == pytest.approx(1000 * 100 / 220 / 2, abs=2)


def test_weights_stay_within_their_bounds(decide: Decide) -> None:
    sure = [replace(each, worth="often-right" in each.parts) for each in decide(3000, seed=2)]
    learned, _ = weights_of(sure)
    assert all(LEAST <= each.per_mille <= MOST for each in learned.values())
    assert learned["seldom-right"].per_mille == LEAST


def test_an_alert_from_below_the_line_stands_for_those_that_lie_there_up_to_a_bound() -> None:
    assert weight_of_sampled(below=0, sampled=5) == FULL
    assert weight_of_sampled(below=35, sampled=5) == 8 * FULL
    assert weight_of_sampled(below=10_000, sampled=5) == MOST_WEIGHT


def test_heavy_decisions_claim_no_more_than_they_tell() -> None:
    light = [Decision(number, "", True, {"a": 1}) for number in range(20)]
    assert evened(light) == [FULL] * 20
    one_heavy = [*light[1:], replace(light[0], weight=20 * FULL)]
    evened_out = evened(one_heavy)
    assert sum(evened_out) == pytest.approx(FULL * 39**2 / (19 + 400), rel=0.01), (
        "nearly four decisions, and not twenty"
    )
    assert evened_out[-1] == pytest.approx(20 * evened_out[0], rel=0.01)
    assert records(one_heavy, evened_out)["a"].worth == records(one_heavy, evened_out)["a"].decided == sum(evened_out)


def test_an_order_that_brings_up_what_was_missed_below_the_line_gets_the_credit() -> None:
    queue: list[Any] = [Decision(number, f"Q-{number}", number < 20, {"loud": 5000 - number}) for number in range(80)]
    missed = [
        Decision(100 + number, f"M-{number}", True, {"quiet": 1000}, weight=10 * FULL, sampled=True)
        for number in range(4)
    ]
    comparison = compared(queue + missed, FORMULA, Weights("w", {"quiet": MOST, "loud": LEAST}))
    assert comparison.budget == 40, "half of what stood above the line, and of nothing else"
    assert comparison.present.precision == 500
    assert comparison.proposed.precision == 1000
    assert comparison.is_better
