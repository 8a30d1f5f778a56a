"""Which physical lines form a record, and which are none: quotes, bad bytes, blank lines and uneven rows, told apart line by line.

A record begins at a line; where that line leaves a quoted value open, it goes on to the line that closes it, at most 1,000
lines or 1 MiB further. Where none does, the opening line alone is rejected and reading resumes behind it, so that one stray
quote can never swallow the rest of a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from service.intake.readers.block import RECORD_BYTES, RECORD_LINES
from service.intake.readers.lines import Indexes, Lines, where
from service.intake.rejects import no_rejects, raw_rejects

LINE_BREAK = "\x1e"
"""Stands for a line break inside a quoted value while the record is parsed; a record that holds it itself is rejected."""
MAX_UNCLOSED = 1_000
_FIRST_WINDOW = 64


@dataclass(frozen=True)
class Layout:
    """The header's names and the delimiter, and from them the grammar of a record."""

    names: tuple[str, ...]
    delimiter: str

    @cached_property
    def record(self) -> str:
        """A well-formed record, as a regular expression."""
        value = self._value
        return f"^{value}(?:{self._mark}{value})*$"

    @cached_property
    def opening(self) -> str:
        """A line whose last value is quoted and not closed."""
        return f'^(?:{self._value}{self._mark})*"(?:[^"]|"")*$'

    @property
    def _mark(self) -> str:
        return {"|": r"\|", "\t": r"\t"}.get(self.delimiter, self.delimiter)

    @property
    def _value(self) -> str:
        return f'(?:"(?:[^"]|"")*"|[^"{self._mark}]*)'


@dataclass(frozen=True, slots=True)
class Records:
    """The well-formed records of a stretch: their text (line breaks as `LINE_BREAK`) and the index `at` of their first line.

    `count` counts these and the rejected ones, `lines` the physical lines used up, `left` is what must be read again with
    more of the file. Lines in `rejects` are indexes from 0 too.
    """

    text: pl.Series
    at: pl.Series
    rejects: pl.DataFrame
    count: int
    lines: int
    unclosed: int
    left: bytes
    broken: bool


def split_records(data: bytes, layout: Layout, *, at_end: bool, unclosed: int) -> Records:
    """Tell the records of `data` apart; `unclosed` says how many quotes were left open before it."""
    lines = _Lines(data, layout)
    spans = _find_spans(lines, layout, at_end=at_end, unclosed=unclosed)
    used = spans.stop
    single = np.ones(used, dtype=bool)
    single[spans.inside(used)] = False
    single[spans.rejected_at] = False
    at = np.flatnonzero(single)
    text = pl.concat([lines.text.gather(at), _joined(lines.text, spans.starts, spans.ends)])
    frame = pl.DataFrame({"at": np.concatenate([at, spans.starts]), "text": text}).sort("at")
    good, rejects = _judge(frame, lines, layout)
    opened = raw_rejects(
        pl.Series(spans.rejected_at, dtype=pl.Int64),
        code="unclosed_quote",
        value=lines.text.gather(spans.rejected_at),
    )
    left = b"" if used == len(lines.text) else data[lines.offset(used) :]
    return Records(
        good["text"],
        good["at"],
        pl.concat([rejects, opened]),
        frame.height + len(spans.rejected_at),
        used,
        len(spans.rejected_at),
        left,
        bool(len(spans.starts)),
    )


class _Lines(Lines):
    """The lines of a stretch of CSV: where quotes are left open, and which lines can be no part of a longer record."""

    def __init__(self, data: bytes, layout: Layout) -> None:
        super().__init__(data)
        self.marked = where(self.text.str.contains(LINE_BREAK, literal=True))
        self.barriers = np.union1d(np.union1d(self.not_utf8, self.too_long), self.marked)
        odd = where(self.text.str.count_matches('"', literal=True) % 2 == 1)
        self.odd = np.setdiff1d(odd, self.barriers)
        self.opens = self.text.gather(self.odd).str.contains(layout.opening).to_numpy()
        sizes = self.text.str.len_bytes().cast(pl.Int64).to_numpy() + 1
        self.before = np.concatenate([[0], np.cumsum(sizes)])


@dataclass(frozen=True, slots=True)
class _Spans:
    """Records of several lines, first and last line each; opening lines that are rejected; and where to stop."""

    starts: Indexes
    ends: Indexes
    rejected_at: Indexes
    stop: int

    def inside(self, used: int) -> npt.NDArray[np.bool_]:
        """Which of the first `used` lines belong to a record of several lines."""
        edges = np.zeros(used + 1, dtype=np.int64)
        edges[self.starts] += 1
        edges[self.ends + 1] -= 1
        return np.cumsum(edges[:used]) > 0


