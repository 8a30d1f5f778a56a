"""Border convergence: people in different places who have nothing to do with each other pay one account at a border within days.

Exact: every window of every payee is looked at. Defined in docs/patterns.md. A place is where money was paid in, never where
somebody comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.border_convergence_examples import EXAMPLES
from detectors.graph.border_fares import Evidence, Fare, border_payments, read_borders, read_fares, relations
from detectors.graph.frames import Calendar, Sighting, climb, days_spanned, findings_frame, money_text
from detectors.graph.legs import DAY_S, HUB_CAP, LEAST_AMOUNT, lay_legs
from detectors.graph.windows import windows
from schemas.detector import DetectorMeta, Example, Indicator, Parameter, Role

META = DetectorMeta(
    id="border-convergence",
    title={
        "en": "Unrelated people in several places pay one account at a border",
        "fr": "Des personnes sans lien, en plusieurs lieux, paient un même compte à une frontière",
        "es": "Personas sin relación, en varios lugares, pagan a una misma cuenta en una frontera",
    },
    kind="pattern", family="migrant_smuggling", tier="core", status="live", severity="high", weight=5,
    sources=(
        "FIN-2014-A008, human smuggling and trafficking", "FIN-2023-Alert001, human smuggling along a border",
        "the numbers are our judgement",
    ),
    benign=(
        {"en": "A transport firm, a lodging or a market trader at a border whom travellers pay",
         "fr": "Un transporteur, un hébergement ou un commerçant à la frontière que paient des voyageurs",
         "es": "Un transportista, un alojamiento o un comerciante de frontera a quien pagan los viajeros"},
        {"en": "Relatives in several towns who help one who is stranded",
         "fr": "Des proches dans plusieurs villes qui aident l'un d'eux resté bloqué",
         "es": "Parientes en varias ciudades que ayudan a uno que quedó varado"},
        {"en": "A collection for a funeral or a sick person",
         "fr": "Une collecte pour des funérailles ou un malade",
         "es": "Una colecta para un funeral o un enfermo"},
    ),
    next_step={
        "en": "Find out what the payments were for, whether they come before somebody's arrival, and where the money went "
        "on to. Those who pay may be relatives of people on the way: treat them as witnesses.",
        "fr": "Établir l'objet des paiements, s'ils précèdent l'arrivée de quelqu'un et où l'argent est reparti. Les "
        "payeurs peuvent être des proches de personnes en route : les traiter en témoins.",
        "es": "Averiguar para qué fueron los pagos, si preceden a la llegada de alguien y adónde siguió el dinero. Quienes "
        "pagan pueden ser parientes de personas en camino: tratarlos como testigos.",
    },
    why={
        "en": "{senders|# sender|# senders} (those who deal with each other count once) in {places|# place|# places}, new to this "
        "account, paid it {received} within {days}{border||; # payment of this account at a listed border|; # payments of this "
        "account at a listed border}",
        "fr": "{senders|# payeur|# payeurs} (ceux qui sont en relation comptent une fois) en {places|# lieu|# lieux}, sans lien "
        "antérieur avec ce compte : {received} versés en {days}{border|| ; # opération de ce compte à une frontière listée| ; "
        "# opérations de ce compte à une frontière listée}",
        "es": "{senders|# pagador|# pagadores} (los que se relacionan cuentan una vez) en {places|# lugar|# lugares}, sin trato "
        "anterior con esta cuenta: {received} pagados en {days}{border||; # operación de esta cuenta en una frontera listada|; "
        "# operaciones de esta cuenta en una frontera listada}",
    },
    roles={},
    facts={
        "senders": "count", "places": "count", "border": "count", "received": "money", "explained": "percent",
        "days": "days", "payments": "count",
    },
    indicators=(
        Indicator(
            label={
                "en": "Senders, those who deal with each other counted once",
                "fr": "Payeurs, ceux qui sont en relation comptés une fois",
                "es": "Pagadores, los que se relacionan contados una vez",
            },
            observed="senders", threshold="least_senders", sense="at_least",
        ),
        Indicator(
            label={"en": "Places they paid from", "fr": "Lieux d'où ils ont payé", "es": "Lugares desde donde pagaron"},
            observed="places", threshold="least_places", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Share of what the account received in the window",
                "fr": "Part de ce que le compte a reçu dans la période",
                "es": "Parte de lo que la cuenta recibió en el periodo",
            },
            observed="explained", threshold="least_explained", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Days from first to last payment", "fr": "Jours entre le premier et le dernier paiement",
                "es": "Días del primer al último pago",
            },
            observed="days", threshold="window_days", sense="at_most",
        ),
    ),
    params={
        "least_senders": Parameter(
            default=4, unit="count", least=2, most=100,
            reason="Two or three strangers who pay one account are customers; four at once who do not know each other, "
            "to an account that nobody else pays, are collected from.",
        ),
        "unlisted_senders": Parameter(
            default=6, unit="count", least=2, most=100,
            reason="Where no list says what lies at a border, only the strangers speak, and more of them are needed.",
        ),
        "least_places": Parameter(
            default=3, unit="count", least=2, most=100,
            reason="One town or two are a neighbourhood or a family; three show that people come from far.",
        ),
        "window_days": Parameter(
            default=7, unit="days", least=1, most=90,
            reason="A group is moved within days, and fares are paid shortly before or after the crossing.",
        ),
        "least_explained": Parameter(
            default=500, unit="per_mille", least=0, most=1000,
            reason="A trader or a carrier is paid by known customers as well; here most money comes from these strangers.",
        ),
        "near_days": Parameter(
            default=30, unit="days", least=1, most=365,
            reason="An account is at a border when a payment of its own was made there in the month before the window ends "
            "or in as many days after it as the window has.",
        ),
        "least_amount": LEAST_AMOUNT,
        "hub_cap": HUB_CAP,
    },
    exclusions=("licensed_agent", "biller", "aid_programme", "state_account", "exchange", "bureau_de_change"),
    fires=(
        Example(
            name="dates only: four senders in three towns pay somebody who then draws cash at the border",
            rows="""
