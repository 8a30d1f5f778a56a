"""Which reader a file needs, told by its bytes; the name is only a hint. What is no text and no Parquet is refused with a remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from schemas.errors import SubmissionRefused
from service.intake.readers.block import Source, Wanted, refuse
from service.intake.readers.csv import open_csv
from service.intake.readers.messages.mt103 import open_mt103
from service.intake.readers.messages.mt_text import looks_like_mt
from service.intake.readers.messages.open import open_message
from service.intake.readers.messages.stream import looks_like_xml
from service.intake.readers.ndjson import open_ndjson
from service.intake.readers.parquet import open_parquet
from service.intake.readers.pieces import BOM, WIDE, wide_of
from service.intake.readers.xlsx import open_xlsx

_SAMPLE_BYTES = 64 << 10
_CONTAINERS = {
    b"\x1f\x8b": ("gzip", "Unpack it and send the file inside."),
    b"\xd0\xcf\x11\xe0": (
        "an old or encrypted Excel workbook",
        "Save it as .xlsx without a password, or export the sheet as CSV in UTF-8.",
    ),
    b"%PDF": ("a PDF document", "Send the transactions as CSV, NDJSON or Parquet."),
    b"\x28\xb5\x2f\xfd": ("a zstd archive", "Unpack it and send the file inside."),
    b"BZh": ("a bzip2 archive", "Unpack it and send the file inside."),
    b"\xfd7zXZ\x00": ("an xz archive", "Unpack it and send the file inside."),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "Unpack it and send the file inside."),
    b"\x89PNG": ("a picture", "Send the transactions as CSV, NDJSON or Parquet."),
}
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_STRAY = 8


def open_source(path: Path, name: str, wanted: Wanted, block_bytes: int) -> Source:
    """Open a submission. Raises SubmissionRefused, with the remedy, where it cannot be read at all."""
    with path.open("rb") as handle:
        sample = handle.read(_SAMPLE_BYTES)
    if not sample.removeprefix(BOM).strip():
        raise refuse("the file is empty", "Send a file with a header and at least one row.")
    by_form = _by_form(sample)
    if by_form is not None:
        return by_form(path, wanted)
    if wide := wide_of(sample):
        if wanted.encoding == WIDE and wide.startswith(WIDE):
            return open_csv(path, wanted, block_bytes)
        raise _wide_refused(sample, wide)
    if _is_binary(sample):
        raise refuse(
            "the file is neither text nor Parquet: it is full of control characters",
            "Send the transactions as CSV, NDJSON or Parquet, neither packed nor encrypted.",
        )
    start = sample.removeprefix(BOM).lstrip()
    if start.startswith(b"{") or (name.lower().endswith((".ndjson", ".jsonl")) and not start.startswith(b"[")):
        return open_ndjson(path, wanted, block_bytes)
    if start.startswith(b"["):
        raise refuse("the file is one JSON array", "Write one JSON object a line (NDJSON), without the brackets.")
    return open_csv(path, wanted, block_bytes)


def _by_form(sample: bytes) -> Callable[[Path, Wanted], Source] | None:
    """The reader of a file that begins as only its form does; None for delimited text and NDJSON."""
    for magic, (what, remedy) in _CONTAINERS.items():
        if sample.startswith(magic):
            raise refuse(f"the file is {what}", remedy)
    forms: tuple[tuple[bool, Callable[[Path, Wanted], Source]], ...] = (
        (sample.startswith(b"PAR1"), open_parquet),
        (sample.startswith(b"PK\x03\x04"), open_xlsx),
        (looks_like_xml(sample), open_message),
        (looks_like_mt(sample), open_mt103),
    )
    return next((opened for holds, opened in forms if holds), None)


def _wide_refused(sample: bytes, wide: str) -> SubmissionRefused:
    """The refusal of text of two or four bytes a character, with what it was known by and how to say so."""
    marked = sample[:1] in {b"\xff", b"\xfe"} or sample.startswith(b"\x00\x00\xfe\xff")
    by = "its byte-order mark" if marked else "the zero bytes in it, or it is no text at all"
    said = f"the file is {wide.upper()} by {by}"
    if wide.startswith(WIDE):
        return refuse(
            said, 'Export the file as UTF-8, or submit with a mapping that says `encoding = "utf-16"` under [format].'
        )
    return refuse(said, "Export the file as UTF-8.")


def _is_binary(sample: bytes) -> bool:
    """Whether one byte in 20 is a control character that text has no use for, and not only by a handful of stray ones.

    Packed, encrypted and random bytes have one in nine.
    """
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > _STRAY and controls * 20 > len(sample)
