"""A block in a partner's layout becomes a block in ours: tidy text under canonical names, unknown columns gathered in `extra`.

Text is trimmed and brought to Unicode form NFC; an empty value is no value. Nothing is computed that the file does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from schemas.mapping import OTHERWISE, ROW, Mapping, TimeRule
from schemas.transaction import SUBMITTED, SUBMITTED_NAMES
from service.intake.amounts import round_half_even, units_of
from service.intake.readers.block import LINE, Block, Wanted
from service.intake.rejects import no_rejects, raw_rejects
from service.intake.times import NAIVE
from service.intake.validate import EXTRA

_CONTROL = r"[\x00-\x1f\x7f-\x{9f}]"
_CONTROL_BUT_BREAKS = r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}]"
_COORDINATE_DECIMALS = 6
_READ_EXTRA = "@extra"
"""What a message's reader puts beside its columns; only such a block has it."""
_ANY_TIME = f"{NAIVE[:-1]}(?:[Zz]|[+-][0-9]{{2}}:[0-9]{{2}})?$|^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$"


@dataclass(frozen=True, slots=True)
class Applied:
    """Canonical text columns with `@line`; rejects of cells that could not be brought over; how many rows the mapping skips by
    its own wish; and the unknown columns that went to `extra`."""

    frame: pl.DataFrame
    rejects: pl.DataFrame
    skipped: int = 0
    extra: tuple[str, ...] = ()
    exact: dict[str, pl.Series] = field(default_factory=dict)
    """Those of our columns that the file types, as in `Block`."""


@dataclass(slots=True)
class _Work:
    frame: pl.DataFrame
    rejects: list[pl.DataFrame] = field(default_factory=list)

    def reject(self, bad: pl.Series, *, code: str, column: str, detail: str | None = None) -> None:
        """Note a reject for every row where `bad` holds; the row leaves the frame when the work is done."""
        if bad.any():
            rows = self.frame.filter(bad)
            self.rejects.append(raw_rejects(rows[LINE], code=code, column=column, value=rows[column], detail=detail))


def wanted_of(mapping: Mapping | None) -> Wanted:
    """What a reader must find in the file."""
    if mapping is None:
        required = frozenset(column.name for column in SUBMITTED if column.required)
        return Wanted(frozenset(SUBMITTED_NAMES), required, (frozenset({"from_account", "to_account"}),))
    rounded = frozenset(mapping.columns[name] for name in mapping.rounding)
    return Wanted(
        mapping.sources,
        mapping.sources,
        dropped=frozenset(mapping.drop),
        delimiter=mapping.format.delimiter,
        rounded=rounded,
        encoding=mapping.format.encoding,
        sheet=mapping.format.sheet,
    )


def source_names(mapping: Mapping | None) -> dict[str, str]:
    """The submitter's column by ours, where they differ: a reject names the column that the submitter knows."""
    if mapping is None:
        return {}
    names = dict(mapping.columns)
    if mapping.time is not None:
        names["occurred_at"] = mapping.time.source
    return names


def apply_mapping(block: Block, mapping: Mapping | None) -> Applied:
    """Bring a block into canonical columns."""
    beside = {} if block.beside is None else {_READ_EXTRA: block.beside.extra}
    work = _Work(block.frame.with_columns(**beside))
    used = frozenset(SUBMITTED_NAMES) if mapping is None else mapping.sources
    broken_text = {"purpose"} if mapping is None else {mapping.columns.get("purpose", "")}
    _tidy(work, block, broken_text)
    skipped = 0 if mapping is None else _skip(work, mapping)
    extra = [name for name in work.frame.columns if name not in used and name not in {LINE, *beside}]
    gathered = _gather(extra)
    known = [pl.col(name) for name in SUBMITTED_NAMES if name in work.frame.columns]
    kept = known if mapping is None else _ours(work, mapping)
    if block.beside is not None:  # the reader itself says what has no column
        gathered = [pl.col(_READ_EXTRA).alias(EXTRA)]
    frame = work.frame.select(LINE, *kept, *gathered)
    rejects = pl.concat(work.rejects) if work.rejects else no_rejects()
    if rejects.height:
        frame = frame.join(
            rejects.select("line").unique(), left_on=LINE, right_on="line", how="anti", maintain_order="left"
        )
    if mapping is not None:
        frame = _rounded(frame, mapping)
    exact = _exact(block, mapping) if frame.height == block.frame.height else {}
    return Applied(frame, rejects, skipped, tuple(extra), exact)


