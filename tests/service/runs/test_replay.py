"""Replay: identical where nothing has changed, wherever it runs; and every change is named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.houses import OPERATOR, RULES, Opener, register, submit

from schemas.errors import NotFound
from schemas.run import QueueRule
from service.children import Child, Limits
from service.home import Home
from service.runs import replay as replaying
from service.runs.execute import RunOptions
from service.runs.replay import replay

OPTIONS = RunOptions(base_currency="EUR", threads=1, memory_bytes=2 << 30, queue=QueueRule())


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    child = Child("service.runs.worker", Limits())
    yield child
    child.close()


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory, open_at: Opener, world: Path) -> tuple[Path, str]:
    """A closed house in which one run has finished."""
    home = tmp_path_factory.mktemp("finished") / "home"
    with open_at(home) as house:
        register(house, "bank", "BANK")
        submit(house, world, "bank")
        return home, house.runs.start(detectors=RULES, **OPERATOR)["run"]


@pytest.fixture
def finished(run_once: tuple[Path, str], tmp_path: Path) -> tuple[Home, str]:
    """That house in a directory of the test's own, to be replayed and tampered with."""
    home, run = run_once
    shutil.copytree(home, tmp_path / "home")
    return Home(tmp_path / "home"), run


def flip(path: Path, at: int = -10) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def named(answer: dict[str, Any]) -> str:
    return " | ".join(f"{each['what']}: {each['why']}" for each in answer["differences"])


def test_a_run_replays_identically_with_other_threads(finished: tuple[Home, str], child: Child) -> None:
    answer = replay(*finished, child=child, options=OPTIONS)
    assert (answer["verdict"], answer["differences"]) == ("identical", [])
    assert answer["original_digest"] == answer["replayed_digest"]


