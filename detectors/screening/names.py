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


def alike(left: Sequence[str], right: Sequence[str]) -> list[int]:
    """How alike the names are pair by pair, per mille: twice the letters in common order, over the letters of both."""
    scores = process.cpdist(left, right, scorer=fuzz.ratio) if left else ()
    return [int(float(score) * 10 + 1e-3) for score in scores]


_PAIRS = f"""
with people as (
    select account, name from holders where name is not null
),
known as (
    select name, string_split(name, ' ') as words, 0 as is_listed from (select distinct name from people)
    union all
    select name, string_split(name, ' '), 1 from (
        select distinct name from listings where kind = 'sanctions' and name is not null
    )
),
spelled as (
    -- The words are in alphabetical order, and so are their first letters.
    select name, is_listed, list_reduce(list_transform(words, lambda w: left(w, 1)), lambda a, b: a || b) as initials,
           unnest(list_transform(words, lambda w: left(w, 3))) as beginning
    from known
    where len(words) >= {LEAST_WORDS} and length(name) >= {LEAST_LETTERS}
)
select distinct p.name, e.name as listed
from spelled as p
join spelled as e on e.initials = p.initials and e.beginning = p.beginning and e.is_listed = 1
where p.is_listed = 0 and abs(length(p.name) - length(e.name)) * 10 <= length(p.name) + length(e.name)
order by p.name, listed
"""


def like_names(view: SnapshotView, least: int) -> pl.DataFrame:
    """Pairs of a holder's name and a listed one that are alike by `least` per mille or more: `name`, `listed`, `similarity`.

    Compared are names of several words whose first letters are the same and of which one word begins with the same three letters:
    half a million names against ten thousand are then compared in seconds. A name whose first letter is misspelt, or whose words
    are written as one, is not found.
    """
    pairs = view.sql(_PAIRS)
    scores = alike(pairs["name"].to_list(), pairs["listed"].to_list())
    return pairs.with_columns(pl.Series("similarity", scores, dtype=pl.Int32)).filter(pl.col("similarity") >= least)
