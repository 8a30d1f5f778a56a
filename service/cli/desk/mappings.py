"""The mapping that a submitter names on the command line: a file of their own, or one that is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from schemas.errors import MappingInvalid
from schemas.mapping import read_mapping, shipped_mapping


def mapping_document(name: str) -> dict[str, Any]:
    """The mapping as a document. Raises MappingInvalid where the file is not one, or no such mapping is shipped."""
    path = Path(name)
    mapping = read_mapping(_text_of(path), where=path.name) if path.is_file() else shipped_mapping(name)
    document: dict[str, Any] = mapping.model_dump(mode="json", by_alias=True, exclude_none=True)
    return document


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise MappingInvalid("the file is not UTF-8", where=path.name, remedy="Save it as UTF-8.") from error
