"""Draw an example as a small picture: accounts as boxes, payments as arrows with their sums. For a handful of accounts; it
computes nothing that a detector uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from detectors.example_table import read_table
from schemas.detector import Example

MOST_BOXES = 16
"""More boxes than these nobody reads; the accounts nearest to the flagged ones are drawn and the others counted."""
CASH_IN, CASH_OUT = "cash in", "cash out"
_BOX, _HEIGHT, _COLUMN, _ROW, _MARGIN = 116, 28, 290, 52, 16
_STYLE = (
    "text{font:12px sans-serif;fill:#1f2937}.flagged{fill:#fde8d7;stroke:#b45309;stroke-width:2}"
    ".account{fill:#f3f4f6;stroke:#6b7280}.cash{fill:#ecfdf5;stroke:#6b7280;stroke-dasharray:4 3}"
    "path{fill:none;stroke:#374151}.sum{font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:4px}"
)


@dataclass(frozen=True, slots=True)
class Arrow:
    """All payments from one box to another: how many, and their sum as a reader writes it."""

    source: str
    target: str
    payments: int
    total: str

    @property
    def label(self) -> str:
        return self.total if self.payments == 1 else f"{self.payments} payments, {self.total}"


def draw(example: Example) -> str:
    """The picture of an example as the text of an SVG file, the same for the same example."""
    every = arrows(example)
    shown = _nearest(every, example.flags)
    drawn = [each for each in every if {each.source, each.target} <= set(shown)]
    places = _places(drawn, shown)
    width = _MARGIN * 2 + _BOX + _COLUMN * max(x for x, _ in places.values())
    height = _MARGIN * 2 + _ROW * (1 + max(y for _, y in places.values())) + (_ROW if _leads_back(drawn, places) else 0)
    boxes = {each.source for each in every} | {each.target for each in every}
    left_out = len(boxes) - len(shown)
    unseen = sum(each.payments for each in every if each not in drawn)
    note = f"not drawn: {_count(left_out, 'account')}, {_count(unseen, 'payment')}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + (20 if left_out else 0)}" '
        f'width="{width}" role="img">',
        f"<title>{escape(example.name)}</title>",
        f"<style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0L8,4L0,8z" style="fill:#374151;stroke:none"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#fff"/>',
        *(_line(each, places) for each in drawn),
        *(_box(name, places[name], name in example.flags) for name in shown),
        *(_label(each, places) for each in drawn),
    ]
    if left_out:
        lines.append(f'<text x="{_MARGIN}" y="{height + 8}">{note}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def arrows(example: Example) -> list[Arrow]:
    """The payments of an example, gathered by who pays whom, in the order of the first payment of each."""
    sums: dict[tuple[str, str], list[tuple[Decimal, str]]] = {}
    for row in sorted(read_table(example), key=lambda row: (row["occurred_at"], row["reference"])):
        ends = (row["from_account"] or CASH_IN, row["to_account"] or CASH_OUT)
        sums.setdefault(ends, []).append((row["amount"], row["currency"]))
    return [Arrow(source, target, len(paid), _total(paid)) for (source, target), paid in sums.items()]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"


def _total(paid: Sequence[tuple[Decimal, str]]) -> str:
    currencies = sorted({currency for _, currency in paid})
    return " + ".join(
        f"{sum((amount for amount, currency in paid if currency == each), Decimal()):,} {each}" for each in currencies
    )


def _nearest(every: Sequence[Arrow], flags: Sequence[str]) -> list[str]:
    """The boxes to draw: the flagged, those they deal with, and so on outwards, up to MOST_BOXES; then in order of appearance."""
    order = list(dict.fromkeys(name for each in every for name in (each.source, each.target)))
    near = [name for name in order if name in flags] or order[:1]
    for name in near:  # it grows while it is walked: neighbours of neighbours come later
        if name not in (CASH_IN, CASH_OUT):
            ends = [{each.source, each.target} for each in every if name in (each.source, each.target)]
            near += [other for other in order if other not in near and any(other in pair for pair in ends)]
    kept = set(near[:MOST_BOXES])
    return [name for name in order if name in kept]


def _places(drawn: Sequence[Arrow], shown: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Column and row of each box: payees stand right of whoever paid them first; who pays without being paid, left of the payee."""
    column: dict[str, int] = {}
    for each in drawn:
        if each.source not in column:
            column[each.source] = column[each.target] - 1 if each.target in column else 0
        column.setdefault(each.target, column[each.source] + 1)
    for name in shown:
        column.setdefault(name, 0)
    leftmost = min(column.values())
    rows: dict[int, int] = {}
    places = {}
    for name in shown:
        rows[column[name]] = rows.get(column[name], -1) + 1
        places[name] = (column[name] - leftmost, rows[column[name]])
    tallest = max(rows.values())
    return {
        name: (x, y + (tallest - rows[x + leftmost]) // 2) for name, (x, y) in places.items()
    }  # a short column stands in the middle


def _leads_back(drawn: Sequence[Arrow], places: dict[str, tuple[int, int]]) -> bool:
    return any(places[each.target][0] <= places[each.source][0] for each in drawn)


def _ends(each: Arrow, places: dict[str, tuple[int, int]]) -> tuple[int, int, int, int, bool]:
    """Where an arrow begins and ends, and whether it leads back: from the right side to a left side, or from below to below."""
    (a, b), (c, d) = places[each.source], places[each.target]
    back = c <= a
    if back:
        x1, x2 = (_MARGIN + place * _COLUMN + _BOX // 2 for place in (a, c))
        y1, y2 = (_MARGIN + place * _ROW + _HEIGHT for place in (b, d))
        return (x1 - 10, y1, x2 + 10, y2, True) if (a, b) != (c, d) else (x1 + 20, y1, x2 - 20, y2, True)
    x1, x2 = _MARGIN + a * _COLUMN + _BOX, _MARGIN + c * _COLUMN
    return x1, _MARGIN + b * _ROW + _HEIGHT // 2, x2, _MARGIN + d * _ROW + _HEIGHT // 2, False


def _line(each: Arrow, places: dict[str, tuple[int, int]]) -> str:
    x1, y1, x2, y2, back = _ends(each, places)
    low = max(y1, y2) + 44
    path = f"M{x1},{y1}C{x1},{low} {x2},{low} {x2},{y2}" if back else f"M{x1},{y1}L{x2},{y2}"
    return f'<path d="{path}" marker-end="url(#tip)"/>'


def _label(each: Arrow, places: dict[str, tuple[int, int]]) -> str:
    x1, y1, x2, y2, back = _ends(each, places)
    x, y = ((x1 + x2) // 2, max(y1, y2) + 37) if back else ((x1 + x2) // 2, (y1 + y2) // 2 - 3)
    return f'<text class="sum" x="{x}" y="{y}" text-anchor="middle">{escape(each.label)}</text>'


def _box(name: str, place: tuple[int, int], flagged: bool) -> str:
    x, y = _MARGIN + place[0] * _COLUMN, _MARGIN + place[1] * _ROW
    kind = "cash" if name in (CASH_IN, CASH_OUT) else "flagged" if flagged else "account"
    return (
        f'<rect class="{kind}" x="{x}" y="{y}" width="{_BOX}" height="{_HEIGHT}" rx="4"/>'
        f'<text x="{x + _BOX // 2}" y="{y + 18}" text-anchor="middle">{escape(name)}</text>'
    )
