"""Which reader a file needs, told by its bytes; the name is only a hint. What is no text and no Parquet is refused with a remedy."""

from __future__ import annotations

from pathlib import Path

from service.intake.readers.block import Source, Wanted, refuse
from service.intake.readers.csv import open_csv
from service.intake.readers.messages.open import open_message
from service.intake.readers.messages.stream import looks_like_xml
from service.intake.readers.ndjson import open_ndjson
from service.intake.readers.parquet import open_parquet
from service.intake.readers.pieces import BOM

_SAMPLE_BYTES = 64 << 10
_CONTAINERS = {
    b"\x1f\x8b": ("gzip", "Unpack it and send the file inside."),
    b"PK\x03\x04": ("a zip archive or an Excel workbook", "Export the sheet as CSV in UTF-8, or unpack the archive."),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "Export the sheet as CSV in UTF-8."),
    b"%PDF": ("a PDF document", "Send the transactions as CSV, NDJSON or Parquet."),
    b"\x28\xb5\x2f\xfd": ("a zstd archive", "Unpack it and send the file inside."),
    b"BZh": ("a bzip2 archive", "Unpack it and send the file inside."),
    b"\xfd7zXZ\x00": ("an xz archive", "Unpack it and send the file inside."),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "Unpack it and send the file inside."),
    b"\x89PNG": ("a picture", "Send the transactions as CSV, NDJSON or Parquet."),
}
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_STRAY = 8
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def open_source(path: Path, name: str, wanted: Wanted, block_bytes: int) -> Source:
    """Open a submission. Raises SubmissionRefused, with the remedy, where it cannot be read at all."""
    with path.open("rb") as handle:
        sample = handle.read(_SAMPLE_BYTES)
    if not sample.removeprefix(BOM).strip():
        raise refuse("the file is empty", "Send a file with a header and at least one row.")
    if sample.startswith(b"PAR1"):
        return open_parquet(path, wanted)
    for magic, (what, remedy) in _CONTAINERS.items():
        if sample.startswith(magic):
            raise refuse(f"the file is {what}", remedy)
    if looks_like_xml(sample):
        return open_message(path, wanted)
    if sample.startswith(_WIDE_MARKS) or sample.count(0) * 8 > len(sample):
        raise refuse("the file is UTF-16, UTF-32 or no text at all", "Export the file as UTF-8.")
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


def _is_binary(sample: bytes) -> bool:
    """Whether one byte in 20 is a control character that text has no use for, and not only by a handful of stray ones.

    Packed, encrypted and random bytes have one in nine.
    """
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > _STRAY and controls * 20 > len(sample)
