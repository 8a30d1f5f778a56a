"""How much of a labelled truth the queue finds: on the fixture world, and on the study data where it lies beside the project.

    python tests/evaluation/measure.py [world] [amlsim] [amlsim-thinned] [amlgentex] [--in-time] [--page-in DIRECTORY]

All data where none is named. With `--in-time` also what the queue would have shown in time, and each half of time apart: see
stepping.py. Labels are read here, after the runs, and by nothing else.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from stepping import Alert, Times, half, judged, moments, read_times
from worlds import LOADERS, OPERATOR, is_there, load_world

from detectors.catalogue import Catalogue
from detectors.evaluation.labels import Pattern, read_truth
from detectors.evaluation.metrics import evaluate
from detectors.evaluation.page import as_page
from service.cli.evaluate import tell_evaluation
from service.house import House, open_house
from service.runs.evaluating import evaluate_alerts, shown
from service.runs.outputs import ALERTS, read_records
from service.settings import Settings

__all__ = ["OPERATOR", "load_world", "main"]
LAGS = {"prospective": timedelta(0), "after 60 days": timedelta(days=60)}


def measure(name: str, *, in_time: bool, page_in: Path | None) -> None:
    print(f"\n{name}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "data").mkdir()
        with open_house(Settings(home=place / "home")) as house:
            patterns = read_truth(LOADERS[name](house, place / "data"))
            alerts = whole_run(house)
            answer = evaluate_alerts(alerts, patterns, Catalogue.load().detectors, max_members=60)
            tell_evaluation(answer)
            if page_in is not None:
                (page_in / f"{name}.html").write_text(as_page(answer, title=name), encoding="utf-8")
            if in_time:
                tell_in_time(house, alerts, patterns)


def whole_run(house: House) -> list[Alert]:
    """A run that knows everything, and a line about it."""
    started = time.perf_counter()
    run = house.runs.start(**OPERATOR)
    print(f"run: {time.perf_counter() - started:.1f} s, {run['findings']} findings, {run['alerts']} alerts")
    print("findings: " + ", ".join(f"{each['id']} {each['findings']}" for each in run["detectors"] if each["findings"]))
    return read_records(house.home.run(run["run"]) / ALERTS)


def run_as_of(house: House, moment: datetime) -> list[Alert]:
    """The alerts of a run that knows what had happened by then, best first."""
    run = house.runs.start(as_of=moment, **OPERATOR)
    return read_records(house.home.run(run["run"]) / ALERTS)


def tell_in_time(house: House, alerts: Sequence[Alert], patterns: Sequence[Pattern]) -> None:
    """Prospective, 60-day and retrospective figures, over all of time and each half of it."""
    times = read_times(house)
    runs: list[tuple[datetime, Sequence[Alert]]] = [(moment, run_as_of(house, moment)) for moment in moments(times)]
    runs.append((times.last, alerts))
    print(
        f"\nin time: {len(runs)} runs from {times.first:%Y-%m-%d} to {times.last:%Y-%m-%d}, parted at {times.parting(patterns):%Y-%m-%d}"
    )
    print("                                     patterns  recall at 0.5x   1x     2x    precision at 0.5x   1x     2x")
    for name, lag in LAGS.items():
        tell_halves(name, judged(runs, times, lag), patterns, times)
    tell_halves("retrospective", alerts, patterns, times)


def tell_halves(name: str, alerts: Sequence[Alert], patterns: Sequence[Pattern], times: Times) -> None:
    tell_line(f"{name}, all of time", alerts, patterns)
    tell_line(f"{name}, earlier half", *half(alerts, patterns, times, first=True))
    tell_line(f"{name}, later half", *half(alerts, patterns, times, first=False))


def tell_line(name: str, alerts: Sequence[Alert], patterns: Sequence[Pattern]) -> None:
    answer: dict[str, Any] = evaluate([shown(each, "key") for each in alerts], patterns)
    recall, precision = (
        "  ".join(f"{row[f'{key}_per_mille'] / 1000:.3f}" for row in answer["budgets"][:3])
        for key in ("recall", "precision")
    )
    print(f"{name:<36} {len(patterns):>8}           {recall}              {precision}")


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    given.add_argument("names", nargs="*", choices=[[], *LOADERS], metavar="NAME", help=", ".join(LOADERS))
    given.add_argument("--in-time", action="store_true", help="step through time, and look at each half of it")
    given.add_argument("--page-in", type=Path, help="write a page of charts for each here")
    asked = given.parse_args()
    for name in asked.names or LOADERS:
        if is_there(name):
            measure(name, in_time=asked.in_time, page_in=asked.page_in)
        else:
            print(f"\n{name}: not measured, the study data is not beside the project")


if __name__ == "__main__":
    main()
