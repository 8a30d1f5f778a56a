"""Earner to collector: several people hand on what they are paid, nearly all of it and within a day, to one and the same account.

Exact: every payment to a possible collector is compared with all that its payer received in the day before. Defined in
docs/patterns.md. It must never present those who hand on as anything but possible victims.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.earner_to_collector_examples import EXAMPLES
from detectors.graph.frames import Calendar, Sighting, climb, days_spanned, findings_frame, money_text, to_units
from detectors.graph.legs import DAY_S, HUB_CAP, LEAST_AMOUNT, LEGS, lay_legs, query
from detectors.graph.windows import windows
from schemas.detector import DetectorMeta, Example, Indicator, Parameter, Role

META = DetectorMeta(
    id="earner-to-collector",
    title={
        "en": "Several people hand on what they are paid to one account",
        "fr": "Plusieurs personnes remettent ce qu'elles reçoivent à un même compte",
        "es": "Varias personas entregan lo que reciben a una misma cuenta",
    },
    kind="pattern", family="sexual_exploitation", tier="core", status="live", severity="high", weight=8,
    sources=(
        "AUSTRAC 2022, Detecting and reporting forced sexual servitude",
        "FINTRAC 2021-OA001, Project Protect", "the number of people and the window are our judgement",
    ),
    benign=(
        {"en": "Drivers or vendors who hand in the day's takings to the owner",
         "fr": "Des chauffeurs ou vendeurs qui remettent la recette du jour au propriétaire",
         "es": "Choferes o vendedores que entregan la recaudación del día al dueño"},
        {"en": "Mobile-money agents who send their float to a super-agent",
         "fr": "Des agents de monnaie mobile qui renvoient leur fonds à un super-agent",
         "es": "Agentes de dinero móvil que devuelven su fondo a un superagente"},
        {"en": "Relatives who save on one account, as a household without several",
         "fr": "Des proches qui épargnent sur un seul compte, comme un ménage qui n'en a pas plusieurs",
         "es": "Parientes que ahorran en una sola cuenta, como un hogar que no tiene varias"},
    ),
    next_step={
        "en": "Treat those who hand on as possible victims: do not question them through the collector. Look for shared "
        "lodging, transport and advertisements, and for who operates their accounts.",
        "fr": "Traiter ceux qui remettent comme de possibles victimes : ne pas les interroger par le collecteur. Chercher "
        "logement, transport et annonces communs, et qui gère leurs comptes.",
        "es": "Tratar a quienes entregan como posibles víctimas: no preguntarles a través del recaudador. Buscar "
        "alojamiento, transporte y anuncios comunes, y quién maneja sus cuentas.",
    },
    why={
        "en": "{people} people were paid {received} and handed on {forwarded} ({share}) to this account, each time within "
        "{forward_days}, {times|# time|# times} in {days}",
        "fr": "{people} personnes ont reçu {received} et remis {forwarded} ({share}) à ce compte, chaque fois en "
        "{forward_days}, {times|# fois|# fois} en {days}",
        "es": "{people} personas recibieron {received} y entregaron {forwarded} ({share}) a esta cuenta, cada vez en "
        "{forward_days}, {times|# vez|# veces} en {days}",
    },
    roles={},
    facts={
        "people": "count", "times": "count", "payers": "count", "received": "money", "forwarded": "money",
        "share": "percent", "days": "days",
    },
    indicators=(
        Indicator(
            label={"en": "People who hand on", "fr": "Personnes qui remettent", "es": "Personas que entregan"},
            observed="people", threshold="least_people", sense="at_least",
        ),
        Indicator(
            label={"en": "Share handed on", "fr": "Part remise", "es": "Parte entregada"},
            observed="share", threshold="least_share", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Days from the first payment received to the last handed on",
                "fr": "Jours du premier paiement reçu au dernier remis",
                "es": "Días del primer pago recibido al último entregado",
            },
            observed="days", threshold="window_days", sense="at_most",
        ),
    ),
    params={
        "least_people": Parameter(
            default=3, unit="count", least=2, most=100,
            reason="One who gives earnings to another, or two, is a household; from three on somebody collects.",
        ),
        "least_times": Parameter(
            default=1, unit="count", least=1, most=100,
            reason="How often each must have handed on in the window: once shows the way of the money, more make it stronger.",
        ),
        "window_days": Parameter(
            default=14, unit="days", least=1, most=90,
            reason="Debts of those exploited are collected by the day or week; two weeks show each of them at least once.",
        ),
        "forward_days": Parameter(
            default=1, unit="days", least=1, most=7,
            reason="Earnings are taken away at once; who keeps them over 24 hours disposes of them freely.",
        ),
        "least_share": Parameter(
            default=800, unit="per_mille", least=500, most=1000,
            reason="Those exploited are left with a little for food; whoever lives on earnings hands on less.",
        ),
        "most_share": Parameter(
            default=1050, unit="per_mille", least=1000, most=1500,
            reason="More than was received would be money of another origin, such as savings or a loan.",
        ),
        "least_amount": LEAST_AMOUNT.model_copy(
            update={
                "default": 5,
                "reason": "A day's earnings can be small, and each is seen beside those of others; below this there is no sum.",
            }
        ),
        "hub_cap": HUB_CAP,
    },
    exclusions=("licensed_agent", "biller", "cooperative", "savings_circle", "aid_programme", "state_account"),
    fires=(
        Example(
            name="three people are paid in the evening and hand it on next morning",
            rows="""
