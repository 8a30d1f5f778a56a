"""Rules that count different agents, accounts or workers in a window agree with a plain count, on ledgers full of ties."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

import detectors
from detectors.api import SnapshotView
from detectors.example_table import example_frame
from detectors.examples import snapshot_of
from detectors.sqlrule import load_rule
from schemas.detector import Example
from tests.detectors.rules.worlds import per_mille

RULES = Path(detectors.__file__).parent / "rules"
START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = 86_400
Seen = dict[int, tuple[int, int]]
"""Of each subject: the largest count in a finding of it, and that finding's strength."""


def agents_ledger(chance: random.Random) -> str:
    """Payments at agents, many of them at the same minute or just a day apart."""
    rows = [
        "occurred_at | channel | amount | from_account | to_account | agent",
        "2025-12-01 | fee | 1.00 | Z-1 | Z-2 |",
    ]
    for _ in range(60):
        moment = START + timedelta(hours=12 * chance.randrange(20), minutes=chance.randrange(2))
        account, agent = f"A-{chance.randrange(3)}", f"G-{chance.randrange(7)}"
        sides = chance.choice((f"cash_deposit | 900.00 | | {account}", f"mobile_money | 900.00 | {account} | B-1"))
        rows.append(f"{moment:%Y-%m-%d %H:%M} | {sides} | {agent}")
    return "\n".join(rows)


