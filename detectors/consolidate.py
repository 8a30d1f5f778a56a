"""Gather findings into alerts: greedily, the best finding first, never by way of a third.

A finding joins an alert when it has the subject of the alert's first finding, or shares half its evidence with it, in an
overlapping window. A finding that is `whole`, a network found as one, takes in only what shares a third of the larger too. It is always
compared with that first finding and not with all that has joined since, because merging from neighbour to neighbour ends in one
alert about everybody. What models find comes last and only points: it makes no alert of rules and patterns wider.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_MEMBERS = 60
MAX_EVIDENCE = 400


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding as consolidation sees it, in run-local numbers. `points` is its worth alone, `name` breaks ties.

    `pointing` says that a model made it: it tells that an account is unusual, and not which payments are one matter.
    `whole` says that it is a matter found as one, whose bounds are themselves the result: what else its subject does is not in it.
    """

    name: str
    detector: str
    subject: int
    start_s: int
    end_s: int
    points: int
    evidence: frozenset[int]
    members: frozenset[int]
    pointing: bool = False
    whole: bool = False


@dataclass(slots=True)
class Gathering:
    """An alert in the making: the positions of its findings, first the one it grew from, and the gatherings it could not join.

    Members, evidence and window are those of the rules and patterns in it; of models only where there is nothing else.
    """

    positions: list[int]
    members: set[int]
    evidence: set[int]
    pointing: bool
    linked: list[int] = field(default_factory=list)

    def shapes(self, sighting: Sighting) -> bool:
        """Whether a finding in here says what the alert is made of, or only adds its points to it."""
        return self.pointing or not sighting.pointing


def consolidate(
    sightings: Sequence[Sighting], *, max_members: int = MAX_MEMBERS, max_evidence: int = MAX_EVIDENCE
) -> list[Gathering]:
    """Every sighting in exactly one gathering. A gathering of several stays within the caps; one alone may exceed them."""
    gatherings: list[Gathering] = []
    by_subject: dict[int, list[int]] = {}
    by_transaction: dict[int, list[int]] = {}
    order = sorted(range(len(sightings)), key=lambda position: _rank(sightings[position]))
    for position in order:
        sighting = sightings[position]
        kin = _kin(sighting, sightings, gatherings, by_subject, by_transaction)
        home = next((number for number in kin if _fits(sighting, gatherings[number], max_members, max_evidence)), None)
        if home is not None:
            gatherings[home].positions.append(position)
            if gatherings[home].shapes(sighting):
                gatherings[home].members |= sighting.members
                gatherings[home].evidence |= sighting.evidence
            continue
        number = len(gatherings)
        members, evidence = set(sighting.members), set(sighting.evidence)
        gatherings.append(Gathering([position], members, evidence, sighting.pointing, linked=kin))
        by_subject.setdefault(sighting.subject, []).append(number)
        for txn in sighting.evidence:
            by_transaction.setdefault(txn, []).append(number)
    return gatherings


def _rank(sighting: Sighting) -> tuple[bool, int, int, int, str, str]:
    return (sighting.pointing, -sighting.points, sighting.start_s, sighting.subject, sighting.detector, sighting.name)


def _kin(
    sighting: Sighting,
    sightings: Sequence[Sighting],
    gatherings: Sequence[Gathering],
    by_subject: dict[int, list[int]],
    by_transaction: dict[int, list[int]],
) -> list[int]:
    """The gatherings it belongs to, the one with most shared evidence first, then the best."""
    shared: Counter[int] = Counter()
    for txn in sighting.evidence:
        shared.update(by_transaction.get(txn, ()))
    near = {
        number
        for number in by_subject.get(sighting.subject, ())
        if sighting.pointing or not (sighting.whole or sightings[gatherings[number].positions[0]].whole)
    }
    for number, count in shared.items():
        first = sightings[gatherings[number].positions[0]]
        if _belong(sighting, first, count):
            near.add(number)
    overlapping = [number for number in near if _overlap(sighting, sightings[gatherings[number].positions[0]])]
    return sorted(overlapping, key=lambda number: (-shared[number], number))


def _belong(sighting: Sighting, first: Sighting, shared: int) -> bool:
    """Whether a finding that shares so many payments with the first of a gathering belongs to it: by half of the smaller, except
    where that would join what does not belong together.
    """
    sizes = (len(first.evidence), len(sighting.evidence))
    if sighting.pointing:
        # A model lists whatever is unusual about its account: a payment or two of that in another's alert is no kinship.
        return 2 * shared >= len(sighting.evidence)
    if first.whole or sighting.whole:
        # A busy account's month that touches a network would bury it; the same matter seen a little wider does not.
        return 2 * shared >= min(sizes) and 3 * shared >= max(sizes)
    return 2 * shared >= min(sizes)


def _overlap(one: Sighting, other: Sighting) -> bool:
    return one.start_s <= other.end_s and other.start_s <= one.end_s


def _fits(sighting: Sighting, gathering: Gathering, max_members: int, max_evidence: int) -> bool:
    return not gathering.shapes(sighting) or (
        len(gathering.members | sighting.members) <= max_members
        and len(gathering.evidence | sighting.evidence) <= max_evidence
    )
