"""Scatter-gather: one source pays several middlemen, and nearly all of it meets again at one sink within days.

Exact: it finds a pattern whenever some window holds one, whatever else the accounts do. Defined in docs/patterns.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Calendar, Sighting, climb, days_spanned, findings_frame, money_text, to_units
from detectors.graph.legs import DAY_S, HUB_CAP, LEAST_AMOUNT, LEGS, lay_legs, query
from detectors.graph.scatter_gather_examples import EXAMPLES
from schemas.detector import DetectorMeta, Example, Indicator, Parameter, Role

META = DetectorMeta(
    id="scatter-gather",
    title={
        "en": "Money scattered over middlemen meets again at one account",
        "fr": "De l'argent dispersé entre intermédiaires se rejoint sur un seul compte",
        "es": "Dinero repartido entre intermediarios que se reúne de nuevo en una cuenta",
    },
    kind="pattern", family="generic", tier="core", status="live", severity="high", weight=7,
    sources=(
        "AMLSim and AMLworld benchmarks: scatter-gather",
        "FATF 2018, Professional money laundering: networks of mule accounts",
    ),
    benign=(
        {"en": "Payroll or aid whose recipients all pay the same shop, landlord or association",
         "fr": "Salaires ou aides dont les bénéficiaires paient le même commerce, bailleur ou association",
         "es": "Salarios o ayudas cuyos beneficiarios pagan al mismo comercio, casero o asociación"},
        {"en": "A parent company that pays several subsidiaries with one common supplier",
         "fr": "Une société mère qui paie plusieurs filiales ayant un fournisseur commun",
         "es": "Una empresa matriz que paga a varias filiales con un proveedor común"},
        {"en": "Relatives who pool what one of them sent for a common purchase",
         "fr": "Des proches qui réunissent pour un achat commun ce que l'un d'eux a envoyé",
         "es": "Familiares que reúnen para una compra común lo que uno de ellos envió"},
    ),
    next_step={
        "en": "Ask what the middlemen have to do with the source and with the sink, and who operates their accounts; "
        "find out whether the money still stands at the sink.",
        "fr": "Établir ce qui lie les intermédiaires à la source et au compte final et qui gère leurs comptes ; vérifier "
        "si l'argent se trouve encore sur le compte final.",
        "es": "Averiguar qué une a los intermediarios con el origen y con la cuenta final y quién maneja sus "
        "cuentas; comprobar si el dinero sigue en la cuenta final.",
    },
    why={
        "en": "One account paid {sent} to {middlemen|# middleman|# middlemen} within {days}; {share} of it reached this one account",
        "fr": "Un compte a versé {sent} à {middlemen|# intermédiaire|# intermédiaires} en {days} ; {share} en sont arrivés sur ce "
        "seul compte",
        "es": "Una cuenta pagó {sent} a {middlemen|# intermediario|# intermediarios} en {days}; el {share} "
        "llegó a esta única cuenta",
    },
    roles={},
    facts={
        "middlemen": "count", "sent": "money", "passed": "money",
        "share": "percent", "days": "days", "payments": "count",
    },
    indicators=(
        Indicator(
            label={
                "en": "Middlemen between source and sink",
                "fr": "Intermédiaires entre la source et le compte final",
                "es": "Intermediarios entre el origen y la cuenta final",
            },
            observed="middlemen", threshold="least_middlemen", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Share of the money passed on",
                "fr": "Part de l'argent transmise",
                "es": "Parte del dinero transmitida",
            },
            observed="share", threshold="least_share", sense="at_least",
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
        "least_middlemen": Parameter(
            default=3, unit="count", least=2, most=50,
            reason="Two people who pass on money from one to the same other occur in any family; three at once seldom do.",
        ),
        "window_days": Parameter(
            default=7, unit="days", least=1, most=90,
            reason="Mules are told to pass money on within days, before an account can be frozen; a week leaves room for "
            "holidays and slow clearing.",
        ),
        "least_share": Parameter(
            default=800, unit="per_mille", least=500, most=1000,
            reason="What is reported of mules' fees lies between a few per cent and a fifth of the sum.",
        ),
        "most_share": Parameter(
            default=1000, unit="per_mille", least=1000, most=1100,
            reason="A middleman hands on what was received; more would be money of another origin.",
        ),
        "most_parts": Parameter(
            default=3, unit="count", least=1, most=6,
            reason="A sum is often cut in two or three to stay inconspicuous; longer runs match some amount by chance.",
        ),
        "least_amount": LEAST_AMOUNT,
        "hub_cap": HUB_CAP,
    },
    exclusions=("payroll", "licensed_agent", "aid_programme", "state_account"),
    fires=(
        Example(
            name="one day, no hours known: four middlemen pass on 90 to 96 %",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 9000.00 | SOURCE       | M-1
2026-03-02  | 9500.00 | SOURCE       | M-2
2026-03-02  | 8000.00 | SOURCE       | M-3
2026-03-02  | 7000.00 | SOURCE       | M-4
2026-03-02  | 8100.00 | M-1          | SINK
2026-03-02  | 9120.00 | M-2          | SINK
2026-03-02  | 7600.00 | M-3          | SINK
2026-03-02  | 6700.00 | M-4          | SINK
""",
            flags=("SINK",),
        ),
        *EXAMPLES["fires"],
    ),
    silent=EXAMPLES["silent"],
)  # fmt: skip

