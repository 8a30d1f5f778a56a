"""Novel networks: small sets of accounts more tightly tied by relations that are new to them than chance allows.

Every shape is on one scale, and how often chance alone reaches it is measured by shuffling. Defined in docs/network.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Sighting, days_spanned, findings_frame, money_text, to_units
from detectors.network.novel_network_examples import FIRES, SILENT
from detectors.network.words import MATURING, ROTATING, SHAPES
from detectors.rank import against_chance
from schemas.detector import DetectorMeta, Indicator, Parameter, Role
from schemas.finding import RAW_FINDING

if TYPE_CHECKING:
    from detectors.network.relations import Relations
    from detectors.network.search import Chance, Weighed

Row = dict[str, Any]
ID = "novel-network"
_EVIDENCE = Path(__file__).parent / "evidence.sql"
_DAY_S = 86_400
_MILLIBITS_IN_NAT = 1_442_695
"""1000 / ln 2, in thousandths."""
_COLLECTS_FROM = 3
_LEAST_STRENGTH = 100

META = DetectorMeta(
    id=ID,
    title={
        "en": "A network of new relations tighter than chance",
        "fr": "Un réseau de relations nouvelles plus serré que le hasard",
        "es": "Una red de relaciones nuevas más estrecha que el azar",
    },
    kind="pattern", family="generic", tier="core", status="live", severity="medium", weight=8,
    sources=(
        "AMLSim, AMLworld and AMLGentex benchmarks: the shapes",
        "Akoglu, Tong and Koutra 2015, Graph based anomaly detection: surprise against a null",
        "Phipson and Smyth 2010, Permutation p-values should never be zero",
        "the numbers are our judgement",
    ),
    benign=(
        {"en": "A new firm, association or household that settles in with its first suppliers, members and landlords",
         "fr": "Une entreprise, une association ou un ménage qui s'installe, avec ses premiers fournisseurs, membres et bailleurs",
         "es": "Una empresa, asociación u hogar que se instala, con sus primeros proveedores, miembros y arrendadores"},
        {"en": "Friends or relatives who share the costs of one event, such as a wedding, a funeral or a journey",
         "fr": "Des amis ou des proches qui partagent les frais d'un événement : mariage, funérailles, voyage",
         "es": "Amigos o parientes que comparten los gastos de un acontecimiento: boda, funeral, viaje"},
        {"en": "Traders of one market who buy from and sell to the same people for the first time",
         "fr": "Des commerçants d'un même marché qui achètent et vendent pour la première fois aux mêmes personnes",
         "es": "Comerciantes de un mismo mercado que compran y venden por primera vez a las mismas personas"},
    ),
    next_step={
        "en": "Find out what these accounts have in common (owners, addresses, devices, the day they were opened) and what the "
        "payments were for; look first at those who both receive and pay.",
        "fr": "Établir ce que ces comptes ont en commun (titulaires, adresses, appareils, date d'ouverture) et l'objet des "
        "paiements ; regarder d'abord ceux qui reçoivent et paient.",
        "es": "Averiguar qué tienen en común estas cuentas (titulares, direcciones, dispositivos, fecha de apertura) y para qué "
        "fueron los pagos; mirar primero las que reciben y pagan.",
    },
    why={
        "en": "{accounts|# account|# accounts} that had not dealt with each other before made {relations|# payment|# payments} among "
        "themselves ({shape_en}), {total} within {days}. Chance alone makes at most {false_share} of networks this tight. Last payment "
        "{days_since|less than a day|#|#} ago{benign_en}{age_en}",
        "fr": "{accounts|# compte|# comptes} sans relation antérieure entre eux ont échangé {relations|# paiement|# paiements} "
        "({shape_fr}), {total} en {days}. Le hasard seul fait au plus {false_share} des réseaux aussi serrés. Dernier paiement il y a "
        "{days_since|moins d'un jour|#|#}{benign_fr}{age_fr}",
        "es": "{accounts|# cuenta|# cuentas} sin trato anterior entre sí hicieron {relations|# pago|# pagos} entre ellas ({shape_es}), "
        "{total} en {days}. El azar solo produce como mucho el {false_share} de las redes tan estrechas. Último pago hace "
        "{days_since|menos de un día|#|#}{benign_es}{age_es}",
    },
    roles={},
    facts={
        "accounts": "count", "relations": "count", "total": "money", "days": "days", "window_days": "days",
        "shape": "text", "shape_en": "text", "shape_fr": "text", "shape_es": "text",
        "surprisal_bits": "count", "surprisal_mbits": "count", "false_share": "percent", "shuffled_accounts": "count",
        "days_since": "days", "overlaps": "count", "age_en": "text", "age_fr": "text", "age_es": "text",
        "by_chance": "count", "benign_en": "text", "benign_fr": "text", "benign_es": "text",
    },
    indicators=(
        Indicator(
            label={"en": "Share of networks as tight that are chance",
                   "fr": "Part des réseaux aussi serrés dus au hasard",
                   "es": "Parte de las redes igual de estrechas debida al azar"},
            observed="false_share", threshold="most_false_share", sense="at_most",
        ),
        Indicator(
            label={"en": "Sum that is at stake",
                   "fr": "Somme en jeu",
                   "es": "Suma en juego"},
            observed="total", threshold="material_total", sense="at_least",
        ),
        Indicator(
            label={"en": "Days since the last payment; with fewer, the relations may still prove ordinary",
                   "fr": "Jours depuis le dernier paiement ; en deçà, les relations peuvent encore s'avérer ordinaires",
                   "es": "Días desde el último pago; con menos, las relaciones aún pueden resultar ordinarias"},
            observed="days_since", threshold="quiet_days", sense="at_least",
        ),
    ),
    params={
        "quiet_days": Parameter(
            default=90, unit="days", least=1, most=3650,
            reason="Rent, wages, fees and most customers come back within a quarter; a pair that does not is not an established one.",
        ),
        "price": Parameter(
            default=5000, unit="count", least=0, most=100_000,
            reason="Thousandths of a nat that a relation which brings a new account must add: 5 nats are one chance in 150, so that a "
            "network does not grow by acquaintances. Relations between accounts that are already in are free: they only close it.",
        ),
        "most_relations": Parameter(
            default=60, unit="count", least=3, most=400,
            reason="An analyst reads an alert of sixty payments; what is wider is a market, and is found as several networks.",
        ),
        "least_score": Parameter(
            default=0, unit="count", least=0, most=1_000_000,
            reason="Thousandths of a nat: at zero chance makes one such shape in the whole snapshot, so weaker ones say nothing.",
        ),
        "material_total": Parameter(
            default=1000, unit="money", least=1, most=10_000_000,
            reason="FATF Recommendation 16 asks less of transfers below USD or EUR 1,000: a network that moved less in all seldom repays "
            "an hour. It is at half strength there, at full strength from twice as much, and never silent.",
        ),
        "most_false_share": Parameter(
            default=500, unit="per_mille", least=1, most=1000,
            reason="Where more than half of what is as tight is chance, an alert wastes more hours than it is worth.",
        ),
        "shuffles": Parameter(
            default=4, unit="count", least=1, most=1000,
            reason="Four worlds of chance tell one false in ten from one in two, which is what the bar asks; more cost in proportion.",
        ),
        "most_shuffled": Parameter(
            default=200_000, unit="count", least=1, most=1_000_000_000,
            reason="Relations shuffled in all: a large snapshot has enough chance in one shuffle, or in a quarter of its windows.",
        ),
        "most_seeds": Parameter(
            default=3000, unit="count", least=1, most=1_000_000,
            reason="Shapes of one kind kept in a window, the best first: more than analysts will ever see. What is left out is counted.",
        ),
        "hub_cap": Parameter(
            default=100, unit="count", least=2, most=100_000,
            reason="Who has more novel relations in one window is a till, an agent or a bank: two that share it share nothing. Counted.",
        ),
        "most_paths": Parameter(
            default=3_000_000, unit="count", least=1000, most=100_000_000,
            reason="Bound on memory: ways over one account between two others in a window; the busiest accounts are left out and counted.",
        ),
        "most_ways": Parameter(
            default=5000, unit="count", least=100, most=10_000_000,
            reason="Bound on work: ways that may still become rings after each hop, the most promising first; the rest is counted.",
        ),
    },
    exclusions=(
        "payroll", "licensed_agent", "biller", "aid_programme", "state_account", "exchange",
        "bureau_de_change", "savings_circle", "cooperative"),
    fires=FIRES,
    silent=SILENT,
)  # fmt: skip


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the pattern, as a frame of RAW_FINDING; the subject is the account with most of the relations."""
    # Imported here: the catalogue is also read where nothing is ever searched, and numpy is slow to load.
    from detectors.network.dealings import read_relations  # noqa: PLC0415
    from detectors.network.search import Chance, apart, by_chance, limits_of, overlaps, search, weigh  # noqa: PLC0415
    from detectors.network.strangers import strangers  # noqa: PLC0415

    relations = read_relations(view, params)
    left_out = Counter[str](hubs=0, crowded=0, seeds=0, ways=0)
    found = search(relations, params, left_out, threads=view.threads)
    found = apart(found, strangers(relations, limits_of(params), left_out))
    for name, count in sorted(left_out.items()):
        view.note(ID, name, count)
    if not found:
        return pl.DataFrame(schema=RAW_FINDING)
    chance = Chance.enough(len(relations), shuffles=int(params["shuffles"]), most_shuffled=int(params["most_shuffled"]))
    made = by_chance(relations, params, seed=view.seed(ID), chance=chance, threads=view.threads)
    weighed = weigh(found, made, chance)
    raised = [each for each in weighed if each.false_share <= params["most_false_share"]]
    view.note(ID, "likely_chance", len(weighed) - len(raised))
    parts = overlaps([each.network for each in raised])
    return _findings(view, relations, list(zip(raised, parts, strict=True)), params, chance)


