"""Bipartite and stack: layers of accounts, nearly each of one paying nearly each of the next, within a week.

Exact: in every window the densest layers are what remains when all who have too few ties are taken away. Defined in docs/patterns.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.bipartite_stack_examples import EXAMPLES
from detectors.graph.frames import Sighting, climb, days_spanned, findings_frame, money_text, to_units
from detectors.graph.layers import layer_pairs
from detectors.graph.legs import DAY_S, HUB_CAP, LEAST_AMOUNT, lay_legs
from schemas.detector import DetectorMeta, Indicator, Parameter, Role

META = DetectorMeta(
    id="bipartite-stack",
    title={
        "en": "Layers of accounts in which many pay many of the next",
        "fr": "Des couches de comptes où beaucoup en paient beaucoup de la couche suivante",
        "es": "Capas de cuentas en las que muchas pagan a muchas de la siguiente",
    },
    kind="pattern", family="generic", tier="core", status="live", severity="medium", weight=6,
    sources=("AMLSim and SAML-D benchmarks: bipartite, stacked bipartite", "the explained share is our judgement"),
    benign=(
        {"en": "Shops of one market that all buy from the same wholesalers",
         "fr": "Des boutiques d'un marché qui achètent toutes aux mêmes grossistes",
         "es": "Tiendas de un mercado que compran todas a los mismos mayoristas"},
        {"en": "Members who pay several funds of one association",
         "fr": "Des membres qui cotisent à plusieurs caisses d'une association",
         "es": "Socios que cotizan a varias cajas de una asociación"},
        {"en": "Companies of one group that settle accounts with another group",
         "fr": "Des sociétés d'un groupe qui règlent leurs comptes avec un autre groupe",
         "es": "Sociedades de un grupo que saldan cuentas con otro grupo"},
    ),
    next_step={
        "en": "Find out what each layer has in common (owner, address, agent, day of opening) and why so many pay so many.",
        "fr": "Établir ce que chaque couche a en commun (titulaire, adresse, agent, jour d'ouverture) et pourquoi tant de "
        "comptes en paient tant d'autres.",
        "es": "Averiguar qué tiene en común cada capa (titular, dirección, agente, día de apertura) y por qué tantas pagan "
        "a tantas.",
    },
    why={
        "en": "{accounts|# account|# accounts} in {layers|# layer|# layers}; within {days}, {ties|# pair|# pairs} of a payer and a "
        "payee in the next layer, at least {density} of the pairs possible there, for {moved}",
        "fr": "{accounts|# compte|# comptes} en {layers|# couche|# couches} ; en {days}, {ties|# paire|# paires} d'un payeur et d'un "
        "bénéficiaire de la couche suivante, au moins {density} des paires possibles, pour {moved}",
        "es": "{accounts|# cuenta|# cuentas} en {layers|# capa|# capas}; en {days}, {ties|# par|# pares} de un pagador y un "
        "beneficiario de la capa siguiente, al menos el {density} de los pares posibles, por {moved}",
    },
    roles={},
    facts={
        "shape": "text", "layers": "count", "accounts": "count", "smallest": "count", "ties": "count", "density": "percent",
        "explained": "percent", "moved": "money", "days": "days", "payments": "count",
    },
    indicators=(
        Indicator(
            label={
                "en": "Accounts in the smallest layer", "fr": "Comptes de la plus petite couche",
                "es": "Cuentas de la capa más pequeña",
            },
            observed="smallest", threshold="least_nodes", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Share of the possible pairs between two layers",
                "fr": "Part des paires possibles entre deux couches",
                "es": "Parte de los pares posibles entre dos capas",
            },
            observed="density", threshold="least_density", sense="at_least",
        ),
        Indicator(
            label={
                "en": "Share of what the payees received in those days",
                "fr": "Part de ce que les bénéficiaires ont reçu ces jours-là",
                "es": "Parte de lo que los beneficiarios recibieron esos días",
            },
            observed="explained", threshold="least_explained", sense="at_least",
        ),
    ),
    params={
        "least_nodes": Parameter(
            default=3, unit="count", least=2, most=100,
            reason="Two who pay the same two are a couple or partners; three and three do not come about by themselves.",
        ),
        "least_density": Parameter(
            default=500, unit="per_mille", least=100, most=1000,
            reason="Half of all possible ways: among people who choose whom to pay, far fewer are used in one week.",
        ),
        "least_ties": Parameter(
            default=2, unit="count", least=2, most=100,
            reason="Who has one tie to the other layer is an ordinary customer of one of its accounts.",
        ),
        "window_days": Parameter(
            default=7, unit="days", least=1, most=30,
            reason="Layers are gone through quickly; in a month the customers of two shops of one street look like one.",
        ),
        "least_explained": Parameter(
            default=500, unit="per_mille", least=0, most=1000,
            reason="On a market there are many other customers as well; here most money comes from the layer before.",
        ),
        "least_amount": LEAST_AMOUNT,
        "hub_cap": HUB_CAP,
    },
    exclusions=("biller", "licensed_trader", "cooperative", "savings_circle", "group_company", "exchange", "state_account"),
    fires=EXAMPLES["fires"],
    silent=EXAMPLES["silent"],
)  # fmt: skip


@dataclass(frozen=True)
class LayerPair:
    """Payments of one layer to the next in one window, as (txn, payer, payee, start, end, amount in ten-thousandths)."""

    payments: tuple[tuple[int, int, int, int, int, int], ...]
    ties: int
    density: int
    explained: int

    @cached_property
    def payers(self) -> frozenset[int]:
        return frozenset(payer for _, payer, *_ in self.payments)

    @cached_property
    def payees(self) -> frozenset[int]:
        return frozenset(payee for _, _, payee, *_ in self.payments)

    @cached_property
    def span(self) -> tuple[int, int]:
        return min(start for *_, start, _, _ in self.payments), max(end for *_, end, _ in self.payments)

    @cached_property
    def evidence(self) -> tuple[int, ...]:
        return tuple(sorted(txn for txn, *_ in self.payments))

    @property
    def place(self) -> tuple[int, int, tuple[int, ...]]:
        """In time; what comes later cannot stand above what came before."""
        return *self.span, self.evidence


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the account of a last layer that received most."""
    lay_legs(view, META.id, params)
    pairs = sorted(apart(layer_pairs(view, params)), key=lambda pair: pair.place)
    return findings_frame(_sighting(stack, params) for stack in stacks(pairs, params))


