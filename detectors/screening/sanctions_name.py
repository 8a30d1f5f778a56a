"""Accounts whose holder's name is like one on a sanctions list, and nothing else ties them to it. A hint to look at by hand: it
raises no alert, and is no ground for one.
"""

from __future__ import annotations

import polars as pl

from detectors.api import Params, SnapshotView
from detectors.graph.frames import Sighting, findings_frame
from detectors.screening.dealings import Span, dealings_in
from detectors.screening.match_examples import NAME
from detectors.screening.names import like_names
from schemas.detector import DetectorMeta, Indicator, Parameter

META = DetectorMeta(
    id="sanctions-name",
    title={
        "en": "A name like one on a sanctions list: confirm by hand",
        "fr": "Un nom proche d'un nom d'une liste de sanctions : à confirmer à la main",
        "es": "Un nombre parecido a uno de una lista de sanciones: confirmar a mano",
    },
    kind="pattern", family="sanctions", tier="enriched", status="test", severity="low", weight=1,
    sources=("FATF recommendations 6 and 7", "A likeness of names alone is no match: our judgement"),
    benign=(
        {"en": "Somebody else of the same name: most who bear a listed name are not listed",
         "fr": "Un homonyme : la plupart de ceux qui portent un nom listé ne le sont pas",
         "es": "Un homónimo: la mayoría de quienes llevan un nombre de la lista no están en ella"},
    ),
    next_step={
        "en": "Compare birth date and documents with the entry. Where nothing else agrees, leave it.",
        "fr": "Comparer la date de naissance et les pièces avec l'entrée. Si rien d'autre ne concorde, en rester là.",
        "es": "Comparar la fecha de nacimiento y los documentos con la entrada. Si nada más coincide, dejarlo.",
    },
    why={
        "en": "A name of the holder and one of the entry {entry} of the list “{list}” have a likeness of {similarity}; neither "
        "account number nor identifier agrees; {entries|# entry is|# entries are} this much alike; {carve_outs|no humanitarian "
        "carve-out would apply|# humanitarian carve-out would apply|# humanitarian carve-outs would apply}",
        "fr": "Un nom du titulaire et un nom de l'entrée {entry} de la liste « {list} » se ressemblent à {similarity} ; ni numéro de "
        "compte ni identifiant ne concordent ; {entries|# entrée ressemble|# entrées ressemblent} autant ; {carve_outs|aucune "
        "dérogation humanitaire ne s'appliquerait|# dérogation humanitaire s'appliquerait|# dérogations humanitaires "
        "s'appliqueraient}",
        "es": "Un nombre del titular y uno de la entrada {entry} de la lista «{list}» se parecen en un {similarity}; no coinciden ni "
        "número de cuenta ni identificador; {entries|# entrada se parece|# entradas se parecen} igual; {carve_outs|ninguna "
        "excepción humanitaria se aplicaría|# excepción humanitaria se aplicaría|# excepciones humanitarias se aplicarían}",
    },
    roles={},
    facts={"entry": "text", "list": "text", "similarity": "percent", "entries": "count", "carve_outs": "count"},
    indicators=(
        Indicator(
            label={"en": "Likeness of the names", "fr": "Ressemblance des noms", "es": "Parecido de los nombres"},
            observed="similarity", threshold="least_alike", sense="at_least",
        ),
    ),
    params={
        "least_alike": Parameter(
            default=900, unit="per_mille", least=700, most=1000,
            reason="Nine letters of ten in common order: what transcription changes in a name. Below it strangers match.",
        ),
    },
    tables=("watchlist",),
    fires=NAME["fires"],
    silent=NAME["silent"],
)  # fmt: skip

_LEAST_STRENGTH, _MOST_STRENGTH = 100, 300

_BEARERS = """
with alike as (
    select unnest(?::varchar[]) as name, unnest(?::varchar[]) as listed, unnest(?::integer[]) as similarity
),
borne as (
    select h.account, l.list, l.entry, l.from_day, l.to_day, max(a.similarity) as similarity,
           max(cast(l.humanitarian as integer)) as carve_outs
    from alike as a
    join holders as h on h.name = a.name
    join listings as l on l.name = a.listed and l.kind = 'sanctions'
    group by all
),
unmatched as (
    select b.* from borne as b
    anti join watched as w on w.account = b.account and w.list = b.list and w.entry = b.entry
)
select *, count(*) over (partition by account, similarity) as entries
from unmatched
qualify row_number() over (partition by account order by similarity desc, list, entry, from_day) = 1
order by account
"""


def find(view: SnapshotView, params: Params) -> pl.DataFrame:
    """The findings, as a frame of RAW_FINDING: for each account the entry whose name is most like its holder's."""
    pairs = like_names(view, int(params["least_alike"]))
    bearers = view.sql(_BEARERS, [pairs[column].to_list() for column in ("name", "listed", "similarity")]).to_dicts()
    spans = [Span(row["account"], row["from_day"], row["to_day"]) for row in bearers]
    return findings_frame(
        Sighting(
            subject=row["account"],
            start_s=seen.start_s,
            end_s=seen.end_s,
            strength=min(_MOST_STRENGTH, _LEAST_STRENGTH + 2 * max(0, row["similarity"] - int(params["least_alike"]))),
            evidence=seen.evidence,
            roles=seen.roles,
            facts={
                "entry": row["entry"],
                "list": row["list"],
                "similarity": row["similarity"],
                "entries": row["entries"],
                "carve_outs": row["carve_outs"],
                **seen.left_out,
            },
        )
        for row, seen in ((bearers[item], seen) for item, seen in dealings_in(view, spans, subject="payer"))
    )