def _findings(
    view: SnapshotView,
    relations: Relations,
    raised: Sequence[tuple[Weighed, int]],
    params: Params,
    chance: Chance,
) -> pl.DataFrame:
    txns = sorted({int(relations.txn[edge]) for each, _ in raised for edge in each.network.edges})
    rows = view.sql(_EVIDENCE.read_text(encoding="utf-8"), [txns])
    seen = {row["txn"]: row for row in rows.iter_rows(named=True)}
    sightings = []
    for each, further in raised:
        payments = [seen[int(relations.txn[edge])] for edge in sorted(each.network.edges)]
        start_s, end_s = min(row["t_s"] for row in payments), max(row["t_end_s"] for row in payments)
        since = view.as_of_s // _DAY_S - max(row["t_s"] for row in payments) // _DAY_S
        subject, roles = _parties(relations, each)
        rotating = _rotates(relations, each, payments)
        excess = _millibits(each.network.score)
        facts = {
            "accounts": len(each.network.accounts),
            "relations": len(payments),
            "total": money_text(sum(to_units(row["amount"]) for row in payments if row["amount"] is not None)),
            "days": days_spanned(start_s, end_s),
            "window_days": each.network.window.days,
            "shape": each.shape,
            "surprisal_bits": excess // 1000,
            "surprisal_mbits": against_chance(each.as_good, chance.share(relations.population), excess),
            "by_chance": each.as_good,
            "false_share": each.false_share,
            "shuffled_accounts": chance.share(relations.population),
            "days_since": since,
            "overlaps": further,
        }
        for language, shape in SHAPES[each.shape].items():
            young = since < int(params["quiet_days"])
            facts |= {f"shape_{language}": shape, f"age_{language}": MATURING[language] if young else ""}
            facts[f"benign_{language}"] = ROTATING[language] if rotating else ""
        sightings.append(
            Sighting(
                subject,
                start_s,
                end_s,
                _strength(payments, params, further=further, rotating=rotating),
                tuple(row["txn"] for row in payments),
                roles,
                facts,
            )
        )
    return findings_frame(sightings)


