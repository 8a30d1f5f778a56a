"""SWIFT FIN messages in a file, one after another: where each begins and ends, whatever stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from service.intake.readers.block import BLOCK_BYTES
from service.intake.readers.pieces import pieces

_BEGINS = re.compile(rb"[\s\x01$]*\{1:[A-Z][0-9]{2}")
_START = re.compile(r"^[\x01$\s]*\{1:")
_ACKNOWLEDGED = re.compile(r"^[\x01$\s]*\{1:[A-Z]21[^{}]*\}\{4:(?:\{[^{}]*\})*\}")
"""The network's word on a message, which archives write before it."""
_BETWEEN = "$\x01\x02\x03 \t\r"
_MESSAGE_CHARACTERS = 64 << 10

Fault = tuple[str, str | None, str | None, str | None]
"""Code, field, value and detail, as in a record."""


def looks_like_mt(sample: bytes) -> bool:
    """Whether a file begins as a SWIFT message does."""
    return _BEGINS.match(sample) is not None


@dataclass(slots=True)
class Message:
    """The text of one message as it comes in, line by line."""

    line: int
    lines: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def ended(self) -> bool:
        """Whether its last line has come."""
        return self.lines[-1].lstrip().startswith("-}")

    def add(self, line: str) -> None:
        """Take the next line."""
        if self.size <= _MESSAGE_CHARACTERS:
            self.lines.append(line)
        self.size += len(line)


def messages(path: Path, encoding: str) -> Iterator[tuple[Message, Fault | None]]:
    """Each message of the file with what keeps it from being read, if anything; what stands outside any is told line by line."""
    open_one: Message | None = None
    for number, whole in enumerate(_lines(path, encoding), 1):
        line = _ACKNOWLEDGED.sub("", whole, count=1)
        if _START.match(line):
            if open_one is not None:
                yield open_one, _unended(open_one)
            open_one = Message(number)
        if open_one is None:
            if line.strip(_BETWEEN):
                yield Message(number), ("not_a_message", None, line, "text between messages")
            continue
        open_one.add(line)
        if open_one.ended:
            yield open_one, _bad_text(open_one)
            open_one = None
    if open_one is not None:
        yield open_one, _unended(open_one)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    for run in pieces(path, BLOCK_BYTES, encoding):
        for line in run.removesuffix(b"\n").split(b"\n"):
            yield line.removesuffix(b"\r").decode("utf-8", "replace")


def _unended(message: Message) -> Fault:
    return ("not_a_message", None, message.lines[0], "it does not end with -}")


def _bad_text(message: Message) -> Fault | None:
    if message.size > _MESSAGE_CHARACTERS:
        return ("cell_too_large", None, message.lines[0], "a message has at most 64 KiB")
    if any("\ufffd" in line for line in message.lines):
        return ("not_utf8", None, message.lines[0], None)
    return None
