"""Examples of `bipartite-stack`: what it must find, and what looks like it and it must not."""

from __future__ import annotations

from schemas.detector import Example

_HEAD = "occurred_at | amount | from_account | to_account\n"
_WEEK = ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-08")


def _layer(pairs: str, days: tuple[str, ...] = _WEEK) -> str:
    """One line a tie, `A>B`, spread over the days, each of a little other amount."""
    return "".join(
        f"{days[number % len(days)]} | {1000 + 10 * number}.00 | {tie.partition('>')[0]} | {tie.partition('>')[2]}\n"
        for number, tie in enumerate(pairs.split())
    )


_SIX = "A-1>B-1 A-1>B-2 A-2>B-2 A-2>B-3 A-3>B-3 A-3>B-1"
_NEXT = "B-1>C-1 B-1>C-2 B-2>C-2 B-2>C-3 B-3>C-3 B-3>C-1"
_HOURS = tuple(f"2026-03-02T{9 + number:02}:00:00Z" for number in range(5))

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "fires": (
        Example(
            name="dates only: two layers of three, six of nine ways, in seven calendar days",
            rows=_HEAD + _layer(_SIX),
            flags=("B-3",),
        ),
        Example(
            name="three layers: what the second receives it pays to a third",
            rows=_HEAD
            + _layer(f"{_SIX} A-1>B-3 A-2>B-1 A-3>B-2", _HOURS)
            + _layer(f"{_NEXT} B-1>C-3", ("2026-03-06T09:00:00Z", "2026-03-09T09:00:00Z")),
            flags=("C-3",),
        ),
    ),
    "silent": (
        Example(name="one way too few", rows=_HEAD + _layer(_SIX.rsplit(" ", 1)[0])),
        Example(
            name="dates only: the last payment is on the eighth day",
            rows=_HEAD + _layer(_SIX, (*_WEEK[:5], "2026-03-09")),
        ),
        Example(name="two payees only", rows=_HEAD + _layer("A-1>B-1 A-1>B-2 A-2>B-1 A-2>B-2 A-3>B-1 A-3>B-2")),
        Example(
            name="six customers and six shops in a row, each two neighbours with one in common",
            rows=_HEAD
            + _layer("A-1>B-1 A-1>B-2 A-2>B-2 A-2>B-3 A-3>B-3 A-3>B-4 A-4>B-4 A-4>B-5 A-5>B-5 A-5>B-6 A-6>B-6 A-6>B-1"),
        ),
        Example(
            name="a market: the three stalls have many other customers in those days",
            rows=_HEAD
            + _layer(_SIX)
            + _layer("C-1>B-1 C-2>B-1 C-3>B-1 C-4>B-2 C-5>B-2 C-6>B-2 C-7>B-3 C-8>B-3 C-9>B-3"),
        ),
        Example(
            name="a group of friends who all pay each other",
            rows=_HEAD
            + _layer("F-1>F-2 F-2>F-1 F-1>F-3 F-3>F-1 F-2>F-3 F-3>F-2 F-1>F-4 F-4>F-1 F-2>F-4 F-4>F-2 F-3>F-4 F-4>F-3"),
        ),
        Example(
            name="the sixth payment reverses another",
            rows="reference | reverses | "
            + _HEAD
            + "p-0 | | 2026-03-01 | 1050.00 | B-1 | A-3\n"
            + "".join(
                f"p-{number} | {'p-0' if number == 6 else ''} | {line}\n"
                for number, line in enumerate(_layer(_SIX).splitlines(), start=1)
            ),
        ),
    ),
}
