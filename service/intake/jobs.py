"""What the intake child does: read a submission into a candidate, and seal a candidate again without some of its rows.

A candidate is a function of the original bytes, the mapping, the format version, the partner's institution and the time of
receipt. It is files in a directory of its own; the parent decides what becomes of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from schemas.batch import BatchCounts
from schemas.errors import RequestInvalid, SubmissionRefused
from schemas.mapping import Mapping, parse_mapping
from schemas.transaction import FORMAT_VERSION
from service.intake.ahead import ahead
from service.intake.beside import BesideRows, with_places, without
from service.intake.coding import unpack
from service.intake.mapping import apply_mapping, source_names, wanted_of
from service.intake.readers.block import BLOCK_BYTES, LINE, Source, refuse
from service.intake.readers.open import open_source
from service.intake.readers.records import MAX_UNCLOSED
from service.intake.rejects import SENTENCES, add_rejects, no_rejects, write_rejects
from service.intake.resubmit import by_first_line, rejected_rows, taken_back
from service.intake.seal import Gathered
from service.intake.segment import Sealed, SegmentWriter, sealed_rows
from service.intake.validate import validate

Progress = Callable[[dict[str, Any]], None]

SKEW = timedelta(hours=24)
MAX_REJECT_PER_MILLE = 100
_CANDIDATE = "candidate.json"


@dataclass
class _Tally:
    """What was seen of a file so far."""

    beside: BesideRows
    records: int = 0
    rejected: int = 0
    skipped: int = 0
    unclosed: int = 0
    rejects: list[pl.DataFrame] = field(default_factory=list)
    extra: dict[str, None] = field(default_factory=dict)

    def all_rejects(self) -> pl.DataFrame:
        return pl.concat(self.rejects) if self.rejects else no_rejects()


def read(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Read a submission. See docs/formats.md for the rules.

    Payload: `original` (path), `name` (the file's name, a hint), `mapping` (a parsed document, or null for the canonical
    format), `institution`, `received_at` (RFC 3339), `out` (an existing directory), and optionally `max_reject_per_mille`,
    `goaml_schema` (path of the operator's schema file) and `block_bytes`.

    Gives `status` read or refused, the form of the file, the counts, the digest and paths of the
    candidate's files, and the `refusal`. Raises MappingInvalid where the mapping is not valid.
    """
    mapping = None if payload.get("mapping") is None else parse_mapping(payload["mapping"])
    out = Path(payload["out"])
    result = _blank(mapping)
    schema = payload.get("goaml_schema")
    try:
        source = open_source(
            Path(payload["original"]),
            str(payload.get("name", "")),
            replace(wanted_of(mapping), goaml_schema=Path(schema) if schema else None),
            int(payload.get("block_bytes", BLOCK_BYTES)),
        )
        result |= {"format": source.format, "encoding": source.encoding, "delimiter": source.delimiter}
        result["notes"] = list(source.notes)
        if mapping is not None and source.needs_no_mapping:
            raise refuse(
                f"a mapping was given for a {source.format} message, which needs none", "Submit it without a mapping."
            )
        tally = _Tally(beside=BesideRows(out))
        gathered = Gathered(out, str(payload["institution"]))
        if source.kept_bytes is not None:
            gathered.kept_bytes, gathered.wide = source.kept_bytes, True
        try:
            _take_in(source, mapping, tally, gathered, latest=_latest(payload["received_at"]), progress=progress)
            result |= _finish(tally, gathered, out, int(payload.get("max_reject_per_mille", MAX_REJECT_PER_MILLE)))
        finally:
            gathered.discard()
            tally.beside.discard()
    except SubmissionRefused as refusal:
        result |= {"status": "refused", "refusal": refusal.as_dict()}
    (out / _CANDIDATE).write_text(json.dumps(result), "utf-8")
    return result


def _blank(mapping: Mapping | None) -> dict[str, Any]:
    return {
        "status": "refused",
        "format": None,
        "format_version": FORMAT_VERSION,
        "encoding": None,
        "delimiter": None,
        "rows": 0,
        "accepted": 0,
        "duplicates": 0,
        "rejected": 0,
        "skipped": 0,
        "faulty": 0,
        "segment_digest": None,
        "segment": None,
        "lines": None,
        "rejects": None,
        "duplicates_file": None,
        "beside": {},
        "notes": [],
        "extra_columns": [],
        "dropped_columns": [] if mapping is None else sorted(mapping.drop),
        "mapping_digest": None if mapping is None else mapping.digest(),
        "refusal": None,
    }


