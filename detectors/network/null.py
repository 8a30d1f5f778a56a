"""The scale that all shapes share: how many subgraphs like this one chance would make, if each account keeps its own rate.

Every logarithm is rounded once to a whole billionth of a nat and only added from there on, so that a score is the same number
whatever the order of the sums and the number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from detectors.network.orders import Ints
from detectors.network.relations import Relations

NAT = 10**9
"""Scores are whole billionths of a nat."""


@lru_cache(maxsize=1_000_000)
def ln(value: int) -> int:
    """The natural logarithm of a whole number, in billionths."""
    return round(math.log(value) * NAT)


@lru_cache(maxsize=1_000_000)
def ln_gamma(value: int) -> int:
    """The logarithm of (value - 1)!, in billionths."""
    return round(math.lgamma(value) * NAT)


@dataclass(frozen=True)
class Window:
    """A window of days and its null: `opens` counts from the first day. A network keeps it, so it holds nothing large."""

    relations: Relations
    opens: int
    days: int
    _outside: dict[tuple[int, bool], int] = field(default_factory=dict, repr=False)

    @property
    def edges(self) -> Ints:
        """The places of its relations, rising."""
        return self.relations.within(self.opens, self.days)

    @cached_property
    def size(self) -> int:
        """How many relations it has."""
        return self.relations.count_within(self.opens, self.days)

    @cached_property
    def base(self) -> int:
        """ln(2T/W): windows overlap by half, so that there are this many places to look at."""
        return ln(2 * self.relations.span) - ln(self.days)

    @cached_property
    def ln_accounts(self) -> int:
        return ln(self.relations.population)

    @cached_property
    def ln_edges(self) -> int:
        return ln(max(self.size, 2))

    @cached_property
    def rate(self) -> int:
        """ln of a relation's share here for one outside: M / (M_outside + N); an account's own rate is it times n_outside + 1."""
        here = self.size
        return ln(max(here, 1)) - ln(len(self.relations) - here + self.relations.population)

    def outside(self, account: int, *, paying: bool) -> int:
        """How many novel relations an account has outside this window, as payer or as payee."""
        known = self._outside.get((account, paying))
        if known is None:
            day = self.relations.days_of(account, paying=paying)
            known = int(np.count_nonzero((day < self.opens) | (day >= self.opens + self.days)))
            self._outside[account, paying] = known
        return known

    def seen(self, degree: Ints, *, paying: bool) -> Ints:
        """As `outside`, for every account, from its degree here: a pair that is there twice counts as twice inside."""
        relations = self.relations
        total, side = (relations.paid, relations.payer) if paying else (relations.received, relations.payee)
        seen = total - degree
        again = relations.repeated(self.opens, self.days)
        if len(again):
            seen -= np.bincount(side[again], minlength=len(seen))
        return seen

    def ties(self, account: int, degree: int, *, paying: bool) -> int:
        """g(d): what `degree` ties of an account add to the logarithm, by a gamma-Poisson rate learned outside the window.

        That is d ln(rate) + ln of the rising factorial (n + 1) ... (n + d), with n its relations outside.
        """
        seen = self.outside(account, paying=paying)
        return degree * self.rate + ln_gamma(seen + 1 + degree) - ln_gamma(seen + 1)

    def score(self, edges: Iterable[int]) -> int:
        """Minus the logarithm of the expected number of such subgraphs, plus the order bonus, in billionths of a nat."""
        payer, payee, day = self.relations.payer, self.relations.payee, self.relations.day
        to: dict[int, set[int]] = {}
        of: dict[int, set[int]] = {}
        last_in: dict[int, int] = {}
        first_out: dict[int, int] = {}
        for edge in edges:
            one, other, when = int(payer[edge]), int(payee[edge]), int(day[edge])
            to.setdefault(one, set()).add(other)
            of.setdefault(other, set()).add(one)
            first_out[one] = min(when, first_out.get(one, when))
            last_in[other] = max(when, last_in.get(other, when))
        members = to.keys() | of.keys()
        count = sum(map(len, to.values()))
        expected = self.base + len(members) * self.ln_accounts - count * self.ln_edges
        bonus = 0
        alike: dict[tuple[frozenset[int], frozenset[int]], int] = {}
        nobody: set[int] = set()
        for account in members:
            outs, ins = to.get(account, nobody), of.get(account, nobody)
            kind = (frozenset(outs), frozenset(ins))
            alike[kind] = alike.get(kind, 0) + 1
            if len(outs) + len(ins) == 1:
                expected += self.ln_edges - self.ln_accounts
                continue
            expected += self.ties(account, len(outs), paying=True) if outs else 0
            expected += self.ties(account, len(ins), paying=False) if ins else 0
            if outs and ins and last_in[account] <= first_out[account]:
                bonus += ln_gamma(len(outs) + len(ins) + 1) - ln_gamma(len(outs) + 1) - ln_gamma(len(ins) + 1)
        return bonus - expected + sum(ln_gamma(number + 1) for number in alike.values())