occurred_at | channel         | amount | place      | from_account | to_account
2026-03-02  | transfer        | 200.00 | Capital    | S-1          | PAYEE
2026-03-03  | transfer        | 200.00 | River town | S-2          | PAYEE
2026-03-05  | transfer        | 220.00 | Hill town  | S-3          | PAYEE
2026-03-08  | transfer        | 180.00 | Capital    | S-4          | PAYEE
2026-03-09  | cash_withdrawal | 700.00 | Frontera   | PAYEE        |
""",
            tables={"places": "place | country | kind | source\nFRONTERA | ES | border | example"},
            flags=("PAYEE",),
        ),
        *EXAMPLES["fires"],
    ),
    silent=EXAMPLES["silent"],
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Convergence:
    """The payments of strangers in one window of a payee; `senders` counts related ones once."""

    opens_s: int
    fares: tuple[Fare, ...]
    senders: int
    places: int
    border: int
    explained: int

    @property
    def rank(self) -> tuple[int, int, int]:
        """The best comes first: most senders, then most places, then the earliest."""
        return -self.senders, -self.places, self.opens_s


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the payee."""
    lay_legs(view, META.id, params)
    borders = read_borders(view)
    settled = dict(params) if borders.listed else {**params, "least_senders": params["unlisted_senders"]}
    fares = read_fares(view, borders, settled)
    touches, related = border_payments(view, borders, fares), relations(view, fares)
    sightings = []
    for payee, of_payee in groupby(fares, key=attrgetter("payee")):
        evidence = Evidence(list(of_payee), related[payee], touches[payee], listed=borders.listed)
        taken = Calendar()
        for seen in sorted(_convergences(evidence, settled), key=attrgetter("rank")):
            if taken.take(min(fare.start_s for fare in seen.fares), max(fare.end_s for fare in seen.fares)):
                sightings.append(_sighting(seen, settled))
    return findings_frame(sightings)


def _convergences(evidence: Evidence, params: Params) -> Iterator[Convergence]:
    window_s = int(params["window_days"]) * DAY_S
    for opens_s, inside in windows(evidence.fares, window_s):
        mine = tuple(fare for fare in inside if fare.known_s >= opens_s)
        payers = {fare.payer for fare in mine}
        places = len({fare.place for fare in mine} - {None})
        if len(payers) < params["least_senders"] or places < params["least_places"]:
            continue
        known = [(one, other) for one, other, first_s in evidence.related if first_s < opens_s + window_s]
        senders = _apart(payers, known)
        border = evidence.near_border(opens_s, params) | {fare.txn for fare in mine if fare.on_route}
        explained = sum(fare.amount for fare in mine) * 1000 // sum(fare.amount for fare in inside)
        if (
            senders >= params["least_senders"]
            and explained >= params["least_explained"]
            and (border or not evidence.listed)
        ):
            yield Convergence(opens_s, mine, senders, places, len(border), explained)


def _apart(payers: set[int], related: Sequence[tuple[int, int]]) -> int:
    """How many there are when those who deal with each other, directly or over others of them, count once."""
    head = {payer: payer for payer in payers}

    def top(payer: int) -> int:
        while head[payer] != payer:
            payer = head[payer]
        return payer

    for one, other in related:
        if one in payers and other in payers:
            head[top(one)] = top(other)
    return sum(1 for payer, above in head.items() if payer == above)


def _sighting(seen: Convergence, params: Params) -> Sighting:
    start_s, end_s = min(fare.start_s for fare in seen.fares), max(fare.end_s for fare in seen.fares)
    least, least_places = int(params["least_senders"]), int(params["least_places"])
    roles: dict[int, Role] = {fare.payer: "payer" for fare in seen.fares}
    return Sighting(
        subject=seen.fares[0].payee,
        start_s=start_s,
        end_s=end_s,
        strength=200
        + (300 if seen.border else 0)
        + climb(seen.senders, least, 2 * least) * 3 // 10
        + climb(seen.places, least_places, 2 * least_places) // 5,
        evidence=tuple(sorted(fare.txn for fare in seen.fares)),
        roles=roles | {seen.fares[0].payee: "collector"},
        facts={
            "senders": seen.senders,
            "places": seen.places,
            "border": seen.border,
            "received": money_text(sum(fare.amount for fare in seen.fares)),
            "explained": seen.explained,
            "days": days_spanned(start_s, end_s),
            "payments": len(seen.fares),
        },
    )
