"""How much of a labelled truth the queue finds: on the fixture world, and on the study data where it lies beside the project.

    python tests/evaluation/measure.py [world] [amlsim] [amlsim-thinned] [amlgentex]        all where none is named

Labels are read here, after the run, and by nothing else: the mappings drop them before a segment is sealed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from detectors.evaluation.labels import read_truth
from detectors.evaluation.metrics import Ranked, evaluate
from fixtures.generate import write_world
from schemas.mapping import read_mapping, shipped_mapping
from schemas.reference import REFERENCE_KINDS
from service import partners
from service.alerts.book import EVERYTHING
from service.house import House, open_house
from service.settings import Settings

OPERATOR = {"actor": "operator", "role": "operator"}
SHARED = Path(os.environ.get("THALWEG_SHARED", Path(__file__).parents[2].parent / "shared")) / "data"
THINNED = 0.15
Load = Callable[[House, Path], Path]


def load_world(house: House, folder: Path) -> Path:
    """The fixture world of the default seed, its three partners and its reference tables; its truth file."""
    write_world(folder)
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
    counts = taken.batch.counts
    print(f"  {partner}: {counts.rows:,} rows, {counts.accepted:,} accepted, {counts.rejected:,} rejected")


def queue(house: House) -> list[Ranked]:
    page = house.alerts.page(EVERYTHING, limit=1_000_000)
    bodies = [house.alerts.get(each["alert"], EVERYTHING)["body"] for each in page]
    return [
        Ranked(
            body["key"],
            frozenset(each["reference"] for each in body["evidence"]),
            frozenset(each["account"] for each in body["members"]),
        )
        for body in bodies
    ]


def report(name: str, load: Load) -> None:
    print(f"\n{name}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "data").mkdir()
        with open_house(Settings(home=place / "home")) as house:
            truth = load(house, place / "data")
            started = time.perf_counter()
            run = house.runs.start(**OPERATOR)
            print(f"  run: {time.perf_counter() - started:.1f} s, {run['findings']} findings, {run['alerts']} alerts")
            print("  findings: " + ", ".join(f"{each['id']} {each['findings']}" for each in run["detectors"]))
            answer: dict[str, Any] = evaluate(queue(house), read_truth(truth))
    print(f"  {answer['patterns']} patterns; at most k alerts are looked at")
    for row in answer["budgets"]:
        print(
            f"  {row['budget']:>5} k={row['k']:<4} found {row['found']:>3}"
            f"  recall {row['recall_per_mille'] / 1000:.3f}  precision {row['precision_per_mille'] / 1000:.3f}"
        )
    kinds = answer["budgets"][-1]["by_kind"]
    print("  by kind at 5x: " + ", ".join(f"{kind} {c['found']}/{c['planted']}" for kind, c in kinds.items()))


def main() -> None:
    known: dict[str, Load] = {
        "world": load_world,
        "amlsim": load_amlsim,
        "amlsim-thinned": load_amlsim_thinned,
        "amlgentex": load_amlgentex,
    }
    wanted = sys.argv[1:] or list(known)
    for name in wanted:
        if name != "world" and not SHARED.is_dir():
            print(f"\n{name}: not measured, the study data is not beside the project")
            continue
        report(name, known[name])


if __name__ == "__main__":
    main()
