"""Tests of commands share one prepared home: a partner has submitted the small world and a run has been over it.

`home` is a copy of it that a test may change; `prepared` must be left as it is.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.commands import thalweg
from support.houses import RULES, world_csv


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world") / "world.csv"
    path.write_text(world_csv())
    return path


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Path:
    home = tmp_path_factory.mktemp("prepared") / "home"
    assert thalweg(home, "submit", str(world), "--as", "bank").code == 0
    chosen = [word for rule in RULES for word in ("--detector", rule)]
    assert thalweg(home, "runs", "start", *chosen).code == 0
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "home"))
