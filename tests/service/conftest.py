"""Tests of the service stand on a real house in a temporary directory: real journal, ledger and worker children.

`world` writes a small canonical file with one cash-structuring, one scatter-gather and ordinary payments; `open_at` opens a
house. Nothing is mocked but where a test says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from support.houses import Opener, register, submit, world_csv

from service.house import House, open_house
from service.settings import Settings


@pytest.fixture(scope="session")
def open_at() -> Opener:
    """Open a house at a directory, with settings by name."""

    def opened(home: Path, **settings: Any) -> AbstractContextManager[House]:
        return open_house(Settings(home=home, **{"threads": 2} | settings))

    return opened


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world") / "world.csv"
    path.write_text(world_csv())
    return path


@pytest.fixture
def house(tmp_path: Path, open_at: Opener, world: Path) -> Iterator[House]:
    """A house in which the partner `bank` has submitted the small world."""
    with open_at(tmp_path / "home") as house:
        register(house, "bank", "BANK")
        submit(house, world, "bank")
        yield house