def _exact(block: Block, mapping: Mapping | None) -> dict[str, pl.Series]:
    """The typed columns under our names: those that the mapping takes as they are."""
    if mapping is None:
        return block.exact
    changed = {
        *mapping.nulls,
        *mapping.values,
        *mapping.rounding,
        *(name for rule in mapping.when for name in rule.set),
    }
    changed |= {"occurred_at"} if mapping.time is not None else set()
    taken = {ours: theirs for ours, theirs in mapping.columns.items() if theirs in block.exact}
    return {ours: block.exact[theirs] for ours, theirs in taken.items() if ours not in changed}


def _tidy(work: _Work, block: Block, broken_text: set[str]) -> None:
    aside = {LINE} if block.beside is None else {LINE, _READ_EXTRA}
    names = [name for name in work.frame.columns if name not in aside]
    if block.plain and block.trimmed:
        return
    if not block.plain:
        for name in names:
            pattern = _CONTROL_BUT_BREAKS if name in broken_text else _CONTROL
            bad = work.frame[name].str.contains(pattern).fill_null(value=False)
            work.reject(bad, code="control_character", column=name)
    text = pl.col(names).str.strip_chars()
    if not block.plain:
        text = text.str.normalize("NFC")
    work.frame = work.frame.with_columns(text).with_columns(
        pl.when(pl.col(names).str.len_bytes() > 0).then(pl.col(names))
    )


def _skip(work: _Work, mapping: Mapping) -> int:
    before = work.frame.height
    for column, values in mapping.skip.items():
        skipped = work.frame[column].is_in(list(values)).fill_null(value=False)
        work.reject(skipped, code="not_mapped", column=column, detail="the mapping skips rows with this value")
        work.frame = work.frame.filter(~skipped)
    return before - work.frame.height


def _ours(work: _Work, mapping: Mapping) -> list[pl.Expr]:
    """Our columns as expressions over the source columns; rejects are noted on the way."""
    ours: dict[str, pl.Expr] = {name: pl.lit(text) for name, text in mapping.constants.items()}
    untranslated: dict[str, pl.Expr] = {}
    for name, column in mapping.columns.items():
        value = pl.col(column)
        if name in mapping.nulls:
            value = pl.when(~value.is_in(list(mapping.nulls[name]))).then(value)
        if name in mapping.values:
            untranslated[name] = value
            value = _translated(value, mapping.values[name])
        ours[name] = value
    if mapping.reference is not None:
        ours["reference"] = pl.lit(mapping.reference.removesuffix(ROW)) + pl.col(LINE).cast(pl.String)
    for rule in mapping.when:
        holds = pl.all_horizontal(pl.col(column) == value for column, value in rule.given.items()).fill_null(
            value=False
        )
        for name, text in rule.set.items():
            value = pl.col(text[1:]) if text.startswith("@") else pl.lit(text or None, dtype=pl.String)
            ours[name] = pl.when(holds).then(value).otherwise(ours.get(name, pl.lit(None, dtype=pl.String)))
    for name, value in untranslated.items():
        unknown = work.frame.select((ours[name].is_null() & value.is_not_null()).alias("bad"))["bad"]
        detail = f"[values.{name}] does not name this value"
        work.reject(unknown, code="not_mapped", column=mapping.columns[name], detail=detail)
    if mapping.time is not None:
        time, code = _time(work.frame[mapping.time.source], mapping.time)
        unread = time.is_null() & work.frame[mapping.time.source].is_not_null()
        work.reject(unread, code=code, column=mapping.time.source)
        work.frame = work.frame.with_columns(time.alias("@time"))
        ours["occurred_at"] = pl.col("@time")
    return [value.alias(name) for name, value in ours.items()]


def _translated(value: pl.Expr, table: dict[str, str]) -> pl.Expr:
    known = {theirs: ours for theirs, ours in table.items() if theirs != OTHERWISE}
    other = pl.when(value.is_not_null()).then(pl.lit(table.get(OTHERWISE), dtype=pl.String))
    return value.replace_strict(known, default=other, return_dtype=pl.String) if known else other


