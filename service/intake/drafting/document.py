"""A draft written as TOML with its reasons, and tried on the rows that it was made from.

The text begins with `draft = true`, which no submission accepts: whoever has looked at every line takes it out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas.errors import MappingInvalid, SubmissionRefused
from schemas.mapping import Mapping, parse_mapping
from schemas.money import NO_CURRENCY
from service.intake.drafting.draft import Draft, make_draft
from service.intake.drafting.sample import BLOCK_BYTES, Sample, some_blocks, take_sample
from service.intake.mapping import apply_mapping, wanted_of
from service.intake.readers.open import open_source
from service.intake.validate import validate

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
_ODD = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_TABLES = ("format", "columns", "constants", "nulls", "time", "rounding", "skip")
_MOST_CODES = 5
_FOR_TRYING = "EUR"
"""Stands for a currency that is missing while the draft is tried."""


def draft_mapping(payload: dict[str, Any]) -> dict[str, Any]:
    """The job of the intake child. Payload: `original` (path), `file` (its name), `name` of the mapping, `zone` and `sheet` or
    null, `latest` (RFC 3339 without offset, the last moment that is no future).

    Gives `toml`, `columns` (ours, theirs, confidence, why), `missing`, `doubts`, `extra`, what was read, and `tried`, the rows
    that the draft would accept (with euros where the currency is missing), or null where it is not whole. Raises SubmissionRefused.
    """
    path = Path(payload["original"])
    sample = take_sample(path, str(payload["file"]), payload["sheet"])
    draft = make_draft(sample, name=str(payload["name"]), zone=payload["zone"], sheet=payload["sheet"])
    draft.document["about"] = f"Drafted from {sample.rows:,} rows of a {sample.form} file, to be confirmed"
    return {
        "toml": as_toml(draft),
        "columns": [
            {"ours": guess.ours, "theirs": guess.column.name, "confidence": guess.confidence, "why": guess.why}
            for guess in draft.guesses
        ],
        "missing": draft.missing,
        "doubts": draft.doubts,
        "extra": draft.extra,
        "format": sample.form,
        "rows": sample.rows,
        "whole": sample.whole,
        "tried": _tried(path, str(payload["file"]), draft, sample, datetime.fromisoformat(payload["latest"])),
    }


def as_toml(draft: Draft) -> str:
    """The draft as text, with the reason beside each line."""
    document = draft.document
    lines = [
        "# A DRAFT: guessed from a sample, with the reason and how sure it is beside each line. Look at every line; then take out",
        "# the next one, without which no submission takes this mapping.",
        "draft = true",
        *(f"# MISSING {_comment(each)}" for each in draft.missing),
        *(f"# TO SETTLE {_comment(each)}" for each in draft.doubts),
        "",
        *(_line(draft, key, document[key]) for key in ("name", "about", "reference", "drop") if key in document),
        *([f"# kept as `extra`, which no detector sees: {_comment(', '.join(draft.extra))}"] if draft.extra else []),
    ]
    for table in _TABLES:
        if table in document:
            rows = (_line(draft, key, value, table) for key, value in document[table].items())
            lines += ["", f"[{table}]", *rows]
    for ours, known in document.get("values", {}).items():
        rows = (_line(draft, theirs, value, f"values.{ours}") for theirs, value in known.items())
        lines += ["", f"[values.{ours}]", *rows]
    for place, rule in enumerate(document.get("when", [])):
        lines += ["", f"# {_comment(draft.remarks[f'when.{place}'])}", "[[when]]"]
        lines += [f"{key} = {_inline(rule[key])}" for key in ("if", "set")]
    return "\n".join(lines) + "\n"


def _line(draft: Draft, key: str, value: Any, table: str = "") -> str:
    remark = draft.remarks.get(f"{table}.{key}" if table else key)
    shown = f"[{', '.join(map(_text, value))}]" if isinstance(value, list | tuple) else _text(value)
    return f"{_key(key)} = {shown}" + (f" # {_comment(remark)}" if remark else "")


def _inline(table: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{_key(key)} = {_text(value)}" for key, value in table.items()) + " }"


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def _text(value: str) -> str:
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _comment(text: str) -> str:
    return _ODD.sub(" ", text)


def _tried(path: Path, file: str, draft: Draft, sample: Sample, latest: datetime) -> dict[str, Any] | None:
    """What the draft makes of the rows that were looked at: accepted, skipped, rejected, and the commonest reasons."""
    document = draft.document
    if document.get("constants", {}).get("currency") == NO_CURRENCY:
        document = document | {"constants": document["constants"] | {"currency": _FOR_TRYING}}
    try:
        mapping = parse_mapping(document)
    except MappingInvalid:
        return None
    try:
        return _counted(path, file, mapping, latest) | {"rows": sample.rows}
    except SubmissionRefused as refusal:
        return {
            "rows": sample.rows,
            "accepted": 0,
            "skipped": 0,
            "rejected": sample.rows,
            "codes": {},
            "why": refusal.why,
        }


def _counted(path: Path, file: str, mapping: Mapping, latest: datetime) -> dict[str, Any]:
    source = open_source(path, file, wanted_of(mapping), BLOCK_BYTES)
    rows = accepted = skipped = 0
    codes: Counter[str] = Counter()
    for block in some_blocks(source):
        applied = apply_mapping(block, mapping)
        judged = validate(applied.frame, latest, applied.exact)
        rows += block.records
        accepted += judged.rows.height
        skipped += applied.skipped
        for rejects in (block.rejects, applied.rejects, judged.rejects):
            codes.update(rejects["code"].to_list())
    codes["not_mapped"] -= skipped
    common = {code: number for code, number in codes.most_common(_MOST_CODES) if number > 0}
    return {"accepted": accepted, "skipped": skipped, "rejected": rows - accepted - skipped, "codes": common}
