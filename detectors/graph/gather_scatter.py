"""Gather-scatter: one account collects from several senders and pays nearly all of it out to several others within days.

Exact: every window of every account is looked at, with every moment that may part gathering from scattering in it.
Defined in docs/patterns.md.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter, itemgetter

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Calendar, Sighting, climb, days_spanned, findings_frame, money_text, to_units
from detectors.graph.gather_scatter_examples import EXAMPLES
from detectors.graph.gathering import Gathering, Touch, gatherings, span
from detectors.graph.legs import DAY_S, HUB_CAP, LEAST_AMOUNT, LEGS, lay_legs, query
from schemas.detector import DetectorMeta, Example, Indicator, Parameter, Role

META = DetectorMeta(
    id="gather-scatter",
    title={
        "en": "Money gathered from many and scattered to many others",
        "fr": "De l'argent réuni de plusieurs puis dispersé vers plusieurs autres",
        "es": "Dinero reunido de varios y repartido después a varios otros",
    },
    kind="pattern", family="generic", tier="core", status="live", severity="medium", weight=6,
    sources=(
        "AMLSim and AMLworld benchmarks: gather-scatter",
        "FATF 2018, Professional money laundering: collection accounts",
    ),
    benign=(
        {"en": "Traders and agents who sell to several customers and then pay several suppliers",
         "fr": "Commerçants et agents qui vendent à plusieurs clients puis paient plusieurs fournisseurs",
         "es": "Comerciantes y agentes que venden a varios clientes y luego pagan a varios proveedores"},
        {"en": "Associations, churches and families that collect for a common cause and pay its costs",
         "fr": "Associations, églises et familles qui collectent pour une cause commune et en paient les frais",
         "es": "Asociaciones, iglesias y familias que recaudan para una causa común y pagan sus gastos"},
        {"en": "Property managers and lawyers who hold clients' money for a few days",
         "fr": "Gérants d'immeubles et avocats qui gardent quelques jours l'argent de clients",
         "es": "Administradores de fincas y abogados que guardan unos días el dinero de sus clientes"},
    ),
    next_step={
        "en": "Find out what the account is for, whether senders and receivers know each other, and why the money did "
        "not go straight from the ones to the others.",
        "fr": "Établir à quoi sert le compte, si payeurs et bénéficiaires se connaissent et pourquoi l'argent n'est pas "
        "allé directement des uns aux autres.",
        "es": "Averiguar para qué sirve la cuenta, si pagadores y beneficiarios se conocen y por qué el "
        "dinero no fue directamente de unos a otros.",
    },
    why={
        "en": "{senders|# sender|# senders} paid in {gathered}, then {receivers|# other was|# others were} paid {scattered} "
        "({share}), all within {days}",
        "fr": "{senders|# payeur a versé|# payeurs ont versé} {gathered}, puis {receivers|# autre a reçu|# autres ont reçu} "
        "{scattered} ({share}), le tout en {days}",
        "es": "{senders|# pagador pagó|# pagadores pagaron} {gathered}; "
        "después {receivers|# beneficiario distinto recibió|# beneficiarios distintos recibieron} "
        "{scattered} ({share}), todo en {days}",
    },
    roles={},
    facts={
        "senders": "count", "receivers": "count", "gathered": "money", "scattered": "money",
        "share": "percent", "explained": "percent", "days": "days", "payments": "count",
    },
    indicators=(
        Indicator(
            label={"en": "Senders", "fr": "Payeurs", "es": "Pagadores"},
            observed="senders", threshold="least_senders", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Receivers, other than the senders",
                "fr": "Bénéficiaires autres que les payeurs",
                "es": "Beneficiarios distintos de los pagadores",
            },
            observed="receivers", threshold="least_receivers", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Share of the gathered money paid out",
                "fr": "Part de l'argent réuni qui est ressortie",
                "es": "Parte del dinero reunido que volvió a salir",
            },
            observed="share", threshold="least_share", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Share of the account's turnover in the window that this is",
                "fr": "Part du mouvement du compte dans la période que cela représente",
                "es": "Parte del movimiento de la cuenta en el periodo que esto representa",
            },
            observed="explained", threshold="least_explained", sense="at_least",
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
        "least_senders": Parameter(
            default=4, unit="count", least=2, most=100,
            reason="On public labelled data four senders in a week is where the signal begins; fewer are any household.",
        ),
        "least_receivers": Parameter(
            default=4, unit="count", least=2, most=100,
            reason="As many as senders: who collects for one purpose pays one or two, who spreads money pays several.",
        ),
        "window_days": Parameter(
            default=3, unit="days", least=1, most=30,
            reason="A collection account is emptied within days, before it can be frozen; 72 hours span a weekend.",
        ),
        "least_share": Parameter(
            default=800, unit="per_mille", least=500, most=1000,
            reason="What is reported of collectors' fees lies between a few per cent and a fifth of the sum.",
        ),
        "most_share": Parameter(
            default=1050, unit="per_mille", least=1000, most=1500,
            reason="Charges and rates of exchange, and a little of the account's own money, may come on top.",
        ),
        "least_explained": Parameter(
            default=800, unit="per_mille", least=0, most=1000,
            reason="A till or an agent is paid and pays all the time, so that some part of it always looks like a gathering; "
            "an account used for this does little else in those days.",
        ),
        "least_amount": LEAST_AMOUNT,
        "hub_cap": HUB_CAP,
    },
    exclusions=("licensed_trader", "licensed_agent", "biller", "cooperative", "aid_programme", "state_account", "payroll"),
    fires=(
        Example(
            name="one day, no hours known: five pay in, four others are paid",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 2000.00 | S-1          | HUB
2026-03-02  | 1500.00 | S-2          | HUB
2026-03-02  | 1800.00 | S-3          | HUB
2026-03-02  | 2200.00 | S-4          | HUB
2026-03-02  | 2500.00 | S-5          | HUB
2026-03-02  | 2400.00 | HUB          | R-1
2026-03-02  | 2300.00 | HUB          | R-2
2026-03-02  | 2350.00 | HUB          | R-3
2026-03-02  | 2400.00 | HUB          | R-4
""",
            flags=("HUB",),
        ),
        *EXAMPLES["fires"],
    ),
    silent=EXAMPLES["silent"],
)  # fmt: skip

