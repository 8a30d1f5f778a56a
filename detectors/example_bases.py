"""Examples that say only how they differ from a table that several share: read here into whole tables, before anything judges them.

A near miss is one cell away from what fires. Written out, the rows around that cell hide it, and a mend has to be made in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detectors.rulefile import RuleFile

_DAY_LENGTH = len("2026-01-01")
_OWN = frozenset({"base", "change", "without", "dates_only"})
_KEYS_OF_A_BASE = frozenset({"rows", "tables", "params"})
_HOW = 'Write [bases.x] with rows, and in the example base = "x", change.5.amount = "421.00", without = [3], dates_only = true.'


def with_bases(file: RuleFile) -> dict[str, Any]:
    """The head with every example written out and without its bases. Raises DetectorInvalid at the line of what does not fit."""
    bases = file.head.get("bases", {})
    head = {key: value for key, value in file.head.items() if key != "bases"}
    if not isinstance(bases, dict):
        raise file.fault("`bases` is not a table of tables", line=file.line_of_key(("bases",)), remedy=_HOW)
    for name, base in bases.items():
        if not isinstance(base, dict) or "rows" not in base or not all(map(_fits_a_base, base.items())):
            raise file.fault(
                "a base has `rows`, and `tables` and `params` where its examples need them, and nothing else",
                line=file.line_of_key(("bases", name)),
                value=name,
                remedy=_HOW,
            )
    for kind in ("fires", "silent"):
        if isinstance(head.get(kind), list):  # what is no list is told of when the head is judged
            head[kind] = [_written_out(file, example, bases) for example in head[kind]]
    _refuse_unused(file, bases)
    return head


def _fits_a_base(item: tuple[str, Any]) -> bool:
    key, value = item
    return key in _KEYS_OF_A_BASE and isinstance(value, str if key == "rows" else dict)


def _refuse_unused(file: RuleFile, bases: Mapping[str, Any]) -> None:
    lists = (file.head.get(kind) for kind in ("fires", "silent"))
    examples = (each for found in lists if isinstance(found, list) for each in found)
    used = {str(each.get("base")) for each in examples if isinstance(each, dict)}
    for name in sorted(set(bases) - used):
        raise file.fault(
            "no example uses this base", line=file.line_of_key(("bases", name)), value=name, remedy="Take it out."
        )


def _written_out(file: RuleFile, example: Any, bases: Mapping[str, Any]) -> Any:
    if not isinstance(example, dict) or _OWN.isdisjoint(example):
        return example
    line = file.line_of_text(f'"{example.get("name")}"')
    if not isinstance(example.get("base"), str) or example["base"] not in bases:
        known = ", ".join(sorted(bases)) or "none"
        raise file.fault(
            "an example builds on a base that is not in the file",
            line=line,
            value=str(example.get("base")),
            remedy=f"There are: {known}. {_HOW}",
        )
    base = bases[example["base"]]
    try:
        rows = list(_rows_of(base["rows"]))
        _change(rows, example.get("change", {}))
        kept = [row for number, row in enumerate(rows, start=1) if number not in _dropped(rows, example)]
        kept += _rows_of(example["rows"]) if "rows" in example else []
        if example.get("dates_only"):
            kept = [row | {"occurred_at": row.get("occurred_at", "")[:_DAY_LENGTH]} for row in kept]
    except (ValueError, TypeError, AttributeError) as broken:
        raise file.fault(
            f"the example cannot be built on its base: {broken}", line=line, value=example["base"], remedy=_HOW
        ) from broken
    for key in ("tables", "params"):
        if not isinstance(example.get(key, {}), dict):
            raise file.fault(f"`{key}` of an example is no table", line=line, value=str(example[key]), remedy=_HOW)
    whole = {key: value for key, value in example.items() if key not in _OWN} | {"rows": _table(kept)}
    merged = {key: {**base.get(key, {}), **example.get(key, {})} for key in ("tables", "params")}
    return whole | {key: value for key, value in merged.items() if value}


def _rows_of(text: str) -> Iterator[dict[str, str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    names = [name.strip() for name in lines[0].split("|")] if lines else []
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(names):
            raise ValueError(f"{len(cells)} cells under {len(names)} columns in `{line.strip()}`")
        yield dict(zip(names, cells, strict=True))


def _change(rows: list[dict[str, str]], changes: Mapping[str, Mapping[str, str]]) -> None:
    for number, cells in changes.items():
        for column, value in cells.items():
            if not isinstance(value, str):
                raise ValueError(f"change.{number}.{column} is no text; write it between quotes")
            rows[_place(rows, number)][column] = value


def _dropped(rows: list[dict[str, str]], example: Mapping[str, Any]) -> set[int]:
    return {_place(rows, number) + 1 for number in example.get("without", ())}


def _place(rows: list[dict[str, str]], number: str | int) -> int:
    if not str(number).isdecimal() or not 1 <= int(number) <= len(rows):
        raise ValueError(f"there is no row {number}; the rows of the base are 1 to {len(rows)}")
    return int(number) - 1


def _table(rows: list[dict[str, str]]) -> str:
    """The rows as an example writes them, columns as they first occur, empty where a row says nothing."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([row.get(name, "") for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    return "\n".join(
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )
