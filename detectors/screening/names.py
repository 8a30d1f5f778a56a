"""How alike two names are, and which names are worth comparing. Names come folded: no case, no accents, words in alphabetical order,
so that the order of first and family names does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from rapidfuzz import fuzz, process

from detectors.api import SnapshotView

LEAST_WORDS, LEAST_LETTERS = 2, 8
"""A single word, or very few letters, are like too many others to be compared alone."""
_AT_ONCE = 200_000
"""Pairs that are scored at a time: as texts, millions of them would fill the memory."""
_LIKE = {"name": pl.String(), "listed": pl.String(), "similarity": pl.Int32()}


def alike(left: Sequence[str], right: Sequence[str]) -> list[int]:
    """How alike the names are pair by pair, per mille: twice the letters in common order, over the letters of both."""
    scores = process.cpdist(left, right, scorer=fuzz.ratio) if left else ()
    return [int(float(score) * 10 + 1e-3) for score in scores]


_PAIRS = f"""
with known as (
    select name, string_split(name, ' ') as words, 0 as is_listed from (select distinct name from holders)
    union all
    select name, string_split(name, ' '), 1 from (select distinct name from listings where kind = 'sanctions')
),
spelled as materialized (
    -- The words are in alphabetical order, and so are their first letters.
    select row_number() over () as number, name, is_listed, length(name) as letters, words,
           list_reduce(list_transform(words, lambda w: left(w, 1)), lambda a, b: a || b) as initials
    from known
    where len(words) >= {LEAST_WORDS} and length(name) >= {LEAST_LETTERS}
),
begun as (
    select number, is_listed, letters, initials || ' ' || left(unnest(words), 3) as beginning from spelled
),
met as (
    select distinct p.number, e.number as listed
    from begun as p
    join begun as e on e.beginning = p.beginning
    where p.is_listed = 0 and e.is_listed = 1 and abs(p.letters - e.letters) * 10 <= p.letters + e.letters
)
select p.name, e.name as listed
from met as m
join spelled as p on p.number = m.number
join spelled as e on e.number = m.listed
"""


def like_names(view: SnapshotView, least: int) -> pl.DataFrame:
    """Pairs of a holder's name and a listed one that are alike by `least` per mille or more: `name`, `listed`, `similarity`.

    Compared are names of several words whose first letters are the same and of which one word begins with the same three letters:
    half a million names against ten thousand are then compared in seconds. A name whose first letter is misspelt, or whose words
    are written as one, is not found.
    """
    scored = [
        part.with_columns(
            pl.Series("similarity", alike(part["name"].to_list(), part["listed"].to_list()), dtype=pl.Int32)
        ).filter(pl.col("similarity") >= least)
        for part in view.sql(_PAIRS).iter_slices(_AT_ONCE)
    ]
    return pl.concat([pl.DataFrame(schema=_LIKE), *scored]).sort("name", "listed")
