"""Smurf ring: the same few senders all pay the same few beneficiaries within days, each time too little to be reported.

Exact: every two beneficiaries are compared in every window, and what belongs together is one ring. Defined in docs/patterns.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from operator import attrgetter
from typing import NamedTuple

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Calendar, Sighting, climb, days_spanned, findings_frame, money_text, to_units
from detectors.graph.legs import DAY_S, HUB_CAP, LEAST_AMOUNT, LEGS, lay_legs, query
from detectors.graph.smurf_ring_examples import EXAMPLES
from detectors.graph.windows import windows
from schemas.detector import DetectorMeta, Indicator, Parameter, Role

META = DetectorMeta(
    id="smurf-ring",
    title={
        "en": "The same senders pay the same beneficiaries, each time below the threshold",
        "fr": "Les mêmes payeurs paient les mêmes bénéficiaires, chaque fois sous le seuil",
        "es": "Los mismos pagadores pagan a los mismos beneficiarios, cada vez por debajo del umbral",
    },
    kind="pattern", family="generic", tier="core", status="live", severity="medium", weight=6,
    sources=("FIN-2014-A008, human smuggling and trafficking", "window, shares and reciprocity are our judgement"),
    benign=(
        {"en": "Relatives who support the same two others",
         "fr": "Des proches qui soutiennent les deux mêmes autres",
         "es": "Parientes que mantienen a las mismas dos personas"},
        {"en": "Parents who pay a school and its canteen, members who pay two funds",
         "fr": "Des parents qui paient une école et sa cantine, des membres qui cotisent à deux caisses",
         "es": "Padres que pagan una escuela y su comedor, socios que cotizan a dos cajas"},
        {"en": "Shops of one village that buy from the same two wholesalers",
         "fr": "Des boutiques d'un village qui achètent aux deux mêmes grossistes",
         "es": "Tiendas de un pueblo que compran a los mismos dos mayoristas"},
    ),
    next_step={
        "en": "Find out whether the senders act on somebody's instructions: where their money comes from, and whether "
        "they share a phone, a device or an agent.",
        "fr": "Établir si les payeurs agissent sur instruction : d'où vient leur argent et s'ils partagent un téléphone, "
        "un appareil ou un agent.",
        "es": "Averiguar si los pagadores actúan por encargo: de dónde viene su dinero y si comparten teléfono, "
        "dispositivo o agente.",
    },
    why={
        "en": "{senders|# sender|# senders} paid {beneficiaries|# beneficiary|# beneficiaries} {received} in "
        "{payments|# payment|# payments} below the threshold within {days}; nothing came back from those they paid",
        "fr": "{senders|# payeur a|# payeurs ont} versé {received} à {beneficiaries|# bénéficiaire|# bénéficiaires} en "
        "{payments|# paiement|# paiements} sous le seuil en {days} ; rien n'est revenu de ceux qu'ils ont payés",
        "es": "{senders|# pagador pagó|# pagadores pagaron} {received} a {beneficiaries|# beneficiario|# beneficiarios} en "
        "{payments|# pago|# pagos} por debajo del umbral en {days}; nada volvió de quienes cobraron",
    },
    roles={},
    facts={
        "senders": "count", "beneficiaries": "count", "received": "money", "threshold": "money", "needed": "money",
        "explained": "percent", "days": "days", "payments": "count",
    },
    indicators=(
        Indicator(
            label={"en": "Senders in common", "fr": "Payeurs communs", "es": "Pagadores comunes"},
            observed="senders", threshold="least_senders", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Received together, beside the reporting threshold", "fr": "Total reçu, en regard du seuil",
                "es": "Total recibido, frente al umbral",
            },
            observed="received", threshold="needed", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Least share of what a beneficiary received in the window",
                "fr": "Plus petite part de ce qu'un bénéficiaire a reçu dans la période",
                "es": "Menor parte de lo que un beneficiario recibió en el periodo",
            },
            observed="explained", threshold="least_explained", sense="at_least",
        ),
    ),
    params={
        "least_senders": Parameter(
            default=3, unit="count", least=2, most=100,
            reason="Two who pay the same two are a couple; three who do so at the same time act together.",
        ),
        "window_days": Parameter(
            default=14, unit="days", least=1, most=90,
            reason="A sum is put into many small payments within days; two weeks leave room for daily limits.",
        ),
        "least_of_threshold": Parameter(
            default=500, unit="per_mille", least=1, most=100_000,
            reason="Small payments matter where together they near the sum that would have had to be reported at once.",
        ),
        "least_explained": Parameter(
            default=500, unit="per_mille", least=0, most=1000,
            reason="Two shops of one street share customers, and have many others; beneficiaries of a ring live on it.",
        ),
        "least_amount": LEAST_AMOUNT,
        "hub_cap": HUB_CAP,
    },
    exclusions=("biller", "licensed_agent", "cooperative", "savings_circle", "state_account", "exchange", "licensed_trader"),
    fires=EXAMPLES["fires"],
    silent=EXAMPLES["silent"],
)  # fmt: skip

_SHARED = f"""
with {LEGS},
crowds as (
    select payee, t_s // $window_s as slot, count(*) as payments from legs group by payee, slot
),
heavy as (
    -- A window lies in two neighbouring slots of its own length.
    select payee, first_slot from (select payee, unnest([slot - 1, slot]) as first_slot, payments from crowds)
    group by payee, first_slot having sum(payments) >= $least_senders
),
paid as materialized (
    select l.payer, l.payee, l.txn, l.t_s, l.t_end_s, l.amount, l.t_s // $window_s as slot
    from legs as l
    semi join (select distinct payee, unnest([first_slot, first_slot + 1]) as slot from heavy) as h
      on h.payee = l.payee and h.slot = l.t_s // $window_s
),
meetings as materialized (
    -- Two payments of one sender to two beneficiaries within one window.
    select a.payer, least(a.payee, b.payee) as one, greatest(a.payee, b.payee) as other, a.txn as first_txn, b.txn as second_txn
    from (select *, unnest([slot, slot + 1]) as next_slot from paid) as a
    join paid as b on b.payer = a.payer and b.slot = a.next_slot and b.payee <> a.payee
     and a.t_s <= b.t_s and greatest(a.t_end_s, b.t_end_s) - a.t_s < $window_s
),
met as (
    select one, other from meetings group by one, other having count(distinct payer) >= $least_senders
),
used as (
    select distinct one, other, unnest([first_txn, second_txn]) as txn from meetings semi join met using (one, other)
)
select u.one, u.other, p.payer, p.payee, p.txn, p.t_s as start_s, p.t_end_s as end_s, p.amount, f.threshold_base as threshold
from used as u join paid as p on p.txn = u.txn
join flows as f on f.txn = p.txn and f.account = p.payee and f.direction = 'in' and p.amount < f.threshold_base
left join pairs as back on back.from_account = p.payee and back.to_account = p.payer and back.first_s <= p.t_end_s
where back.first_s is null
order by u.one, u.other, p.t_s, p.txn
"""
_RECEIVED = f"""
with {LEGS}
select payee, txn, t_s as start_s, t_end_s as end_s, amount from legs
where payee in (select unnest(?::integer[]))
order by payee, t_s, txn
"""


class Gift(NamedTuple):
    """A payment of a shared sender to one of two beneficiaries; sums in ten-thousandths."""

    payer: int
    payee: int
    txn: int
    start_s: int
    end_s: int
    amount: int
    threshold: int


@dataclass(frozen=True)
class Share:
    """What two beneficiaries share in one window."""

    pair: tuple[int, int]
    opens_s: int
    gifts: tuple[Gift, ...]
    explained: int

    @property
    def senders(self) -> frozenset[int]:
        return frozenset(gift.payer for gift in self.gifts)

    @property
    def span(self) -> tuple[int, int]:
        return min(gift.start_s for gift in self.gifts), max(gift.end_s for gift in self.gifts)

    @property
    def rank(self) -> tuple[int, int, int]:
        """The best comes first: most senders, then most money, then the earliest."""
        return -len(self.senders), -sum(gift.amount for gift in self.gifts), self.opens_s


Received = Mapping[int, Sequence[tuple[int, int, int]]]
"""By account: start, end and amount of each payment received."""


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the beneficiary that received most."""
    lay_legs(view, META.id, params)
    settled = {**params, "window_s": int(params["window_days"]) * DAY_S}
    rows = list(view.sql(query(_SHARED, settled)).iter_rows())
    accounts = sorted({row[3] for row in rows})
    received: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for payee, _, start_s, end_s, amount in view.sql(query(_RECEIVED, settled), [accounts]).iter_rows():
        received[payee].append((start_s, end_s, to_units(amount)))
    shares = []
    for pair, of_pair in groupby(rows, key=lambda row: (row[0], row[1])):
        gifts = [Gift(*row[2:7], *map(to_units, row[7:])) for row in of_pair]
        taken = Calendar()
        for share in sorted(_shares(pair, gifts, received, settled), key=attrgetter("rank")):
            if taken.take(*share.span):
                shares.append(share)
    return findings_frame(_sighting(ring, params) for ring in rings(shares, int(params["least_senders"])))


