"""How fast a run is: transactions a second with loading included, the share of each detector and of what is not detection, the
peak of memory, and how all of it grows.

    python tests/benchmarks/run.py [ROWS ...]
    python tests/benchmarks/run.py 1_000_000 5_000_000

Without ROWS: 1,000,000, 5,000,000 and, where the machine has the memory for it, 10,000,000, with the growth between them; half an hour.

The data has an account with up to 500,000 transactions and a day with a fifth of all. Figures are ratios within one process:
intake against plain DuckDB loads of the same file, on disk and in memory; the run against a plain load of the segment; and growth
exponents between sizes, where 1 is in proportion to the rows. Two detectors are at work at a time, so the seconds of a detector are those
beside another, and its share is of twice the seconds of the run.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import psutil

from detectors.catalogue import Catalogue
from fixtures.generate import write_bulk
from service import partners
from service.house import House, open_house
from service.runs.detecting import LANES
from service.settings import Settings

OPERATOR = {"actor": "operator", "role": "operator"}
MIB = 1 << 20
SIZES = (1_000_000, 5_000_000, 10_000_000)
GROWTH_FROM_S = 0.5
"""Below this a detector's growth is noise and is not printed."""


@dataclass
class Stopwatch:
    """Seconds by what a run says that it is doing: loading, detecting, explaining and writing."""

    seconds: dict[str, float] = field(default_factory=dict)
    _doing: str = "checking"
    _since: float = field(default_factory=time.perf_counter)

    def __call__(self, said: dict[str, Any]) -> None:
        now, word = time.perf_counter(), str(said.get("step", self._doing)).split()[0]
        self.seconds[self._doing] = self.seconds.get(self._doing, 0.0) + now - self._since
        self._doing, self._since = word, now


@dataclass(frozen=True)
class Taken:
    """The seconds of one run: in all and by detector."""

    rows: int
    seconds: float
    detectors: dict[str, float]


def plain_load(path: Path, database: Path | str = ":memory:") -> float:
    """Seconds of `create table as select` of a Parquet file in a fresh DuckDB, closed again: in a file it is then on disk."""
    connection = duckdb.connect(str(database))
    started = time.perf_counter()
    connection.execute("create table plain as select * from read_parquet(?)", [str(path)])
    connection.close()
    return time.perf_counter() - started


def exact_detectors() -> list[str]:
    return [each.meta.id for each in Catalogue.load().pick() if each.meta.kind != "model"]


def memory_for(rows: int) -> int:
    """What a run may use, in bytes: the bar for five million rows, and in proportion beyond."""
    return max(4096, 4096 * rows // 5_000_000) * MIB


def sizes_here() -> list[int]:
    """The sizes that this machine has memory for, with a quarter to spare for what is not the run."""
    free = psutil.virtual_memory().available
    fitting = [rows for rows in SIZES if memory_for(rows) * 5 // 4 <= free]
    for rows in sorted(set(SIZES) - set(fitting)):
        print(
            f"{rows:,} rows are left out: they need {memory_for(rows) * 5 // 4 // MIB:,} MiB, and {free // MIB:,} are free"
        )
    return fitting


def measure(rows: int, folder: Path) -> Taken:
    """Print the figures of one size; the run without models."""
    bulk = write_bulk(folder / "bulk.parquet", rows, max(8, rows // 10))
    settings = Settings(home=folder / "home", run_memory_bytes=memory_for(rows))
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
        taken_by_run = report("rules and patterns", rows, plain, house, exact_detectors())
        report(
            "models alone",
            rows,
            plain,
            house,
            [each.meta.id for each in Catalogue.load().pick() if each.meta.kind == "model"],
        )
    return taken_by_run


def report(title: str, rows: int, plain: float, house: House, chosen: list[str]) -> Taken:
    watch = Stopwatch()
    run = house.runs.start(detectors=chosen, on_progress=watch, actor="operator", role="operator")
    watch({"step": "done"})
    seconds = float(run["seconds"])
    print(
        f"{title}: {seconds:.1f} s, {rows / seconds:,.0f} transactions/s, {seconds / plain:.1f}x a plain load of the segment,"
        f" peak {run['sizes']['peak_mib']:,} MiB, {run['findings']:,} findings, {run['alerts']:,} alerts"
    )
    for each in run["detectors"]:
        if each["status"] != "done":
            print(f"  NOT DONE, so that the figures above are not those of a whole run: {each['id']}: {each['cause']}")
    detectors = {each["id"]: float(each["seconds"]) for each in run["detectors"]}
    found = {each["id"]: each["findings"] for each in run["detectors"]}
    for name in sorted(detectors, key=lambda name: -detectors[name]):
        part = share(detectors[name], LANES * seconds)
        print(f"  {name:<24} {detectors[name]:>7.2f} s {part}  {found[name]:>7,} findings")
    spent = {step: watch.seconds.get(step, 0.0) for step in ("checking", "load", "detect")}
    spent["explain"] = seconds - sum(spent.values())
    for step, each in spent.items():
        print(f"  ({step + ')':<23} {each:>7.2f} s {share(each, seconds)}")
    print(f"  after the run, into standing alerts: {watch.seconds.get('explain', 0.0) - spent['explain']:.2f} s")
    return Taken(rows, seconds, detectors)


def share(part: float, whole: float) -> str:
    return f"{100 * part / whole:>5.1f} %"


def exponent(least: Taken, most: Taken, detector: str | None = None) -> float:
    """By which power of the rows the time grows from one size to another."""
    before, after = (each.seconds if detector is None else each.detectors[detector] for each in (least, most))
    return math.log(after / before) / math.log(most.rows / least.rows)


def report_growth(runs: list[Taken]) -> None:
    for least, most in [*pairwise(runs), *([(runs[0], runs[-1])] if len(runs) > 2 else [])]:
        print(f"\ngrowth exponent from {least.rows:,} to {most.rows:,} rows: {exponent(least, most):.2f}")
        slow = [
            name for name in most.detectors if min(most.detectors[name], least.detectors.get(name, 0)) >= GROWTH_FROM_S
        ]
        for name in sorted(slow, key=lambda name: -exponent(least, most, name)):
            print(f"  {name:<24} {exponent(least, most, name):.2f}")


def main() -> None:
    sizes = [int(text.replace("_", "")) for text in sys.argv[1:]] or sizes_here()
    runs = []
    for rows in sorted(sizes):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(measure(rows, Path(folder)))
    if len(runs) > 1:
        report_growth(runs)


if __name__ == "__main__":
    main()