_RELAYS = f"""
with {LEGS},
repeated as (
    select * from legs semi join (select payer, payee from legs group by payer, payee having count(*) > 1)
    using (payer, payee)
),
clustered as (
    -- A payment alone in its window is in no stretch, and no stretch reaches across it.
    select * from repeated
    window relation as (partition by payer, payee order by txn)
    qualify t_s - lag(t_s) over relation < $window_s or lead(t_s) over relation - t_s < $window_s
),
runs as (
    -- Each stretch of two to $most_parts consecutive payments of one payer to one payee.
    select
        payer, payee, txn, parts,
        min(t_s) over stretch as first_s, max(t_s) over stretch as last_s,
        min(t_end_s) over stretch as first_end_s, max(t_end_s) over stretch as last_end_s,
        sum(amount) over stretch as amount,
        list(txn) over stretch as txns
    from clustered cross join (select cast(unnest(range(2, $most_parts + 1)) as integer) as parts)
    window stretch as (
        partition by payer, payee, parts order by txn rows between current row and (parts - 1) following
    )
),
bundles as materialized (
    select
        payer, payee, txn, 1 as parts, t_s as first_s, t_s as last_s, t_end_s as first_end_s, t_end_s as last_end_s,
        cast(amount as decimal(38, 4)) as amount
    from legs
    union all
    select payer, payee, txn, parts, first_s, last_s, first_end_s, last_end_s, amount
    from runs
    where len(txns) = parts and last_end_s - first_s < $window_s
),
ins as (
    -- What goes on within the window of a payment ends in the same slot of time or in the next one.
    select *, unnest([first_s // $window_s, first_s // $window_s + 1]) as slot from bundles
),
outs as (
    select *, last_end_s // $window_s as slot from bundles
),
relays as materialized (
    select
        i.payer as source, i.payee as middleman, o.payee as sink,
        least(i.first_s, o.first_s) as start_s, greatest(i.last_end_s, o.last_end_s) as end_s,
        i.amount as sent, o.amount as passed,
        i.txn as sent_txn, i.parts as sent_parts, o.txn as passed_txn, o.parts as passed_parts
    from ins as i join outs as o
      on o.payer = i.payee and o.slot = i.slot and o.payee <> i.payer
     and o.amount * 1000 >= i.amount * $least_share and o.amount * 1000 <= i.amount * $most_share
     and i.first_s <= o.first_end_s and i.last_s <= o.last_end_s
     and greatest(i.last_end_s, o.last_end_s) - least(i.first_s, o.first_s) < $window_s
),
met as (
    select source, sink from relays group by source, sink having count(distinct middleman) >= $least_middlemen
)
select
    source, middleman, sink, start_s, end_s, sent, passed,
    coalesce(s.txns, [sent_txn]) as sent_txns, coalesce(p.txns, [passed_txn]) as passed_txns
from relays semi join met using (source, sink)
left join runs as s on s.txn = sent_txn and s.parts = sent_parts
left join runs as p on p.txn = passed_txn and p.parts = passed_parts
order by source, sink, start_s, end_s, middleman, sent_txns, passed_txns
"""


