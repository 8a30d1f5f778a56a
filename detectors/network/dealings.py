"""From all payments between two accounts to the relations that are novel, and to whom each account knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detectors.api import Params, SnapshotView
from detectors.network.orders import Ints, heads, ordered
from detectors.network.relations import Relations

_SQL = (Path(__file__).parent / "dealings.sql").read_text(encoding="utf-8")
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Dealings:
    """Payments between two different accounts in their total order, refunds too: `payer` and `payee` are the run's account numbers."""

    txn: NDArray[np.int32]
    day: NDArray[np.int32]
    payer: NDArray[np.int32]
    payee: NDArray[np.int32]
    refund: Flags

    @property
    def numbers(self) -> int:
        """One more than the greatest account number."""
        return 1 + max((int(side.max(initial=-1)) for side in (self.payer, self.payee)), default=-1)

    def among(self, *sides: NDArray[np.int32]) -> Flags:
        """Of every account number whether it stands on one of the sides."""
        flags = np.zeros(self.numbers, dtype=bool)
        for side in sides:
            flags[side] = True
        return flags

    def by_pair(self) -> tuple[Ints, Ints]:
        """The places in the order of the two accounts, either way round, and of time; and where in that order each pair begins."""
        one = np.minimum(self.payer, self.payee).astype(np.int64)
        one *= self.numbers
        one += np.maximum(self.payer, self.payee)
        order = ordered(one)
        return order, heads(one[order])


def read_relations(view: SnapshotView, params: Params) -> Relations:
    """The novel relations of a snapshot: payments between two accounts that have no other dealings, either way, within
    `quiet_days` before or after. A refund is a dealing, so that what was refunded is no novel relation; it is none itself.
    """
    rows = view.sql(_SQL)
    dealings = Dealings(*(rows[name].to_numpy() for name in ("txn", "day", "payer", "payee", "refund")))
    order, begins = dealings.by_pair()
    novel, once = _quiet(dealings, order, begins, int(params["quiet_days"]))
    knows, known_by = _known(dealings, order, begins)
    payer, payee, day = dealings.payer[novel], dealings.payee[novel], dealings.day.astype(np.int64)
    first_day = int(day.min()) if len(day) else 0
    mine = dealings.among(payer, payee)
    index = np.cumsum(mine) - 1
    return Relations(
        txn=dealings.txn[novel].astype(np.int64),
        day=day[novel] - first_day,
        payer=index[payer],
        payee=index[payee],
        accounts=np.nonzero(mine)[0],
        population=int(np.count_nonzero(dealings.among(dealings.payer, dealings.payee))),
        first_day=first_day,
        span=int(day.max()) - first_day + 1 if len(day) else 0,
        once=once[novel],
        knows=knows[mine],
        known_by=known_by[mine],
    )


def _quiet(dealings: Dealings, order: Ints, begins: Ints, quiet_days: int) -> tuple[Ints, Flags]:
    """The places of the novel relations, rising; and of every place whether it is the only dealing of its pair."""
    begun, ended = np.zeros((2, len(order)), dtype=bool)
    begun[begins] = True
    ended[begins[1:] - 1] = ended[-1:] = True
    apart = np.diff(dealings.day[order]) > quiet_days
    before, after = begun.copy(), ended.copy()
    before[1:] |= apart
    after[:-1] |= apart
    novel, once = np.empty_like(begun), np.empty_like(begun)
    novel[order], once[order] = before & after, begun & ended
    return np.nonzero(novel & ~dealings.refund)[0], once


def _known(dealings: Dealings, order: Ints, begins: Ints) -> tuple[Ints, Ints]:
    """For each account number how many others it pays, and how many pay it, of those with whom it deals at least twice."""
    sizes = np.diff(begins, append=len(order))
    rows = order[np.repeat(sizes > 1, sizes)]
    payer, payee = dealings.payer[rows], dealings.payee[rows]
    pairs = np.cumsum(sizes[sizes > 1]) - sizes[sizes > 1]
    one, other = np.minimum(payer[pairs], payee[pairs]), np.maximum(payer[pairs], payee[pairs])
    knows, known_by = np.zeros((2, dealings.numbers), dtype=np.int64)
    for pays, is_paid, way in ((one, other, payer < payee), (other, one, payer > payee)) if len(pairs) else ():
        there = np.logical_or.reduceat(way, pairs)
        knows += np.bincount(pays[there], minlength=len(knows))
        known_by += np.bincount(is_paid[there], minlength=len(known_by))
    return knows, known_by
