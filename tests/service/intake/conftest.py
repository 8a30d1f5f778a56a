"""Intake is tested through its one door: bytes in, a candidate out. `reading` runs the job and reads back what it wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from service.intake.jobs import read

RECEIVED = "2026-01-01T00:00:00Z"
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account"


@dataclass(frozen=True)
class Reading:
    """The result of the job with its files as frames."""

    result: dict[str, Any]
    rows: pl.DataFrame
    lines: list[int]
    rejects: pl.DataFrame
    duplicates: pl.DataFrame

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return tuple(self.result[name] for name in ("rows", "accepted", "duplicates", "rejected"))  # type: ignore[return-value]

    @property
    def codes(self) -> list[tuple[int, str | None, str]]:
        return self.rejects.select("line", "column", "code").rows()

    @property
    def digest(self) -> str | None:
        return self.result["segment_digest"]


Reader = Callable[..., Reading]


@pytest.fixture
def reading(tmp_path: Path) -> Reader:
    """Read bytes (or a path) as a partner of institution BANK, taking any share of rejects unless told otherwise."""
    count = 0

    def run(data: bytes | str | Path, **options: Any) -> Reading:
        nonlocal count
        count += 1
        out = tmp_path / f"candidate-{count}"
        out.mkdir()
        original = data if isinstance(data, Path) else out / "original"
        if not isinstance(data, Path):
            original.write_bytes(data.encode() if isinstance(data, str) else data)
        payload = {
            "original": str(original),
            "name": "file",
            "mapping": None,
            "institution": "BANK",
            "received_at": RECEIVED,
            "out": str(out),
            "max_reject_per_mille": 999,
        }
        return _collect(read({**payload, **options}, lambda _: None))

    return run


def _collect(result: dict[str, Any]) -> Reading:
    def frame(key: str) -> pl.DataFrame:
        return pl.read_parquet(result[key]) if result[key] else pl.DataFrame()

    lines = frame("lines")
    return Reading(
        result,
        frame("segment"),
        lines["line"].to_list() if lines.width else [],
        frame("rejects"),
        frame("duplicates_file"),
    )


@pytest.fixture
def csv_rows() -> Callable[..., str]:
    """A canonical CSV from rows given as changes to a good row, numbered from 1."""

    def write(*changes: dict[str, str], header: str = HEADER) -> str:
        names = header.split(",")
        lines = [header]
        for number, change in enumerate(changes, start=1):
            row = {
                "reference": f"T{number}",
                "occurred_at": "2024-05-01T10:00:00Z",
                "channel": "transfer",
                "amount": "10.50",
                "currency": "EUR",
                "from_account": "A-1",
                "to_account": "B-2",
                **change,
            }
            lines.append(",".join(row.get(name, "") for name in names))
        return "\n".join(lines) + "\n"

    return write