def _strength(payments: Sequence[Row], params: Params, *, further: int, rotating: bool) -> int:
    """Full where twice the material sum moved, in proportion below and a tenth at least; a sum that is not known counts as full.

    A further part of what better networks show has its share of it, and what goes round as a savings circle does a quarter.
    """
    sums = [row["amount"] for row in payments]
    moved = None if None in sums else sum(map(to_units, sums))
    whole = 2 * to_units(Decimal(params["material_total"]))
    strength = 1000 if moved is None else min(1000, max(_LEAST_STRENGTH, 1000 * moved // whole))
    return max(1, strength // (1 + further) // (4 if rotating else 1))


def _rotates(relations: Relations, each: Weighed, payments: Sequence[Row]) -> bool:
    """Whether nearly all pay the same sum, nearly all both pay and are paid, and each is paid by several: nobody launders so, and
    savings circles do.
    """
    sums = Counter(row["amount"] for row in payments if row["amount"] is not None)
    pays = {int(relations.payer[edge]) for edge in each.network.edges}
    paid = {int(relations.payee[edge]) for edge in each.network.edges}
    most = max(sums.values(), default=0)
    return (
        4 * most >= 3 * len(payments)
        and 4 * len(pays & paid) >= 3 * len(each.network.accounts)
        and len(payments) >= 2 * len(paid)
    )


def _millibits(score: int) -> int:
    """Billionths of a nat as thousandths of a bit, rounded down."""
    return score * _MILLIBITS_IN_NAT // 10**12


def _parties(relations: Relations, each: Weighed) -> tuple[int, dict[int, Role]]:
    """The account with most of the relations, and the mildest role that is true of each.

    Who only pays is a payer; who only receives is a beneficiary, or a collector where three or more pay it; who does both has
    passed money on, and is a mule unless it is the one account that all of a gathering goes through.
    """
    paid: Counter[int] = Counter()
    received: Counter[int] = Counter()
    for edge in each.network.edges:
        paid[int(relations.accounts[relations.payer[edge]])] += 1
        received[int(relations.accounts[relations.payee[edge]])] += 1
    ties = paid + received
    subject = min(ties, key=lambda account: (-ties[account], account))
    roles: dict[int, Role] = {}
    for account in sorted(ties):
        if paid[account] and received[account]:
            roles[account] = "collector" if each.shape == "gather_scatter" and account == subject else "mule"
        elif paid[account]:
            roles[account] = "payer"
        else:
            roles[account] = "collector" if received[account] >= _COLLECTS_FROM else "beneficiary"
    return subject, roles
