"""The gate under load: small batches a second over HTTP, each with its receipt, and how soon `/healthz` answers while a large one goes in.

The load generator is this process, on the same cores as the server and its worker: what it takes, they do not have.

    python tests/benchmarks/gate.py [--batches 1000] [--rows 500] [--clients 4] [--large 5000000] [--format parquet]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

THALWEG = [sys.executable, "-c", "from service.cli import main; main()"]
_SLOWEST = 12
COLUMNS = "reference,occurred_at,channel,amount,currency,from_account,to_account,from_country,to_country\n"


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory() as place, _served(Path(place) / "home") as (port, key):
        print(f"load generator: this machine, {os.cpu_count()} cores shared with the server and its worker")
        _submit(port, key, _small("warm", asked.rows))
        if asked.batches:
            _small_batches(port, key, asked)
        if asked.large:
            _health_meanwhile(port, key, _large(Path(place), asked.large, asked.format))


def _small_batches(port: int, key: str, asked: argparse.Namespace) -> None:
    made = [_small(f"b{number}", asked.rows) for number in range(asked.batches)]
    local = threading.local()

    def send(body: bytes) -> float:
        if not hasattr(local, "line"):
            local.line = http.client.HTTPConnection("127.0.0.1", port)
        begun = time.perf_counter()
        _submit(port, key, body, local.line)
        return time.perf_counter() - begun

    begun = time.perf_counter()
    with ThreadPoolExecutor(asked.clients) as clients:
        seconds = list(clients.map(send, made))
    took = time.perf_counter() - begun
    print(
        f"{asked.batches} batches of {asked.rows} rows by {asked.clients} clients in {took:.1f} s: "
        f"{asked.batches / took:.1f} a second (bar 20), each with its receipt; {_spread(seconds)}"
    )


def _health_meanwhile(port: int, key: str, large: Path) -> None:
    answers: list[float] = []
    when: list[float] = []
    done = threading.Event()

    def ask() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port)
        while not done.is_set():
            begun = time.perf_counter()
            line.request("GET", "/healthz")
            response = line.getresponse()
            response.read()
            if response.status != 200:
                raise SystemExit(f"/healthz answered {response.status}")
            answers.append(time.perf_counter() - begun)
            when.append(begun)
            time.sleep(0.02)

    asking = threading.Thread(target=ask)
    asking.start()
    begun = time.perf_counter()
    with large.open("rb") as body:
        rows = _submit(port, key, body, size=large.stat().st_size)["rows"]
    took = time.perf_counter() - begun
    done.set()
    asking.join()
    print(f"{rows:,} rows ({large.suffix[1:]}, {large.stat().st_size >> 20} MiB) in {took:.1f} s to the receipt")
    print(f"/healthz meanwhile, {len(answers)} times, bar 50 ms at p99: {_spread(answers)}")
    slowest = sorted(zip(answers, when, strict=True), reverse=True)[:_SLOWEST]
    told = ", ".join(
        f"{seconds * 1000:.0f} ms at {at - begun:.1f} s" for seconds, at in sorted(slowest, key=lambda each: each[1])
    )
    print(f"the slowest: {told}")


def _submit(port: int, key: str, body: Any, line: Any = None, *, size: int | None = None) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {key}", "idempotency-key": secrets.token_hex(8)}
    headers["content-length"] = str(size if size is not None else len(body))
    line = line or http.client.HTTPConnection("127.0.0.1", port)
    line.request("POST", "/v1/batches?name=bench", body=body, headers=headers)
    response = line.getresponse()
    told: dict[str, Any] = json.loads(response.read())
    if response.status != 201 or not told["receipt"]["signature"]:
        raise SystemExit(f"a submission was answered {response.status}: {told}")
    return told


def _small(name: str, rows: int) -> bytes:
    lines = (
        f"{name}-{n},2026-03-{n % 28 + 1:02d}T08:{n % 60:02d}:00Z,transfer,{100 + n}.50,EUR,A{n % 97},B{n % 89},ML,SN\n"
        for n in range(rows)
    )
    return (COLUMNS + "".join(lines)).encode()


def _large(place: Path, rows: int, form: str) -> Path:
    n = pl.int_range(rows, eager=True).alias("n")
    text = n.cast(pl.String)
    frame = pl.DataFrame(
        {
            "reference": "L" + text,
            "occurred_at": pl.Series(["2026-02-01T00:00:00Z"]).str.to_datetime("%Y-%m-%dT%H:%M:%SZ").gather([0] * rows)
            + pl.select(pl.duration(seconds=n % 2_000_000)).to_series(),
            "channel": pl.Series(["transfer"]).gather([0] * rows),
            "amount": (n % 90_000).cast(pl.String) + ".75",
            "currency": pl.Series(["EUR"]).gather([0] * rows),
            "from_account": "A" + (n % 99_991).cast(pl.String),
            "to_account": "B" + (n % 88_883).cast(pl.String),
        }
    ).with_columns(pl.col("occurred_at").dt.to_string("%Y-%m-%dT%H:%M:%SZ"))
    path = place / f"large.{form}"
    if form == "parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path)
    return path


@contextmanager
def _served(home: Path) -> Iterator[tuple[int, str]]:
    """A server of its own process on a fresh home, with one partner: its port, and a key."""
    environment = os.environ | {"THALWEG_HOME": str(home)}

    def run(*words: str) -> dict[str, Any]:
        told = subprocess.run([*THALWEG, *words, "--json"], env=environment, check=True, capture_output=True)
        answer: dict[str, Any] = json.loads(told.stdout)
        return answer

    run("partners", "add", "bank-a", "--name", "Bank A", "--institution", "BANKA")
    run("users", "add", "bank-a", "--name", "Bank A", "--role", "partner", "--partner", "bank-a")
    key = run("keys", "issue", "bank-a")["key"]
    server = subprocess.Popen([*THALWEG, "serve", "--port", "0"], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        said = next(line for line in server.stderr if "serving" in line)
        yield int(re.findall(r":(\d+)", said)[-1]), key
    finally:
        server.terminate()
        server.wait()


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return (
        f"median {statistics.median(ordered) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, most {ordered[-1] * 1000:.1f} ms"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--batches", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--large", type=int, default=5_000_000)
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    return parser.parse_args()


if __name__ == "__main__":
    main()