def agents_counted(view: SnapshotView) -> Seen:
    visits = view.sql(
        "select case when channel = 'cash_deposit' then to_account else from_account end as account, t_s, agent"
        " from transactions where agent is not null order by txn"
    ).rows()
    best: Seen = {}
    for account in {row[0] for row in visits}:
        mine = [(t_s, agent) for owner, t_s, agent in visits if owner == account]
        at = {end: len({agent for t_s, agent in mine if end - DAY < t_s <= end}) for end, _ in mine}
        fits = [
            count
            for end, count in at.items()
            if count >= 4
            and count > max((c for other, c in at.items() if end - 29 * DAY < other <= end - DAY), default=0)
            and 4 * 900 * sum(end - DAY < t_s <= end for t_s, _ in mine) >= 10_000
        ]
        if fits:
            best[account] = (max(fits), min(per_mille(max(fits), 4) // 2, 1000))
    return best


def devices_ledger(chance: random.Random) -> str:
    """Accounts that share three devices, each used again and again, some uses exactly thirty days apart."""
    rows = ["occurred_at | amount | from_account | to_account | device"]
    for _ in range(50):
        day = START + timedelta(days=10 * chance.randrange(12) + chance.randrange(2))
        payee = chance.choice(("B-1", "B-1", "B-1", "A-11"))
        amount = chance.choice(("10.00", "20.00", "20.00", "500.00"))
        rows.append(f"{day:%Y-%m-%d} | {amount} | A-{chance.randrange(12)} | {payee} | D-{chance.randrange(3)}")
    return "\n".join(rows)


def devices_counted(view: SnapshotView) -> Seen:
    uses = view.sql("select device, from_account, day, amount, to_account from transactions order by txn").rows()
    best: Seen = {}
    for device in {row[0] for row in uses}:
        pay = {account for held, account, *_ in uses if held == device}
        mine = [(account, day, amount) for held, account, day, amount, to in uses if held == device and to not in pay]
        at = {end: {account for account, day, _ in mine if end - 30 < day <= end} for _, end, _ in mine}
        accounts, end = max((len(held), -end) for end, held in at.items())
        if accounts < 5:
            continue
        moved = {
            account: sum(a for who, day, a in mine if who == account and -end - 30 < day <= -end)
            for account in at[-end]
        }
        subject = min(moved, key=lambda account: (-moved[account], account))
        found = (accounts, min(per_mille(accounts, 5) // 2, 1000))
        best[subject] = max(best.get(subject, found), found)
    return best


def wages_ledger(chance: random.Random) -> str:
    """Five workers with three wages each, a month apart, who sometimes pay about half of one on within three days."""
    rows = ["occurred_at | amount | from_account | to_account | purpose"]
    for worker in range(5):
        for month in range(3):
            paid = START + timedelta(days=31 * month + chance.randrange(2), hours=chance.randrange(3))
            rows.append(f"{paid:%Y-%m-%d %H:%M} | 400.00 | E-1 | W-{worker} | salaire")
            for _ in range(chance.randrange(1, 3)):
                given = paid + timedelta(hours=chance.choice((0, 0, 5, 71, 72)))
                taker = chance.choice(("B-0", "B-0", "B-1"))
                amount = chance.choice(("199.99", "200.00", "200.00", "240.00"))
                rows.append(f"{given:%Y-%m-%d %H:%M} | {amount} | W-{worker} | {taker} |")
    return "\n".join(rows)


def wages_counted(view: SnapshotView) -> Seen:
    moves = view.sql("select from_account, to_account, t_s, amount, purpose from transactions order by txn").rows()
    wages = [(worker, t_s) for _, worker, t_s, _, text in moves if text]
    gifts = [(worker, taker, t_s, amount) for worker, taker, t_s, amount, text in moves if not text]
    best: Seen = {}
    for taker in {gift[1] for gift in gifts}:
        takes = []
        for worker, paid in wages:
            back = sum(a for who, to, t_s, a in gifts if (who, to) == (worker, taker) and paid <= t_s < paid + 3 * DAY)
            if 200 <= back <= 440:
                takes.append((worker, paid))
        again = [
            (worker, paid)
            for worker, paid in takes
            if any(who == worker and paid - 62 * DAY < other <= paid - 20 * DAY for who, other in takes)
        ]
        counts = [len({who for who, other in again if end - 31 * DAY < other <= end}) for _, end in again]
        if counts and max(counts) >= 3:
            best[taker] = (max(counts), min(per_mille(max(counts), 3) // 2, 1000))
    return best


LEXICON = {"lexicon": "topic | language | term | source\nwage | fr | salaire | example"}
Case = tuple[str, str, Callable[[random.Random], str], Callable[[SnapshotView], Seen]]
CASES: dict[str, Case] = {
    "generic/multi-agent-wallet": ("agents", "", agents_ledger, agents_counted),
    "generic/shared-identifiers": ("accounts", "", devices_ledger, devices_counted),
    "forced_labour/wage-kickback": ("workers", "wages", wages_ledger, wages_counted),
}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_counts_what_a_plain_search_counts(name: str) -> None:
    fact, tables, ledger, counted = CASES[name]
    rule = load_rule(RULES / f"{name}.sql")
    flagged = 0
    for seed in range(12):
        rows = ledger(random.Random(seed))
        with snapshot_of(example_frame(Example(name=name, rows=rows)), LEXICON if tables else None) as view:
            findings = rule.find(view, rule.meta.settled({}))
            expected = counted(view)
        found: Seen = {}
        for subject, strength, facts in findings.select("subject", "strength", "facts").iter_rows():
            seen = (json.loads(facts)[fact], strength)
            found[subject] = max(found.get(subject, seen), seen)
        assert found == expected, f"seed {seed}"
        flagged += len(found)
    assert flagged > 0, "the ledgers never show the pattern, so they prove nothing"


def test_the_count_of_agents_falls_when_the_first_visit_leaves_the_window() -> None:
    rule = load_rule(RULES / "generic" / "multi-agent-wallet.sql")
    last = {}
    for minutes in (1439, 1440):
        visits = [START, *(START + timedelta(hours=hours) for hours in (1, 2)), START + timedelta(minutes=minutes)]
        assert all(one < other for one, other in pairwise(visits))
        rows = ["occurred_at | channel | amount | to_account | agent", "2025-12-01 | fee | 1.00 | Z-1 |"]
        rows += [f"{at:%Y-%m-%d %H:%M} | cash_deposit | 900.00 | A-1 | G-{n}" for n, at in enumerate(visits)]
        with snapshot_of(example_frame(Example(name="four agents", rows="\n".join(rows)))) as view:
            last[minutes] = rule.find(view, rule.meta.settled({})).height
    assert last == {1439: 1, 1440: 0}
