"""Each rule finds exactly what a slow and plain search finds, on random ledgers full of ties and near misses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import detectors
from detectors.api import SnapshotView
from detectors.example_table import example_frame
from detectors.examples import snapshot_of
from detectors.sqlrule import SqlRule, load_rule
from schemas.detector import Example
from schemas.transaction import DAY_SECONDS
from tests.detectors.rules.worlds import LIMIT, Candidate, Leg, World, kinds_of, legs_of, peaks, per_mille, summary

Reports = set[tuple[int, int, int, int, tuple[int, ...]]]
RULES = Path(detectors.__file__).parent / "rules" / "generic"
WEEK, TWO_DAYS, EIGHT_HOURS, FOUR_WEEKS = 7 * DAY_SECONDS, 2 * DAY_SECONDS, 8 * 3600, 28 * DAY_SECONDS


def rule(name: str) -> SqlRule:
    return load_rule(RULES / f"{name}.sql")


def by_account(legs: Iterable[Leg]) -> dict[int, list[Leg]]:
    grouped: dict[int, list[Leg]] = defaultdict(list)
    for leg in sorted(legs, key=lambda leg: leg.txn):
        grouped[leg.account].append(leg)
    return grouped


def until(legs: list[Leg], end: Leg, window: int) -> list[Leg]:
    """The legs of the window that ends with `end`: half open, by their earliest moments."""
    return [leg for leg in legs if end.t_s - window < leg.t_s <= end.t_s]


def total(legs: Iterable[Leg]) -> Decimal:
    return sum((leg.amount for leg in legs), Decimal(0))


def reported(account: int, legs: list[Leg], strength: int) -> tuple[int, int, int, int, tuple[int, ...]]:
    evidence = tuple(sorted(leg.txn for leg in legs))
    return (account, min(leg.t_s for leg in legs), max(leg.t_end_s for leg in legs), strength, evidence)


def cash_structuring(view: SnapshotView) -> Reports:
    found: Reports = set()
    small = [leg for leg in legs_of(view) if leg.channel == "cash_deposit" and LIMIT / 10 <= leg.amount < LIMIT]
    for account, deposits in by_account(small).items():
        candidates = []
        for end in deposits:
            window = until(deposits, end, WEEK)
            if len(window) >= 3 and total(window) * 10 >= LIMIT * 9:
                strength = min(
                    (per_mille(len(window), 3) + per_mille(total(window), LIMIT * Decimal("0.9"))) // 4, 1000
                )
                rank = (-strength, -total(window), end.txn)
                candidates.append(Candidate(end.t_s, rank, reported(account, window, strength)))
        found |= peaks(candidates, WEEK)
    return found


def near_threshold_cluster(view: SnapshotView) -> Reports:
    found: Reports = set()
    near = [leg for leg in legs_of(view) if LIMIT * 9 / 10 <= leg.amount < LIMIT and leg.counterparty != leg.account]
    for direction in ("in", "out"):
        for account, legs in by_account(leg for leg in near if leg.direction == direction).items():
            candidates = []
            for end in legs:
                for reach, wanted in ((DAY_SECONDS, 2), (WEEK, 3)):
                    window = until(legs, end, reach)
                    if len(window) >= wanted:
                        rank = (-len(window), -total(window), reach, end.txn)
                        strength = min(per_mille(len(window), wanted) // 2, 1000)
                        candidates.append(Candidate(end.t_s, rank, reported(account, window, strength)))
            found |= peaks(candidates, WEEK)
    return found


def inbound_many_senders(view: SnapshotView) -> Reports:
    found: Reports = set()
    kinds, covered = kinds_of(view), min(leg.t_s for leg in legs_of(view))
    firsts = [leg for leg in legs_of(view) if leg.direction == "in" and leg.first_contact]
    for account, legs in by_account(firsts).items():
        wanted = 4 if kinds[account] in {None, "person"} else 12
        candidates = []
        for end in legs:
            window = until(legs, end, WEEK)
            before = [leg for leg in legs if end.t_s - WEEK - FOUR_WEEKS < leg.t_s <= end.t_s - WEEK]
            small = [leg for leg in window if leg.amount < LIMIT]
            known = min(FOUR_WEEKS, min(leg.t_s for leg in window) - covered)
            usual = known >= WEEK and len(window) * known >= len(before) * 2 * WEEK
            if len(window) >= wanted and 2 * total(small) >= LIMIT and 2 * len(small) > len(window) and usual:
                strength = min((per_mille(len(window), wanted) + per_mille(2 * total(small), LIMIT)) // 4, 1000)
                rank = (-strength, -total(small), end.txn)
                candidates.append(Candidate(end.t_s, rank, reported(account, window, strength)))
        found |= peaks(candidates, WEEK)
    return found


def fan_out_burst(view: SnapshotView) -> Reports:
    found: Reports = set()
    kinds, covered = kinds_of(view), min(leg.t_s for leg in legs_of(view))
    firsts = [leg for leg in legs_of(view) if leg.direction == "out" and leg.first_contact]
    for account, legs in by_account(firsts).items():
        wanted = 5 if kinds[account] in {None, "person"} else 20
        candidates = []
        for end in legs:
            window = until(legs, end, EIGHT_HOURS)
            past = end.t_s - EIGHT_HOURS
            before = [leg for leg in legs if past - FOUR_WEEKS < leg.t_s <= past]
            known = min(FOUR_WEEKS, min(leg.t_s for leg in window) - covered)
            unusual = known >= WEEK and len(window) * known > len(before) * FOUR_WEEKS
            if len(window) >= wanted and unusual and total(window) * 10 >= LIMIT:
                strength = min(per_mille(len(window), wanted) // 2, 1000)
                rank = (-strength, -len(window), end.txn)
                candidates.append(Candidate(end.t_s, rank, reported(account, window, strength)))
        found |= peaks(candidates, EIGHT_HOURS)
    return found


def _moment(leg: Leg) -> int:
    return leg.t_s if leg.direction == "in" else leg.t_end_s


def pass_through(view: SnapshotView) -> Reports:
    found: Reports = set()
    meant = [
        leg
        for leg in legs_of(view)
        if leg.amount * 100 >= LIMIT and leg.channel != "fee" and leg.counterparty != leg.account
    ]
    for account, legs in by_account(meant).items():
        candidates = []
        for end in (leg for leg in legs if leg.direction == "out"):
            window = [leg for leg in legs if _moment(end) - TWO_DAYS < _moment(leg) <= _moment(end)]
            ins = [leg for leg in window if leg.direction == "in"]
            first = min((_moment(leg) for leg in ins), default=None)
            if first is None:
                continue
            outs = [leg for leg in window if leg.direction == "out" and _moment(leg) >= first]
            came, went = total(ins), total(outs)
            if came * 10 < LIMIT or not came * 8 <= went * 10 <= came * 11:
                continue
            share, pace = per_mille(went, came), per_mille(_moment(end) - first, TWO_DAYS)
            strength = (1000 - abs(1000 - share) + 1000 - pace + min(per_mille(came, LIMIT), 1000)) // 3
            evidence = tuple(sorted(leg.txn for leg in ins + outs))
            report = (account, first, _moment(end), strength, evidence)
            candidates.append(Candidate(_moment(end), (-strength, -came, end.txn), report))
        found |= peaks(candidates, TWO_DAYS)
    return found


BRUTE: dict[str, tuple[Callable[[SnapshotView], Reports], World]] = {
    "cash-structuring": (cash_structuring, World(0, accounts=3, rows=70, channels=("cash_deposit", "transfer"))),
    "near-threshold-cluster": (near_threshold_cluster, World(0, accounts=5, rows=60)),
    "inbound-many-senders": (inbound_many_senders, World(0, accounts=40, rows=150, days=60, channels=("transfer",))),
    "fan-out-burst": (
        fan_out_burst,
        World(0, accounts=60, rows=160, days=5, channels=("transfer", "fee"), payers=5, quiet=7),
    ),
    "pass-through": (pass_through, World(0, accounts=4, rows=40)),
}


@pytest.mark.parametrize("precision", ["second", "day"])
@pytest.mark.parametrize("name", sorted(BRUTE))
def test_a_rule_finds_exactly_what_a_plain_search_finds(name: str, precision: str) -> None:
    search, world = BRUTE[name]
    under_test = rule(name)
    seen = 0
    for seed in range(3):
        ledger = replace(world, seed=seed, precision=precision)
        with snapshot_of(example_frame(ledger.example())) as view:
            expected = search(view)
            assert summary(under_test.find(view, {})) == expected, f"seed {seed}"
        seen += len(expected)
    assert seen > 0, "the random ledgers hold nothing to find: the comparison would prove nothing"


@pytest.mark.parametrize("name", sorted(BRUTE))
def test_the_largest_and_the_smallest_amounts_break_no_rule(name: str) -> None:
    header = "occurred_at | channel | amount | from_account | to_account"
    huge, tiny = "999999999999999999.9999", "0.0001"
    rows = [
        f"2026-03-0{day} 10:0{part} | transfer | {amount} | {giver} | {taker}"
        for day in (1, 2, 3)
        for part, amount in enumerate((huge, tiny, huge, tiny))
        for giver, taker in ((f"S-{day}{part}", "A-1"), ("A-1", f"P-{day}{part}"))
    ]
    rows += [f"2026-03-0{day} 11:00 | cash_deposit | {amount} | | A-1" for day in (1, 2, 3) for amount in (huge, tiny)]
    with snapshot_of(example_frame(Example(name="extremes", rows="\n".join([header, *rows])))) as view:
        rule(name).find(view, {})
        loosest = {key: parameter.least for key, parameter in rule(name).meta.params.items() if key.endswith("share")}
        rule(name).find(view, loosest)


@pytest.mark.parametrize("name", sorted(BRUTE))
def test_a_currency_without_a_rate_and_without_a_threshold_is_passed_over(name: str) -> None:
    header = "occurred_at | channel | amount | currency | from_account | to_account"
    rows = [f"2026-03-02 10:0{part} | transfer | 9500 | JPY | S-{part} | A-1" for part in range(8)]
    rows += [f"2026-03-02 11:0{part} | transfer | 9500 | JPY | A-1 | P-{part}" for part in range(8)]
    rows += [f"2026-03-02 12:0{part} | cash_deposit | 9500 | JPY |  | A-1" for part in range(8)]
    with snapshot_of(example_frame(Example(name="no rate", rows="\n".join([header, *rows])))) as view:
        assert rule(name).find(view, {}).height == 0
