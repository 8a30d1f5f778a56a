from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from schemas.canonical import digest_file
from schemas.errors import DigestMismatch
from service.ledger import segments, views
from service.ledger.ledger import Ledger

Look = Callable[[Ledger], pl.DataFrame]
LOOKS: tuple[Look, ...] = (
    lambda ledger: views.transactions(ledger, [("b_1", "r2")]),
    lambda ledger: views.account_transactions(ledger, "X|A-1"),
)


@pytest.fixture
def sealed(house: Any, ledger: Ledger, rows: Any) -> Path:
    """The segment of a loaded batch b_1, with references r1, r2 and r3."""
    ledger.project(house.partner())
    ledger.project(house.batch("b_1", rows(["r1", "r2", "r3"])))
    (path,) = house.home.segments.iterdir()
    return Path(path)


def _alter(path: Path) -> None:
    """Change the last byte but eight of a file, under its old size and times."""
    before, data = path.stat(), bytearray(path.read_bytes())
    data[-9] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("look", LOOKS)
def test_a_segment_that_was_altered_under_its_old_times_is_not_shown(ledger: Ledger, sealed: Path, look: Look) -> None:
    assert look(ledger).height
    _alter(sealed)
    with pytest.raises(DigestMismatch, match="has changed") as raised:
        look(ledger)
    assert raised.value.where == f"segments/{sealed.name}"


@pytest.mark.parametrize("look", LOOKS)
def test_a_segment_that_is_gone_is_named_and_is_shown_again_once_it_is_back(
    ledger: Ledger, sealed: Path, look: Look, tmp_path: Path
) -> None:
    kept = shutil.move(sealed, tmp_path / "kept")
    with pytest.raises(DigestMismatch, match="missing") as raised:
        look(ledger)
    assert raised.value.where == f"segments/{sealed.name}"
    shutil.copy(kept, sealed)
    assert look(ledger).height


def test_a_sum_over_an_account_needs_no_segment(ledger: Ledger, sealed: Path) -> None:
    sealed.unlink()
    assert views.account_summary(ledger, "X|A-1")["transactions"].to_list() == [1, 3]


@pytest.mark.parametrize(
    "change",
    ["amount = 99", "currency = 'USD'", "reference = 'r9'", "from_key = null", "row = 0", "row = 7", "row = -1"],
)
def test_an_index_that_says_otherwise_than_the_segment_is_found_out(
    house: Any, ledger: Ledger, sealed: Path, change: str
) -> None:
    ledger.close()
    with duckdb.connect(str(house.home.ledger)) as connection:
        connection.execute(f"update transactions set {change} where reference = 'r3'")
    with house.open() as again, pytest.raises(DigestMismatch, match="index") as raised:
        views.transactions(again, [("b_1", "r9"), ("b_1", "r3")])
    assert str(raised.value.where).startswith(f"segments/{sealed.name}, row ")
    assert "thalweg rebuild" in (raised.value.remedy or "")


def test_a_segment_is_hashed_once_however_often_it_is_looked_at(
    ledger: Ledger, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[Path] = []

    def counted(path: Path) -> str:
        hashed.append(path)
        return digest_file(path)

    monkeypatch.setattr(segments, "digest_file", counted)
    sealed.touch()
    for look in LOOKS * 3:
        look(ledger)
    assert hashed == [sealed]


def test_any_choice_of_rows_from_several_segments_comes_whole_and_in_total_order(
    house: Any, ledger: Ledger, rows: Any
) -> None:
    dice = random.Random(7)
    frames = {f"b_{number}": rows([f"s{n:04d}" for n in range(1500)], day=1 + number) for number in range(3)}
    for batch, frame in frames.items():
        ledger.project(house.batch(batch, frame.with_columns(purpose=pl.format("for {}", "reference"))))
    wanted = [(f"b_{dice.randrange(3)}", f"s{dice.randrange(1500):04d}") for _ in range(400)]
    found = views.transactions(ledger, wanted)
    expected = sorted({(frames[batch]["occurred_at"][int(name[1:])], name, batch) for batch, name in wanted})
    assert found.select("occurred_at", "reference", "batch").rows() == expected
    assert (found["purpose"] == "for " + found["reference"]).all()
    assert found["to_account"].to_list() == [f"A-{int(name[1:])}" for _, name, _ in expected]
