"""Which message an XML file is, told by its first elements."""

from __future__ import annotations

from pathlib import Path

from service.intake.readers.block import Source, Wanted
from service.intake.readers.messages.iso20022 import open_iso20022
from service.intake.readers.messages.stream import first_names


def open_message(path: Path, wanted: Wanted) -> Source:
    """Open an XML file. Raises SubmissionRefused, with the remedy, where it is no message that is read."""
    return open_iso20022(path, first_names(path), wanted)
