"""Columns that are not ours: what an answer says of them, and which of our names they may have been meant as. A hint, never a rename."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from schemas.batch import UnknownColumn
from schemas.canonical import parse_json
from schemas.transaction import SUBMITTED_NAMES

_LONGEST = 64
"""A longer name is no slip of the pen, and comparing it would take time that a submitter could make us waste."""
_LIKENESS = 0.8
"""As difflib counts: `ammount` and `from_acount` are above it, `from_city` and `from_party` below."""


def unknown_columns(names: str | None) -> list[UnknownColumn]:
    """The unknown columns of a batch from its canonical JSON array of names; None stands for none."""
    return [UnknownColumn(column=name, nearest=nearest(name)) for name in (parse_json(names) if names else ())]


@lru_cache(maxsize=4096)
def nearest(name: str) -> str | None:
    """The column of the Thalweg format whose name comes nearest to `name`, capitals, spaces and hyphens aside; None for none."""
    found = near(name, SUBMITTED_NAMES)
    return found[0] if found else None


def near(name: str, among: Iterable[str]) -> list[str]:
    """Those of the names that `name` may have been meant as, the nearest first."""
    if len(name) > _LONGEST:
        return []
    plain = {_plain(each): each for each in among}
    return [plain[each] for each in get_close_matches(_plain(name), sorted(plain), cutoff=_LIKENESS)]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