@pytest.mark.slow
def test_a_run_replays_identically_in_another_process_zone_directory_and_hash_seed(
    finished: tuple[Home, str], tmp_path: Path
) -> None:
    home, run = finished
    for number, zone in enumerate(("Asia/Tokyo", "America/Lima", "UTC")):
        elsewhere = tmp_path / f"elsewhere-{number}"
        elsewhere.mkdir()
        environment = os.environ | {
            "TZ": zone,
            "PYTHONHASHSEED": str(number),
            "LC_ALL": "C",
            "OMP_NUM_THREADS": str(number + 1),
            "THALWEG_HOME": str(home.root),
        }
        done = subprocess.run(
            [sys.executable, "-c", "from service.cli import main; main()", "--threads", str(number + 1), "replay", run, "--json"],
            check=False, capture_output=True, text=True, cwd=elsewhere, env=environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["verdict"] == "identical"


def test_a_run_replays_while_another_process_holds_the_house(
    finished: tuple[Home, str], child: Child, open_at: Opener
) -> None:
    home, run = finished
    with open_at(home.root):
        assert replay(home, run, child=child, options=OPTIONS)["verdict"] == "identical"


def test_a_house_may_be_moved_before_a_replay(finished: tuple[Home, str], child: Child, tmp_path: Path) -> None:
    home, run = finished
    moved = home.root.rename(tmp_path / "moved")
    assert replay(Home(moved), run, child=child, options=OPTIONS)["verdict"] == "identical"


def test_a_copy_that_cannot_be_written_to_replays_all_the_same(
    finished: tuple[Home, str], child: Child, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, run = finished
    monkeypatch.setattr("service.home.os.access", lambda path, mode: False)
    monkeypatch.setattr("service.home.tempfile.gettempdir", lambda: str(tmp_path))
    home.spool.rmdir()
    assert replay(home, run, child=child, options=OPTIONS)["verdict"] == "identical"
    assert not home.spool.exists()


def test_one_changed_byte_of_a_segment_is_named(finished: tuple[Home, str], child: Child) -> None:
    home, run = finished
    segment = next(home.segments.glob("*.parquet"))
    flip(segment, at=segment.stat().st_size // 3)
    answer = replay(home, run, child=child, options=OPTIONS)
    assert answer["verdict"] == "different"
    assert segment.name in named(answer)


@pytest.mark.slow
def test_a_changed_byte_anywhere_in_a_segment_is_named_unless_its_rows_are_what_they_were(
    finished: tuple[Home, str], child: Child
) -> None:
    home, run = finished
    segment = next(home.segments.glob("*.parquet"))
    sealed = segment.read_bytes()
    told = 0
    for part in range(24):  # in the pages, in their heads, in the footer: a reader fails in many ways, and may panic
        at = part * (len(sealed) - 1) // 23
        segment.write_bytes(sealed[:at] + bytes([sealed[at] ^ 1 << part % 8]) + sealed[at + 1 :])
        answer = replay(home, run, child=child, options=OPTIONS)
        assert answer["verdict"] == "identical" or segment.name in named(answer), (at, answer)
        told += answer["verdict"] == "different"
    assert told >= 12


def test_a_missing_segment_is_named(finished: tuple[Home, str], child: Child) -> None:
    home, run = finished
    segment = next(home.segments.glob("*.parquet"))
    segment.unlink()
    answer = replay(home, run, child=child, options=OPTIONS)
    assert (answer["verdict"], "missing" in named(answer)) == ("different", True)


def test_one_changed_rate_is_named(finished: tuple[Home, str], child: Child) -> None:
    home, run = finished
    tables = {path: path.read_text() for path in home.reference.glob("*.csv")}
    rates = next(path for path, text in tables.items() if "currency,base,date,rate" in text)
    rates.write_text(tables[rates].replace("0.0015244902", "0.0015244903", 1))
    answer = replay(home, run, child=child, options=OPTIONS)
    assert answer["verdict"] == "different"
    assert rates.name in named(answer)


def test_every_changed_field_of_the_manifest_is_noticed(finished: tuple[Home, str], child: Child) -> None:
    home, run = finished
    path = home.run(run) / "manifest.json"
    original = json.loads(path.read_bytes())
    for field, value in original.items():
        changed = original | {field: value + 1 if isinstance(value, int) else "x" if isinstance(value, str) else []}
        path.write_text(json.dumps(changed))
        answer = replay(home, run, child=child, options=OPTIONS)
        assert (answer["verdict"], named(answer)) == ("different", "manifest.json: is not as journalled"), field


def test_a_changed_source_line_is_named(
    finished: tuple[Home, str], child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "code_digest", lambda: "0" * 64)
    answer = replay(*finished, child=child, options=OPTIONS)
    assert answer["verdict"] == "different"
    assert "code: the sources of detectors and schemas differ" in named(answer)


def test_another_engine_is_named(finished: tuple[Home, str], child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replaying.engine_of(child).model_copy(update={"duckdb": "0.0.0"})
    monkeypatch.setattr(replaying, "engine_of", lambda _: other)
    answer = replay(*finished, child=child, options=OPTIONS)
    assert answer["verdict"] == "different"
    assert "engine duckdb" in named(answer)


def test_a_finding_that_was_not_there_before_is_named(
    finished: tuple[Home, str], child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = replaying.execute

    def one_less(*arguments: Any, **options: Any) -> dict[str, Any]:
        import polars as pl

        result = real(*arguments, **options)
        found = Path(arguments[2]) / "findings.parquet"
        pl.read_parquet(found).head(-1).write_parquet(found)
        return result | {"digest": "0" * 64}

    monkeypatch.setattr(replaying, "execute", one_less)
    answer = replay(*finished, child=child, options=OPTIONS)
    assert answer["verdict"] == "different"
    assert "was found before and is not now" in named(answer)


def test_an_unknown_run_is_not_found(finished: tuple[Home, str], child: Child) -> None:
    with pytest.raises(NotFound):
        replay(finished[0], "r_0000000000000000", child=child, options=OPTIONS)


@pytest.mark.parametrize("name", ["findings.parquet", "alerts.parquet"])
def test_a_stored_result_that_was_changed_is_named(finished: tuple[Home, str], child: Child, name: str) -> None:
    home, run = finished
    flip(home.run(run) / name)
    answer = replay(home, run, child=child, options=OPTIONS)
    assert answer["verdict"] == "different"
    assert f"runs/{run}/{name}: is not as it was recorded" in named(answer)


def test_a_segment_with_other_bytes_and_the_same_rows_is_named(finished: tuple[Home, str], child: Child) -> None:
    import polars as pl

    home, run = finished
    segment = next(home.segments.glob("*.parquet"))
    pl.read_parquet(segment).write_parquet(segment, compression="uncompressed")
    answer = replay(home, run, child=child, options=OPTIONS)
    assert (answer["verdict"], answer["original_digest"]) == ("different", answer["replayed_digest"])
    assert f"segments/{segment.name}: is not as it was recorded" in named(answer)


def test_stored_code_that_was_changed_is_named(finished: tuple[Home, str], child: Child) -> None:
    home, run = finished
    flip(next(home.code.iterdir()))
    assert "is not as it was recorded" in named(replay(home, run, child=child, options=OPTIONS))
