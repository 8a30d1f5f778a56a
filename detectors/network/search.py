"""The whole search: every window, its shapes, the networks of them, and how many such networks chance alone makes."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from detectors.api import Params
from detectors.network.merge import Network, networks
from detectors.network.null import NAT, Window
from detectors.network.relations import Relations
from detectors.network.seeds import CLOSED, LEAST_FAN, STARS, Limits, Seed, seeds
from detectors.network.strangers import STRANGERS, strangers

WINDOW_DAYS = (14, 28, 56, 112, 224, 365)
"""From two weeks to a year: one length alone loses a tenth of what several find."""
MOST_EVERY = 4
"""Of a large snapshot's shuffle one window in four is looked at: windows overlap by half, so that what is counted four times over is
rather too much than too little."""
ENOUGH_OF_A_SHAPE = 20
"""With fewer networks of one shape their false share is measured over all stars, or over all closed shapes, together."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A network with its shape, how many of chance are as good in all shuffles, and their share among those as good, per mille."""

    network: Network
    shape: str
    as_good: int
    false_share: int


def overlaps(ranked: Sequence[Network]) -> list[int]:
    """For each network, best first, how many better ones share two accounts with it: it is a further part of what they show."""
    by_account: dict[int, list[int]] = {}
    counts = []
    for number, network in enumerate(ranked):
        common = Counter(other for account in network.accounts for other in by_account.get(account, ()))
        counts.append(sum(1 for shared in common.values() if shared >= 2))
        for account in network.accounts:
            by_account.setdefault(account, []).append(number)
    return counts


def search(
    relations: Relations,
    params: Params,
    left_out: Counter[str],
    shapes: frozenset[str] = STARS | CLOSED,
    *,
    every: int = 1,
    threads: int = 1,
) -> list[Network]:
    """The networks of some relations, best first; what a bound left out is counted. `every` takes one window in so many."""
    limits = limits_of(params)

    def look(window: Window) -> tuple[list[Seed], Counter[str]]:
        over = Counter[str]()
        return seeds(window, limits, over, shapes), over

    found: list[Seed] = []
    with ThreadPoolExecutor(threads) as pool:
        for kept, over in pool.map(look, list(windows(relations))[::every]):
            found += kept
            left_out.update(over)
    price = int(params["price"]) * NAT // 1000
    return networks(relations, found, price=price, most_relations=int(params["most_relations"]))


def limits_of(params: Params) -> Limits:
    return Limits(
        least=int(params["least_score"]) * NAT // 1000,
        seeds=int(params["most_seeds"]),
        hub_cap=int(params["hub_cap"]),
        paths=int(params["most_paths"]),
        ways=int(params["most_ways"]),
    )


def apart(found: Sequence[Network], more: Sequence[Network]) -> list[Network]:
    """Both, best first, without those of `more` half of whose relations stand in one of the found."""
    by_edge: dict[int, list[int]] = {}
    for number, network in enumerate(found):
        for edge in network.edges:
            by_edge.setdefault(edge, []).append(number)
    fresh = []
    for network in more:
        shared = Counter(number for edge in network.edges for number in by_edge.get(edge, ()))
        if 2 * max(shared.values(), default=0) < len(network.edges):
            fresh.append(network)
    return sorted([*found, *fresh], key=lambda network: network.rank)


@dataclass(frozen=True, slots=True)
class Chance:
    """How much chance is made: `shuffles` of the whole, or one of which one window in `every` is looked at."""

    shuffles: int
    every: int = 1

    @classmethod
    def enough(cls, relations: int, *, shuffles: int, most_shuffled: int) -> Chance:
        """As many shuffles as are asked for, within the bound on relations shuffled; at least a quarter of one."""
        whole = max(1, min(shuffles, most_shuffled // max(1, relations)))
        return cls(whole, min(MOST_EVERY, max(1, relations // max(1, most_shuffled))))

    def share(self, count: int) -> int:
        """What `count` of a whole shuffle comes to in all that is looked at."""
        return count * self.shuffles // self.every


def by_chance(relations: Relations, params: Params, *, seed: int, chance: Chance, threads: int = 1) -> list[Network]:
    """The networks of shuffled relations, each shape against the shuffle that takes away what makes it rare.

    Exchanging payees within two weeks leaves everybody as many ties there as before, and so every star where it was: closed
    shapes are measured by it, and stars by an exchange over the whole span.
    """
    nothing = Counter[str]()
    found: list[Network] = []
    for turn in range(chance.shuffles):
        for shuffled, shapes in ((relations.shuffled, CLOSED), (relations.scattered, STARS)):
            made = shuffled(seed, turn)
            found += search(made, params, nothing, shapes, every=chance.every, threads=threads)
        found += strangers(relations.redrawn(seed, turn), limits_of(params), nothing)
    return found


def windows(relations: Relations) -> Iterator[Window]:
    """Every window that leaves at least as long outside it: an account's own rate is learned there. They overlap by half; one
    that would lie in the second half of another is none.
    """
    for days in WINDOW_DAYS:
        if 2 * days <= relations.span:
            for opens in range(0, relations.span - days // 2, days // 2):
                window = Window(relations, opens, days)
                if window.size >= LEAST_FAN:
                    yield window


def shape_of(network: Network) -> str:
    """The shape of all that it was put together from, or `mixed`."""
    return next(iter(network.shapes)) if len(network.shapes) == 1 else "mixed"


def weigh(found: Sequence[Network], made: Sequence[Network], chance: Chance) -> list[Weighed]:
    """Each network with its false share: how many networks as good shuffled relations have, over how many there are.

    One is added to what chance has, so that few shuffles never say that nothing is false; and a better network never has a
    higher share than a worse one. Within a shape where it has enough networks, else over all stars or all closed shapes.
    """
    often = {group for group, count in Counter(map(_shape_group, found)).items() if count >= ENOUGH_OF_A_SHAPE}

    def group_of(network: Network) -> tuple[int, str]:
        mine = _shape_group(network)
        return mine if mine in often else (mine[0], "")

    real: dict[tuple[int, str], list[int]] = {}
    false: dict[tuple[int, str], list[int]] = {}
    for scores, several in ((real, found), (false, made)):
        for each in several:
            for group in {_shape_group(each), (_null_of(each), "")}:
                scores.setdefault(group, []).append(each.score)
    shares = {group: _shares(scores, false.get(group, ()), chance) for group, scores in real.items()}
    return [Weighed(each, shape_of(each), *shares[group_of(each)][each.score]) for each in found]


def _null_of(network: Network) -> int:
    """By which exchange it is measured: stars, strangers or closed shapes."""
    return 1 if network.shapes <= STARS else 2 if network.shapes <= STRANGERS else 0


def _shape_group(network: Network) -> tuple[int, str]:
    return _null_of(network), shape_of(network)


def _shares(found: Sequence[int], by_chance: Sequence[int], amount: Chance) -> dict[int, tuple[int, int]]:
    """By score: how many networks of chance reach it, and the false share."""
    rising, chance = sorted(found), sorted(by_chance)
    shares: dict[int, tuple[int, int]] = {}
    least = 1000
    for score in sorted(set(rising)):
        real = len(rising) - bisect_left(rising, score)
        as_good = len(chance) - bisect_left(chance, score)
        least = min(least, -(-1000 * (as_good + 1) * amount.every // (amount.shuffles * real)))
        shares[score] = as_good, least
    return shares
