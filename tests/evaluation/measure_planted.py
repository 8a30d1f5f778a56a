"""Print which detectors find what the fixture world plants: the tables of docs/evaluation.md.

    python tests/evaluation/measure_planted.py [SEED]...        the worlds of all these seeds together; "thalweg" where none is named

Labels are read here, after the runs, and by nothing else.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from planted import Found, findings_of, tables
from worlds import OPERATOR, load_world

from detectors.evaluation.labels import Pattern, read_truth
from service.house import open_house
from service.settings import Settings


def measured(seed: str) -> tuple[list[Found], list[Pattern], list[Pattern]]:
    """What a run over the world of a seed finds, and what was planted there; everything named after the seed."""
    with tempfile.TemporaryDirectory() as name:
        world = Path(name) / "world"
        with open_house(Settings(home=Path(name) / "home")) as house:
            load_world(house, world, seed)
            run = house.runs.start(**OPERATOR)
            found = findings_of(house.home.run(run["run"]))
        truth, innocence = (read_truth(world / f"{kind}.csv") for kind in ("truth", "lookalikes"))

    def after(references: frozenset[str]) -> frozenset[str]:
        return frozenset(f"{seed} {reference}" for reference in references)

    def renamed(patterns: list[Pattern]) -> list[Pattern]:
        return [Pattern(f"{seed} {one.name}", one.kind, after(one.references), one.accounts) for one in patterns]

    return (
        [Found(one.detector, after(one.references), one.accounts) for one in found],
        renamed(truth),
        renamed(innocence),
    )


def main() -> None:
    findings: list[Found] = []
    truth: list[Pattern] = []
    innocence: list[Pattern] = []
    for seed in sys.argv[1:] or ["thalweg"]:
        found, planted, innocent = measured(seed)
        findings += found
        truth += planted
        innocence += innocent
    print("\n" + tables(findings, truth, innocence))


if __name__ == "__main__":
    main()