def apart(rows: pl.DataFrame) -> Iterator[LayerPair]:
    """The pairs of layers, best first, without those that share a payment with one given before."""
    taken: set[int] = set()
    for _, of_pair in groupby(rows.iter_rows(), key=itemgetter(0)):
        listed = list(of_pair)
        if taken.isdisjoint(row[1] for row in listed):
            taken.update(row[1] for row in listed)
            yield LayerPair(tuple((*row[1:6], to_units(row[6])) for row in listed), *listed[0][7:])


def stacks(pairs: Sequence[LayerPair], params: Params) -> Iterator[tuple[int, list[LayerPair]]]:
    """Pairs that stand on one another, directly or over others, with the number of layers. `pairs` are in their order in time."""
    window_s, least = int(params["window_days"]) * DAY_S, int(params["least_nodes"])
    depth = [2] * len(pairs)
    head = list(range(len(pairs)))

    def top(place: int) -> int:
        while head[place] != place:
            place = head[place]
        return place

    paying: Mapping[int, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        for account in pair.payers:
            paying[account].append(place)
    for above, pair in enumerate(pairs):
        for below in sorted({place for account in pair.payees for place in paying[account] if place > above}):
            lower = pairs[below]
            if len(pair.payees & lower.payers) >= least and lower.span[0] < pair.span[1] + window_s:
                depth[below] = max(depth[below], depth[above] + 1)
                head[top(above)] = top(below)
    together: dict[int, list[int]] = defaultdict(list)
    for place in range(len(pairs)):
        together[top(place)].append(place)
    for places in together.values():
        yield max(depth[place] for place in places), [pairs[place] for place in places]


def _sighting(stack: tuple[int, list[LayerPair]], params: Params) -> Sighting:
    layers, pairs = stack
    start_s, end_s = min(pair.span[0] for pair in pairs), max(pair.span[1] for pair in pairs)
    payers = {payer for pair in pairs for payer in pair.payers}
    received: dict[int, int] = defaultdict(int)
    for pair in pairs:
        for _, _, payee, _, _, amount in pair.payments:
            received[payee] += amount
    last = set(received) - payers or set(received)
    roles: dict[int, Role] = dict.fromkeys(payers, "payer")
    roles |= dict.fromkeys(received, "beneficiary")
    roles |= dict.fromkeys(payers & set(received), "mule")
    density, least = min(pair.density for pair in pairs), int(params["least_nodes"])
    evidence = tuple(sorted(txn for pair in pairs for txn in pair.evidence))
    return Sighting(
        subject=min(last, key=lambda account: (-received[account], account)),
        start_s=start_s,
        end_s=end_s,
        strength=400
        + climb(density, int(params["least_density"]), 1000) // 5
        + climb(len(roles), 2 * least, 4 * least) // 5
        + climb(layers, 2, 4) // 5,
        evidence=evidence,
        roles=roles,
        facts={
            "shape": "bipartite" if layers == 2 else "stack",
            "layers": layers,
            "accounts": len(roles),
            "smallest": min(min(len(pair.payers), len(pair.payees)) for pair in pairs),
            "ties": sum(pair.ties for pair in pairs),
            "density": density,
            "explained": min(pair.explained for pair in pairs),
            "moved": money_text(sum(received.values())),
            "days": days_spanned(start_s, end_s),
            "payments": len(evidence),
        },
    )
