"""How fast a run is: transactions a second with loading included, the share of each detector, and the peak of memory.

    python tests/benchmarks/run.py [ROWS ...]        1,000,000 and 5,000,000 where not given

Figures are ratios within one process: intake against plain DuckDB loads of the same file, on disk and in memory; each detector
against the whole run; the run against a plain load of the segment; and the growth exponent between the sizes.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from detectors.catalogue import Catalogue
from fixtures.generate import write_bulk
from service import partners
from service.house import House, open_house
from service.settings import Settings

OPERATOR = {"actor": "operator", "role": "operator"}
MIB = 1 << 20


def plain_load(path: Path, database: Path | str = ":memory:") -> float:
    """Seconds of `create table as select` of a Parquet file in a fresh DuckDB, closed again: in a file it is then on disk."""
    connection = duckdb.connect(str(database))
    started = time.perf_counter()
    connection.execute("create table plain as select * from read_parquet(?)", [str(path)])
    connection.close()
    return time.perf_counter() - started


def exact_detectors() -> list[str]:
    return [each.meta.id for each in Catalogue.load().pick() if each.meta.kind != "model"]


def measure(rows: int, folder: Path) -> float:
    """Print the figures of one size; the seconds of the run without models."""
    bulk = write_bulk(folder / "bulk.parquet", rows, max(8, rows // 10))
    settings = Settings(home=folder / "home", run_memory_bytes=4096 * MIB)
    with open_house(settings) as house:
        partners.register(house.journal, house.ledger, partner="bulk", name="bulk", institution="BULK", **OPERATOR)
        started = time.perf_counter()
        taken = house.intake.submit(bulk, partner="bulk", name=bulk.name, mapping=None, **OPERATOR)
        intake = time.perf_counter() - started
        on_disk, in_memory = plain_load(bulk, folder / "plain.duckdb"), plain_load(bulk)
        print(
            f"\n{rows:,} rows: from the file to the receipt and queryable in the ledger {intake:.1f} s"
            f" = {intake / on_disk:.1f}x a plain load of the file into a database on disk ({on_disk:.2f} s),"
            f" {intake / in_memory:.1f}x one in memory ({in_memory:.2f} s)"
        )
        plain = plain_load(house.home.segment(str(taken.batch.segment)))
        seconds = report("rules and patterns", rows, plain, house, exact_detectors())
        report(
            "models alone",
            rows,
            plain,
            house,
            [each.meta.id for each in Catalogue.load().pick() if each.meta.kind == "model"],
        )
    return seconds


def report(title: str, rows: int, plain: float, house: House, chosen: list[str]) -> float:
    run = house.runs.start(detectors=chosen, **OPERATOR)
    seconds = float(run["seconds"])
    detecting = sum(float(each["seconds"]) for each in run["detectors"])
    print(
        f"{title}: {seconds:.1f} s, {rows / seconds:,.0f} transactions/s, {seconds / plain:.1f}x a plain load of the segment,"
        f" peak {run['sizes']['peak_mib']:,} MiB, {run['findings']:,} findings, {run['alerts']:,} alerts"
    )
    for each in sorted(run["detectors"], key=lambda outcome: -float(outcome["seconds"])):
        share = 100 * float(each["seconds"]) / seconds
        print(f"  {each['id']:<24} {float(each['seconds']):>7.2f} s {share:>5.1f} %  {each['findings']:>7,} findings")
    print(f"  {'loading and explaining':<24} {seconds - detecting:>7.2f} s {100 * (1 - detecting / seconds):>5.1f} %")
    return seconds


def main() -> None:
    sizes = [int(text.replace("_", "")) for text in sys.argv[1:]] or [1_000_000, 5_000_000]
    taken = {}
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            taken[rows] = measure(rows, Path(folder))
    if len(sizes) > 1:
        least, most = min(sizes), max(sizes)
        exponent = math.log(taken[most] / taken[least]) / math.log(most / least)
        print(f"\ngrowth exponent from {least:,} to {most:,} rows: {exponent:.2f}")


if __name__ == "__main__":
    main()
