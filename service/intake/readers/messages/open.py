"""Which message an XML file is, told by its first elements."""

from __future__ import annotations

from pathlib import Path

from service.intake.readers.block import Source, Wanted
from service.intake.readers.messages.goaml import open_goaml
from service.intake.readers.messages.iso20022 import kind_of, open_iso20022
from service.intake.readers.messages.stream import first_names


def open_message(path: Path, wanted: Wanted) -> Source:
    """Open an XML file. Raises SubmissionRefused, with the remedy, where it is no message that is read."""
    names = first_names(path)
    if any(name.localname == "report" and kind_of(name.namespace) is None for name in names[:2]):
        return open_goaml(path, wanted.goaml_schema)
    return open_iso20022(path, names)
