"""Layered chain: money goes through a row of accounts, each of which hands on nearly all of it within days and does little else.

Exact: of all ways in which a payment may go on, the best one counts, seen from both of its ends. Defined in docs/patterns.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Sighting, climb, days_spanned, findings_frame, money_text, to_units
from detectors.graph.layered_chain_examples import EXAMPLES
from detectors.graph.legs import DAY_S, HUB_CAP, LEAST_AMOUNT, LEGS, lay_legs, query
from schemas.detector import DetectorMeta, Example, Indicator, Parameter, Role

META = DetectorMeta(
    id="layered-chain",
    title={
        "en": "Money handed on through a row of accounts",
        "fr": "De l'argent transmis à travers une suite de comptes",
        "es": "Dinero que pasa por una serie de cuentas",
    },
    kind="pattern", family="generic", tier="core", status="live", severity="medium", weight=6,
    sources=("AMLTRIX IND02514", "AMLSim and SAML-D benchmarks: layering walks; the explained share is our judgement"),
    benign=(
        {"en": "A supply chain in which each firm pays the next as soon as it is paid",
         "fr": "Une chaîne d'approvisionnement où chaque entreprise paie la suivante dès qu'elle est payée",
         "es": "Una cadena de suministro en la que cada empresa paga a la siguiente en cuanto cobra"},
        {"en": "Companies of one group that pass cash upwards",
         "fr": "Des sociétés d'un groupe qui font remonter leur trésorerie",
         "es": "Sociedades de un grupo que suben su tesorería"},
        {"en": "A gift or a loan that is handed on within a family",
         "fr": "Un don ou un prêt transmis au sein d'une famille",
         "es": "Un regalo o un préstamo que pasa de mano en mano en una familia"},
    ),
    next_step={
        "en": "Ask each account on the way what the payment was for; find out who operates them and whether the money "
        "still stands at the last one.",
        "fr": "Demander à chaque compte traversé l'objet du paiement ; établir qui les gère et si l'argent se trouve "
        "encore sur le dernier.",
        "es": "Preguntar a cada cuenta del camino a qué responde el pago; averiguar quién las maneja y si el dinero sigue "
        "en la última.",
    },
    why={
        "en": "{arrived} of {sent} ({share}) arrived here over {hops|# payment|# payments} from account to account within {days}; no "
        "one on the way kept it more than {kept|# day|# days}, and it made up at least {explained} of what each moved in those days",
        "fr": "{arrived} sur {sent} ({share}) sont arrivés ici par {hops|# paiement|# paiements} de compte en compte en {days} ; aucun "
        "intermédiaire n'a gardé l'argent plus de {kept|# jour|# jours}, et il fait au moins {explained} du mouvement "
        "de chacun ces jours-là",
        "es": "{arrived} de {sent} ({share}) llegaron aquí en {hops|# pago|# pagos} de cuenta en cuenta en {days}; ningún "
        "intermediario retuvo el dinero más de {kept|# día|# días}, y supone al menos el {explained} de lo que cada uno movió esos días",
    },
    roles={},
    facts={
        "hops": "count", "sent": "money", "arrived": "money", "share": "percent", "least_passed": "percent",
        "kept": "count", "explained": "percent", "days": "days",
    },
    indicators=(
        Indicator(
            label={"en": "Payments in the chain", "fr": "Paiements de la chaîne", "es": "Pagos de la cadena"},
            observed="hops", threshold="least_hops", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Least share that anyone handed on", "fr": "Plus petite part transmise",
                "es": "Menor parte transmitida",
            },
            observed="least_passed", threshold="least_share", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Least share of an intermediary's turnover in those days",
                "fr": "Plus petite part du mouvement d'un intermédiaire ces jours-là",
                "es": "Menor parte del movimiento de un intermediario esos días",
            },
            observed="explained", threshold="least_explained", sense="at_least",
        ),
    ),
    params={
        "least_hops": Parameter(
            default=3, unit="count", least=2, most=20,
            reason="Money that is handed on once is a purchase; three payments in a row that keep the sum have no plain use.",
        ),
        "window_days": Parameter(
            default=3, unit="days", least=1, most=30,
            reason="Intermediaries are told to pass money on at once; 72 hours span a weekend.",
        ),
        "least_share": Parameter(
            default=850, unit="per_mille", least=500, most=1000,
            reason="What is reported of intermediaries' fees lies below a sixth of the sum.",
        ),
        "most_share": Parameter(
            default=1050, unit="per_mille", least=1000, most=1200,
            reason="Rates of exchange and a little of the account's own money may come on top; more would be other money.",
        ),
        "least_explained": Parameter(
            default=800, unit="per_mille", least=0, most=1000,
            reason="Somebody who is paid and pays all the time always has two payments of like amounts; an account used "
            "for handing on does little else in those days.",
        ),
        "least_amount": LEAST_AMOUNT,
        "hub_cap": HUB_CAP,
    },
    exclusions=("licensed_trader", "group_company", "bureau_de_change"),
    fires=(
        Example(
            name="four payments in five days, each a little smaller",
            rows="""
