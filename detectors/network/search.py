"""The whole search: every window, its shapes, the networks of them, and how many such networks chance alone makes."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.api import Params
from detectors.network.merge import Network, networks
from detectors.network.null import NAT, Window
from detectors.network.relations import Relations
from detectors.network.seeds import CLOSED, STARS, Limits, seeds

WINDOW_DAYS = (14, 28, 56, 112, 224, 365)
"""From two weeks to a year: one length alone loses a tenth of what several find."""
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
    relations: Relations, params: Params, left_out: Counter[str], shapes: frozenset[str] = STARS | CLOSED
) -> list[Network]:
    """The networks of some relations, best first; what a bound left out is counted."""
    limits = Limits(
        least=int(params["least_score"]) * NAT // 1000,
        seeds=int(params["most_seeds"]),
        hub_cap=int(params["hub_cap"]),
        paths=int(params["most_paths"]),
        ways=int(params["most_ways"]),
    )
    found = [seed for window in windows(relations) for seed in seeds(window, limits, left_out, shapes)]
    price = int(params["price"]) * NAT // 1000
    return networks(relations, found, price=price, most_relations=int(params["most_relations"]))


def by_chance(relations: Relations, params: Params, *, seed: int, shuffles: int) -> list[Network]:
    """The networks of shuffled relations, each shape against the shuffle that takes away what makes it rare.

    Exchanging payees within two weeks leaves everybody as many ties there as before, and so every star where it was: closed
    shapes are measured by it, and stars by an exchange over the whole span.
    """
    nothing = Counter[str]()
    found: list[Network] = []
    for turn in range(shuffles):
        found += search(relations.shuffled(seed, turn), params, nothing, CLOSED)
        found += search(relations.scattered(seed, turn), params, nothing, STARS)
    return found


def windows(relations: Relations) -> Iterator[Window]:
    """Every window that leaves at least as long outside it: an account's own rate is learned there. They overlap by half."""
    for days in WINDOW_DAYS:
        if 2 * days <= relations.span:
            for opens in range(0, relations.span, days // 2):
                edges = relations.within(opens, days)
                if len(edges) >= 3:
                    yield Window(relations, opens, days, edges)


def shape_of(network: Network) -> str:
    """The shape of all that it was put together from, or `mixed`."""
    return next(iter(network.shapes)) if len(network.shapes) == 1 else "mixed"


def weigh(found: Sequence[Network], chance: Sequence[Network], shuffles: int) -> list[Weighed]:
    """Each network with its false share: how many networks as good shuffled relations have, over how many there are.

    One is added to what chance has, so that few shuffles never say that nothing is false; and a better network never has a
    higher share than a worse one. Within a shape where it has enough networks, else over all stars or all closed shapes.
    """
    often = {group for group, count in Counter(map(_shape_group, found)).items() if count >= ENOUGH_OF_A_SHAPE}

    def group_of(network: Network) -> tuple[bool, str]:
        mine = _shape_group(network)
        return mine if mine in often else (mine[0], "")

    real: dict[tuple[bool, str], list[int]] = {}
    false: dict[tuple[bool, str], list[int]] = {}
    for scores, several in ((real, found), (false, chance)):
        for each in several:
            for group in {_shape_group(each), (_is_star(each), "")}:
                scores.setdefault(group, []).append(each.score)
    shares = {group: _shares(scores, false.get(group, ()), shuffles) for group, scores in real.items()}
    return [Weighed(each, shape_of(each), *shares[group_of(each)][each.score]) for each in found]


def _is_star(network: Network) -> bool:
    return network.shapes <= STARS


def _shape_group(network: Network) -> tuple[bool, str]:
    return _is_star(network), shape_of(network)


def _shares(found: Sequence[int], by_chance: Sequence[int], shuffles: int) -> dict[int, tuple[int, int]]:
    """By score: how many networks of chance reach it, and the false share."""
    rising, chance = sorted(found), sorted(by_chance)
    shares: dict[int, tuple[int, int]] = {}
    least = 1000
    for score in sorted(set(rising)):
        real = len(rising) - bisect_left(rising, score)
        as_good = len(chance) - bisect_left(chance, score)
        least = min(least, -(-1000 * (as_good + 1) // (shuffles * real)))
        shares[score] = as_good, least
    return shares
