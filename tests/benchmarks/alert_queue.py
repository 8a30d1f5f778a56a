"""The queue while a run is going: pages of it at a steady rate, with many alerts in the ledger, before a run and during one.

The load generator is this process, on the same cores as the server and its run: what it takes, they do not have. Requests are
sent when they are due, whether or not the one before was answered; the wait for a free line counts. Meanwhile a supervisor
assigns an alert every second, so that what the server remembers of the queue does not last.

    python tests/benchmarks/alert_queue.py [--alerts 100000] [--rows 1000000] [--rate 50] [--seconds 20]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.worlds import make_candidate

from fixtures.generate import write_bulk
from schemas.canonical import digest_file
from service import partners
from service.access.roles import OPERATOR as BY
from service.house import House, open_house
from service.runs.outputs import bodies_of, write_alerts
from service.settings import Settings

THALWEG = [sys.executable, "-c", "from service.cli import main; main()"]
OPERATOR = {"actor": "operator", "role": "operator"}
AT_ONCE, LINES = 10_000, 16
PAGES = (
    "/alerts?view=open",
    "/alerts?view=open&sort=newest",
    "/alerts?view=critical",
    "/alerts?view=due",
    "/alerts?view=mine",
    "next",
)
"""What is asked for, in turn; `next` is the page after the one that it was given last, up to the tenth."""


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        people = _filled(home, asked)
        print(f"load generator: this machine, {os.cpu_count()} cores shared with the server and its run")
        with _served(home) as port:
            reader, keeper = (_signed_in(port, account, password) for account, password in people)
            _load(port, (reader, keeper), asked, "to warm up")
            _load(port, (reader, keeper), asked, "without a run")
            started = _started(port, keeper)
            _load(port, (reader, keeper), asked, "while a run is going")
            print("the run outlasted it" if started.is_alive() else "the run was over first: ask for more rows")


def _filled(home: Path, asked: argparse.Namespace) -> list[tuple[str, str]]:
    """Rows for the run and alerts for the queue; an analyst and a supervisor with their passwords."""
    with open_house(Settings(home=home, run_memory_bytes=4 << 30)) as house:
        partners.register(house.journal, house.ledger, partner="bulk", name="bulk", institution="BULK", **OPERATOR)
        bulk = write_bulk(home.parent / "bulk.parquet", asked.rows, max(8, asked.rows // 10))
        batch = house.intake.submit(bulk, partner="bulk", name="bulk", mapping=None, **OPERATOR).batch.batch
        references = [row[0] for row in house.ledger.query("select reference from transactions limit 200000")]
        began = time.perf_counter()
        for start in range(0, asked.alerts, AT_ONCE):
            _add_alerts(house, batch, references, range(start, min(start + AT_ONCE, asked.alerts)))
        print(f"{asked.rows:,} rows; {asked.alerts:,} alerts taken up in {time.perf_counter() - began:.0f} s")
        return [
            (role, house.accounts.create(role, name=role.title(), role=role, partner=None, by=BY))
            for role in ("analyst", "supervisor")
        ]


def _add_alerts(house: House, batch: str, references: list[str], numbers: range) -> None:
    """As a run leaves them: its file and its entry. Each stands on five transactions and has a subject of its own."""
    made = []
    for number in numbers:
        five = tuple(references[(5 * number + nth) % len(references)] for nth in range(5))
        changed = {"score": number * 37 % 100_000, "severity": ("low", "medium", "high", "critical")[number % 4]}
        made.append(make_candidate(number + 1, batch, five) | changed)
    run = f"r_{numbers.start:016x}"
    folder = house.home.run(run)
    folder.mkdir()
    write_alerts(folder / "alerts.parquet", made, bodies_of(made))
    told = {"run": run, "status": "finished", "findings": len(made), "alerts": len(made), "seconds": "0.1"}
    told |= {"detectors": [], "digest": "0" * 64, "exact_digest": "0" * 64, "manifest": "0" * 64}
    files = {"alerts.parquet": digest_file(folder / "alerts.parquet")}
    house.record("run.finished", told | {"files": files}, **OPERATOR, object=run)


@contextmanager
def _served(home: Path) -> Iterator[int]:
    environment = os.environ | {"THALWEG_HOME": str(home), "THALWEG_SECURE_COOKIES": "false"}
    server = subprocess.Popen([*THALWEG, "serve", "--port", "0"], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        said = next(line for line in server.stderr if "serving" in line)
        threading.Thread(target=server.stderr.read, daemon=True).start()
        yield int(re.findall(r":(\d+)", said)[-1])
    finally:
        server.terminate()
        server.wait()


def _signed_in(port: int, account: str, password: str) -> str:
    """The cookie of a session."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"content-type": "application/x-www-form-urlencoded", "origin": f"http://127.0.0.1:{port}"}
    line.request("POST", "/sign-in", urlencode({"account": account, "password": password}), headers)
    answer = line.getresponse()
    answer.read()
    found = re.search(r"thalweg=[^;]+", answer.getheader("set-cookie") or "")
    if answer.status != 303 or found is None:
        raise SystemExit(f"nobody could sign in: {answer.status}")
    return found.group()