@dataclass(frozen=True, slots=True)
class Relay:
    """What one middleman received from the source and sent on to the sink; times in seconds, sums in ten-thousandths."""

    source: int
    middleman: int
    sink: int
    start_s: int
    end_s: int
    sent: int
    passed: int
    evidence: tuple[int, ...]

    @property
    def rank(self) -> tuple[int, int, int, tuple[int, ...]]:
        """The best relay of a middleman comes first: most passed on, then earliest, then soonest done."""
        return -self.passed, self.start_s, self.end_s, self.evidence


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the sink, where money can still be stopped."""
    lay_legs(view, META.id, params)
    window_s = int(params["window_days"]) * DAY_S
    rows = view.sql(query(_RELAYS, {**params, "window_s": window_s})).iter_rows(named=True)
    relays = [
        Relay(
            row["source"],
            row["middleman"],
            row["sink"],
            row["start_s"],
            row["end_s"],
            to_units(row["sent"]),
            to_units(row["passed"]),
            tuple(sorted([*row["sent_txns"], *row["passed_txns"]])),
        )
        for row in rows
    ]
    return findings_frame(
        sighting(chosen, params)
        for _, between in groupby(relays, key=attrgetter("source", "sink"))
        for chosen in best_windows(list(between), window_s, int(params["least_middlemen"]))
    )


def best_windows(relays: Sequence[Relay], window_s: int, least: int) -> Iterator[tuple[Relay, ...]]:
    """The windows with most middlemen first (then the earliest), as the best relay of each; none meets one given before.

    `relays` all lie between the same source and sink and are sorted by start.
    """
    found = []
    for first, opening in enumerate(relays):
        if first and relays[first - 1].start_s == opening.start_s:
            continue
        best: dict[int, Relay] = {}
        for relay in islice(relays, first, None):
            if relay.start_s >= opening.start_s + window_s:
                break
            if relay.end_s < opening.start_s + window_s:
                best[relay.middleman] = min(relay, best.get(relay.middleman, relay), key=attrgetter("rank"))
        if len(best) >= least:
            found.append((len(best), opening.start_s, tuple(best[middleman] for middleman in sorted(best))))
    taken = Calendar()
    for _, _, chosen in sorted(found, key=lambda window: (-window[0], window[1])):
        if taken.take(min(relay.start_s for relay in chosen), max(relay.end_s for relay in chosen)):
            yield chosen


def sighting(relays: Sequence[Relay], params: Params) -> Sighting:
    """One finding, from one relay of each of its middlemen."""
    sent, passed = sum(relay.sent for relay in relays), sum(relay.passed for relay in relays)
    start_s, end_s = min(relay.start_s for relay in relays), max(relay.end_s for relay in relays)
    evidence = tuple(sorted(txn for relay in relays for txn in relay.evidence))
    roles: dict[int, Role] = {relay.middleman: "mule" for relay in relays}
    roles |= {relays[0].source: "controller", relays[0].sink: "beneficiary"}
    share, least = passed * 1000 // sent, int(params["least_middlemen"])
    return Sighting(
        subject=relays[0].sink,
        start_s=start_s,
        end_s=end_s,
        strength=400
        + climb(len(relays), least, least + 4) * 4 // 10
        + climb(share, int(params["least_share"]), 1000) // 5,
        evidence=evidence,
        roles=roles,
        facts={
            "middlemen": len(relays),
            "sent": money_text(sent),
            "passed": money_text(passed),
            "share": share,
            "days": days_spanned(start_s, end_s),
            "payments": len(evidence),
        },
    )
