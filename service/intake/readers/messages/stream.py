"""XML from a stranger, element by element: no entity is resolved, no DOCTYPE taken, nothing fetched, depth and memory bounded.

What a caller is given it must remove from the tree when done (`forget`), so that a file of any size needs the memory of one record.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from lxml import etree

from schemas.errors import SubmissionRefused
from service.intake.readers.block import refuse

CHUNK_BYTES = 64 << 10
_IDLE_BYTES = 16 << 20
"""So much text without one whole record is no message that anybody sends."""
_SNIFFED_BYTES = 256 << 10


def looks_like_xml(sample: bytes) -> bool:
    """Whether bytes begin as XML does, in any of the encodings that XML may have."""
    text = sample[:4096].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    start = text.replace(b"\x00", b"").lstrip()
    return start.startswith(b"<") and len(start) > 1 and (start[1:2].isalpha() or start[1:2] in {b"?", b"!", b"_"})


def first_names(path: Path, most: int = 8) -> list[etree.QName]:
    """The qualified names of the first elements. Raises SubmissionRefused where there is a DOCTYPE, or no element at all."""
    parser = _parser("start", None)
    names: list[etree.QName] = []
    try:
        with path.open("rb") as handle:
            for _ in range(_SNIFFED_BYTES // CHUNK_BYTES):
                parser.feed(handle.read(CHUNK_BYTES))
                for element in _ended(parser):
                    _no_doctype(element)
                    names.append(etree.QName(element))
                    if len(names) == most:
                        return names
    except etree.XMLSyntaxError as error:
        raise _broken(error) from error
    if not names:
        raise refuse("the XML has no element in its first 256 KiB", "Send the message alone, without a DOCTYPE.")
    return names


def elements(path: Path, tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """Each element with one of the names, in any namespace, when it has ended; inner ones before outer ones.

    Raises SubmissionRefused for what is not well-formed, too deep, or too much text without a record. Whether there is a
    DOCTYPE is for `first_names` to tell before.
    """
    parser = _parser("end", [f"{{*}}{tag}" for tag in tags])
    idle = 0
    try:
        with path.open("rb") as handle:
            while data := handle.read(CHUNK_BYTES):
                parser.feed(data)
                idle += len(data)
                for element in _ended(parser):
                    idle = 0
                    yield element
                if idle > _IDLE_BYTES:
                    raise refuse(
                        "there are 16 MiB of XML without one whole transaction",
                        "Send a message of one of the kinds that docs/formats.md lists.",
                    )
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _broken(error) from error


def forget(element: etree._Element) -> None:
    """Take an element that is done with out of the tree."""
    parent = element.getparent()
    if parent is not None:
        element.tail = None
        parent.remove(element)


def _ended(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for _, element in parser.read_events():
        if isinstance(element, etree._Element):  # what else there is comes with events that are not asked for
            yield element


def _parser(event: Literal["start", "end"], tags: list[str] | None) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=(event,),
        tag=tags,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _no_doctype(element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise refuse(
            "the XML has a DOCTYPE, which can define entities and name other files",
            "Remove the DOCTYPE: no message of these kinds has one.",
            where="line 1",
        )


def _broken(error: etree.XMLSyntaxError) -> SubmissionRefused:
    line = error.position[0] if error.position else None
    return refuse(
        f"the XML is not well-formed: {str(error.msg).partition(', line ')[0]}",
        "Export the message again and send the whole file.",
        where=None if line is None else f"line {line}",
    )
