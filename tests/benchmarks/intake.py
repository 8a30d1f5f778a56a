"""Intake against plain DuckDB loading of the same file, in one run: `python tests/benchmarks/intake.py [--rows N ...]`.

`reading` is the work of the child alone; `whole` goes from the file to a receipt and an answer to a query over its transactions:
spool and hash, read in a warm child, compare, journal, ledger. Plain is `create table as select` in memory, and on disk with a
checkpoint. Intake ends on disk, in files that are fsynced and in a database, so the bars are held against the plain load that
ends on disk; the ratio to the one in memory, which keeps nothing, stands beside. Each measurement is a fresh process with as many
threads as given, importing not counted; the measurements of a round come one after another, and ratios are of the best of
`--repeat` rounds. Ratios of processor time say more where others use the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
BARS = {"csv": 4.0, "parquet": 5.0}
PEAK_BAR = 1500
"""Times the plain load on disk, of the whole; and resident MB (of a million bytes) of the reading child."""

_TIMED = """
import json, resource, sys, time
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), used.ru_utime + used.ru_stime
file, out, threads = sys.argv[1:4]
{setup}
before = spent()
{work}
after = spent()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({{"wall": after[0] - before[0], "cpu": after[1] - before[1], "peak": peak}}))
"""
_MEMORY = _TIMED.format(
    setup="import duckdb; con = duckdb.connect(config={'threads': int(threads)})",
    work="con.execute(f\"create table t as select * from '{file}'\")",
)
_DISK = _TIMED.format(
    setup="import duckdb; con = duckdb.connect(out + '/plain.duckdb', config={'threads': int(threads)})",
    work="con.execute(f\"create table t as select * from '{file}'\"); con.execute('checkpoint')",
)
_READING = _TIMED.format(
    setup="from service.intake.jobs import read\nimport service.intake.account_keys",
    work=(
        "found = read({'original': file, 'name': file, 'mapping': None, 'institution': 'BANK', 'out': out,"
        " 'received_at': '2027-01-01T00:00:00Z'}, lambda _: None)\nassert found['status'] == 'read', found['refusal']"
    ),
)
# The first submission, of one row, makes the child warm. Processor time is that of the process and of its children.
_WHOLE = """
import json, sys, time
from pathlib import Path
import psutil
from service import partners
from service.house import open_house
from service.settings import Settings
HEAD = "reference,occurred_at,channel,amount,currency,from_account,to_account\\n"
def spent():
    process = psutil.Process()
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return time.perf_counter(), sum(each.user + each.system for each in times)
def main():
    file, out, threads = sys.argv[1:4]
    who = {"actor": "operator", "role": "operator"}
    first = Path(out, "first.csv")
    first.write_text(HEAD + "w1,2026-01-01T10:00:00Z,transfer,1,EUR,A-1,A-2\\n")
    with open_house(Settings(home=Path(out, "home"), threads=int(threads))) as house:
        for name in ("warm", "bank"):
            partners.register(house.journal, house.ledger, partner=name, name=name, institution=name.upper(), **who)
        house.intake.submit(first, partner="warm", name="first.csv", mapping=None, **who)
        before = spent()
        found = house.intake.submit(Path(file), partner="bank", name=file, mapping=None, **who)
        totals = "select count(*), sum(amount) from current_transactions where submitter = 'bank'"
        ((count, _),) = house.ledger.query(totals)
        after = spent()
    assert count == found.receipt.counts.accepted > 0, found.receipt
    print(json.dumps({"wall": after[0] - before[0], "cpu": after[1] - before[1]}))
if __name__ == "__main__":
    main()
"""
MEASURED = {"memory": _MEMORY, "disk": _DISK, "reading": _READING, "whole": _WHOLE}
Spent = dict[str, float]


def measure(code: str, file: Path, threads: int) -> Spent:
    """Wall and processor seconds, and of all but the whole peak MiB, of one fresh process."""
    environment = os.environ | {
        "POLARS_MAX_THREADS": str(threads),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
    }
    with tempfile.TemporaryDirectory() as out:
        script = Path(out, "measured.py")  # a file, because the children of a house start by importing it again
        script.write_text(code)
        command = [sys.executable, str(script), str(file), out, str(threads)]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=ROOT)
    result: Spent = json.loads(done.stdout.splitlines()[-1])  # DuckDB draws a progress bar before it
    return result


def best(file: Path, threads: int, repeat: int) -> dict[str, Spent]:
    """The fastest of several rounds, for each of `MEASURED`."""
    rounds = [{name: measure(code, file, threads) for name, code in MEASURED.items()} for _ in range(repeat)]
    return {name: min((each[name] for each in rounds), key=lambda spent: spent["wall"]) for name in MEASURED}


def told(rows: int, form: str, found: dict[str, Spent]) -> str:
    """What was measured of a file, in three lines."""
    memory, disk, reading, whole = (found[name] for name in MEASURED)
    megabytes = reading["peak"] * (1 << 20) / 10**6
    return (
        f"{rows:>9,} rows {form:<8} plain: in memory {memory['wall']:.2f} s, on disk {disk['wall']:.2f} s; "
        f"load {os.getloadavg()[0]:.1f}\n"
        f"    whole    {whole['wall']:6.2f} s ({rows / whole['wall']:,.0f} rows/s)  "
        f"{whole['wall'] / disk['wall']:.1f}x on disk (bar {BARS[form]:.0f}x), {whole['wall'] / memory['wall']:.1f}x in memory; "
        f"processor {whole['cpu'] / disk['cpu']:.1f}x, {whole['cpu'] / memory['cpu']:.1f}x\n"
        f"    reading  {reading['wall']:6.2f} s ({rows / reading['wall']:,.0f} rows/s)  "
        f"{reading['wall'] / disk['wall']:.1f}x on disk, {reading['wall'] / memory['wall']:.1f}x in memory; "
        f"processor {reading['cpu'] / disk['cpu']:.1f}x, peak {megabytes:,.0f} MB (bar {PEAK_BAR:,} MB)"
    )


def main() -> None:
    """Generate the files, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--formats", nargs="+", default=["csv", "parquet"], choices=["csv", "parquet"])
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--repeat", type=int, default=2)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from fixtures.bulk import write_bulk

    print(f"{options.threads} threads; wall-clock ratios to plain DuckDB loading")
    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            for form in options.formats:
                file = write_bulk(Path(folder) / f"bulk.{form}", rows, rows // 10, format=form)
                print(told(rows, form, best(file, options.threads, options.repeat)), flush=True)
                file.unlink()


if __name__ == "__main__":
    main()
