"""The numeric fingerprint: the same wherever the arithmetic is the same, another where a kernel rounds differently."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
_CODE = """
import sys
from service.runs.fingerprint import numeric_fingerprint
print(numeric_fingerprint())
assert not {"pyod", "numba"} & {name.split(".")[0] for name in sys.modules}
"""


def _fingerprints(*surroundings: dict[str, str]) -> list[str]:
    """The fingerprint in fresh processes, one for each set of changed environment variables."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _CODE],
            env=os.environ | {"PYTHONPATH": str(ROOT)} | changed,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for changed in surroundings
    ]
    found = []
    for process in started:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        found.append(out.strip())
    return found


def test_threads_zone_and_hash_seed_leave_the_fingerprint_alone() -> None:
    first, second = _fingerprints(
        {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "1"},
        {"OMP_NUM_THREADS": "8", "OPENBLAS_NUM_THREADS": "8", "PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"},
    )
    assert first == second
    assert len(first) == 64
    assert set(first) <= set("0123456789abcdef")


@pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="the kernels named here are for x86-64")
def test_another_linear_algebra_kernel_is_seen() -> None:
    old, newer = _fingerprints({"OPENBLAS_CORETYPE": "Nehalem"}, {"OPENBLAS_CORETYPE": "Haswell"})
    assert old != newer