occurred_at          | amount   | from_account | to_account
2026-03-02T09:00:00Z | 10000.00 | ORIGIN       | M-1
2026-03-03T09:00:00Z | 9500.00  | M-1          | M-2
2026-03-05T09:00:00Z | 9000.00  | M-2          | M-3
2026-03-06T09:00:00Z | 8700.00  | M-3          | LAST
""",
            flags=("LAST",),
        ),
        *EXAMPLES["fires"],
    ),
    silent=EXAMPLES["silent"],
)  # fmt: skip

_LINKS = f"""
with {LEGS},
onward as materialized (
    -- What goes on within the window of a payment ends in the same slot of time or in the next one.
    select
        i.txn as earlier, o.txn as later, i.payee as account, i.day as first_day, o.day as last_day,
        i.amount as received, o.amount as passed
    from (select *, unnest([t_s // $window_s, t_s // $window_s + 1]) as slot from legs) as i
    join (select *, t_end_s // $window_s as slot from legs) as o
      on o.payer = i.payee and o.slot = i.slot and o.payee <> i.payer
     and o.amount * 1000 >= i.amount * $least_share and o.amount * 1000 <= i.amount * $most_share
     and i.t_s <= o.t_end_s and greatest(i.t_end_s, o.t_end_s) - least(i.t_s, o.t_s) < $window_s
),
candidates as materialized (
    -- One link alone makes no chain of three payments. What competes for a payment is at the same account, and stays.
    select * from onward
    where account in (
        select account from onward
        where $least_hops < 3 or earlier in (select later from onward) or later in (select earlier from onward)
    )
),
turnover as (
    select account, day, sum(amount) as amount from (
        select from_account as account, day, amount_base as amount from transactions
        where from_account in (select account from candidates) and amount_base is not null and not is_reversal
        union all
        select to_account, day, amount_base from transactions
        where to_account in (select account from candidates) and amount_base is not null and not is_reversal
    )
    group by account, day
),
running as (
    select account, day, amount, sum(amount) over (partition by account order by day) as so_far from turnover
),
links as (
    select c.*, e.so_far - b.so_far + b.amount as turnover
    from candidates as c
    join running as b on b.account = c.account and b.day = c.first_day
    join running as e on e.account = c.account and e.day = c.last_day
    where (received + passed) * 1000 >= (e.so_far - b.so_far + b.amount) * $least_explained
),
best as (
    select * from links
    qualify row_number() over (partition by earlier order by passed desc, later) = 1
        and row_number() over (partition by later order by received desc, earlier desc) = 1
),
used as (
    select txn, max(later) as later, max(turnover) as turnover, max(inward) as has_earlier from (
        select earlier as txn, later, turnover, 0 as inward from best
        union all
        select later, null, null, 1 from best
    )
    group by txn
)
select txn, t_s, t_end_s, payer, payee, amount, later, turnover, has_earlier = 1 as has_earlier
from legs join used using (txn)
order by txn
"""


class Step(NamedTuple):
    """A payment that is linked to another; `later` is the one it goes on in, `turnover` the payee's in those days."""

    txn: int
    t_s: int
    t_end_s: int
    payer: int
    payee: int
    amount: int
    later: int | None
    turnover: int
    has_earlier: bool


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the last account, where money can still be stopped."""
    lay_legs(view, META.id, params)
    rows = view.sql(query(_LINKS, {**params, "window_s": int(params["window_days"]) * DAY_S})).iter_rows(named=True)
    steps = {
        row["txn"]: Step(
            **{**row, "amount": to_units(row["amount"]), "turnover": to_units(row["turnover"] or Decimal(0))}
        )
        for row in rows
    }
    return findings_frame(
        _sighting(chain, params)
        for first in steps.values()
        if not first.has_earlier
        for chain in _cut(_run(first, steps))
        if len(chain) >= params["least_hops"]
    )


def _run(first: Step, steps: Mapping[int, Step]) -> Iterator[Step]:
    """The payments that follow from one that nothing is linked to before it. Every payment has one next at most."""
    step: Step | None = first
    while step is not None:
        yield step
        step = None if step.later is None else steps[step.later]


def _cut(run: Iterable[Step]) -> Iterator[list[Step]]:
    """The run in pieces: a new one begins where an account would come twice, or where a payment cannot follow all before it."""
    chain: list[Step] = []
    seen: set[int] = set()
    now = 0
    for step in run:
        if chain and (step.payee in seen or max(now, step.t_s) > step.t_end_s):
            yield chain
            chain, seen = [], set()
        now = max(now, step.t_s) if chain else step.t_s
        chain.append(step)
        seen |= {step.payer, step.payee}
    yield chain


def _sighting(chain: list[Step], params: Params) -> Sighting:
    sent, arrived = chain[0].amount, chain[-1].amount
    start_s, end_s = min(step.t_s for step in chain), max(step.t_end_s for step in chain)
    hops, least = len(chain), int(params["least_hops"])
    links = list(pairwise(chain))
    least_passed = min(onward.amount * 1000 // step.amount for step, onward in links)
    roles: dict[int, Role] = {step.payee: "mule" for step in chain}
    roles |= {chain[0].payer: "payer", chain[-1].payee: "beneficiary"}
    return Sighting(
        subject=chain[-1].payee,
        start_s=start_s,
        end_s=end_s,
        strength=400
        + climb(hops, least, least + 4) * 4 // 10
        + climb(least_passed, int(params["least_share"]), 1000) // 5,
        evidence=tuple(sorted(step.txn for step in chain)),
        roles=roles,
        facts={
            "hops": hops,
            "sent": money_text(sent),
            "arrived": money_text(arrived),
            "share": arrived * 1000 // sent,
            "least_passed": least_passed,
            "kept": max(days_spanned(min(a.t_s, b.t_s), max(a.t_end_s, b.t_end_s)) for a, b in links),
            "explained": min((a.amount + b.amount) * 1000 // a.turnover for a, b in links),
            "days": days_spanned(start_s, end_s),
        },
    )