def _find_spans(lines: _Lines, layout: Layout, *, at_end: bool, unclosed: int) -> _Spans:
    """Pair each line that opens a quote with the line that closes it.

    Pairs are judged in windows that double while all is well and start small again behind a bad one, so that the work grows
    with the lines and not with the square of the bad ones.
    """
    odd, total = lines.odd, len(lines.text)
    starts: list[Indexes] = []
    ends: list[Indexes] = []
    bad: list[int] = []
    index, window, stop = 0, _FIRST_WINDOW, total
    while index < len(odd):
        if not lines.opens[index]:
            index += 1  # malformed by itself: judged as a record of one line
        elif unclosed + len(bad) >= MAX_UNCLOSED:
            bad.append(int(odd[index]))
            index += 1
        elif index + 1 == len(odd):
            if not at_end and _may_go_on(lines, int(odd[index])):
                stop = int(odd[index])
            else:
                bad.append(int(odd[index]))
            break
        else:
            pairs = odd[index : index + 2 * window]
            pairs = pairs[: len(pairs) // 2 * 2].reshape(-1, 2)
            opens = lines.opens[index : index + 2 * len(pairs) : 2]
            good = _leading_good(lines, pairs, opens, layout)
            starts.append(pairs[:good, 0])
            ends.append(pairs[:good, 1])
            index += 2 * good
            window = window * 2 if good == len(pairs) else _FIRST_WINDOW
            if good < len(pairs) and opens[good]:
                bad.append(int(odd[index]))
                index += 1
    none = np.zeros(0, dtype=np.int64)
    return _Spans(
        np.concatenate([none, *starts]),
        np.concatenate([none, *ends]),
        np.array(bad, dtype=np.int64),
        stop,
    )


def _may_go_on(lines: _Lines, start: int) -> bool:
    """Whether a quote opened at `start` may still be closed within the limits, in what has not been read yet."""
    total = len(lines.text)
    if total - start >= RECORD_LINES or lines.before[total] - lines.before[start] > RECORD_BYTES:
        return False
    return not (lines.barriers >= start).any()


def _leading_good(lines: _Lines, pairs: Indexes, opens: npt.NDArray[np.bool_], layout: Layout) -> int:
    """How many of the pairs, from the first, are well-formed records within the limits."""
    start, end = pairs[:, 0], pairs[:, 1]
    near = (end - start < RECORD_LINES) & (lines.before[end + 1] - lines.before[start] <= RECORD_BYTES)
    near &= np.searchsorted(lines.barriers, start) == np.searchsorted(lines.barriers, end)
    near &= opens
    count = len(pairs) if near.all() else int(np.argmin(near))
    formed = _joined(lines.text, start[:count], end[:count]).str.contains(layout.record).to_numpy()
    return count if formed.all() else int(np.argmin(formed))


def _joined(text: pl.Series, starts: Indexes, ends: Indexes) -> pl.Series:
    """The text of each stretch of lines, joined by `LINE_BREAK`."""
    if not len(starts):
        return pl.Series([], dtype=pl.String)
    lengths = ends - starts + 1
    firsts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    lines = np.repeat(starts - firsts, lengths) + np.arange(int(lengths.sum()))
    parts = pl.DataFrame({"of": np.repeat(np.arange(len(starts)), lengths), "text": text.gather(lines)})
    return parts.group_by("of", maintain_order=True).agg(pl.col("text").str.join(LINE_BREAK))["text"]


def _judge(frame: pl.DataFrame, lines: _Lines, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split records into well-formed ones and rejects, each with the first code that applies."""
    text = pl.col("text")
    outside = text.str.replace_all('"[^"]*"', "")
    width = outside.str.count_matches(layout.delimiter, literal=True) + 1
    code = (
        pl.when(pl.col("at").is_in(lines.too_long.tolist()))
        .then(pl.lit("cell_too_large"))
        .when(pl.col("at").is_in(lines.not_utf8.tolist()))
        .then(pl.lit("not_utf8"))
        .when(text.str.strip_chars() == "")
        .then(pl.lit("blank_line"))
        .when(text.str.contains("\r", literal=True) | pl.col("at").is_in(lines.marked.tolist()))
        .then(pl.lit("control_character"))
        .when(~text.str.contains(layout.record))
        .then(pl.lit("malformed_quote"))
        .when(width != len(layout.names))
        .then(pl.lit("wrong_column_count"))
    )
    judged = frame.with_columns(code=code, width=width)
    bad = judged.filter(pl.col("code").is_not_null())
    if not bad.height:
        return frame, no_rejects()
    counted = pl.format(f"found {{}}, the header has {len(layout.names)}", pl.col("width"))
    said = lines.foreign(np.intersect1d(lines.not_utf8, bad["at"].to_numpy()))
    told = pl.Series([said.get(at) for at in bad["at"]], dtype=pl.String)
    detail = pl.when(pl.col("code") == "wrong_column_count").then(counted).otherwise(told)
    rejects = raw_rejects(bad["at"], code="", value=bad["text"]).with_columns(
        code=bad["code"], detail=bad.select(detail.alias("detail"))["detail"]
    )
    return judged.filter(pl.col("code").is_null()).select("at", "text"), rejects
