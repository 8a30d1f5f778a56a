"""Which transactions of a candidate the same partner has submitted before: with the same content, or with other content.

The comparison sees one partner only, so that nobody learns from it what others have submitted.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas.transaction import SEGMENT_NAMES
from service.ledger.segments import segments_of
from service.ledger.views import Reads

KNOWN: dict[str, pl.DataType] = {"reference": pl.String(), "batch": pl.String(), "same": pl.Boolean()}
"""A reference of the candidate, the current batch that holds it, and whether the content is the same."""

_SAME = " and ".join(f"t.{name} is not distinct from c.{name}" for name in SEGMENT_NAMES if name != "extra")

# Asked first, since it reads one column of the ledger and the answer is mostly nothing: no segment is opened then.
_CONCERNED = """
select distinct t.seq from transactions as t
where t.seq in (select seq from current_batches where partner = $partner and batch is distinct from $replaces)
  and t.reference in (select reference from read_parquet($candidate))
"""
_COMPARE = f"""
with held as (select unnest($files) as filename, unnest($batches) as batch)
select t.reference, held.batch, ({_SAME}) as same
from read_parquet($candidate) as c
join read_parquet($files, filename = true) as t on t.reference = c.reference
join held on held.filename = t.filename
order by t.reference
"""


def known(ledger: Reads, candidate: Path, *, partner: str, replaces: str | None) -> pl.DataFrame:
    """A frame of `KNOWN`: each row of the sealed `candidate` whose reference the partner has used in a current batch.

    All columns but `extra` decide whether the content is the same. The batch that is about to be replaced does not count.
    Raises DigestMismatch where a segment to compare with is missing or not as recorded.
    """
    params = {"candidate": str(candidate), "partner": partner, "replaces": replaces}
    concerned = [seq for (seq,) in ledger.query(_CONCERNED, params)]
    if not concerned:
        return pl.DataFrame(schema=KNOWN)
    held = segments_of(ledger, concerned).values()
    batches, files = [batch for batch, _ in held], [str(path) for _, path in held]
    return ledger.frame(_COMPARE, {"candidate": str(candidate), "batches": batches, "files": files})
