"""Which candidate alerts of a run an analyst is asked to look at: as many as the budget allows, and a few of the rest at random.

A place depends on the order of the alerts, the rule and the seed of the run, all of which stand in its manifest or follow from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.alert import PLACES, Place
from schemas.canonical import digest_json
from schemas.run import QueueRule

Record = dict[str, Any]


def placed(alerts: Sequence[Record], rule: QueueRule, *, accounts: int, seed: str) -> list[Record]:
    """The same alerts in the same order, each with its `place`. They come best first, in a total order, so the line is exact.

    `accounts` is how many the snapshot has. The sample is drawn without replacement: those of the rest whose key, hashed with
    the run's seed, comes first. No score enters, so every alert below the line has the same chance.
    """
    line = room(rule, accounts)
    lots = sorted((digest_json(["review sample", seed, alert["key"]]), alert["key"]) for alert in alerts[line:])
    drawn = {key for _, key in lots[: rule.sample]}
    return [alert | {"place": _place(rank < line, alert["key"] in drawn)} for rank, alert in enumerate(alerts)]


def room(rule: QueueRule, accounts: int) -> int:
    """How many alerts of a run over this many accounts go above the line."""
    return max(rule.least, accounts * rule.budget_per_mille // 1000)


def counted(alerts: Sequence[Mapping[str, Any]]) -> dict[Place, int]:
    """How many alerts have each place."""
    found = Counter(alert["place"] for alert in alerts)
    return {place: found[place] for place in PLACES}


def _place(above: bool, drawn: bool) -> Place:
    if above:
        return "queue"
    return "sample" if drawn else "below"
