"""Which transactions of a candidate the same partner has submitted before: with the same content, or with other content.

The comparison sees one partner only, so that nobody learns from it what others have submitted.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas.transaction import SEGMENT_NAMES
from service.ledger.views import Reads

KNOWN: dict[str, pl.DataType] = {"reference": pl.String(), "batch": pl.String(), "same": pl.Boolean()}
"""A reference of the candidate, the current batch that holds it, and whether the content is the same."""

_CURRENT = "select seq, batch from current_batches where partner = $partner and batch is distinct from $replaces"
_SAME = " and ".join(f"t.{name} is not distinct from c.{name}" for name in SEGMENT_NAMES if name != "extra")

# Asked first, since it reads one column of the ledger and the answer is mostly zero.
_COUNT = f"""
select count(*) from transactions as t
where t.seq in (select seq from ({_CURRENT})) and t.reference in (select reference from read_parquet($candidate))
"""
_COMPARE = f"""
select t.reference, t.batch, ({_SAME}) as same
from read_parquet($candidate) as c
join transactions as t on t.reference = c.reference
where t.seq in (select seq from ({_CURRENT}))
order by t.reference
"""


def known(ledger: Reads, candidate: Path, *, partner: str, replaces: str | None) -> pl.DataFrame:
    """A frame of `KNOWN`: each row of the sealed `candidate` whose reference the partner has used in a current batch.

    All columns but `extra` decide whether the content is the same. The batch that is about to be replaced does not count.
    """
    params = {"candidate": str(candidate), "partner": partner, "replaces": replaces}
    ((found,),) = ledger.query(_COUNT, params)
    if not found:
        return pl.DataFrame(schema=KNOWN)
    return ledger.frame(_COMPARE, params)
