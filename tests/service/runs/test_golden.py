"""A golden run: what a small batch came to when it was last looked at, word for word. What changes it must say so in its commit.

    PYTHONPATH=tests python tests/service/runs/test_golden.py

writes the two files anew, after the change was read in `git diff`. Models are left out: their last digits are those of a machine.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from support.houses import OPERATOR, Opener, register, splits_csv, submit, world_csv

from detectors.catalogue import Catalogue
from schemas.canonical import canonical_json, parse_json
from service.house import House, open_house
from service.runs.outputs import ALERTS, FINDINGS, read_records
from service.settings import Settings

GOLDEN = Path(__file__).parent / "golden"
_OF_A_HOUSE = frozenset({"id", "batch", "findings"})
"""What a house names by itself, otherwise in every house; the keys of alerts are of these, and order what is equal."""


def told(value: Any) -> Any:
    """A record without the names that a house gives."""
    if isinstance(value, dict):
        return {name: told(each) for name, each in value.items() if name not in _OF_A_HOUSE}
    return [told(each) for each in value] if isinstance(value, list) else value


def golden_run(house: House, folder: Path) -> dict[str, list[Any]]:
    """By file name, what the run of all rules and patterns over the golden batch says: a line about its rows, then each record."""
    batch = folder / "batch.csv"
    batch.write_text(world_csv() + splits_csv(2).split("\n", 1)[1])
    register(house, "bank", "BANK")
    submit(house, batch, "bank")
    exact = [each.meta.id for each in Catalogue.load().pick() if each.meta.kind != "model"]
    run = house.home.run(house.runs.start(detectors=exact, **OPERATOR)["run"])
    rows = {"segments": [path.stem for path in house.home.segment("").parent.glob("*.parquet")]}
    return {
        "findings.jsonl": [rows, *told(read_records(run / FINDINGS))],
        "alerts.jsonl": sorted(
            (told(alert | {"key": ""}) for alert in read_records(run / ALERTS)),
            key=lambda alert: (-alert["score"], alert["subject"]),
        ),
    }


def test_a_small_batch_comes_to_what_it_came_to_before(tmp_path: Path, open_at: Opener) -> None:
    with open_at(tmp_path / "home") as house:
        found = golden_run(house, tmp_path)
    for name, records in found.items():
        before = [parse_json(line) for line in (GOLDEN / name).read_bytes().splitlines()]
        assert records == before, f"{name} has changed: where that is meant, write it anew (see above) and say why"


def write() -> None:
    with tempfile.TemporaryDirectory() as place, open_house(Settings(home=Path(place) / "home", threads=2)) as house:
        for name, records in golden_run(house, Path(place)).items():
            GOLDEN.mkdir(exist_ok=True)
            (GOLDEN / name).write_bytes(b"".join(canonical_json(record) + b"\n" for record in records))


if __name__ == "__main__":
    write()
