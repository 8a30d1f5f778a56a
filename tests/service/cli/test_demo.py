"""The demonstration: an invented world in, the best alerts out; again without doubling anything, and never over real data."""

from __future__ import annotations

import re
import time
from pathlib import Path

import psutil
import pytest
from support.commands import Told, thalweg

from service.cli.demo import Clock

SMALL = ("demo", "--no-serve", "--scale", "0.05")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Told]:
    home = tmp_path_factory.mktemp("demo") / "home"
    return home, thalweg(home, *SMALL)


def _passwords(told: Told) -> dict[str, str]:
    """By login."""
    roles = r"^(?:analyst|supervisor|auditor|admin|partner) +(\S+) +(\S{20}) "
    return dict(re.findall(roles, told.out, re.MULTILINE))


@pytest.mark.slow
def test_the_demonstration_ends_with_alerts_and_a_way_in_for_each_role(shown: tuple[Path, Told]) -> None:
    home, told = shown
    assert told.code == 0, told.err
    assert len(re.findall(r"submitted .* rows accepted, receipt for b_", told.out)) == 3
    assert re.search(r"^ *\d+\.\d s  run r_\w+ is finished", told.out, re.MULTILINE)
    assert re.search(r"^ *1 +\d+\.\d  \w+ ", told.out, re.MULTILINE)
    assert _passwords(told).keys() == {"analyst", "supervisor", "auditor", "admin", "bank", "mobile", "remittance"}
    accounts = thalweg(home, "users", "list", "--json").records
    assert {each["role"] for each in accounts} == {"analyst", "supervisor", "auditor", "admin", "partner"}
    assert {each["partner"] for each in accounts if each["role"] == "partner"} == {"bank", "mobile", "remittance"}
    assert thalweg(home, "verify").code == 0


@pytest.mark.slow
def test_a_second_demonstration_doubles_nothing(shown: tuple[Path, Told]) -> None:
    home, first = shown
    before = [thalweg(home, what, "list", "--json").out for what in ("batches", "runs", "alerts")]
    again = thalweg(home, *SMALL)
    assert again.code == 0, again.err
    assert "no other is needed" in again.out
    assert [thalweg(home, what, "list", "--json").out for what in ("batches", "runs", "alerts")] == before
    assert _passwords(again).keys() == _passwords(first).keys()
    assert not set(_passwords(again).values()) & set(_passwords(first).values())


@pytest.mark.parametrize("jump", [-86_400.0, 0.0, 86_400.0])
def test_a_wall_clock_that_jumped_does_not_change_what_a_demonstration_says_it_took(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], jump: float
) -> None:
    wall, spent = time.time, time.process_time()
    monkeypatch.setattr(time, "time", lambda: wall() + jump)
    monkeypatch.setattr(psutil.Process, "create_time", lambda _: wall() - jump)
    Clock().say("done")
    seconds = re.match(r" *(\d+\.\d) s  done\n", capsys.readouterr().out)
    assert seconds is not None
    assert spent - 0.1 <= float(seconds[1]) <= spent + 5


def test_a_demonstration_keeps_away_from_what_is_not_its_own(home: Path) -> None:
    before = thalweg(home, "journal", "verify", "--json").record["entries"]
    told = thalweg(home, *SMALL)
    assert told.code == 2
    assert "more than a demonstration" in told.err
    assert _passwords(told) == {}
    assert thalweg(home, "journal", "verify", "--json").record["entries"] == before
