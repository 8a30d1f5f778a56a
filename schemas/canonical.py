"""One way to turn a value into bytes and bytes into a name: RFC 8785 canonical JSON and SHA-256.

Only strings, booleans, integers below 2^53, null, arrays and objects are canonical: money and times are strings, and a
float is refused, because two machines may print it differently.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import rfc8785

from schemas.errors import IntegrityError

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
MAX_INTEGER = 2**53 - 1


def canonical_json(value: object) -> bytes:
    """The RFC 8785 bytes of `value`. Raises TypeError on a float and ValueError on an integer of 2^53 or more."""
    _refuse_inexact(value)
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def digest_json(value: object) -> str:
    """Lower-case hexadecimal SHA-256 of the canonical JSON of `value`."""
    return sha256(canonical_json(value))


def sha256(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """Lower-case hexadecimal SHA-256 of the bytes of a file, read in pieces."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def parse_json(data: bytes | str) -> Any:
    """Parse JSON, refusing duplicate keys, floats and NaN: what `canonical_json` can have written, and nothing else."""
    return json.loads(data, object_pairs_hook=_unique_keys, parse_float=_no_number, parse_constant=_no_number)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise IntegrityError("an object holds the same key twice", value=",".join(key for key, _ in pairs))
    return found


def _no_number(text: str) -> Any:
    raise IntegrityError("only whole numbers are canonical", value=text)


def _refuse_inexact(value: object) -> None:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError(f"{value} is beyond the integers that JSON readers keep exactly; write it as text")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"an object key must be text, not {type(key).__name__}")
            _refuse_inexact(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_inexact(item)
    else:
        raise TypeError(f"{type(value).__name__} has no canonical form; write it as text")
