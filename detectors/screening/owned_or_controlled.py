"""Accounts of those whom listed parties own to the half together, or control, over four steps at most and on the same days."""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Sighting, findings_frame
from detectors.screening.chains import WHOLE, Held, Stake, holdings
from detectors.screening.dealings import Dealings, Span, dealings_in
from detectors.screening.ownership_examples import EXAMPLES
from schemas.detector import DetectorMeta, Indicator, Parameter

META = DetectorMeta(
    id="owned-or-controlled",
    title={
        "en": "An account whose holder listed parties own or control",
        "fr": "Un compte dont le titulaire appartient à des parties listées ou est contrôlé par elles",
        "es": "Una cuenta cuyo titular pertenece a partes listadas o está bajo su control",
    },
    kind="pattern", family="sanctions", tier="enriched", status="live", severity="high", weight=8,
    sources=(
        "UN Security Council resolution 2653 (2022): assets owned or controlled, directly or indirectly",
        "Half, added over several owners, is the usual measure; the number of steps is our judgement",
    ),
    benign=(
        {"en": "A register that is out of date: the share was sold", "fr": "Un registre périmé : la part a été vendue",
         "es": "Un registro anticuado: la parte se vendió"},
        {"en": "A firm that works under a licence or a humanitarian carve-out",
         "fr": "Une entreprise qui travaille sous licence ou dérogation humanitaire",
         "es": "Una empresa que trabaja con licencia o bajo una excepción humanitaria"},
    ),
    next_step={
        "en": "Get a dated extract of the register for each step; look for a licence or a carve-out; then inform whoever "
        "decides on freezing.",
        "fr": "Obtenir un extrait daté du registre pour chaque étape ; chercher une licence ou une dérogation ; puis informer "
        "qui décide du gel.",
        "es": "Obtener un extracto fechado del registro de cada paso; buscar una licencia o una excepción; después informar "
        "a quien decide sobre la congelación.",
    },
    why={
        "en": "{share} of the holder belongs to {owners|# party that is listed or held by a listed one|# parties that are listed or "
        "held by listed ones}{control||; control is stated # time|; control is stated # times}; {steps|# step|# steps} from "
        "{entries|# list entry|# list entries}; {payments|# payment|# payments} of {total} on those days; {carve_outs|none of "
        "the entries carries|# of the entries carries|# of the entries carry} a humanitarian carve-out",
        "fr": "Le titulaire appartient pour {share} à {owners|# partie listée ou détenue par une partie listée|# parties listées ou "
        "détenues par des parties listées}{control|| ; contrôle indiqué # fois| ; contrôle indiqué # fois} ; à {steps|# "
        "étape|# étapes} de {entries|# entrée de liste|# entrées de liste} ; {payments|# opération|# opérations} de {total} "
        "ces jours-là ; {carve_outs|aucune de ces entrées ne porte|# de ces entrées porte|# de ces entrées portent} une "
        "dérogation humanitaire",
        "es": "El titular pertenece en un {share} a {owners|# parte listada o en manos de una listada|# partes listadas o en manos "
        "de listadas}{control||; control indicado # vez|; control indicado # veces}; a {steps|# paso|# pasos} de {entries|# "
        "entrada de lista|# entradas de lista}; {payments|# operación|# operaciones} por {total} en esos días; "
        "{carve_outs|ninguna de esas entradas lleva|# de esas entradas lleva|# de esas entradas llevan} una excepción "
        "humanitaria",
    },
    roles={},
    facts={
        "owners": "count", "share": "percent", "control": "count", "steps": "count", "entries": "count",
        "payments": "count", "total": "money", "carve_outs": "count",
    },
    indicators=(
        Indicator(
            label={"en": "Steps from the list", "fr": "Étapes depuis la liste", "es": "Pasos desde la lista"},
            observed="steps", threshold="most_steps", sense="at_most",
        ),
    ),
    params={
        "least_share": Parameter(
            default=500, unit="per_mille", least=100, most=1000,
            reason="Half, added over all listed owners: the usual measure of ownership under such regimes.",
        ),
        "most_steps": Parameter(
            default=4, unit="count", least=1, most=10,
            reason="Four companies in a row is what shells are built of; beyond it registers are seldom right throughout.",
        ),
    },
    tables=("watchlist", "ownership"),
    fires=EXAMPLES["fires"],
    silent=EXAMPLES["silent"],
)  # fmt: skip

