"""Street proceeds: equal to plain enumeration, and indifferent to threads and to the order of its input."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import e, floor, log2

import pytest

from detectors.api import default_params
from detectors.graph.street_proceeds import META, find
from detectors.graph.street_proceeds_chance import Usual
from schemas.finding import RAW_FINDING
from tests.detectors.graph.worlds import DAY, MONDAY, THRESHOLD, Found, Payment, facts_of, found, spans_meet, view_of

DEFAULTS = default_params(META)
FEW = {**DEFAULTS, "window_days": 8, "least_sales": 2, "least_buyers": 2, "least_sellers": 2, "least_late": 200}
TOPS, HEADS, SELLERS, BUYERS = (range(1), range(1, 3), range(3, 8), range(8, 20))
Params = Mapping[str, int | Decimal]


def trade(seed: int, *, payments: int = 120, days: int = 16) -> list[Payment]:
    """Payments mostly down a tree of buyers, sellers, heads and a top; a fifth go anywhere, some have oddities."""
    chance = random.Random(seed)
    drawn = []
    for _ in range(payments):
        level = chance.choice((0, 0, 0, 1, 1, 2, 3))
        steps = ((BUYERS, SELLERS), (SELLERS, HEADS), (HEADS, TOPS), (range(20), range(20)))
        payer, payee = (chance.choice(side) for side in steps[level])
        day_only = chance.random() < 0.3
        t_s = MONDAY + chance.randrange(days) * DAY
        t_s += 0 if day_only else chance.choice((0, 17_999, 18_000, 40_000, 64_799, 64_800, 80_000))
        base = Decimal(chance.choice(((10, 20, 40, 41), (15, 25, 30), (30, 60, 90), (10, 40, 500))[level]))
        odd = chance.random() < 0.05
        drawn.append((t_s, t_s + (DAY - 1 if day_only else 0), payer, payee, None if odd and level else base, odd))
    drawn.sort(key=lambda row: row[0])
    return [Payment(txn, *row) for txn, row in enumerate(drawn)]


def plainly(payments: Sequence[Payment], params: Params) -> list[Found]:
    """Every finding by enumeration, from the definition."""
    usable = [row for row in payments if row.payer != row.payee and not row.is_reversal and row.base is not None]
    length = int(params["window_days"])
    first, last = (min(row.t_s // DAY for row in usable), max(row.t_s // DAY for row in usable))
    trees = []
    for opens in range(first - length, last + 1):
        if opens % -(-length // 4) == 0:
            inside = [row for row in usable if opens <= row.t_s // DAY < opens + length]
            trees += [(opens, top, cells) for top, cells in _trees(inside, params).items()]
    kept: list[tuple[int, int, Found]] = []
    for opens, top, cells in sorted(trees, key=lambda tree: (-_sellers(tree[2]), tree[0], tree[1])):
        inside = [row for row in usable if opens <= row.t_s // DAY < opens + length]
        made = _finding(inside, top, cells, params)
        if made and not any(other == top and spans_meet(each, made) for other, _, each in kept):
            kept.append((top, opens, made))
    return [each for _, _, each in kept]


def _small(rows: Sequence[Payment], params: Params, *, late: bool = True) -> list[Payment]:
    """The small payments: those after dark or at an unknown hour, or with `late` false those of all hours."""
    return [
        row
        for row in rows
        if row.base is not None
        and row.base * 1000 <= THRESHOLD * params["small_share"]
        and not (late and row.t_s == row.t_end_s and 18_000 <= row.t_s % DAY < 64_800)
    ]


def _between(part: Decimal, whole: Decimal, params: Params) -> bool:
    return whole * params["least_share"] <= part * 1000 <= whole * params["most_share"]


def _trees(inside: Sequence[Payment], params: Params) -> dict[int, dict[int, set[int]]]:
    cells: dict[int, set[int]] = defaultdict(set)
    for seller in {row.payee for row in inside}:
        sales = [row for row in _small(inside, params) if row.payee == seller]
        if len(sales) < params["least_sales"] or len({row.payer for row in sales}) < params["least_buyers"]:
            continue
        for head in {row.payee for row in inside if row.payer == seller}:
            handed = [row for row in inside if (row.payer, row.payee) == (seller, head)]
            if len(handed) >= 2 and _between(_sum(handed), _sum(sales), params):
                cells[head].add(seller)
    trees: dict[int, dict[int, set[int]]] = defaultdict(dict)
    for head, sellers in cells.items():
        if len(sellers) >= 2:
            trees[_above(inside, head, sellers, params)][head] = sellers
    return trees


def _above(inside: Sequence[Payment], head: int, sellers: set[int], params: Params) -> int:
    got = _sum([row for row in inside if row.payer in sellers and row.payee == head])
    sums = {payee: _sum([row for row in inside if (row.payer, row.payee) == (head, payee)]) for payee in range(20)}
    best = min(sums, key=lambda payee: (-sums[payee], payee))
    took = _sum([row for row in inside if row.payee == head])
    fair = got * params["least_share"] <= sums[best] * 1000 <= took * params["most_share"]
    return best if sums[best] and fair else head


def _sum(rows: Sequence[Payment]) -> Decimal:
    return sum((row.base for row in rows if row.base is not None), Decimal(0))


def _sellers(cells: Mapping[int, set[int]]) -> int:
    return sum(map(len, cells.values()))


def _finding(inside: Sequence[Payment], top: int, cells: Mapping[int, set[int]], params: Params) -> Found | None:
    if _sellers(cells) < params["least_sellers"]:
        return None
    late = total = 0
    for sellers in cells.values():
        total += len([row for row in _small(inside, params, late=False) if row.payee in sellers])
        late += len([row for row in _small(inside, params) if row.payee in sellers])
    if 1000 * late // total < params["least_late"]:
        return None
    every = set().union(*cells.values())
    links = {(seller, head) for head, sellers in cells.items() for seller in sellers}
    ups = {(head, top) for head in cells if head != top}
    small = [row for row in _small(inside, params) if row.payee in every and (row.payer, row.payee) not in links | ups]
    linked = [row for row in inside if (row.payer, row.payee) in links | ups]
    roles: dict[int, str] = {row.payer: "payer" for row in small if row.payer is not None}
    roles |= dict.fromkeys(every, "mule") | dict.fromkeys(cells, "collector")
    roles[top] = "controller" if len(cells) > 1 else "collector"
    shown = sorted([*small, *linked], key=lambda row: row.txn)
    span = min(row.t_s for row in shown), max(row.t_end_s for row in shown)
    return Found(top, *span, tuple(row.txn for row in shown), tuple(sorted(roles.items())))


@pytest.mark.parametrize(
    "changed", [{}, {"least_sellers": 3}, {"window_days": 9, "least_share": 300}, {"least_late": 600}]
)
def test_random_trades_give_what_plain_enumeration_gives(changed: dict[str, int]) -> None:
    params = {**FEW, **changed}
    met = 0
    for seed in range(60):
        payments = trade(seed)
        expected = plainly(payments, params)
        met += len(expected)
        assert found(find(view_of(payments), params)) == sorted(expected), seed
    assert met > 10


def test_a_tree_is_surprising_by_its_hours_and_by_who_shares_a_head() -> None:
    usual = Usual(small=1000, late=400, takers=500, pairs=2000, regulars={1: 4, 2: 4})
    row = {"small": 20, "sales": 18, "all_sellers": 50}
    dark, day = usual.excess({1: [row] * 3}), usual.excess({1: [row | {"sales": 8}] * 3})
    assert day == floor(1000 * (3 * log2(3 / (e * 50 * 4 / 2000)) - log2(500)))
    assert dark - day == pytest.approx(1000 * 60 * (0.9 * log2(0.9 / 0.4) + 0.1 * log2(0.1 / 0.6)), abs=2)
    assert usual.excess({1: [row] * 3, 2: [row] * 3}) > dark
    busy = Usual(small=1000, late=900, takers=500, pairs=2000, regulars={1: 1000})
    assert busy.excess({1: [row] * 3}) == 0, "a head whom half of all pay again, at the usual hours, is no surprise"


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_and_the_order_of_rows_change_nothing(threads: int) -> None:
    payments = trade(7, payments=2000, days=60)
    first = find(view_of(payments), FEW)
    assert first.height
    assert first.schema == RAW_FINDING
    assert find(view_of(payments, threads=threads, shuffled=threads), FEW).equals(first)


def test_two_cells_under_one_account_are_one_finding_with_a_role_for_everyone() -> None:
    rows = []
    for cell in (1, 2):
        for seller in (10 * cell, 10 * cell + 1):
            rows += [(day, 20, 100 + day // 2 % 4, seller, 20) for day in range(0, 16, 2)]
            rows += [(day, 9, seller, cell, 60) for day in (9, 17)]
        rows += [(day, 12, cell, 0, 100) for day in (10, 18)]
    moments = sorted(
        (MONDAY + day * DAY + hour * 3600, payer, payee, amount) for day, hour, payer, payee, amount in rows
    )
    frame = find(
        view_of(
            [
                Payment(txn, t_s, t_s, payer, payee, Decimal(base))
                for txn, (t_s, payer, payee, base) in enumerate(moments)
            ]
        ),
        DEFAULTS,
    )
    (made,) = found(frame)
    assert made.subject == 0
    assert len(made.evidence) == len(moments)
    assert dict(made.members) == {
        0: "controller", 1: "collector", 2: "collector", **dict.fromkeys((10, 11, 20, 21), "mule"),
        **dict.fromkeys(range(100, 104), "payer"),
    }  # fmt: skip
    facts = facts_of(frame)[0]
    assert (facts["sellers"], facts["sales"], facts["heads"], facts["got"], facts["passed"], facts["late"]) == (
        4, 32, 2, "640.0000", "480.0000", 1000,
    )  # fmt: skip


def test_a_snapshot_without_transactions_gives_an_empty_frame_of_the_right_shape() -> None:
    frame = find(view_of([]), DEFAULTS)
    assert frame.is_empty()
    assert frame.schema == RAW_FINDING
