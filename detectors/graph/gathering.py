"""Gather and scatter, the search: every window of an account and every moment that may part gathering from scattering in it.

Pure: it takes payments as the account sees them, and knows no snapshot. Defined in docs/patterns.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from detectors.api import Params


class Touch(NamedTuple):
    """A payment as the hub sees it; times in seconds, the amount in ten-thousandths."""

    party: int
    inward: bool
    txn: int
    t_s: int
    t_end_s: int
    amount: int


@dataclass(frozen=True, slots=True)
class Gathering:
    """One window of a hub, parted at one moment: what came in before and what went out after."""

    opens_s: int
    parts_s: int
    ins: tuple[Touch, ...]
    outs: tuple[Touch, ...]
    senders: int
    receivers: int
    gathered: int
    scattered: int
    turnover: int

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """The best comes first: most parties, then most gathered, then the earliest window and moment."""
        return -self.senders - self.receivers, -self.gathered, self.opens_s, self.parts_s


def gatherings(touches: Sequence[Touch], window_s: int, params: Params) -> Iterator[Gathering]:
    """Every window of a hub and every parting moment in it that make the pattern. `touches` are sorted by start."""
    beyond, parties = 0, int(params["least_senders"] + params["least_receivers"])
    for first, opening in enumerate(touches):
        if first and touches[first - 1].t_s == opening.t_s:
            continue
        end_s = opening.t_s + window_s
        while beyond < len(touches) and touches[beyond].t_s < end_s:
            beyond += 1
        window = [touch for touch in touches[first:beyond] if touch.t_end_s < end_s]
        if len(window) >= parties and _enough(window, params):
            yield from _partings(opening.t_s, window, params)


def _enough(touches: Sequence[Touch], params: Params) -> bool:
    senders = {touch.party for touch in touches if touch.inward}
    receivers = {touch.party for touch in touches if not touch.inward}
    return len(senders) >= params["least_senders"] and len(receivers) >= params["least_receivers"]


def _moments(window: Sequence[Touch], turnover: int, params: Params) -> Iterator[int]:
    """The parting moments at which what is in order explains enough; leaving out parties on both sides only lowers it."""
    ins = [touch for touch in window if touch.inward]
    outs = sorted((touch for touch in window if not touch.inward), key=attrgetter("t_end_s"))
    in_order, early = sum(out.amount for out in outs), 0
    for touch, following in zip(ins, [*ins[1:], None], strict=True):
        in_order += touch.amount
        if following is not None and following.t_s == touch.t_s:
            continue
        while early < len(outs) and outs[early].t_end_s < touch.t_s:
            in_order -= outs[early].amount
            early += 1
        if 1000 * in_order >= params["least_explained"] * turnover:
            yield touch.t_s


def _partings(opens_s: int, window: Sequence[Touch], params: Params) -> Iterator[Gathering]:
    turnover = sum(touch.amount for touch in window)
    for parts_s in _moments(window, turnover, params):
        ins = [touch for touch in window if touch.inward and touch.t_s <= parts_s]
        outs = [touch for touch in window if not touch.inward and touch.t_end_s >= parts_s]
        senders, receivers = {touch.party for touch in ins}, {touch.party for touch in outs}
        both = senders & receivers
        if len(senders) - len(both) < params["least_senders"] or len(receivers) - len(both) < params["least_receivers"]:
            continue
        kept_ins = tuple(touch for touch in ins if touch.party not in both)
        kept_outs = tuple(touch for touch in outs if touch.party not in both)
        gathered, scattered = sum(touch.amount for touch in kept_ins), sum(touch.amount for touch in kept_outs)
        if (
            params["least_share"] * gathered <= 1000 * scattered <= params["most_share"] * gathered
            and 1000 * (gathered + scattered) >= params["least_explained"] * turnover
        ):
            yield Gathering(
                opens_s=opens_s,
                parts_s=parts_s,
                ins=kept_ins,
                outs=kept_outs,
                senders=len(senders - both),
                receivers=len(receivers - both),
                gathered=gathered,
                scattered=scattered,
                turnover=turnover,
            )


def span(gathering: Gathering) -> tuple[int, int]:
    """Its earliest and its latest possible second."""
    touches = gathering.ins + gathering.outs
    return min(touch.t_s for touch in touches), max(touch.t_end_s for touch in touches)