_STRENGTH, _LESS_PER_STEP = 900, 100

_LISTED = """
select entry as party, entry, from_day, to_day from listings where kind = 'sanctions'
union
select identifier, entry, from_day, to_day from listings where kind = 'sanctions' and identifier is not null
union
select key, entry, from_day, to_day from listings where kind = 'sanctions' and key is not null
union
select a.key, w.entry, w.from_day, w.to_day from watched as w join accounts as a using (account) where w.kind = 'sanctions'
order by party, entry, from_day
"""
_ONE_PARTY = """
select a.key, min(h.party) as party
from holders as h join accounts as a using (account)
where h.party is not null
group by a.key having count(distinct h.party) = 1
"""
_STAKES = "select owner, owned, share, controls, from_day, to_day from ownership order by owner, owned, from_day"
_ACCOUNTS = """
with owned as (select unnest(?::varchar[]) as party)
select o.party, a.account from owned as o join accounts as a on a.key = o.party
union
select o.party, h.account from owned as o join holders as h on h.party = o.party
union
select o.party, w.account from owned as o join watched as w on w.entry = o.party
order by party, account
"""


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings, as a frame of RAW_FINDING: one for each account and for each time in which what holds of it is the same."""
    aliases = dict(view.sql(_ONE_PARTY).iter_rows())
    held = holdings(
        (
            Stake(aliases.get(row[0], row[0]), aliases.get(row[1], row[1]), *row[2:])
            for row in view.sql(_STAKES).iter_rows()
        ),
        _listed(view, aliases),
        least_share=int(params["least_share"]),
        most_steps=int(params["most_steps"]),
    )
    carved = {row[0] for row in view.sql("select distinct entry from listings where humanitarian").iter_rows()}
    claims = sorted(
        {
            (account, times)
            for party, account in view.sql(_ACCOUNTS, [sorted(held)]).iter_rows()
            for times in held[party]
        },
        key=lambda claim: (claim[0], claim[1].from_day, claim[1].steps, claim[1].share, sorted(claim[1].entries)),
    )
    spans = [Span(account, times.from_day, times.to_day) for account, times in claims]
    return findings_frame(
        _sighting(claims[item][0], claims[item][1], seen, carved)
        for item, seen in dealings_in(view, spans, subject="beneficiary")
    )


def _listed(view: SnapshotView, aliases: dict[str, str]) -> dict[str, list[Held]]:
    times: dict[str, list[Held]] = defaultdict(list)
    for party, entry, from_day, to_day in view.sql(_LISTED).iter_rows():
        for name in {party, aliases.get(party, party)}:
            times[name].append(Held(from_day, to_day, 0, WHOLE, controlled=False, owners=0, entries=frozenset({entry})))
    return times


def _sighting(account: int, times: Held, seen: Dealings, carved: set[str]) -> Sighting:
    return Sighting(
        subject=account,
        start_s=seen.start_s,
        end_s=seen.end_s,
        strength=max(_LESS_PER_STEP, _STRENGTH - _LESS_PER_STEP * (times.steps - 1)),
        evidence=seen.evidence,
        roles=seen.roles,
        facts={
            "owners": times.owners,
            "share": times.share,
            "control": int(times.controlled),
            "steps": times.steps,
            "entries": len(times.entries),
            "payments": seen.payments,
            "total": format(seen.total, "f"),
            "carve_outs": len(times.entries & carved),
            **seen.left_out,
        },
    )