def _shares(pair: tuple[int, int], gifts: Sequence[Gift], received: Received, params: Params) -> Iterator[Share]:
    window_s = int(params["window_s"])
    for opens_s, inside in windows(gifts, window_s):
        senders = set.intersection(*({gift.payer for gift in inside if gift.payee == account} for account in pair))
        if len(senders) < params["least_senders"]:
            continue
        shared = tuple(gift for gift in inside if gift.payer in senders)
        if shared[0].start_s != opens_s:
            continue
        threshold = max(gift.threshold for gift in shared)
        explained = min(
            sum(gift.amount for gift in shared if gift.payee == account)
            * 1000
            // sum(
                amount
                for start_s, end_s, amount in received[account]
                if opens_s <= start_s and end_s < opens_s + window_s
            )
            for account in pair
        )
        if (
            sum(gift.amount for gift in shared) * 1000 >= threshold * params["least_of_threshold"]
            and explained >= params["least_explained"]
        ):
            yield Share(pair, opens_s, shared, explained)


def rings(shares: Iterable[Share], least: int) -> Iterator[list[Share]]:
    """The shares that belong together: two with a beneficiary and `least` senders in common, at one time, are of one ring."""
    numbered = list(shares)
    head = list(range(len(numbered)))

    def top(place: int) -> int:
        while head[place] != place:
            place = head[place]
        return place

    at: dict[int, list[int]] = defaultdict(list)
    for place, share in enumerate(numbered):
        for account in share.pair:
            at[account].append(place)
    for places in at.values():
        for one, other in combinations(places, 2):
            a, b = numbered[one], numbered[other]
            if a.span[0] <= b.span[1] and b.span[0] <= a.span[1] and len(a.senders & b.senders) >= least:
                head[top(one)] = top(other)
    together: dict[int, list[Share]] = defaultdict(list)
    for place, share in enumerate(numbered):
        together[top(place)].append(share)
    yield from together.values()


