"""Print what each detector that looks for a structure finds of every kind in the simulators' data: tables of docs/evaluation.md.

    python tests/evaluation/measure_structural.py [amlsim|amlsim-thinned|amlgentex|world]...    amlsim and amlgentex where none is named

Labels are read here, after the run, and by nothing else.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from planted import findings_of, structures
from worlds import LOADERS, OPERATOR

from detectors.catalogue import Catalogue
from detectors.evaluation.labels import read_truth
from service.house import open_house
from service.settings import Settings

FANS = ("fan-out-burst", "inbound-many-senders", "same-amount-inflows", "checkpoint-toll", "pass-through")
"""Rules that look for a fan or for one account between others; the patterns look for all larger structures."""


def structural() -> list[str]:
    """The ids of the patterns over payments, and of the rules that look for a fan."""
    graphs = ("detectors.graph.", "detectors.network.")
    modules = {each.meta.id: getattr(each, "module", None) for each in Catalogue.load().detectors}
    return sorted(
        [name for name, module in modules.items() if module and module.__name__.startswith(graphs)] + list(FANS)
    )


def main() -> None:
    for name in sys.argv[1:] or ["amlsim", "amlgentex"]:
        with tempfile.TemporaryDirectory() as place, open_house(Settings(home=Path(place) / "home")) as house:
            truth = read_truth(LOADERS[name](house, Path(place)))
            run = house.runs.start(detectors=structural(), **OPERATOR)
            print(f"\n{name}\n\n{structures(findings_of(house.home.run(run['run'])), truth, structural())}")


if __name__ == "__main__":
    main()
