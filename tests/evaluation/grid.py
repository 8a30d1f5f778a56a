"""The few numbers that matter for the order of the queue, and the values of each that somebody could defend.

Left out are numbers that cannot move what the first k alerts are: the half-way point of the score, which keeps every order; the
budget, which says where the line is drawn; and bounds on work.
"""

from __future__ import annotations

from dataclasses import dataclass

WEIGHT, RANK, QUEUE = "weight", "rank", "queue"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One number other than it is. `where` is a detector whose parameter `name` it is, or `weight` of the detector `name`, or a
    constant of `rank`, or a rule of the `queue`."""

    where: str
    name: str
    value: int


Setting = frozenset[Change]
AS_IT_IS: Setting = frozenset()

NETWORK = "novel-network"
MODELS = ("unusual-account", "changed-account")


@dataclass(frozen=True, slots=True)
class Knob:
    """One number, or several that are turned together: where each stands, what it is now and what else it could be."""

    name: str
    places: tuple[tuple[str, str], ...]
    now: int
    others: tuple[int, ...]

    def at(self, value: int) -> Setting:
        return frozenset(Change(where, name, value) for where, name in self.places)


KNOBS = (
    Knob("what a like witness is damped by", ((RANK, "_DAMPING"),), 2, (1, 4)),
    Knob("share of bits beyond chance, one in", ((RANK, "_BEYOND"),), 32, (8, 128)),
    Knob("millibits at which surprisal is full", ((RANK, "TRUSTED"),), 12_000, (8_000, 10_000, 14_000)),
    Knob("weight of novel networks", ((WEIGHT, NETWORK),), 8, (6, 10)),
    Knob("weight of many senders, many receivers", ((WEIGHT, "inbound-many-senders"), (WEIGHT, "fan-out-burst")), 3, (1, 5)),
    Knob("weight of border convergence", ((WEIGHT, "border-convergence"),), 5, (3, 7)),
    Knob("weight of models", tuple((WEIGHT, each) for each in MODELS), 1, (2, 4)),
    Knob("false discoveries of models, per mille", tuple((each, "fdr_per_mille") for each in MODELS), 200, (50, 100, 400)),
    Knob("days that make a relation new", ((NETWORK, "quiet_days"),), 90, (60, 120)),
    Knob("price of an account, millinats", ((NETWORK, "price"),), 5000, (3000, 7000)),
    Knob("least score of a shape, millinats", ((NETWORK, "least_score"),), 0, (2000, 5000)),
    Knob("most false networks, per mille", ((NETWORK, "most_false_share"),), 500, (200, 350, 700)),
    Knob("shuffles", ((NETWORK, "shuffles"),), 4, (8,)),
    Knob("material sum of a network", ((NETWORK, "material_total"),), 1000, (500, 2000)),
    Knob("relations of a network, at most", ((NETWORK, "most_relations"),), 60, (30,)),
    Knob("members of an alert, at most", ((QUEUE, "max_members"),), 60, (30,)),
)  # fmt: skip

BEFORE: Setting = frozenset(
    Change(WEIGHT, name, value)
    for name, value in ((NETWORK, 10), ("border-convergence", 7), ("inbound-many-senders", 5), ("street-proceeds", 9))
)
"""The weights before they were set while looking at all of AMLGentex and at the fixture world."""
