"""Windows over things that have a start and an end: where each opens, and what lies in it for certain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar


class Spanned(Protocol):
    """Something from its earliest to its latest possible second."""

    @property
    def start_s(self) -> int: ...
    @property
    def end_s(self) -> int: ...


T = TypeVar("T", bound=Spanned)


def windows(things: Sequence[T], window_s: int) -> Iterator[tuple[int, list[T]]]:
    """Each start at which something begins, and all that lies within `window_s` from there. `things` are sorted by start."""
    beyond = 0
    for first, opening in enumerate(things):
        if first and things[first - 1].start_s == opening.start_s:
            continue
        end_s = opening.start_s + window_s
        while beyond < len(things) and things[beyond].start_s < end_s:
            beyond += 1
        yield opening.start_s, [thing for thing in things[first:beyond] if thing.end_s < end_s]
