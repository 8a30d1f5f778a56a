"""The model in fresh processes whose surroundings differ: the same frame, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
_CODE = """
import hashlib, sys
import polars as pl
from detectors.anomaly.unusual_account import META, find
from detectors.api import default_params
from tests.detectors.anomaly.worlds import lawful_rows, night_collector, segment, snapshot

threads, shuffle = int(sys.argv[1]), int(sys.argv[2])
frame = segment(lawful_rows(4, accounts=500, transactions=7000, days=60) + night_collector("Z", 60) + night_collector("Y", 31))
if shuffle:
    frame = frame.sample(fraction=1, shuffle=True, seed=shuffle)
with snapshot(frame, threads=threads) as view:
    found = find(view, default_params(META) | {"share": 60, "fdr_per_mille": 600, "least_distance": 2})
assert found.height > 3, found.height
print(hashlib.sha256(found.write_json().encode()).hexdigest())
"""
_FIRST = ({}, 1, 0)
_QUICK = [({"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "OMP_NUM_THREADS": "8", "OPENBLAS_NUM_THREADS": "8"}, 2, 5)]
_SLOW = [
    ({"PYTHONHASHSEED": "99", "TZ": "America/Lima", "OMP_NUM_THREADS": "2", "LC_ALL": "fr_FR.UTF-8"}, 8, 6),
    ({"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}, 1, 7),
    ({"POLARS_MAX_THREADS": "7", "OPENBLAS_NUM_THREADS": "3", "NUMBA_NUM_THREADS": "1"}, 4, 8),
]


def _digests(tmp_path: Path, surroundings: list[tuple[dict[str, str], int, int]]) -> set[str]:
    started = []
    for number, (changed, threads, shuffle) in enumerate(surroundings):
        directory = tmp_path / str(number)
        directory.mkdir()
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", _CODE, str(threads), str(shuffle)],
                env=os.environ | {"PYTHONPATH": str(ROOT)} | changed,
                cwd=directory,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    found = set()
    for process in started:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        found.add(out.strip())
    return found


def test_a_fresh_process_elsewhere_finds_the_same(tmp_path: Path) -> None:
    assert len(_digests(tmp_path, [_FIRST, *_QUICK])) == 1


@pytest.mark.slow
def test_three_more_processes_with_other_threads_zones_and_seeds_find_the_same(tmp_path: Path) -> None:
    assert len(_digests(tmp_path, [_FIRST, *_SLOW])) == 1
