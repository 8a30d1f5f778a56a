"""The labelled data that evaluation stands on: the fixture world, and two simulators where their data lies beside the project.

Each loader submits the data to a house as its partners would and gives the truth file. The mappings drop label columns before a
segment is sealed; labels are read from the files, for the truth alone.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from fixtures.generate import write_world
from schemas.mapping import read_mapping, shipped_mapping
from schemas.reference import REFERENCE_KINDS
from service import partners
from service.house import House

OPERATOR = {"actor": "operator", "role": "operator"}
SHARED = Path(os.environ.get("THALWEG_SHARED", Path(__file__).parents[2].parent / "shared")) / "data"
THINNED = 0.15
Load = Callable[[House, Path], Path]


def load_world(house: House, folder: Path, seed: str = "thalweg") -> Path:
    """The fixture world of a seed, its three partners and its reference tables; its truth file."""
    write_world(folder, seed=seed)
    for path in (folder / f"{kind}.csv" for kind in REFERENCE_KINDS):
        if path.exists():
            house.shelf.load(path.stem, path.read_bytes(), name=path.name, base_currency="EUR", **OPERATOR)
    for partner in tomllib.loads((folder / "partners.toml").read_text())["partner"]:
        mapping = partner.get("mapping")
        document = None if mapping is None else read_mapping((folder / mapping).read_text())
        submit(house, folder / partner["file"], partner["id"], partner["institution"], document)
    return folder / "truth.csv"


def load_amlsim(house: House, folder: Path) -> Path:
    data = SHARED / "amlsim-1k" / "transactions.parquet"
    submit(house, data, "amlsim", "SIM", shipped_mapping("amlsim"))
    rows = pl.read_parquet(data).filter(pl.col("alert_id") >= 0)
    return truth_file(rows, folder, "tran_id", "alert_id", "alert_type", "orig_acct", "bene_acct")


def load_amlsim_thinned(house: House, folder: Path) -> Path:
    """AMLSim with 15 % of its lawful pairs cut to one payment, drawn by a fixed seed: as it is, nearly all one-off pairs are planted.

    Labels are read for one thing: to know which pairs are lawful throughout. A pair is taken without regard to direction.
    """
    rows = pl.read_parquet(SHARED / "amlsim-1k" / "transactions.parquet").sort("tran_timestamp", "tran_id")
    one, other = pl.min_horizontal("orig_acct", "bene_acct"), pl.max_horizontal("orig_acct", "bene_acct")
    rows = rows.with_columns(one=one, other=other)
    pairs = rows.group_by("one", "other").agg(planted=(pl.col("alert_id") >= 0).any()).sort("one", "other")
    thinned = pairs.filter(~pl.col("planted")).sample(fraction=THINNED, seed=1).drop("planted")
    spared = rows.join(thinned, on=["one", "other"], how="anti")
    kept = rows.join(thinned, on=["one", "other"], how="semi").sample(fraction=1.0, shuffle=True, seed=2)
    rows = pl.concat([spared, kept.unique(["one", "other"], keep="first", maintain_order=True)])
    data = folder / "transactions.parquet"
    rows.drop("one", "other").sort("tran_timestamp", "tran_id").write_parquet(data)
    submit(house, data, "amlsim", "SIM", shipped_mapping("amlsim"))
    return truth_file(
        rows.filter(pl.col("alert_id") >= 0), folder, "tran_id", "alert_id", "alert_type", "orig_acct", "bene_acct"
    )


def load_amlgentex(house: House, folder: Path) -> Path:
    data = SHARED / "amlgentex-100k" / "transactions.parquet"
    submit(house, data, "amlgentex", "GENTEX", shipped_mapping("amlgentex"))
    rows = pl.read_parquet(data).filter(pl.col("is_sar") == 1)
    return truth_file(rows, folder, "tran_id", "pattern_id", "pattern_type", "name_orig", "name_dest")


def truth_file(rows: pl.DataFrame, folder: Path, *columns: str) -> Path:
    """A truth file from the label columns: reference, pattern, kind, payer, payee."""
    names = ("reference", "pattern", "kind", "from_account", "to_account")
    path = folder / "truth.csv"
    rows.select(
        pl.col(theirs).cast(pl.String).alias(ours) for theirs, ours in zip(columns, names, strict=True)
    ).write_csv(path)
    return path


def submit(house: House, path: Path, partner: str, institution: str, mapping: Any) -> None:
    partners.register(house.journal, house.ledger, partner=partner, name=partner, institution=institution, **OPERATOR)
    document = None if mapping is None else mapping.model_dump(mode="json", by_alias=True, exclude_none=True)
    taken = house.intake.submit(path, partner=partner, name=path.name, mapping=document, **OPERATOR)
    assert taken.batch.status == "accepted"


LOADERS: dict[str, Load] = {
    "world": load_world,
    "amlsim": load_amlsim,
    "amlsim-thinned": load_amlsim_thinned,
    "amlgentex": load_amlgentex,
}


def is_there(name: str) -> bool:
    """Whether the data can be loaded: the world is made, the simulators' data must lie beside the project."""
    return name == "world" or SHARED.is_dir()
