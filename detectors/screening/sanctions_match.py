"""Accounts that a sanctions list names by their number, or by the identifier of a party that holds them.

A name alone is never a match: it only says how well the two fit. Names alike are a detector of their own (`sanctions_name`).
"""

from __future__ import annotations

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Sighting, findings_frame
from detectors.screening.dealings import Span, dealings_in
from detectors.screening.match_examples import MATCH
from detectors.screening.names import alike
from schemas.detector import DetectorMeta, Parameter

META = DetectorMeta(
    id="sanctions-match",
    title={
        "en": "An account that a sanctions list names by its number or its holder's identifier",
        "fr": "Un compte qu'une liste de sanctions désigne par son numéro ou l'identifiant de son titulaire",
        "es": "Una cuenta que una lista de sanciones señala por su número o por el identificador de su titular",
    },
    kind="pattern", family="sanctions", tier="enriched", status="live", severity="critical", weight=10,
    sources=("FATF recommendations 6 and 7", "Partners send no birth dates: account or identifier decide, names confirm"),
    benign=(
        {"en": "An identifier or account number that was given to somebody else",
         "fr": "Un identifiant ou un numéro de compte attribué à quelqu'un d'autre",
         "es": "Un identificador o un número de cuenta que se dio a otra persona"},
        {"en": "A payment that a licence or a humanitarian carve-out allows",
         "fr": "Un paiement permis par une licence ou une dérogation humanitaire",
         "es": "Un pago que permite una licencia o una excepción humanitaria"},
    ),
    next_step={
        "en": "Compare birth date and documents of the holder with the entry by hand; look for a licence or a carve-out; then "
        "inform whoever decides on freezing.",
        "fr": "Comparer à la main date de naissance et pièces du titulaire avec l'entrée ; chercher une licence ou une "
        "dérogation ; puis informer qui décide du gel.",
        "es": "Comparar a mano fecha de nacimiento y documentos del titular con la entrada; buscar una licencia o una "
        "excepción; después informar a quien decide sobre la congelación.",
    },
    why={
        "en": "Entry {entry} of the list “{list}” gives {by_account|no account number|# account number|# account numbers} and "
        "{by_identifier|no party identifier|# party identifier|# party identifiers} of this account; the likeness of the names "
        "is {similarity}; {payments|# payment|# payments} of {total} in all while listed; {carve_outs|no humanitarian "
        "carve-out applies|# humanitarian carve-out applies|# humanitarian carve-outs apply}",
        "fr": "Dans l'entrée {entry} de la liste « {list} » : {by_account|aucun numéro de compte|# numéro de compte|# numéros de "
        "compte} et {by_identifier|aucun identifiant de partie|# identifiant de partie|# identifiants de partie} de ce compte "
        "; les noms se ressemblent à {similarity} ; {payments|# opération|# opérations} de {total} au total pendant "
        "l'inscription ; {carve_outs|aucune dérogation humanitaire ne s'applique|# dérogation humanitaire s'applique|# "
        "dérogations humanitaires s'appliquent}",
        "es": "En la entrada {entry} de la lista «{list}»: {by_account|ningún número de cuenta|# número de cuenta|# números de "
        "cuenta} y {by_identifier|ningún identificador de parte|# identificador de parte|# identificadores de parte} de esta "
        "cuenta; los nombres se parecen en un {similarity}; {payments|# operación|# operaciones} por {total} en total durante "
        "la inclusión; {carve_outs|ninguna excepción humanitaria se aplica|# excepción humanitaria se aplica|# excepciones "
        "humanitarias se aplican}",
    },
    roles={},
    facts={
        "entry": "text", "list": "text", "by_account": "count", "by_identifier": "count", "similarity": "percent",
        "payments": "count", "total": "money", "carve_outs": "count",
    },
    params={
        "least_alike": Parameter(
            default=900, unit="per_mille", least=700, most=1000,
            reason="Nine letters of ten in common order: what transcription changes in a name; a match that the name confirms "
            "is stronger, and one that it does not confirm is still shown.",
        ),
    },
    tables=("watchlist",),
    fires=MATCH["fires"],
    silent=MATCH["silent"],
)  # fmt: skip

_UNCONFIRMED, _CONFIRMED = 800, 1000

_NAMED = """
with matched as (
    select w.account, w.entry, w.list, w.humanitarian, w.from_day, w.to_day,
           count(distinct l.key) filter (where l.key = a.key) as by_account
    from watched as w
    join accounts as a on a.account = w.account
    join listings as l on l.list = w.list and l.entry = w.entry
    where w.kind = 'sanctions'
    group by all
),
held as (
    select distinct h.account, l.list, l.entry, l.identifier
    from listings as l join holders as h on h.party = l.identifier
    where l.kind = 'sanctions'
),
parties as (
    select account, list, entry, count(*) as by_identifier from held group by all
)
select m.*, coalesce(p.by_identifier, 0) as by_identifier
from matched as m left join parties as p using (account, list, entry)
order by account, list, entry, from_day
"""

_NAMES = """
select distinct w.account, w.list, w.entry, h.name, l.name as listed
from watched as w
join holders as h on h.account = w.account and h.name is not null
join listings as l on l.list = w.list and l.entry = w.entry and l.name is not null
where w.kind = 'sanctions'
order by all
"""


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings of the screening, as a frame of RAW_FINDING: one for each account, entry and time of listing."""
    matches = view.sql(_NAMED).to_dicts()
    best = _similarities(view)
    spans = [Span(row["account"], row["from_day"], row["to_day"]) for row in matches]
    sightings = []
    for item, seen in dealings_in(view, spans, subject="beneficiary"):
        row = matches[item]
        similarity = best.get((row["account"], row["list"], row["entry"]))
        confirmed = similarity is not None and similarity >= params["least_alike"]
        known = {} if similarity is None else {"similarity": similarity}
        sightings.append(
            Sighting(
                subject=row["account"],
                start_s=seen.start_s,
                end_s=seen.end_s,
                strength=_CONFIRMED if confirmed else _UNCONFIRMED,
                evidence=seen.evidence,
                roles=seen.roles,
                facts={
                    "entry": row["entry"],
                    "list": row["list"],
                    "by_account": row["by_account"],
                    "by_identifier": row["by_identifier"],
                    "payments": seen.payments,
                    "total": format(seen.total, "f"),
                    "carve_outs": int(row["humanitarian"]),
                    **known,
                    **seen.left_out,
                },
            )
        )
    return findings_frame(sightings)


def _similarities(view: SnapshotView) -> dict[tuple[int, str, str], int]:
    """The greatest likeness between a name of the account and one of the entry, where both have names."""
    rows = view.sql(_NAMES)
    best: dict[tuple[int, str, str], int] = {}
    for row, score in zip(rows.iter_rows(), alike(rows["name"].to_list(), rows["listed"].to_list()), strict=True):
        best[row[:3]] = max(score, best.get(row[:3], 0))
    return best