occurred_at          | amount | from_account | to_account
2026-03-02T20:00:00Z | 60.00  | C-1          | E-1
2026-03-02T22:00:00Z | 40.00  | C-2          | E-1
2026-03-03T10:00:00Z | 90.00  | E-1          | BOSS
2026-03-04T21:00:00Z | 80.00  | C-3          | E-2
2026-03-05T10:00:00Z | 70.00  | E-2          | BOSS
2026-03-07T23:00:00Z | 100.00 | C-1          | E-3
2026-03-08T22:59:59Z | 80.00  | E-3          | BOSS
""",
            flags=("BOSS",),
        ),
        *EXAMPLES["fires"],
    ),
    silent=EXAMPLES["silent"],
)  # fmt: skip

_TURNS = f"""
with {LEGS},
crowds as (
    select payee, t_s // $window_s as slot, count(*) as payments from legs group by payee, slot
),
heavy as (
    -- A window lies in two neighbouring slots of its own length; few accounts are paid often enough in any two.
    select payee, first_slot from (select payee, unnest([slot - 1, slot]) as first_slot, payments from crowds)
    group by payee, first_slot having sum(payments) >= $least_people
),
crowded as materialized (
    select payer, payee, t_s // $window_s as slot, t_s // $near_s as first_near, t_end_s // $near_s as near from legs
    semi join (select distinct payee, unnest([first_slot, first_slot + 1]) as slot from heavy) as h
      on h.payee = legs.payee and h.slot = legs.t_s // $window_s
),
fed as (
    -- Payments before which their payer may have received something; a slot of time is as long as the time to hand on.
    select c.payer, c.payee, c.slot from crowded as c
    semi join (
        select account, t_s // $near_s as near from flows where direction = 'in' and account in (select payer from crowded)
    ) as r on r.account = c.payer and r.near between c.first_near - 1 and c.near
),
possible as (
    select payee from (select distinct payer, payee, unnest([slot - 1, slot]) as first_slot from fed)
    group by payee, first_slot having count(*) >= $least_people
),
forwards as materialized (
    select * from legs where payee in (select payee from possible)
),
ins as materialized (
    -- What a payer received, from others than the payee, in the time up to each payment.
    select f.txn, r.txn as received, r.t_s, r.amount, r.counterparty as source
    from (select *, unnest([t_end_s // $near_s - 1, t_end_s // $near_s]) as near from forwards) as f
    join (
        select account, counterparty, txn, t_s, t_end_s, amount_base as amount, t_s // $near_s as near from flows
        where direction = 'in' and not is_reversal and amount_base is not null and counterparty is distinct from account
          and account in (select payer from forwards)
    ) as r
      on r.account = f.payer and r.near = f.near and r.counterparty is distinct from f.payee
     and r.t_s <= f.t_end_s and greatest(r.t_end_s, f.t_end_s) - least(r.t_s, f.t_s) < $near_s
),
paid as (
    select f.txn, sum(o.amount) as forwarded, min(o.t_s) as start_s, list(o.txn order by o.txn) as forwards
    from (select * from forwards where txn in (select txn from ins)) as f
    join forwards as o on o.payer = f.payer and o.payee = f.payee
     and o.t_end_s <= f.t_end_s and f.t_end_s - o.t_s < $near_s
    group by f.txn
),
earned as (
    select txn, sum(amount) as received, min(t_s) as start_s, list(received order by received) as ins,
           list(distinct source) as sources
    from ins group by txn
),
turns as (
    select f.payee as collector, f.payer as person, least(e.start_s, p.start_s) as start_s, f.t_end_s as end_s,
           e.received, p.forwarded, e.ins, p.forwards, e.sources
    from earned as e join paid as p using (txn) join forwards as f using (txn)
    where p.forwarded * 1000 >= e.received * $least_share and p.forwarded * 1000 <= e.received * $most_share
),
enough as (
    select collector from turns group by collector having count(distinct person) >= $least_people
)
select * from turns where collector in (select collector from enough)
order by collector, person, forwarded desc, end_s, start_s, ins, forwards
"""


class Turn(NamedTuple):
    """What one person received within the time before a payment and handed on to one collector; sums in ten-thousandths."""

    collector: int
    person: int
    start_s: int
    end_s: int
    received: int
    forwarded: int
    evidence: tuple[int, ...]
    sources: tuple[int, ...]


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the collector."""
    lay_legs(view, META.id, params)
    spans = {"window_s": int(params["window_days"]) * DAY_S, "near_s": int(params["forward_days"]) * DAY_S}
    rows = view.sql(query(_TURNS, {**params, **spans})).iter_rows(named=True)
    turns = [
        Turn(
            row["collector"],
            row["person"],
            row["start_s"],
            row["end_s"],
            to_units(row["received"]),
            to_units(row["forwarded"]),
            tuple(sorted([*row["ins"], *row["forwards"]])),
            tuple(source for source in row["sources"] if source is not None),
        )
        for row in rows
    ]
    return findings_frame(
        _sighting(chosen, params)
        for _, of_collector in groupby(apart(turns), key=attrgetter("collector"))
        for chosen in best_windows(sorted(of_collector, key=attrgetter("start_s")), params)
    )


def apart(turns: Iterable[Turn]) -> Iterator[Turn]:
    """The turns of each person that share no moment, those with most handed on first. `turns` come in that order."""
    for _, of_person in groupby(turns, key=attrgetter("collector", "person")):
        taken = Calendar()
        for turn in of_person:
            if taken.take(turn.start_s, turn.end_s):
                yield turn


def best_windows(turns: Sequence[Turn], params: Params) -> Iterator[Mapping[int, Sequence[Turn]]]:
    """The turns by person in the windows with most people, then most handed on, then the earliest; none meets one given before."""
    found = []
    for opens_s, inside in windows(turns, int(params["window_days"]) * DAY_S):
        by_person: dict[int, list[Turn]] = defaultdict(list)
        for turn in inside:
            by_person[turn.person].append(turn)
        often = {person: mine for person, mine in by_person.items() if len(mine) >= params["least_times"]}
        if len(often) >= params["least_people"]:
            found.append(
                (-len(often), -sum(turn.forwarded for each in often.values() for turn in each), opens_s, often)
            )
    taken = Calendar()
    for _, _, _, chosen in sorted(found, key=lambda window: window[:3]):
        flat = [turn for each in chosen.values() for turn in each]
        if taken.take(min(turn.start_s for turn in flat), max(turn.end_s for turn in flat)):
            yield chosen


def _sighting(chosen: Mapping[int, Sequence[Turn]], params: Params) -> Sighting:
    turns = [turn for each in chosen.values() for turn in each]
    start_s, end_s = min(turn.start_s for turn in turns), max(turn.end_s for turn in turns)
    received, forwarded = sum(turn.received for turn in turns), sum(turn.forwarded for turn in turns)
    sources = {source for turn in turns for source in turn.sources}
    roles: dict[int, Role] = dict.fromkeys(sources, "payer")
    roles |= dict.fromkeys(chosen, "possible_victim")
    least = int(params["least_people"])
    return Sighting(
        subject=turns[0].collector,
        start_s=start_s,
        end_s=end_s,
        strength=400 + climb(len(chosen), least, least + 4) * 3 // 10 + climb(len(turns), least, 4 * least) * 3 // 10,
        evidence=tuple(sorted({txn for turn in turns for txn in turn.evidence})),
        roles=roles | {turns[0].collector: "collector"},
        facts={
            "people": len(chosen),
            "times": len(turns),
            "payers": len(sources),
            "received": money_text(received),
            "forwarded": money_text(forwarded),
            "share": forwarded * 1000 // received,
            "days": days_spanned(start_s, end_s),
        },
    )
