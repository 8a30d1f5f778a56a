"""The process that starts the processes to be killed, and homes for them that are copied from one prepared home."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

import pytest

from schemas.canonical import digest_file
from service.home import Home
from service.journal.append import Journal
from service.ledger.ledger import Ledger

VICTIM = Path(__file__).with_name("victim.py")
STEPS = ("second", "correction")
ROWS = {"first": 40, "second": 40, "correction": 30}


@dataclass
class Victims:
    """Runs steps in a process of its own on some home, with or without a fault to meet; how that process ended."""

    process: subprocess.Popen[str]

    def run(self, home: Path, *steps: str, **fault: str) -> int:
        asked = {f"THALWEG_FAULT_{name.upper()}": value for name, value in fault.items()}
        order = {"home": str(home), "steps": steps, "fault": asked}
        pipe = cast(IO[str], self.process.stdin)
        pipe.write(json.dumps(order) + "\n")
        pipe.flush()
        return int(cast(IO[str], self.process.stdout).readline())

    def acknowledged(self, home: Path) -> list[dict[str, Any]]:
        """What processes on this home had told their callers, in order."""
        path = home.with_name(f"{home.name}.acknowledged")
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture(scope="session")
def victims() -> Iterator[Victims]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("THALWEG_")}
    with subprocess.Popen(
        [sys.executable, str(VICTIM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield Victims(process)
        cast(IO[str], process.stdin).close()


@pytest.fixture(scope="session")
def prepared(victims: Victims, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a registered partner and one accepted batch."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    assert victims.run(home, "partner", "first") == 0
    return home


@pytest.fixture
def fresh(prepared: Path, tmp_path: Path) -> Callable[[], Path]:
    """Gives copies of the prepared home, each with its own list of acknowledgements."""
    made = 0

    def copy() -> Path:
        nonlocal made
        made += 1
        home = tmp_path / f"home-{made}"
        shutil.copytree(prepared, home)
        shutil.copy(prepared.with_name("home.acknowledged"), tmp_path / f"home-{made}.acknowledged")
        return home

    return copy


def _clock() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


def whole_house(home: Path, acknowledged: list[dict[str, Any]]) -> None:
    """The house after everything was retried: one effect each, one receipt each, every file whole, the ledger as if rebuilt."""
    receipts: dict[str, list[Any]] = {}
    for told in acknowledged:
        receipts.setdefault(told["step"], []).append(told["receipt"])
    assert set(receipts) == {"first", *STEPS}
    for given in receipts.values():
        assert all(receipt == given[0] for receipt in given)

    at = Home.open(home)
    with Journal.open(at.journal, _clock) as journal, Ledger.open(at, journal) as ledger:
        payloads = [each.payload for each in journal.read() if each.entry.type == "batch.accepted"]
        assert [payload["name"] for payload in payloads if payload] == ["first", *STEPS]
        for payload in payloads:
            assert payload is not None
            assert payload["batch"] == receipts[payload["name"]][0]["batch"]
            for name, digest in payload["files"].items():
                assert digest_file(home / name) == digest
        rows = "select name, count(*) from transactions join batches using (seq) group by all order by all"
        assert dict(ledger.query(rows)) == ROWS
        assert ledger.recovery == []
        assert list(at.spool.iterdir()) == []
        assert sorted(path.name for path in home.glob("ledger*") if "-" not in path.name) == ["ledger.duckdb"]
        assert not list(home.glob("ledger.duckdb.damaged*"))
        stands = ledger.digests()
    with Journal.open(at.journal, _clock) as journal:
        Ledger.rebuild(at, journal)
        with Ledger.open(at, journal) as ledger:
            assert ledger.digests() == stands


@pytest.fixture(scope="session")
def check() -> Callable[[Path, list[dict[str, Any]]], None]:
    """Checks a house after everything was retried."""
    return whole_house
