"""Rules on money that is passed on or taken out: against a slow and plain search, and while a register knows a trade."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import polars as pl
import pytest

import detectors
from detectors.api import SnapshotView
from detectors.example_table import example_frame
from detectors.examples import BASE_CURRENCY, snapshot_of
from detectors.relations.load import example_references, load_frame
from detectors.sqlrule import SqlRule, load_rule
from schemas.detector import Example
from schemas.transaction import DAY_SECONDS
from tests.detectors.rules.worlds import LIMIT, Candidate, Leg, World, legs_of, peaks, per_mille, summary

Reports = set[tuple[int, int, int, int, tuple[int, ...]]]
RULES = Path(detectors.__file__).parent / "rules"
WEEK, TWO_DAYS = 7 * DAY_SECONDS, 2 * DAY_SECONDS
EXCLUDING = (
    "generic/same-amount-inflows", "generic/commission-skim", "generic/remit-in-cash-out", "generic/test-then-large",
    "generic/cross-currency-hop", "migrant_smuggling/cash-in-wire-out", "migrant_smuggling/escrow-release",
    "narcotics/crypto-after-fiat", "narcotics/offset-settlement", "extortion/ransom-assembly",
    "extortion/urgent-extortion-mule",
)  # fmt: skip


@cache
def rule(name: str) -> SqlRule:
    return load_rule(RULES / f"{name}.sql")


def moment(leg: Leg) -> int:
    """In before out where it can have been so."""
    return leg.t_s if leg.direction == "in" else leg.t_end_s


def by_account(legs: Iterable[Leg]) -> dict[int, list[Leg]]:
    grouped: dict[int, list[Leg]] = defaultdict(list)
    for leg in legs:
        grouped[leg.account].append(leg)
    return grouped


def total(legs: Iterable[Leg]) -> Decimal:
    return sum((leg.amount for leg in legs), Decimal(0))


def urgent_extortion_mule(view: SnapshotView) -> Reports:
    """Two first-time payers a day who never paid each other, and half of it to five times as much taken out in cash."""
    known = {(row[0], row[1]) for row in view.sql("select from_account, to_account from pairs").iter_rows()}
    covered = dict(view.sql("select account, covered_s from accounts").iter_rows())
    kinds = dict(view.sql("select account, kind from accounts").iter_rows())
    found: Reports = set()
    for account, mine in by_account(legs_of(view)).items():
        firsts = [leg for leg in mine if leg.direction == "in" and leg.first_contact and leg.channel != "fee"]
        taken = [leg for leg in mine if leg.direction == "out" and leg.channel == "cash_withdrawal"]
        candidates = []
        for end in taken:
            inside = [leg for leg in firsts if moment(end) - DAY_SECONDS < moment(leg) <= moment(end)]
            before = [leg for leg in firsts if 0 <= moment(end) - moment(leg) - DAY_SECONDS < WEEK]
            payers = {leg.counterparty for leg in inside}
            strangers = [
                one for one in payers if not any((one, other) in known or (other, one) in known for other in payers)
            ]
            if len(strangers) < 2 or 2 * len(inside) <= len(before) or kinds[account] not in (None, "person"):
                continue
            start = min(moment(leg) for leg in inside)
            out = total(leg for leg in taken if start <= moment(leg) <= moment(end))
            got = total(inside)
            if got * 50 < LIMIT or not got <= out * 2 <= got * 10 or start - covered[account] < WEEK:
                continue
            strength = min(per_mille(len(strangers), 2) // 2, 1000)
            near = (leg for leg in (*firsts, *taken) if moment(end) - DAY_SECONDS < moment(leg) <= moment(end))
            report = (account, start, moment(end), strength, tuple(sorted(leg.txn for leg in near)))
            candidates.append(Candidate(moment(end), (-strength, -got, end.txn), report))
        found |= peaks(candidates, DAY_SECONDS)
    return found


def passages_of(legs: list[Leg]) -> list[tuple[Leg, Leg, int]]:
    """Inflow, outflow and the share kept, where each is the other's first choice."""
    fits = [
        (came, went, 1000 - per_mille(went.amount, came.amount))
        for came in legs
        for went in legs
        if came.direction == "in"
        and went.direction == "out"
        and moment(went) - TWO_DAYS < moment(came) <= moment(went)
        and came.amount * 900 <= went.amount * 1000 <= came.amount * 990
        and (went.counterparty is None or came.counterparty is None or went.counterparty != came.counterparty)
    ]
    latest = {went.txn: max((came.t_s, came.txn) for came, other, _ in fits if other is went) for _, went, _ in fits}
    first = {came.txn: min((went.t_end_s, went.txn) for other, went, _ in fits if other is came) for came, _, _ in fits}
    return [
        (came, went, kept)
        for came, went, kept in fits
        if latest[went.txn] == (came.t_s, came.txn) and first[came.txn] == (went.t_end_s, went.txn)
    ]


