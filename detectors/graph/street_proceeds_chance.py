"""How surprising a tree of street proceeds is: against the hours at which small sums are paid at all, and against chance in who
hands on to whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import e, floor, log2
from pathlib import Path
from typing import Any

from detectors.api import Params, SnapshotView
from detectors.graph.legs import query

_HOURS = Path(__file__).with_name("street_proceeds_hours.sql")
_REGULARS = Path(__file__).with_name("street_proceeds_regulars.sql")


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in a snapshot: `small` payments, those `late` among them, the accounts that take any, all pairs of an account
    and one that it pays again (`pairs`), and for each head how many pay it again."""

    small: int
    late: int
    takers: int
    pairs: int
    regulars: Mapping[int, int]

    def excess(self, cells: Mapping[int, Sequence[Mapping[str, Any]]]) -> int:
        """Minus the logarithm of how many such trees chance makes at most in the whole snapshot, in thousandths of a bit.

        Every account keeps how many small payments it takes and how many accounts pay it again; the hours are exchanged among all
        small payments, and whom a seller hands on to among all whom anybody pays again.
        """
        bits = self._of_hours(cells) + self._of_heads(cells) - log2(max(1, self.takers))
        return max(0, floor(1000 * bits))

    def _of_hours(self, cells: Mapping[int, Sequence[Mapping[str, Any]]]) -> float:
        """Of n small payments k after dark, where a share q is: n KL(k/n, q), by Chernoff's bound."""
        rows = [row for head in sorted(cells) for row in cells[head]]
        count, dark = (sum(int(row[name]) for row in rows) for name in ("small", "sales"))
        share, usual = dark / count, self.late / self.small
        if share <= usual:
            return 0.0
        rest = (1 - share) * log2((1 - share) / (1 - usual)) if share < 1 else 0.0
        return count * (share * log2(share / usual) + rest)

    def _of_heads(self, cells: Mapping[int, Sequence[Mapping[str, Any]]]) -> float:
        """Of s sellers k hand on to these heads, to whom a share p of all regular payments goes: at most (e s p / k)^k."""
        rows = [row for head in sorted(cells) for row in cells[head]]
        part = sum(self.regulars.get(head, 1) for head in cells) / max(1, self.pairs)
        drawn = e * max(int(row["all_sellers"]) for row in rows) * part / len(rows)
        return max(0.0, -len(rows) * log2(drawn))


def read_usual(view: SnapshotView, heads: Sequence[int], params: Params) -> Usual:
    """What is usual in a snapshot in which these are the heads."""
    small, late, takers = view.sql(query(_HOURS.read_text(encoding="utf-8"), params)).row(0)
    regulars = view.sql(_REGULARS.read_text(encoding="utf-8"), [sorted(set(heads))])
    known = {row["account"]: row["regulars"] for row in regulars.iter_rows(named=True) if row["account"] is not None}
    pairs = sum(row["regulars"] for row in regulars.iter_rows(named=True))
    return Usual(small, late, takers, pairs, known)
