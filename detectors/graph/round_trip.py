"""Round trip: money leaves an account and nearly all of it comes back, over new relations and within a month.

Exact: every simple cycle of two to six payments in a possible order is found once. Defined in docs/patterns.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Calendar, Sighting, climb, days_spanned, findings_frame, money_text, to_units
from detectors.graph.legs import DAY_S, HUB_CAP, LEAST_AMOUNT, LEGS, lay_legs, query
from detectors.graph.round_trip_examples import EXAMPLES
from schemas.detector import DetectorMeta, Example, Indicator, Parameter, Role

META = DetectorMeta(
    id="round-trip",
    title={
        "en": "Money comes back to where it set out, over other accounts",
        "fr": "De l'argent revient à son point de départ par d'autres comptes",
        "es": "Dinero que vuelve a su punto de partida a través de otras cuentas",
    },
    kind="pattern", family="generic", tier="core", status="live", severity="medium", weight=6,
    sources=(
        "AMLTRIX IND02191",
        "AMLSim and AMLworld benchmarks: cycle",
        "FATF 2006, Trade-based money laundering: circular payments",
    ),
    benign=(
        {"en": "A loan among friends or firms that is paid back",
         "fr": "Un prêt entre amis ou entre entreprises qui est remboursé",
         "es": "Un préstamo entre amigos o entre empresas que se devuelve"},
        {"en": "A savings circle with few members",
         "fr": "Une tontine de peu de membres",
         "es": "Un círculo de ahorro con pocos miembros"},
        {"en": "Companies of one group that move cash among themselves",
         "fr": "Des sociétés d'un même groupe qui déplacent leur trésorerie",
         "es": "Sociedades de un mismo grupo que mueven su tesorería entre ellas"},
    ),
    next_step={
        "en": "Ask for the contract or invoice behind each payment of the round, and who owns the accounts on the way.",
        "fr": "Demander le contrat ou la facture derrière chaque paiement du circuit, et à qui sont les comptes traversés.",
        "es": "Pedir el contrato o la factura de cada pago del circuito y averiguar de quién son las cuentas intermedias.",
    },
    why={
        "en": "{sent} left this account and {returned} ({share}) came back to it in {hops|# payment|# payments} within {days}, "
        "between accounts that had hardly dealt with each other",
        "fr": "{sent} sont partis de ce compte et {returned} ({share}) y sont revenus en {hops|# paiement|# paiements}, en {days}, "
        "entre des comptes sans relations établies",
        "es": "De esta cuenta salieron {sent} y a ella volvieron {returned} ({share}) en {hops|# pago|# pagos}, "
        "en {days}, entre cuentas que apenas habían tratado entre sí",
    },
    roles={},
    facts={"hops": "count", "sent": "money", "returned": "money", "share": "percent", "days": "days"},
    indicators=(
        Indicator(
            label={"en": "Share that came back", "fr": "Part revenue", "es": "Parte que volvió"},
            observed="share", threshold="least_share", sense="at_least",
        ),
        Indicator(
            label={"en": "Payments in the round", "fr": "Paiements du circuit", "es": "Pagos del circuito"},
            observed="hops", threshold="most_hops", sense="at_most",
        ),
        Indicator(
            label={
                "en": "Days from first to last payment",
                "fr": "Jours entre le premier et le dernier paiement",
                "es": "Días entre el primer y el último pago",
            },
            observed="days", threshold="window_days", sense="at_most",
        ),
    ),
    params={
        "most_hops": Parameter(
            default=6, unit="count", least=2, most=6,
            reason="Longer rounds cost a fee at every hop and are seldom reported; each hop more also doubles the work.",
        ),
        "window_days": Parameter(
            default=30, unit="days", least=1, most=90,
            reason="A round serves a purpose such as a false turnover or a false loan, which is booked by the month.",
        ),
        "least_share": Parameter(
            default=800, unit="per_mille", least=500, most=1000,
            reason="Every payment of the round is at least this share of the first; fees beyond a fifth would eat the gain.",
        ),
        "most_share": Parameter(
            default=1050, unit="per_mille", least=1000, most=1200,
            reason="Rates of exchange and a little interest may come on top; more would be other money.",
        ),
        "pair_share": Parameter(
            default=900, unit="per_mille", least=500, most=1000,
            reason="Between only two accounts a payment back is common, so that the sums must lie closer together.",
        ),
        "pair_amount": Parameter(
            default=1000, unit="money", least=1, most=10_000_000,
            reason="People lend each other money and pay it back. From this sum on FATF recommendation 16 wants a transfer's "
            "parties identified; below it a payment back between two accounts is private life.",
        ),
        "most_dealing_days": Parameter(
            default=2, unit="count", least=1, most=100,
            reason="Two who dealt on more days than the round itself takes have an established relation, in which payments "
            "both ways are ordinary trade.",
        ),
        "quiet_days": Parameter(
            default=90, unit="days", least=1, most=730,
            reason="A quarter: relations of trade, work and family show up at least once in it.",
        ),
        "most_payers": Parameter(
            default=2, unit="count", least=1, most=1000,
            reason="Where several people pay like amounts to one member (a savings circle, dues, a fixed price), a payment "
            "onwards says nothing about whose money it is.",
        ),
        "least_amount": LEAST_AMOUNT,
        "hub_cap": HUB_CAP.model_copy(
            update={
                "default": 100,
                "reason": "Three payments a day for a month are a business; on longer ways chance matches multiply at each "
                "of its payments. What is left out is counted with the run.",
            }
        ),
    },
    fires=(
        Example(
            name="one day, no hours known: three accounts in a round",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 9500.00 | B            | C
2026-03-02  | 9000.00 | C            | A
2026-03-02  | 9900.00 | A            | B
""",
            flags=("A",),
        ),
        *EXAMPLES["fires"],
    ),
    silent=EXAMPLES["silent"],
)  # fmt: skip

_TRIPS = f"""
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


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the account where the round begins."""
    lay_legs(view, META.id, params)
    rows = view.sql(query(_TRIPS, {**params, "window_s": int(params["window_days"]) * DAY_S})).iter_rows(named=True)
    trips = [
        Trip(
            tuple(row["accounts"]),
            tuple(row["txns"]),
            row["start_s"],
            row["end_s"],
            to_units(row["sent"]),
            to_units(row["returned"]),
        )
        for row in rows
    ]
    return findings_frame(_sighting(trip, params) for trip in apart(trips))


def apart(trips: Iterable[Trip]) -> Iterator[Trip]:
    """The trips of each ring that share no moment: the earliest, and each that begins after the one before is done."""
    for _, round_the_ring in groupby(sorted(trips, key=attrgetter("rank")), key=attrgetter("ring")):
        taken = Calendar()
        for trip in round_the_ring:
            if taken.take(trip.start_s, trip.end_s):
                yield trip


def _sighting(trip: Trip, params: Params) -> Sighting:
    roles: dict[int, Role] = dict.fromkeys(trip.accounts[1:], "mule")
    share, hops = trip.returned * 1000 // trip.sent, len(trip.txns)
    return Sighting(
        subject=trip.accounts[0],
        start_s=trip.start_s,
        end_s=trip.end_s,
        strength=300 + climb(hops, 2, 4) * 4 // 10 + climb(share, int(params["least_share"]), 1000) * 3 // 10,
        evidence=tuple(sorted(trip.txns)),
        roles=roles | {trip.accounts[0]: "controller"},
        facts={
            "hops": hops,
            "sent": money_text(trip.sent),
            "returned": money_text(trip.returned),
            "share": share,
            "days": days_spanned(trip.start_s, trip.end_s),
        },
    )
