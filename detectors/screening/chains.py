"""Who is owned or controlled by listed parties, and on which days: shares of several listed owners are added, and what is theirs to
the half counts as theirs for the next step of the chain. Over tables of owners, never over transactions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

WHOLE = 1000
"""A whole, per mille."""


@dataclass(frozen=True, slots=True)
class Stake:
    """One owner's share of somebody, per mille, or control, on the days from `from_day` up to and without `to_day`."""

    owner: str
    owned: str
    share: int
    controls: bool
    from_day: int
    to_day: int


@dataclass(frozen=True, slots=True)
class Held:
    """Days on which a party is listed (`steps` 0), or owned or controlled by listed parties over `steps` steps at most.

    `share` is what listed parties and those they hold have together, per mille; `entries` are the entries behind them.
    """

    from_day: int
    to_day: int
    steps: int
    share: int
    controlled: bool
    owners: int
    entries: frozenset[str]


def holdings(
    stakes: Iterable[Stake], listed: Mapping[str, Sequence[Held]], *, least_share: int, most_steps: int
) -> dict[str, list[Held]]:
    """For each party that is owned or controlled and not itself listed on those days: on which days, and by how much.

    Days do not overlap. Each step looks only at what the steps before found, so circles of owners come to an end.
    """
    by_owned: dict[str, list[Stake]] = defaultdict(list)
    for stake in stakes:
        if stake.owner != stake.owned:
            by_owned[stake.owned].append(stake)
    known: dict[str, list[Held]] = {party: list(times) for party, times in listed.items()}
    for step in range(1, most_steps + 1):
        found = {
            owned: new
            for owned, held_by in by_owned.items()
            if (new := _newly_held(held_by, known, known.get(owned, ()), least_share, step))
        }
        for owned, new in found.items():
            known[owned] = sorted([*known.get(owned, ()), *new], key=lambda held: held.from_day)
    return {party: theirs for party, times in known.items() if (theirs := [held for held in times if held.steps])}


def _newly_held(
    stakes: Sequence[Stake], known: Mapping[str, Sequence[Held]], already: Sequence[Held], least_share: int, step: int
) -> list[Held]:
    active = [
        (max(stake.from_day, held.from_day), min(stake.to_day, held.to_day), stake, held)
        for stake in stakes
        for held in known.get(stake.owner, ())
        if max(stake.from_day, held.from_day) < min(stake.to_day, held.to_day)
    ]
    edges = sorted(
        {day for start, end, _, _ in active for day in (start, end)}
        | {day for held in already for day in (held.from_day, held.to_day)}
    )
    new: list[Held] = []
    for start, end in pairwise(edges):
        if any(held.from_day < end and start < held.to_day for held in already):
            continue
        now = [(stake, held) for first, last, stake, held in active if first <= start and end <= last]
        share = sum({(stake.owner, stake.from_day): stake.share for stake, _ in now}.values())
        controlled = any(stake.controls for stake, _ in now)
        if now and (share >= least_share or controlled):
            entries = frozenset[str]().union(*(held.entries for _, held in now))
            owners = len({stake.owner for stake, _ in now})
            new.append(Held(start, end, step, min(share, WHOLE), controlled, owners, entries))
    return new
