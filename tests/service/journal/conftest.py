"""A journal whose clock is a counter, so that its entries are the same in every run but for the salts.

`journal` is open and empty; `filled` is the closed directory of one with six entries. Tests that damage a journal work on
`filled` and write whole files back.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.journal.append import Journal
from tests.service.journal.samples import counting_clock, fill


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def journal(directory: Path) -> Iterator[Journal]:
    with Journal.open(directory, counting_clock()) as opened:
        yield opened


@pytest.fixture
def filled(directory: Path) -> Path:
    with Journal.open(directory, counting_clock()) as opened:
        fill(opened)
    return directory