def _latest(received_at: str) -> datetime:
    moment = datetime.fromisoformat(received_at)
    if moment.tzinfo is None:
        raise RequestInvalid("received_at has no offset", value=received_at, remedy="Give it in UTC, with Z.")
    return moment.astimezone(UTC).replace(tzinfo=None) + SKEW


def _take_in(
    source: Source, mapping: Mapping | None, tally: _Tally, gathered: Gathered, *, latest: datetime, progress: Progress
) -> None:
    theirs = {**source.theirs, **source_names(mapping)}
    for block in ahead(source.blocks()):
        rows, stood = taken_back(block, quoted=source.format not in {"ndjson", "parquet"})
        applied = by_first_line(apply_mapping(rows, mapping), mapping, stood)
        judged = validate(applied.frame, latest, applied.exact)
        gathered.add(judged.rows)
        tally.records += block.records
        tally.rejected += block.records - judged.rows.height
        tally.skipped += applied.skipped + (0 if block.beside is None else block.beside.skipped)
        tally.unclosed += block.unclosed
        tally.extra.update(dict.fromkeys(applied.extra))
        named = judged.rejects.with_columns(pl.col("column").replace(theirs)) if theirs else judged.rejects
        found = (block.rejects, *(with_places(rejects, block) for rejects in (applied.rejects, named)))
        tally.rejects += [rejects for rejects in found if rejects.height]
        tally.beside.add(block.beside)
        progress({"rows": tally.records, "rejected": tally.rejected})


def _finish(tally: _Tally, gathered: Gathered, out: Path, max_per_mille: int) -> dict[str, Any]:
    if not tally.records:
        raise refuse("the file has no transactions", "Send at least one.")
    repeats = gathered.without_repeats()
    rejects = pl.concat([tally.all_rejects(), repeats.conflicts])
    rejected = tally.rejected + repeats.conflicts.height
    write_rejects(rejects, out / "rejects.parquet")
    result: dict[str, Any] = {
        "rows": tally.records,
        "skipped": tally.skipped,
        "rejects": str(out / "rejects.parquet"),
        "extra_columns": sorted(tally.extra),
    }
    refusal = _too_many_rejects(tally, rejected, rejects, max_per_mille)
    if refusal is not None:
        counts = BatchCounts(rows=tally.records, accepted=0, duplicates=0, rejected=tally.records)
        return result | counts.model_dump() | {"status": "refused", "refusal": refusal.as_dict(), "faulty": rejected}
    sealed = gathered.seal(out / "segment.parquet", out / "lines.parquet")
    repeats.duplicates.sort("line").write_parquet(out / "duplicates.parquet")
    counts = BatchCounts(
        rows=tally.records, accepted=sealed.rows, duplicates=repeats.duplicates.height, rejected=rejected
    )
    return result | counts.model_dump() | {
        "status": "read",
        "faulty": rejected,
        "segment_digest": sealed.digest,
        "segment": str(out / "segment.parquet"),
        "lines": str(out / "lines.parquet"),
        "duplicates_file": str(out / "duplicates.parquet"),
        "beside": tally.beside.settle(out / "segment.parquet", out / "lines.parquet"),
    }  # fmt: skip


def _too_many_rejects(
    tally: _Tally, rejected: int, rejects: pl.DataFrame, max_per_mille: int
) -> SubmissionRefused | None:
    """The refusal of a file of which too much is wrong. Rows that a mapping skips by intention do not count."""
    faulty, relevant = rejected - tally.skipped, tally.records - tally.skipped
    if tally.unclosed > MAX_UNCLOSED:
        code, share = "unclosed_quote", f"more than {MAX_UNCLOSED} quoted values are not closed"
    elif not relevant:
        return refuse("the mapping skips every row", "Check [skip] in the mapping.")
    elif faulty == relevant or faulty * 1000 > relevant * max_per_mille:
        code, share = _most_frequent(rejects, tally.skipped), f"{faulty} of {relevant} rows are not valid"
    else:
        return None
    reason, remedy = SENTENCES[code]
    return refuse(f"{share}; the most frequent reason is {code}: {reason[0].lower()}{reason[1:]}", remedy)


