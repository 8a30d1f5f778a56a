"""What the first half of time would choose, and how that does on the second half, beside the present numbers.

    python tests/evaluation/tuning.py [--seeds 3] [--draws 1000] [amlgentex] [amlsim-thinned]

Chosen with nothing but what was paid before half of the patterns lay behind: payments, alerts and labels. Every value of `grid.py`
is tried alone; the best one, all that are better together and the present numbers are then shown on the second half, with all of
the graph up to then. A gain is *clear* where the whole of its 95 % interval lies above nothing.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from choosing import Matches, Mean, gain, interval_of, mean_of
from grid import AS_IT_IS, BEFORE, KNOBS, Knob, Setting
from looking import Alert, Look, looked_at
from measure import LAGS, tell_line
from stepping import Times, half, judged, moments, read_times
from worlds import LOADERS, is_there

from detectors.evaluation.labels import Pattern, read_truth
from detectors.evaluation.metrics import matches
from service.house import House, open_house
from service.runs.evaluating import shown
from service.settings import Settings

TUNED_ON = ("amlgentex", "amlsim-thinned")
AS_BEFORE = Knob("weights as they were before", (), 0, ())
TOGETHER = Knob("all that are better, together", (), 0, ())


@dataclass(frozen=True, slots=True)
class Half:
    """The first half of one data set: its snapshots, one a seed, and the patterns as far as they had come."""

    looks: Sequence[Look]
    patterns: Sequence[Pattern]

    def queues(self, setting: Setting) -> list[Matches]:
        """For each seed the patterns that each alert finds, best alert first."""
        return [matches([shown(each, "key") for each in look.alerts(setting)], self.patterns) for look in self.looks]


def half_known(truth: Path, times: Times, parting: datetime, folder: Path) -> list[Pattern]:
    """The patterns of the first half, with the payments that had been made by then and no others."""
    rows = pl.read_csv(truth, infer_schema=False)
    known = rows.filter(
        pl.col("reference").map_elements(lambda ref: times.paid[ref] <= parting, return_dtype=pl.Boolean)
    )
    early = [each.name for each in read_truth(truth) if times.middle_of(each.references) < parting]
    clipped = folder / "known.csv"
    known.filter(pl.col("pattern").is_in(early)).write_csv(clipped)
    return read_truth(clipped)


@dataclass(frozen=True, slots=True)
class Sweep:
    """The first halves by name, their queues as it is, and how many draws make an interval."""

    halves: Mapping[str, Half]
    now: Mapping[str, list[Matches]]
    draws: int

    @classmethod
    def of(cls, halves: Mapping[str, Half], draws: int) -> Sweep:
        return cls(halves, {name: each.queues(AS_IT_IS) for name, each in halves.items()}, draws)

    def mean(self, queues: Mapping[str, list[Matches]]) -> Mean:
        return mean_of([(self.halves[name].patterns, of_seeds) for name, of_seeds in queues.items()])

    def chosen(self) -> dict[str, Setting]:
        """Try every value alone; tell each. The best one alone, and all that are better, together: none where none is."""
        present = self.mean(self.now)
        print(
            f"\nfirst half, as it is: recall {present.recall}, precision {present.precision} per mille, mean of 0.5x, 1x, 2x"
        )
        print(
            f"{'number':<40} {'now':>7} {'tried':>7} {'recall':>7} {'precision':>10} {'gain, interval':>20}  by data set"
        )
        self.tell(AS_BEFORE, len(BEFORE), BEFORE)
        better: list[tuple[int, Setting]] = []
        for knob in KNOBS:
            means = [
                (self.tell(knob, value, knob.at(value)).both, -number, value)
                for number, value in enumerate(knob.others)
            ]
            both, _, value = max(means)
            if both > present.both:
                better.append((both, knob.at(value)))
        if not better:
            return {}
        best = max(better, key=lambda pair: pair[0])[1]
        together: Setting = frozenset().union(*(setting for _, setting in better))
        self.tell(TOGETHER, len(better), together)
        return {"the best one alone": best, "all that are better": together}

    def tell(self, knob: Knob, value: int, setting: Setting) -> Mean:
        """Print the figures of one setting; their means."""
        queues = {name: each.queues(setting) for name, each in self.halves.items()}
        mean = self.mean(queues)
        pairs = {name: (each.patterns, queues[name][0], self.now[name][0]) for name, each in self.halves.items()}
        low, high = interval_of(list(pairs.values()), self.draws)
        each = ", ".join("{:+d} {:+d}".format(*gain(*pair)) for pair in pairs.values())
        print(
            f"{knob.name:<40} {knob.now:>7} {value:>7} {mean.recall:>7} {mean.precision:>10} {f'[{low:+d} {high:+d}]':>20}"
            f"  {each}{'  clear' if low > 0 else ''}",
            flush=True,
        )
        return mean


def tell_second_half(
    name: str, house: House, patterns: Sequence[Pattern], scratch: Path, settings: Mapping[str, Setting]
) -> None:
    """Prospective, after 60 days and retrospective figures of the later half, at each setting."""
    times = read_times(house)
    steps = [*moments(times), times.last]
    runs: dict[str, list[tuple[datetime, Sequence[Alert]]]] = {called: [] for called in settings}
    for moment in steps:
        with looked_at(house, moment, scratch, "tuning") as look:
            for called, setting in settings.items():
                runs[called].append((moment, look.alerts(setting)))
    print(f"\n{name}, later half                 patterns  recall at 0.5x   1x     2x    precision at 0.5x   1x     2x")
    for called, each in runs.items():
        late = {lag: judged(each, times, days) for lag, days in LAGS.items()} | {"retrospective": each[-1][1]}
        for when, alerts in late.items():
            tell_line(f"{called}, {when}", *half(alerts, patterns, times, first=False))


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    given.add_argument("names", nargs="*", choices=[[], *TUNED_ON], metavar="NAME", help=", ".join(TUNED_ON))
    given.add_argument("--seeds", type=int, default=1, help="seeds of chance on the first half")
    given.add_argument("--draws", type=int, default=1000, help="draws of an interval")
    asked = given.parse_args()
    names = [name for name in asked.names or TUNED_ON if is_there(name)]
    with ExitStack() as held:
        place = Path(held.enter_context(tempfile.TemporaryDirectory()))
        houses, truths, halves = {}, {}, {}
        for name in names:
            (place / name / "data").mkdir(parents=True)
            houses[name] = house = held.enter_context(open_house(Settings(home=place / name / "home")))
            truth = LOADERS[name](house, place / name / "data")
            truths[name] = read_truth(truth)
            times = read_times(house)
            parting = times.parting(truths[name]) - timedelta(microseconds=1)
            look = held.enter_context(looked_at(house, parting, place / name, "tuning"))
            looks = [look, *(look.seeded(f"tuning {number}") for number in range(1, asked.seeds))]
            halves[name] = Half(looks, half_known(truth, times, parting, place / name))
            print(f"{name}: {len(halves[name].patterns)} patterns before {parting:%Y-%m-%d}")
        settings = {"as it is": AS_IT_IS, "weights of before": BEFORE} | Sweep.of(halves, asked.draws).chosen()
        for name in names:
            tell_second_half(name, houses[name], truths[name], place / name, settings)


if __name__ == "__main__":
    main()
