"""What the catalogue says beside a detector's file: how much there is of what it needs, and files that come and go."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.admission import Catalogues
from service.catalogue import Seen, shipped_rows, silent_for, tables_in_use
from service.cli.detectors.skeleton import skeleton
from service.home import Home


def _run(status: str, **coverage: int) -> dict[str, object]:
    return {"status": status, "coverage": coverage, "sizes": {"transactions": 1000}}


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_rounded_down_and_is_none_only_where_nothing_is(count: int, of: int) -> None:
    share = Seen(of, {"phone": min(count, of)}).share("phone")
    assert share is not None
    assert (share == 0) == (count == 0)
    assert share <= max(min(count, of) / of, 0.001)
    assert (share == 1) == (count >= of)


def test_the_latest_finished_run_tells_and_before_it_nothing_is_claimed() -> None:
    assert Seen.of([], {}).share("phone") is None
    runs = [_run("started"), _run("failed", phone=9), _run("finished", phone=12), _run("finished", phone=900)]
    assert Seen.of(runs, {}).share("phone") == 0.012
    assert Seen.of([_run("finished")], {}).share("phone") is None, "a run of before it was told says nothing"


def test_what_is_missing_is_what_is_known_to_be_missing() -> None:
    record = {"coverage": {"phone": 0.0, "device": None, "place": 0.5}, "empty_tables": ["ownership"]}
    assert silent_for(record) == ["phone", "table ownership"]


def test_a_table_that_nobody_loaded_is_the_one_that_ships() -> None:
    loaded = {"segments": {"digest": "d", "name": "s.csv", "rows": 7, "at": "2026-03-01T00:00:00Z"}}
    told = {each["kind"]: each for each in tables_in_use(loaded)}
    assert told["segments"] == {"kind": "segments"} | loaded["segments"]
    assert (told["fx"]["at"], told["fx"]["rows"]) == (None, shipped_rows("fx"))


@pytest.mark.parametrize("broken", [False, True])
def test_a_rule_joins_and_leaves_the_catalogue_of_a_server_with_its_file(tmp_path: Path, broken: bool) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    catalogues = Catalogues((rules,), Home.open(tmp_path / "home"))
    shipped = catalogues.current()
    assert catalogues.current() is shipped, "nothing has changed"
    path = rules / "my-rule.sql"
    path.write_text("no head" if broken else skeleton("my-rule", "fuel"))
    joined = catalogues.current()
    assert ("my-rule" in {each.meta.id for each in joined.detectors}) is not broken
    assert len(joined.refused) == len(shipped.refused) + broken
    (rules / "link.sql").symlink_to("nowhere")
    assert len(catalogues.current().refused) == len(joined.refused) + 1
    (rules / "link.sql").unlink()
    path.unlink()
    assert len(catalogues.current().detectors) == len(shipped.detectors)