def _started(port: int, cookie: str) -> threading.Thread:
    """A run of every detector, under way when this returns; the thread ends with it."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"cookie": cookie, "origin": f"http://127.0.0.1:{port}"}

    def ask(method: str, path: str, body: str | None = None) -> Any:
        line.request(method, path, body, headers | {"content-type": "application/json"})
        answer = line.getresponse()
        told = json.loads(answer.read())
        if answer.status >= 400:
            raise SystemExit(f"{method} {path} was answered {answer.status}: {told}")
        return told

    run = ask("POST", "/v1/runs", "{}")["run"]

    def wait() -> None:
        with suppress(http.client.HTTPException, OSError):  # the server is ended while the run is still going
            while ask("GET", f"/v1/runs/{run}")["status"] in {"queued", "started", "running"}:
                time.sleep(1)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    time.sleep(3)
    return thread


def _load(port: int, cookies: tuple[str, str], asked: argparse.Namespace, said: str) -> None:
    """Ask for pages at a steady rate and print how long each took from when it was due."""
    local, begun, following = threading.local(), time.perf_counter() + 0.1, ["/alerts?view=open"]
    taken: dict[str, list[float]] = {page: [] for page in PAGES}
    acts: list[float] = []
    deeper: list[int] = []
    about_a_second = max(1, asked.rate // len(PAGES)) * len(PAGES)

    def line() -> http.client.HTTPConnection:
        if not hasattr(local, "line"):
            local.line = http.client.HTTPConnection("127.0.0.1", port)
        found: http.client.HTTPConnection = local.line
        return found

    def ask(nth: int) -> None:
        due = begun + nth / asked.rate
        time.sleep(max(0.0, due - time.perf_counter()))
        page = PAGES[nth % len(PAGES)]
        line().request("GET", following[0] if page == "next" else page, headers={"cookie": cookies[0]})
        answer = local.line.getresponse()
        body = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"{page} was answered {answer.status}")
        taken[page].append(time.perf_counter() - due)
        if page == "next":
            deeper.append(nth)
            found = re.search(r'rel="next" href="(/alerts[^"]+)"', body)
            following[0] = found[1].replace("&amp;", "&") if found and len(deeper) % 10 else "/alerts?view=open"
        if nth % about_a_second == 0:
            acts.append(_assigned(line(), cookies[1], body))

    with ThreadPoolExecutor(LINES) as lines:
        list(lines.map(ask, range(asked.rate * asked.seconds)))
    every = [each for some in taken.values() for each in some]
    print(f"{said}, {asked.rate} pages a second: {_spread(every)} of {len(every):,} (bar 100 ms at p95)")
    for page, some in taken.items():
        print(f"  {page:<32} {_spread(some)}")
    print(f"  {'an alert assigned':<32} {_spread(acts)}")


def _assigned(line: http.client.HTTPConnection, cookie: str, page: str) -> float:
    """Assign the first alert of a page; the seconds that it took."""
    found = re.search(r'name="marked" value="([^"]+)"', page)
    if found is None:
        raise SystemExit("there is no alert to assign")
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "origin": f"http://{line.host}:{line.port}",
        "cookie": cookie,
    }
    begun = time.perf_counter()
    line.request("POST", "/alerts/assignments", urlencode({"assignee": "supervisor", "marked": found[1]}), headers)
    answer = line.getresponse()
    answer.read()
    if answer.status not in {303, 409}:  # 409: it was assigned since this page was shown
        raise SystemExit(f"an assignment was answered {answer.status}")
    return time.perf_counter() - begun


def _spread(seconds: list[float]) -> str:
    if not seconds:
        return "none"
    ordered = sorted(1000 * each for each in seconds)
    p95 = ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]
    return f"median {statistics.median(ordered):.0f} ms, p95 {p95:.0f} ms, most {ordered[-1]:.0f} ms"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    main()
