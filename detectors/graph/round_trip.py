"""Round trip: money leaves an account and nearly all of it comes back, over new relations and within a month.

Exact: every simple cycle of two to six payments in a possible order is found once. Defined in docs/patterns.md.
"""

from __future__ import annotations

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Sighting, climb, days_spanned, findings_frame, money_text, to_units
from detectors.graph.legs import DAY_S, HUB_CAP, LEAST_AMOUNT, lay_legs, query
from detectors.graph.round_trip_examples import EXAMPLES
from detectors.graph.trips import TRIPS, Trip, apart
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
        "between accounts that dealt with each other on at most {most_dealing_days|# day|# days} in the {quiet_days} up to each payment",
        "fr": "{sent} sont partis de ce compte et {returned} ({share}) y sont revenus en {hops|# paiement|# paiements}, en {days}, "
        "entre des comptes en relation {most_dealing_days|# jour|# jours} au plus dans les {quiet_days} jusqu'à chaque paiement",
        "es": "De esta cuenta salieron {sent} y a ella volvieron {returned} ({share}) en {hops|# pago|# pagos}, "
        "en {days}, entre cuentas que trataron entre sí {most_dealing_days|# día|# días} como mucho en los {quiet_days} hasta cada pago",
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
    exclusions=("savings_circle", "cooperative", "group_company"),
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


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the account where the round begins."""
    lay_legs(view, META.id, params)
    rows = view.sql(query(TRIPS, {**params, "window_s": int(params["window_days"]) * DAY_S})).iter_rows(named=True)
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
