"""Where the accounts of an alert stand in the picture of its flow: columns by hops from the payers, rows by key. No script.

The picture is one reading of the evidence table and never shows more or less than the table does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MOST_NODES = 60
WIDTH, COLUMN_TOP, ROW = 760, 26, 30
MOST_COLUMNS = 6
CASH_IN, CASH_OUT = "cash>", ">cash"
"""Where cash comes from and where it goes: two places, since they are not one account. No account key looks like them."""
DEEPEST = 60
"""How far below a curve that leads back may pass, in pixels."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Money from one account to another in the evidence. An empty end is cash."""

    source: str
    target: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Node:
    """An account at a place. `role` is its role in the alert, `subject` whether the alert is about it."""

    account: str
    x: int
    y: int
    anchor: str
    role: str
    subject: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A curve between two nodes, as an SVG path, and how wide."""

    path: str
    width: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole drawing, in pixels."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]


def draw(edges: Iterable[Edge], subject: str, roles: dict[str, str]) -> Picture | None:
    """The picture of some evidence; None where there is nothing to draw, or more than a reader could follow."""
    merged: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for edge in edges:
        ends = (edge.source or CASH_IN, edge.target or CASH_OUT)
        if ends[0] != ends[1]:
            merged[ends][edge.currency] += edge.amount
    accounts = sorted({end for ends in merged for end in ends})
    if not accounts or len(accounts) > MOST_NODES:
        return None
    columns = _columns(accounts, list(merged), subject)
    by_column: dict[int, list[str]] = defaultdict(list)
    for account in accounts:
        by_column[columns[account]].append(account)
    tallest = max(len(rows) for rows in by_column.values())
    last = max(by_column)
    room = COLUMN_TOP * 2 + ROW * max(tallest - 1, 2)
    leads_back = any(columns[target] <= columns[source] for source, target in merged)
    height = room + (DEEPEST if leads_back else 0)
    nodes = {}
    for column, rows in by_column.items():
        x = 150 + (round(column * (WIDTH - 300) / last) if last else (WIDTH - 300) // 2)
        anchor = "end" if column == 0 and last else "start" if column == last and last else "middle"
        for place, account in enumerate(rows):
            y = round(room / 2 + (place - (len(rows) - 1) / 2) * ROW)
            nodes[account] = Node(account, x, y, anchor, roles.get(account, ""), account == subject)
    shares = _shares(merged)
    lines = tuple(_line(nodes[source], nodes[target], shares[source, target]) for source, target in sorted(merged))
    return Picture(WIDTH, height, tuple(nodes[account] for account in accounts), lines)


def _shares(merged: dict[tuple[str, str], dict[str, Decimal]]) -> dict[tuple[str, str], Decimal]:
    """How wide each line is, up to 1. Amounts are compared within their currency only: no rate is known here."""
    most: dict[str, Decimal] = defaultdict(lambda: Decimal("0.0001"))
    for sums in merged.values():
        for currency, amount in sums.items():
            most[currency] = max(most[currency], amount)
    return {ends: max(amount / most[currency] for currency, amount in sums.items()) for ends, sums in merged.items()}


def _columns(accounts: list[str], edges: list[tuple[str, str]], subject: str) -> dict[str, int]:
    """Hops from an account that only pays, or from the subject where all that it is paid is money of its own that comes back.

    Any other ring is entered at its first account by key. Columns are capped.
    """
    reached = _reached(subject, edges)
    paid_by = {
        account: {
            source for source, target in edges if target == account and not (account == subject and source in reached)
        }
        for account in accounts
    }
    column = {account: 0 for account in accounts if not paid_by[account]} or {accounts[0]: 0}
    frontier = sorted(column)
    while frontier:
        following = []
        for source, target in sorted(edges):
            if source in frontier and target not in column:
                column[target] = min(column[source] + 1, MOST_COLUMNS)
                following.append(target)
        frontier = sorted(following) or [account for account in accounts if account not in column][:1]
        for account in frontier:
            column.setdefault(account, 0)
    return column


def _reached(start: str, edges: list[tuple[str, str]]) -> set[str]:
    """The accounts that money from `start` can get to over these edges."""
    reached: set[str] = set()
    frontier = {start}
    while frontier:
        frontier = {target for source, target in edges if source in frontier} - reached
        reached |= frontier
    return reached


def _line(source: Node, target: Node, share: Decimal) -> Line:
    width = f"{float(Decimal('1.2') + share * 6):.1f}"
    if target.x > source.x:
        bend = (target.x - source.x) // 2
        return Line(
            f"M{source.x} {source.y}C{source.x + bend} {source.y} {target.x - bend} {target.y} {target.x} {target.y}",
            width,
        )
    lift = min(DEEPEST, max(40, abs(source.x - target.x) // 4))  # money that comes back passes below
    return Line(
        f"M{source.x} {source.y}C{source.x + lift} {source.y + lift} {target.x - lift} {target.y + lift} {target.x} {target.y}",
        width,
    )