def _most_frequent(rejects: pl.DataFrame, skipped: int) -> str:
    """The code that was given most often, rows that the mapping skips aside; of equals, the first by name."""
    counts = rejects.group_by("code").len("count").with_columns(pl.col("count").cast(pl.Int64))
    counts = counts.with_columns(
        pl.when(pl.col("code") == "not_mapped").then(pl.col("count") - skipped).otherwise("count")
    )
    return str(counts.sort(["count", "code"], descending=[True, False])["code"][0])


def seal_without(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Seal a candidate again without the rows that earlier batches of the same partner hold already.

    Payload: `out` (the directory in which `read` left the candidate), `known` (path of a Parquet file with `reference`,
    `batch`, the earlier one, and `same`, whether the content is the same), and optionally `max_reject_per_mille`. Same content
    counts as a duplicate; other content becomes a reject `conflict` that names its line. Gives the same keys as `read`, and
    new files beside the old ones.
    """
    first = Path(payload["out"])
    candidate: dict[str, Any] = json.loads((first / _CANDIDATE).read_text("utf-8"))
    out = first / "without"
    out.mkdir(exist_ok=True)
    excluded = pl.read_parquet(payload["known"]).select("reference", "batch", "same").unique("reference", keep="any")
    writer = SegmentWriter(out / "segment.parquet", out / "lines.parquet")
    met = []
    for rows in sealed_rows(Path(candidate["segment"]), Path(candidate["lines"])):
        met.append(rows.select("reference", pl.col(LINE).alias("line")).join(excluded, on="reference"))
        writer.add(rows.join(excluded, on="reference", how="anti", maintain_order="left"))
        progress({"rows": rows.height})
    sealed = writer.finish()
    return candidate | _resealed(candidate, pl.concat(met), sealed, out, payload)


def _resealed(
    candidate: dict[str, Any], met: pl.DataFrame, sealed: Sealed, out: Path, payload: dict[str, Any]
) -> dict[str, Any]:
    conflicts = met.filter(~pl.col("same"))
    repeated = met.filter(pl.col("same"))
    duplicates = pl.concat(
        [
            pl.read_parquet(candidate["duplicates_file"]),
            repeated.select("line", "reference", first_line=pl.lit(None, pl.Int64)),
        ]
    )
    duplicates.sort("line").write_parquet(out / "duplicates.parquet")
    raw = conflicts.select(
        "line",
        pl.lit("reference").alias("column"),
        pl.col("reference").alias("value"),
        pl.lit("conflict").alias("code"),
        pl.format("your batch {} has it too", "batch").alias("detail"),
    )
    rejects = add_rejects(Path(candidate["rejects"]), raw, out / "rejects.parquet")
    rejected = candidate["rejected"] + conflicts.height
    result = {
        "rejects": str(out / "rejects.parquet"),
        "faulty": rejected,
        "segment": None,
        "lines": None,
        "segment_digest": None,
        "beside": {},
    }
    tally = _Tally(BesideRows(out), candidate["rows"], rejected, candidate["skipped"])
    limit = int(payload.get("max_reject_per_mille", MAX_REJECT_PER_MILLE))
    refusal = _too_many_rejects(tally, rejected, rejects, limit)
    if refusal is not None:
        counts = BatchCounts(rows=tally.records, accepted=0, duplicates=0, rejected=tally.records)
        return (
            result | counts.model_dump() | {"status": "refused", "refusal": refusal.as_dict(), "duplicates_file": None}
        )
    counts = BatchCounts(rows=tally.records, accepted=sealed.rows, duplicates=duplicates.height, rejected=rejected)
    result |= counts.model_dump() | {"duplicates_file": str(out / "duplicates.parquet")}
    if sealed.rows:
        result |= {
            "segment_digest": sealed.digest,
            "segment": str(out / "segment.parquet"),
            "lines": str(out / "lines.parquet"),
            "beside": without(candidate["beside"], met.select("reference"), out),
        }
    return result


def _draft(payload: dict[str, Any], _: Progress) -> dict[str, Any]:
    from service.intake.drafting.document import draft_mapping  # noqa: PLC0415 - its words of many languages; no submission needs them

    return draft_mapping(payload)


JOBS = {
    "read": read,
    "seal_without": seal_without,
    "unpack": unpack,
    "rejected_rows": rejected_rows,
    "draft_mapping": _draft,
}
