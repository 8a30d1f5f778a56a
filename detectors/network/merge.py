"""From shapes to networks: a shape joins a network that it touches where the whole is worth more than its price.

Greedy and in a total order: the best shape first, the network found first before others. Loose joining would put everybody
into one network; here each new account has to pay for itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from detectors.network.null import Window
from detectors.network.relations import Relations
from detectors.network.seeds import Seed


@dataclass(slots=True)
class Network:
    """Relations that belong together: their positions, their accounts, the window they are scored in, the shapes they are of."""

    score: int
    edges: frozenset[int]
    accounts: frozenset[int]
    window: Window
    shapes: frozenset[str]

    @property
    def rank(self) -> tuple[int, tuple[int, ...]]:
        """The best comes first; of equals, that with the earlier payments."""
        return -self.score, tuple(sorted(self.edges))


@dataclass
class _Known:
    """Networks with an index over their relations and accounts."""

    networks: list[Network] = field(default_factory=list)
    by_edge: dict[int, set[int]] = field(default_factory=dict)
    by_account: dict[int, set[int]] = field(default_factory=dict)

    def near(self, network: Network) -> list[int]:
        """Those that share a relation or two accounts with it, the first found first."""
        common: Counter[int] = Counter()
        for account in network.accounts:
            common.update(self.by_account.get(account, ()))
        touching = {number for edge in network.edges for number in self.by_edge.get(edge, ())}
        return sorted(touching | {number for number, count in common.items() if count >= 2})

    def put(self, number: int, network: Network) -> None:
        """Hold a network, new or grown, under its number."""
        if number == len(self.networks):
            self.networks.append(network)
        self.networks[number] = network
        for edge in network.edges:
            self.by_edge.setdefault(edge, set()).add(number)
        for account in network.accounts:
            self.by_account.setdefault(account, set()).add(number)


def networks(relations: Relations, seeds: Iterable[Seed], *, price: int, most_relations: int) -> list[Network]:
    """The networks, best first. `price` is what a relation that brings a new account must add, in billionths of a nat."""
    known = _Known()
    for seed in sorted(seeds, key=lambda seed: seed.rank):
        shape = Network(
            seed.score,
            frozenset(seed.edges),
            _accounts(relations, seed.edges),
            seed.window,
            frozenset({seed.shape}),
        )
        near = known.near(shape)
        if _joined(known, near, shape, price=price, most_relations=most_relations):
            continue
        if not any(2 * len(shape.edges & known.networks[number].edges) >= len(shape.edges) for number in near):
            known.put(len(known.networks), shape)
    return _settled(known.networks, price=price, most_relations=most_relations)


def _settled(found: Sequence[Network], *, price: int, most_relations: int) -> list[Network]:
    """Once more with what has grown: networks that have come to touch become one where that pays."""
    kept = _Known()
    for network in sorted(found, key=lambda network: network.rank):
        if not _joined(kept, kept.near(network), network, price=price, most_relations=most_relations):
            kept.put(len(kept.networks), network)
    return sorted(kept.networks, key=lambda network: network.rank)


def _joined(known: _Known, near: Sequence[int], shape: Network, *, price: int, most_relations: int) -> bool:
    """Join the first network near for which that pays, or which has it all already; whether there was one."""
    for number in near:
        home = known.networks[number]
        if shape.edges <= home.edges:
            return True
        union = home.edges | shape.edges
        if len(union) > most_relations:
            continue
        window = shape.window if shape.window.days >= home.window.days else home.window
        score = window.score(sorted(union))
        if score - home.score >= price * _fresh(shape.edges - home.edges, home, window.relations):
            grown = Network(score, union, home.accounts | shape.accounts, window, home.shapes | shape.shapes)
            known.put(number, grown)
            return True
    return False


def _fresh(added: Iterable[int], home: Network, relations: Relations) -> int:
    """How many of the added relations bring an account that was not in."""
    ends = ((int(relations.payer[edge]), int(relations.payee[edge])) for edge in added)
    return sum(1 for one, other in ends if one not in home.accounts or other not in home.accounts)


def _accounts(relations: Relations, edges: Sequence[int]) -> frozenset[int]:
    return frozenset(int(side[edge]) for edge in edges for side in (relations.payer, relations.payee))
