"""Intake against plain DuckDB loading of the same file, in one run: `python tests/benchmarks/intake.py [--rows N ...]`.

Each measurement is a fresh process with as many threads as given; importing is not counted, because children are kept warm.
Ratios are of wall-clock time, best of `--repeat`; processor time and peak resident memory of intake stand beside them.
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
BAR = 8.0
GOALS = {"csv": (4.0, 2.0), "parquet": (5.0, 2.5)}

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
_PLAIN = _TIMED.format(
    setup="import duckdb; con = duckdb.connect(config={'threads': int(threads)})",
    work="con.execute(f\"create table t as select * from '{file}'\")",
)
_INTAKE = _TIMED.format(
    setup="from service.intake.jobs import read\nimport service.intake.account_keys",
    work=(
        "found = read({'original': file, 'name': file, 'mapping': None, 'institution': 'BANK', 'out': out,"
        " 'received_at': '2027-01-01T00:00:00Z'}, lambda _: None)\nassert found['status'] == 'read', found['refusal']"
    ),
)


def measure(code: str, file: Path, threads: int) -> dict[str, float]:
    """Wall and processor seconds and peak MiB of one fresh process."""
    environment = os.environ | {
        "POLARS_MAX_THREADS": str(threads),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
    }
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-c", code, str(file), out, str(threads)]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=ROOT)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])  # DuckDB draws a progress bar before it
    return result


def best(code: str, file: Path, threads: int, repeat: int) -> dict[str, float]:
    """The fastest of several measurements."""
    return min((measure(code, file, threads) for _ in range(repeat)), key=lambda each: each["wall"])


def main() -> None:
    """Generate the files, measure both, print one line a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--formats", nargs="+", default=["csv", "parquet"], choices=["csv", "parquet"])
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--repeat", type=int, default=2)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from fixtures.bulk import write_bulk

    print(f"{options.threads} threads; wall-clock ratio to plain DuckDB loading, bar {BAR:.0f}x")
    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            for form in options.formats:
                file = write_bulk(Path(folder) / f"bulk.{form}", rows, rows // 10, format=form)
                plain, ours = (best(code, file, options.threads, options.repeat) for code in (_PLAIN, _INTAKE))
                goal, stretch = GOALS[form]
                print(
                    f"{rows:>9,} rows {form:<8} plain {plain['wall']:6.2f} s  intake {ours['wall']:6.2f} s "
                    f"({rows / ours['wall']:,.0f} rows/s)  ratio {ours['wall'] / plain['wall']:.1f}x "
                    f"(goal {goal:.0f}x, stretch {stretch:g}x)  processor {ours['cpu'] / plain['cpu']:.1f}x  "
                    f"peak {ours['peak']:,.0f} MiB",
                    flush=True,
                )
                file.unlink()


if __name__ == "__main__":
    main()
