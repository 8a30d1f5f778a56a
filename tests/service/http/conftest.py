"""One open house for all of these tests, with people of every role, two partners, and alerts that a test makes as it needs them.

Alerts come in as a run's own file and its `run.finished` entry, as a real run leaves them, without waiting for a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.worlds import World, opened_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home: Path = tmp_path_factory.mktemp("house")
    with opened_world(home) as made:
        yield made


@pytest.fixture
def since(world: World) -> Callable[[], list[str]]:
    """The types of the entries that were written since the test began."""
    size = world.house.journal.size
    return lambda: world.entries(size)
