"""Kill -9 at every step of submissions, and again in the recovery from it: what was acknowledged is there, nothing is partial.

Two submissions are made on a home that holds one batch already: one with duplicates, a conflict and a bad row, and a correction.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

KILLED = -9
STEPS = ("second", "correction")
Check = Callable[[Path, list[dict[str, Any]]], None]
NAMED = (
    "intake.begun",
    "intake.segment",
    "journal.torn",
    "journal.synced",
    "intake.recorded",
    "ledger.before-commit",
    "intake.tidied",
)
MANY = 200


@pytest.mark.parametrize("point", NAMED)
def test_a_kill_at_a_step_loses_nothing_and_a_retry_gives_the_same_receipt(
    victims: Any, fresh: Callable[[], Path], check: Check, point: str
) -> None:
    home = fresh()
    assert victims.run(home, *STEPS, point=point) == KILLED
    assert victims.run(home, *STEPS) == 0
    check(home, victims.acknowledged(home))


def test_a_kill_in_recovery_loses_nothing_either(victims: Any, fresh: Callable[[], Path], check: Check) -> None:
    home = fresh()
    assert victims.run(home, *STEPS, point="journal.synced") == KILLED
    assert victims.run(home, *STEPS, point="ledger.before-commit") == KILLED
    (home / "ledger.duckdb").unlink()
    for point in ("ledger.built", "ledger.set-aside", "ledger.before-rename", "ledger.born"):
        victims.run(home, *STEPS, point=point)
    assert victims.run(home, *STEPS) == 0
    check(home, victims.acknowledged(home))


@pytest.mark.slow
def test_a_kill_while_a_first_home_is_made_leaves_one_that_can_be_made(
    victims: Any, tmp_path: Path, check: Check
) -> None:
    for count in range(1, MANY, 3):
        home = tmp_path / f"new-{count}"
        ended = victims.run(home, "partner", "first", count=str(count))
        assert victims.run(home, "partner", "first", *STEPS) == 0
        check(home, victims.acknowledged(home))
        if ended == 0:
            break
    else:
        raise AssertionError(f"still killed at point {MANY}")


def test_a_kill_in_the_birth_of_the_ledger_leaves_a_home_that_opens(victims: Any, tmp_path: Path, check: Check) -> None:
    for point in ("ledger.built", "ledger.before-rename", "ledger.born"):
        home = tmp_path / point
        assert victims.run(home, "partner", "first", point=point) == KILLED
        assert victims.run(home, "partner", "first", *STEPS) == 0
        check(home, victims.acknowledged(home))


@pytest.mark.slow
def test_a_kill_at_every_step_and_another_in_its_recovery_lose_nothing(
    victims: Any, fresh: Callable[[], Path], check: Check
) -> None:
    killed_again = 0
    for count in range(1, MANY):
        home = fresh()
        if victims.run(home, *STEPS, count=str(count)) == 0:
            break
        # A different point of the recovery each time, early ones more often: there the mending happens.
        again = 1 + count * 7 % 23
        killed_again += victims.run(home, *STEPS, count=str(again)) == KILLED
        assert victims.run(home, *STEPS) == 0
        check(home, victims.acknowledged(home))
    else:
        raise AssertionError(f"still killed at point {MANY}")
    assert count > 40
    assert killed_again > 20


@pytest.mark.slow
@pytest.mark.parametrize("first", ["journal.synced", "ledger.before-commit"])
def test_a_kill_at_every_step_of_a_recovery_loses_nothing(
    victims: Any, fresh: Callable[[], Path], check: Check, first: str
) -> None:
    for count in range(1, MANY):
        home = fresh()
        assert victims.run(home, *STEPS, point=first) == KILLED
        if count % 2:
            (home / "ledger.duckdb").unlink()
        ended = victims.run(home, count=str(count))
        assert victims.run(home, *STEPS) == 0
        check(home, victims.acknowledged(home))
        if ended == 0:
            break
    else:
        raise AssertionError(f"still killed at point {MANY}")


@pytest.mark.slow
def test_a_kill_at_every_step_of_a_rebuild_loses_nothing(victims: Any, fresh: Callable[[], Path], check: Check) -> None:
    for count in range(1, MANY):
        home = fresh()
        ended = victims.run(home, "rebuild", count=str(count))
        assert victims.run(home, *STEPS) == 0
        check(home, victims.acknowledged(home))
        if ended == 0:
            break
    else:
        raise AssertionError(f"still killed at point {MANY}")