_TOUCHES = f"""
with {LEGS},
touches as not materialized (
    select payee as hub, payer as party, true as inward, txn, t_s, t_end_s, amount, t_s // $window_s as slot from legs
    union all
    select payer, payee, false, txn, t_s, t_end_s, amount, t_s // $window_s from legs
),
heavy as (
    -- A window lies in two neighbouring slots of its own length, so one of the two holds half of the parties.
    select hub, slot from touches group by hub, slot having count(*) * 2 >= $least_senders + $least_receivers
),
pairs as (
    select distinct hub, unnest([slot - 1, slot]) as first_slot from heavy
),
enough as (
    select hub, first_slot
    from touches join (select hub, first_slot, unnest([first_slot, first_slot + 1]) as slot from pairs) using (hub, slot)
    group by hub, first_slot
    having count(distinct party) filter (inward) >= $least_senders
       and count(distinct party) filter (not inward) >= $least_receivers
)
select hub, party, inward, txn, t_s, t_end_s, amount
from touches semi join (select distinct hub, unnest([first_slot, first_slot + 1]) as slot from enough) using (hub, slot)
order by hub, t_s, txn, inward
"""


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the account that gathers and scatters."""
    lay_legs(view, META.id, params)
    window_s = int(params["window_days"]) * DAY_S
    rows = view.sql(query(_TOUCHES, {**params, "window_s": window_s})).iter_rows()
    sightings = []
    for hub, of_hub in groupby(rows, key=itemgetter(0)):
        touches = [
            Touch(party, inward, txn, t_s, t_end_s, to_units(amount))
            for _, party, inward, txn, t_s, t_end_s, amount in of_hub
        ]
        taken = Calendar()
        for gathering in sorted(gatherings(touches, window_s, params), key=attrgetter("rank")):
            start_s, end_s = span(gathering)
            if taken.take(start_s, end_s):
                sightings.append(_sighting(hub, gathering, params))
    return findings_frame(sightings)


def _sighting(hub: int, gathering: Gathering, params: Params) -> Sighting:
    start_s, end_s = span(gathering)
    evidence = tuple(sorted(touch.txn for touch in gathering.ins + gathering.outs))
    roles: dict[int, Role] = {touch.party: "payer" for touch in gathering.ins}
    roles |= {touch.party: "beneficiary" for touch in gathering.outs}
    explained = (gathering.gathered + gathering.scattered) * 1000 // gathering.turnover
    parties, least = gathering.senders + gathering.receivers, int(params["least_senders"] + params["least_receivers"])
    return Sighting(
        subject=hub,
        start_s=start_s,
        end_s=end_s,
        strength=400
        + climb(parties, least, 2 * least) * 4 // 10
        + climb(explained, int(params["least_explained"]), 1000) // 5,
        evidence=evidence,
        roles=roles | {hub: "collector"},
        facts={
            "senders": gathering.senders,
            "receivers": gathering.receivers,
            "gathered": money_text(gathering.gathered),
            "scattered": money_text(gathering.scattered),
            "share": gathering.scattered * 1000 // gathering.gathered,
            "explained": explained,
            "days": days_spanned(start_s, end_s),
            "payments": len(evidence),
        },
    )