def _rounded(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Round what the mapping rounds; text that is no plain number stays, for the rules to refuse."""
    for name in mapping.rounding:
        units = units_of(pl.col("currency")) if name == "amount" else pl.lit(_COORDINATE_DECIMALS)
        if frame[name].str.contains(".", literal=True).any():
            frame = frame.with_columns(round_half_even(pl.col(name), units.cast(pl.Int64)).alias(name))
    return frame


def _time(text: pl.Series, rule: TimeRule) -> tuple[pl.Series, str]:
    """The canonical text of each time, null where it cannot be read, and the code for those."""
    if rule.step is not None:
        return _steps(text, rule), "not_a_time"
    if rule.format is None:
        return _standard(text, rule), "not_a_time"
    if rule.keeps_day:
        return text.str.to_date(rule.format, strict=False).dt.to_string("%Y-%m-%d"), "not_a_time"
    form = rule.format.replace(".%f", "%.f")  # the parser's own %f counts nanoseconds
    if "%z" in form:
        return _with_own_offset(text, form), "not_a_time"
    local = text.str.to_datetime(form, strict=False, time_unit="us")
    return _in_zone(local, rule.zone), "naive_time" if rule.zone is None else "not_a_time"


def _with_own_offset(text: pl.Series, form: str) -> pl.Series:
    utc = text.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC").dt.replace_time_zone(None)
    parts = text.str.extract_groups("([+-])([0-9]{2}):?([0-9]{2})$").struct.unnest()
    sign, hours, minutes = (pl.col(name) for name in parts.columns)
    size = hours.cast(pl.Int64) * 60 + minutes.cast(pl.Int64)
    east = parts.select(pl.when(sign == "-").then(-size).otherwise(size).fill_null(0).alias("east"))["east"]
    return _written(utc + (east * 60_000_000).cast(pl.Duration("us")), east)


def _standard(text: pl.Series, rule: TimeRule) -> pl.Series:
    """RFC 3339 or a bare date, perhaps without offset."""
    if rule.keeps_day:  # the date as written, provided that the whole text is a time
        return pl.select(pl.when(text.str.contains(_ANY_TIME)).then(text.str.head(10)))[:, 0]
    if rule.zone is None:
        return text
    local = text.str.slice(0, 10) + "T" + text.str.slice(11)
    read = _in_zone(local.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us"), rule.zone)
    return pl.select(pl.when(text.str.contains(NAIVE)).then(read).otherwise(text))[:, 0]


def _steps(text: pl.Series, rule: TimeRule) -> pl.Series:
    step = pl.select(pl.when(text.str.contains("^[0-9]{1,7}$")).then(text))[:, 0].cast(pl.Int64, strict=False)
    start = pl.Series([datetime.fromisoformat(str(rule.start))]).cast(pl.Datetime("us")).gather([0] * len(text))
    length = timedelta(days=1) if rule.unit == "day" else timedelta(hours=1)
    moment = start + (step * (length // timedelta(microseconds=1))).cast(pl.Duration("us"))
    if rule.keeps_day:
        return moment.dt.to_string("%Y-%m-%d")
    return _in_zone(moment, rule.zone or "UTC")


def _in_zone(local: pl.Series, zone: str | None) -> pl.Series:
    """Local times with the offset that the zone had then. A time that the clocks skipped is null; of two, the earlier holds."""
    if zone is None:
        return pl.Series([None] * len(local), dtype=pl.String)
    there = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    utc = there.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return _written(local, (local - utc).dt.total_minutes())


def _written(local: pl.Series, minutes: pl.Series) -> pl.Series:
    """RFC 3339 text of local times and their offsets in minutes."""
    return pl.DataFrame({"local": local, "minutes": minutes}).select(
        pl.col("local").dt.to_string("%Y-%m-%dT%H:%M:%S%.6f")
        + pl.when(pl.col("minutes") < 0).then(pl.lit("-")).otherwise(pl.lit("+"))
        + (pl.col("minutes").abs() // 60).cast(pl.String).str.pad_start(2, "0")
        + ":"
        + (pl.col("minutes").abs() % 60).cast(pl.String).str.pad_start(2, "0")
    )[:, 0]


def _gather(names: Sequence[str]) -> list[pl.Expr]:
    """The column `extra`: a canonical JSON object of the given columns, without those that have no value."""
    if not names:
        return []
    # RFC 8785 sorts keys by UTF-16 code units.
    ordered = sorted(names, key=lambda name: name.encode("utf-16-be"))
    members = [pl.lit(f"{json.dumps(name, ensure_ascii=False)}:") + _quoted(pl.col(name)) for name in ordered]
    inside = pl.concat_str(members, separator=",", ignore_nulls=True)
    return [pl.when(pl.any_horizontal(pl.col(ordered).is_not_null())).then("{" + inside + "}").alias(EXTRA)]


def _quoted(text: pl.Expr) -> pl.Expr:
    # Control characters other than these two were rejected before.
    escaped = text.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    return '"' + escaped + '"'
