"""The leaves of one message record by path, taken one by one: what nobody took is what goes to `extra`.

Paths are element names without namespace, joined by a slash; `@` precedes an attribute, and `#2` marks a second sibling of a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from lxml import etree

from schemas.canonical import canonical_json
from service.intake.readers.block import refuse

MAX_LEAVES = 20_000
MAX_DEPTH = 64
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


class Leaves:
    """Text by path, in the order of the file. `take` removes what it gives."""

    def __init__(self, found: dict[str, str]) -> None:
        self._found = found
        self._tops: set[str] | None = None

    def take(self, *paths: str) -> str | None:
        """The text of the first path that has any; the others stay."""
        for path in paths:
            value = self._found.pop(path, None)
            if value:
                return value
        return None

    def peek(self, *paths: str) -> str | None:
        """As `take`, but leaves it there."""
        return next((value for path in paths if (value := self._found.get(path))), None)

    def peek_below(self, path: str) -> bool:
        """Whether anything stands below `path`."""
        return any(name.startswith(f"{path}/") for name in self._found)

    def all(self, path: str) -> list[str]:
        """The texts of a leaf that may repeat, removed."""
        values, number = [], 1
        while (value := self._found.pop(path if number == 1 else f"{path}#{number}", None)) is not None:
            values.append(value)
            number += 1
        return values

    def each(self, path: str) -> Iterator[Leaves]:
        """What stands below an element that may repeat, one by one, removed."""
        number = 1
        while below := self.below(path if number == 1 else f"{path}#{number}"):
            yield below
            number += 1

    def below(self, path: str) -> Leaves:
        """What stands below `path`, with the rest of the path, removed."""
        if self._tops is None:
            self._tops = {name.partition("/")[0] for name in self._found}
        if path.partition("/")[0] not in self._tops:  # most of what a message may have, it has not
            return Leaves({})
        prefix = f"{path}/"
        found = {name: self._found.pop(name) for name in [name for name in self._found if name.startswith(prefix)]}
        return Leaves({name.removeprefix(prefix): value for name, value in found.items()})

    def drop(self, paths: Iterable[str]) -> None:
        """Forget leaves that say nothing of their own."""
        for path in paths:
            self._found.pop(path, None)

    def rest(self) -> dict[str, str]:
        """What nobody took."""
        return {name: value for name, value in self._found.items() if value}

    def copy(self) -> Leaves:
        """The same leaves, to be taken from again."""
        return Leaves(dict(self._found))

    def __bool__(self) -> bool:
        return bool(self._found)


def leaves_of(element: etree._Element, but: frozenset[str] = frozenset()) -> dict[str, str]:
    """The leaves below an element, children named in `but` aside. Raises SubmissionRefused where they are too many or too deep."""
    found: dict[str, str] = {}
    waiting: list[tuple[str, etree._Element]] = [("", element)]
    seen = 0
    while waiting:
        path, node = waiting.pop()
        seen += 1
        if seen > MAX_LEAVES or path.count("/") > MAX_DEPTH:
            raise refuse(
                f"a transaction has more than {MAX_LEAVES} elements, or elements nested more than {MAX_DEPTH} deep",
                "Send a message of one of the kinds that docs/formats.md lists.",
                where=f"line {line_of(element)}",
            )
        _attributes(found, path, node)
        children = [child for child in node if isinstance(child.tag, str)]
        if not children:
            text = " ".join((node.text or "").split())
            if path and text:
                found[path] = text
            continue
        counts: dict[str, int] = {}
        below = []
        for child in children:
            name = local(child)
            if not path and name in but:
                continue
            counts[name] = number = counts.get(name, 0) + 1
            step = name if number == 1 else f"{name}#{number}"
            below.append((f"{path}/{step}" if path else step, child))
        waiting.extend(reversed(below))
    return found


def _attributes(found: dict[str, str], path: str, node: etree._Element) -> None:
    for key, value in node.attrib.items():
        name = str(key)
        text = " ".join(str(value).split())
        if text and not name.startswith(_SCHEMA_INSTANCE):
            found[f"{path}@{name.rpartition('}')[2]}"] = text


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def as_json(content: object) -> str | None:
    """Canonical JSON, or None of nothing."""
    return canonical_json(content).decode() if content else None


def line_of(element: etree._Element) -> int:
    """The line of the file on which an element begins."""
    return cast("int | None", element.sourceline) or 0