def commission_skim(view: SnapshotView) -> Reports:
    """Three passages a week that keep the same share, and a fifth of all that came in."""
    found: Reports = set()
    for account, legs in by_account(legs_of(view)).items():
        mine = [leg for leg in legs if leg.channel != "fee" and leg.counterparty != account and leg.amount >= 100]
        passages = passages_of(mine)
        candidates = []
        for _, end, kept in passages:
            alike = [
                one for one in passages
                if moment(end) - WEEK < moment(one[1]) <= moment(end) and abs(one[2] - kept) <= 5
            ]  # fmt: skip
            came_in, start = total(one[0] for one in alike), min(one[0].t_s for one in alike)
            everything = total(leg for leg in mine if leg.direction == "in" and start <= leg.t_s <= moment(end))
            if len(alike) < 3 or came_in * 10 < LIMIT or came_in * 5 < everything:
                continue
            strength = min(per_mille(len(alike), 3) // 2, 1000)
            evidence = tuple(sorted({leg.txn for one in alike for leg in one[:2]}))
            report = (account, start, moment(end), strength, evidence)
            candidates.append(Candidate(moment(end), (-len(alike), -came_in, end.txn), report))
        found |= peaks(candidates, WEEK)
    return found


CASHED = World(seed=0, accounts=120, rows=1200, days=14, channels=("transfer", "transfer", "cash_withdrawal"))
PASSED = World(seed=0, accounts=3, rows=420, days=20, channels=("transfer", "transfer", "cash_withdrawal", "fee"))
LOOSE = {"at_least": 2, "history_s": WEEK, "least_out": 500, "most_out": 5000, "surge": 500}
BRUTE = {
    "extortion/urgent-extortion-mule": (urgent_extortion_mule, CASHED, LOOSE),
    "generic/commission-skim": (commission_skim, PASSED, {"at_least": 3, "window_s": WEEK, "least_share": 200}),
}


@pytest.mark.parametrize("precision", ["second", "day"])
@pytest.mark.parametrize("name", sorted(BRUTE))
def test_a_rule_finds_exactly_what_a_plain_search_finds(name: str, precision: str) -> None:
    search, world, params = BRUTE[name]
    found = 0
    for seed in range(5):
        with snapshot_of(example_frame(replace(world, seed=seed, precision=precision).example())) as view:
            expected = search(view)
            assert summary(rule(name).find(view, params)) == expected, f"seed {seed}"
            found += len(expected)
    assert found > 3


@pytest.mark.parametrize("name", EXCLUDING)
def test_a_lawful_trade_that_the_register_knows_only_from_later_on_explains_nothing(name: str) -> None:
    meta = rule(name).meta
    example = meta.fires[0]
    assert subjects_with(name, listed(example, meta.exclusions[0], date(2027, 1, 1))) == len(example.flags)


def listed(example: Example, segment: str, begins: date) -> pl.DataFrame:
    """A table of segments with the accounts that an example flags."""
    return pl.DataFrame(
        {
            "account": [f"X|{flag}" for flag in example.flags],
            "segment": segment,
            "valid_from": begins,
            "valid_to": None,
            "source": "test",
        },
        schema_overrides={"valid_to": pl.Date},
    )


def subjects_with(name: str, segments: pl.DataFrame) -> int:
    """How many subjects the first example that fires has, with a table of segments."""
    found = rule(name)
    tables = {**example_references(BASE_CURRENCY), "segments": segments}
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        coverage = load_frame(
            connection, example_frame(found.meta.fires[0]), tables=tables, base_currency=BASE_CURRENCY
        )
        view = SnapshotView(
            connection=connection,
            as_of_s=0,
            base_currency=BASE_CURRENCY,
            run_seed="test",
            coverage=coverage,
            filled=frozenset({"fx", "thresholds", "segments"}),
        )
        return int(found.find(view, {})["subject"].n_unique())
