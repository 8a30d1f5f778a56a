"""Round trips, the search: every simple cycle of two to six payments as a query, and those of one ring that share no moment.

It closes ways that meet at both ends, so that no way is longer than three payments. Defined in docs/patterns.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from detectors.graph.frames import Calendar
from detectors.graph.legs import LEGS

TRIPS = f"""
with {LEGS},
dealings as (
    select least(from_account, to_account) as one, greatest(from_account, to_account) as other, day
    from transactions
    where from_account <> to_account
),
regulars as (
    -- Most pairs never come near an established relation; only the others are looked at day by day.
    select one, other from dealings
    group by one, other
    having count(*) > $most_dealing_days and max(day) - min(day) >= $most_dealing_days
),
dealing_days as (
    select distinct one, other, day from dealings semi join regulars using (one, other)
),
established as (
    select one, other, day from dealing_days
    qualify count(*) over (
        partition by one, other order by day range between $quiet_days - 1 preceding and current row
    ) > $most_dealing_days
),
hops as materialized (
    select legs.*, t_end_s // $window_s as slot
    from legs anti join established
      on one = least(payer, payee) and other = greatest(payer, payee) and established.day = legs.day
),
ways_2 as materialized (
    -- A way: payments that lead on, in a possible order, within the window, of amounts that one first amount allows.
    select
        w.payer as origin, h.payee as finish, [w.payee] as inner_accounts, [w.txn, h.txn] as txns,
        w.amount as first_amount, least(w.amount, h.amount) as lowest, greatest(w.amount, h.amount) as highest,
        least(w.t_s, h.t_s) as start_s, greatest(w.t_s, h.t_s) as latest_start_s,
        least(w.t_end_s, h.t_end_s) as soonest_end_s, greatest(w.t_end_s, h.t_end_s) as end_s
    from (select *, unnest([t_s // $window_s, t_s // $window_s + 1]) as next_slot from hops) as w
    join hops as h
      on h.payer = w.payee and h.slot = w.next_slot and h.payee <> w.payer
     and w.t_s <= h.t_end_s and greatest(w.t_end_s, h.t_end_s) - least(w.t_s, h.t_s) < $window_s
     and greatest(w.amount, h.amount) * $least_share <= least(w.amount, h.amount) * $most_share
    where $most_hops > 2
),
ways_3 as materialized (
    select
        w.origin, h.payee as finish, list_append(w.inner_accounts, w.finish) as inner_accounts,
        list_append(w.txns, h.txn) as txns, w.first_amount,
        least(w.lowest, h.amount) as lowest, greatest(w.highest, h.amount) as highest,
        least(w.start_s, h.t_s) as start_s, greatest(w.latest_start_s, h.t_s) as latest_start_s,
        least(w.soonest_end_s, h.t_end_s) as soonest_end_s, greatest(w.end_s, h.t_end_s) as end_s
    from (select *, unnest([start_s // $window_s, start_s // $window_s + 1]) as next_slot from ways_2) as w
    join hops as h
      on h.payer = w.finish and h.slot = w.next_slot
     and h.payee <> w.origin and not list_contains(w.inner_accounts, h.payee)
     and w.latest_start_s <= h.t_end_s and greatest(w.end_s, h.t_end_s) - least(w.start_s, h.t_s) < $window_s
     and greatest(w.highest, h.amount) * $least_share <= least(w.lowest, h.amount) * $most_share
    where $most_hops > 4
),
single as (
    -- Only what can close a way of two hops, or be half of a round of two.
    select * from hops where amount * 1000 >= cast($pair_amount as decimal(24, 4)) * $pair_share
    union all
    select hops.* from hops semi join ways_2 on ways_2.origin = payee and ways_2.finish = payer
    where amount * 1000 < cast($pair_amount as decimal(24, 4)) * $pair_share
),
ways_1 as (
    select
        payer as origin, payee as finish, cast([] as integer[]) as inner_accounts, [txn] as txns, amount as first_amount,
        amount as lowest, amount as highest, t_s as start_s, t_s as latest_start_s, t_end_s as soonest_end_s,
        t_end_s as end_s
    from single
),
ways as (
    select * from ways_1 union all select * from ways_2 union all select * from ways_3
),
rounds as materialized (
    -- Two ways that meet at both ends; the way out has as many hops as the way back, or one more.
    select
        list_prepend(o.origin, list_concat(list_append(o.inner_accounts, o.finish), b.inner_accounts)) as accounts,
        list_concat(o.txns, b.txns) as txns,
        least(o.start_s, b.start_s) as start_s, greatest(o.end_s, b.end_s) as end_s, o.first_amount
    from ways as o join ways as b
      on b.origin = o.finish and b.finish = o.origin
     and len(o.txns) - len(b.txns) between 0 and 1 and len(o.txns) + len(b.txns) <= $most_hops
     and o.latest_start_s <= b.soonest_end_s
     and greatest(o.end_s, b.end_s) - least(o.start_s, b.start_s) < $window_s
     and least(o.lowest, b.lowest) * 1000 >= o.first_amount * $least_share
     and greatest(o.highest, b.highest) * 1000 <= o.first_amount * $most_share
     and (
         len(o.txns) + len(b.txns) > 2
         or (o.first_amount >= $pair_amount and b.first_amount * 1000 >= o.first_amount * $pair_share)
     )
     and not list_has_any(o.inner_accounts, b.inner_accounts)
),
crowded as (
    -- A member of a round whom too many paid like amounts in the window that ends with the round.
    select r.txns
    from (select txns, end_s, first_amount, unnest(accounts) as account from rounds) as r
    join legs as l
      on l.payee = r.account and l.t_s > r.end_s - $window_s and l.t_end_s <= r.end_s
     and l.amount * 1000 between r.first_amount * $least_share and r.first_amount * $most_share
    group by r.txns, r.account
    having count(distinct l.payer) > $most_payers
)
select r.accounts, r.txns, r.start_s, r.end_s, r.first_amount as sent, l.amount as returned
from rounds as r join legs as l on l.txn = r.txns[-1]
where not exists (select 1 from crowded where crowded.txns = r.txns)
order by r.txns
"""
"""Every round, as a row of accounts, txns, start_s, end_s, sent and returned; over the legs, with the pattern's parameters."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One round: its accounts and payments in the order of the hops, the origin first; sums in ten-thousandths."""

    accounts: tuple[int, ...]
    txns: tuple[int, ...]
    start_s: int
    end_s: int
    sent: int
    returned: int

    @property
    def ring(self) -> tuple[int, ...]:
        """The accounts in the order of the hops, from the smallest one: the same wherever the round is said to begin."""
        at = self.accounts.index(min(self.accounts))
        return self.accounts[at:] + self.accounts[:at]

    @property
    def rank(self) -> tuple[tuple[int, ...], int, int, int, tuple[int, ...]]:
        """By ring; then the earliest comes first, the soonest done, and the one that set out with most: fees only lower it."""
        return self.ring, self.start_s, self.end_s, -self.sent, self.txns


def apart(trips: Iterable[Trip]) -> Iterator[Trip]:
    """The trips of each ring that share no moment: the earliest, and each that begins after the one before is done."""
    for _, round_the_ring in groupby(sorted(trips, key=attrgetter("rank")), key=attrgetter("ring")):
        taken = Calendar()
        for trip in round_the_ring:
            if taken.take(trip.start_s, trip.end_s):
                yield trip
