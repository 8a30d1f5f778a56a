"""Tests of learning share one prepared home: a real run by the formula, and 420 decisions that tell the detectors apart."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.decided import decided_world
from support.houses import OPERATOR, RULES, register, submit, world_csv

from service.house import House, open_house
from service.settings import Settings


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("learned") / "home"
    world = root.parent / "world.csv"
    world.write_text(world_csv())
    with open_house(Settings(home=root, threads=2)) as house:
        register(house, "bank", "BANK")
        submit(house, world, "bank")
        house.runs.start(detectors=RULES, **OPERATOR)
        decided_world(house, 420)
    return root


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(prepared, tmp_path / "home"))


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    with open_house(Settings(home=home, threads=2)) as house:
        yield house