def _sighting(ring: Sequence[Share], params: Params) -> Sighting:
    gifts = {gift.txn: gift for share in ring for gift in share.gifts}
    start_s, end_s = min(gift.start_s for gift in gifts.values()), max(gift.end_s for gift in gifts.values())
    by_payee: dict[int, int] = defaultdict(int)
    for gift in gifts.values():
        by_payee[gift.payee] += gift.amount
    senders = {gift.payer for gift in gifts.values()}
    roles: dict[int, Role] = dict.fromkeys(by_payee, "beneficiary")
    roles |= dict.fromkeys(senders, "payer")
    threshold = max(gift.threshold for gift in gifts.values())
    least = int(params["least_senders"])
    return Sighting(
        subject=min(by_payee, key=lambda account: (-by_payee[account], account)),
        start_s=start_s,
        end_s=end_s,
        strength=400 + climb(len(senders), least, 2 * least + 2) * 3 // 10 + climb(len(by_payee), 2, 5) * 3 // 10,
        evidence=tuple(sorted(gifts)),
        roles=roles,
        facts={
            "senders": len(senders),
            "beneficiaries": len(by_payee),
            "received": money_text(sum(by_payee.values())),
            "threshold": money_text(threshold),
            "needed": money_text(threshold * int(params["least_of_threshold"]) // 1000),
            "explained": min(share.explained for share in ring),
            "days": days_spanned(start_s, end_s),
            "payments": len(gifts),
        },
    )
