"""Orders of keys and of numbers: what every search of networks stands on."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_WORD_BITS = 64


def ordered(keys: Ints) -> Ints:
    """The places of some keys, none negative, from the least key on, and of equal ones in turn.

    Where a key and its place fit into one word the words themselves are sorted: a fraction of the time of sorting places by their keys.
    """
    turn_bits = len(keys).bit_length()
    if int(keys.max(initial=0)).bit_length() + turn_bits <= _WORD_BITS:
        words = keys.view(np.uint64) << np.uint64(turn_bits)
        words |= np.arange(len(keys), dtype=np.uint64)
        return _turns(pl.Series(words).sort().to_numpy(), turn_bits)
    return np.argsort(keys, kind="stable")


def rising(distinct: NDArray[np.uint64]) -> Ints:
    """The places of numbers no two of which are alike, from the least on.

    They are sorted by their first bits with the place in the others; the few that agree in those are put right then.
    """
    turn_bits = len(distinct).bit_length()
    words = distinct >> np.uint64(turn_bits) << np.uint64(turn_bits)
    words |= np.arange(len(distinct), dtype=np.uint64)
    words = pl.Series(words).sort().to_numpy()
    places = _turns(words, turn_bits)
    first = words >> np.uint64(turn_bits)
    alike = np.zeros(len(words), dtype=bool)
    alike[1:] = first[1:] == first[:-1]
    alike[:-1] |= alike[1:]
    loose = np.nonzero(alike)[0]
    places[loose] = places[loose][np.argsort(distinct[places[loose]])]
    return places


def _turns(words: NDArray[np.uint64], turn_bits: int) -> Ints:
    return (words & np.uint64((1 << turn_bits) - 1)).view(np.int64)


def heads(rising: Ints) -> Ints:
    """Where a new number begins among rising ones."""
    new = np.ones(len(rising), dtype=bool)
    new[1:] = rising[1:] != rising[:-1]
    return np.nonzero(new)[0]
