"""Novel relations as arrays: who paid whom for the first time in a long while, and what chance alone would make of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detectors.network.orders import Ints, ordered, rising

BLOCK_DAYS = 14
"""Receivers are exchanged within blocks of two weeks: paydays, market days and seasons stay where they are."""
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_STEP = 0x9E3779B97F4A7C15
_WORD = 2**64 - 1


@dataclass(frozen=True)
class Relations:
    """Novel relations in the total order of their payments, so that days rise. `payer` and `payee` index `accounts`, the run's
    account numbers; `day` counts from the first day on which two accounts dealt; `population` is how many accounts deal at all
    and `span` over how many days. `once` says which are the only dealing of their two accounts in all the data; `knows` and
    `known_by` how many others each account pays, or is paid by, with whom it deals more than once."""

    txn: Ints
    day: Ints
    payer: Ints
    payee: Ints
    accounts: Ints
    population: int
    first_day: int
    span: int
    once: NDArray[np.bool_]
    knows: Ints
    known_by: Ints

    def __len__(self) -> int:
        return len(self.txn)

    @cached_property
    def paid(self) -> Ints:
        """How many novel relations each account has as a payer."""
        return np.bincount(self.payer, minlength=len(self.accounts)).astype(np.int64)

    @cached_property
    def received(self) -> Ints:
        """How many it has as a payee."""
        return np.bincount(self.payee, minlength=len(self.accounts)).astype(np.int64)

    @cached_property
    def by_payer(self) -> Ints:
        """The positions in the order of payer, payee and time."""
        return ordered(self.payer * len(self.accounts) + self.payee)

    @cached_property
    def by_payee(self) -> Ints:
        """The positions in the order of payee, payer and time."""
        return ordered(self.payee * len(self.accounts) + self.payer)

    @cached_property
    def _repeats(self) -> tuple[Ints, Ints]:
        """The places, rising, of the relations whose payer had paid their payee before, and the day on which it last had."""
        order = self.by_payer
        payer, payee = self.payer[order], self.payee[order]
        again = np.nonzero((payer[1:] == payer[:-1]) & (payee[1:] == payee[:-1]))[0]
        places, since = order[again + 1], self.day[order[again]]
        turn = np.argsort(places)
        return places[turn], since[turn]

    @cached_property
    def _paid_until(self) -> Ints:
        """Where the relations of each payer end in `by_payer`."""
        return np.cumsum(self.paid)

    @cached_property
    def _received_until(self) -> Ints:
        return np.cumsum(self.received)

    def days_of(self, account: int, *, paying: bool) -> Ints:
        """The days of an account's relations as a payer, or as a payee, in no order of time."""
        until, order = (self._paid_until, self.by_payer) if paying else (self._received_until, self.by_payee)
        first = until[account - 1] if account else 0
        return np.asarray(self.day[order[first : until[account]]])

    def days_between(self, opens: int, closes: int) -> slice:
        """Where the relations from one day to before another lie: their days rise."""
        first, end = np.searchsorted(self.day, (opens, closes))
        return slice(int(first), int(end))

    def repeated(self, opens: int, days: int) -> Ints:
        """The places of the relations of a window whose payer paid their payee in it before: a window counts a pair once."""
        inside = self.days_between(opens, opens + days)
        places, since = self._repeats
        first, end = np.searchsorted(places, (inside.start, inside.stop))
        return places[first:end][since[first:end] >= opens]

    def within(self, opens: int, days: int) -> Ints:
        """The places of the relations of a window, each pair of payer and payee once: its first payment there."""
        inside = self.days_between(opens, opens + days)
        return np.delete(np.arange(inside.start, inside.stop), self.repeated(opens, days) - inside.start)

    def count_within(self, opens: int, days: int) -> int:
        """How many those are."""
        inside = self.days_between(opens, opens + days)
        return int(inside.stop - inside.start - len(self.repeated(opens, days)))

    def shuffled(self, seed: int, turn: int) -> Relations:
        """The same payers and days with the payees exchanged within blocks of two weeks: who is tied to whom is chance, and how
        busy everybody was when is not. Who would pay itself is left out.

        The exchange is drawn by whole-number mixing over the total order: the same on every machine.
        """
        mixed, payee = _mixed(len(self), seed, 3 * turn), np.empty_like(self.payee)
        for opens in range(0, int(self.day.max(initial=0)) + 1, BLOCK_DAYS):
            block = self.days_between(opens, opens + BLOCK_DAYS)
            payee[block] = self.payee[block][rising(mixed[block])]
        return self._between(self.payer, payee)

    def scattered(self, seed: int, turn: int) -> Relations:
        """The same days with payers and payees exchanged over the whole span: everybody keeps a rate, and no burst."""
        payer, payee = (
            side[rising(_mixed(len(self), seed, 3 * turn + number))]
            for number, side in ((1, self.payer), (2, self.payee))
        )
        return self._between(payer, payee)

    def _between(self, payer: Ints, payee: Ints) -> Relations:
        kept = payer != payee
        return replace(
            self, txn=self.txn[kept], day=self.day[kept], payer=payer[kept], payee=payee[kept], once=self.once[kept]
        )

    def redrawn(self, seed: int, turn: int) -> Relations:
        """Only the relations of strangers, between a payer and a payee drawn by how many partners each has, whoever they are: an
        account with twice as many partners has twice as many that it deals with once."""
        strange = np.nonzero(self.once)[0]
        sides = [
            _drawn(side[strange], known, _mixed(len(strange), seed, 3 * turn + number))
            for number, side, known in ((1, self.payer, self.knows), (2, self.payee, self.known_by))
        ]
        kept = sides[0] != sides[1]
        rows = strange[kept]
        return replace(
            self,
            txn=self.txn[rows],
            day=self.day[rows],
            payer=sides[0][kept],
            payee=sides[1][kept],
            once=np.ones(len(rows), dtype=bool),
        )


def _drawn(strange: Ints, known: Ints, mixed: NDArray[np.uint64]) -> Ints:
    """An account for each number, by its share in the known and strange partners of all."""
    drawn_by = np.repeat(np.arange(len(known)), known + np.bincount(strange, minlength=len(known)))
    return np.asarray(drawn_by[(mixed % np.uint64(len(drawn_by))).astype(np.int64)])


def _mixed(count: int, seed: int, turn: int) -> NDArray[np.uint64]:
    """A pseudo-random number below 2^64 for each of 0 to count - 1, no two alike, by SplitMix64 (Steele, Lea and Flood 2014)."""
    start = np.uint64((seed * 2_654_435_769 + turn * _STEP) & _WORD)
    value = (np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_STEP)) + start
    for shift, factor in zip((np.uint64(30), np.uint64(27)), _MIX, strict=True):
        value = (value ^ (value >> shift)) * factor
    return np.asarray(value ^ (value >> np.uint64(31)))
