"""The standing alerts as they are now, a row for each: kept by the fold, so that a list of them need not fold them again.

It must say the same as the versions and acts that it comes from; whoever appends to one of these tells it here, in the same
transaction.
"""

from __future__ import annotations

import polars as pl

from service.ledger.store import Cursor

_STANDING = """
select new.*, coalesce(old.state, 'new') as state, old.assignee, coalesce(old.revision, 0) + 1 as revision,
       coalesce(old.first_raised, new.recorded_at) as first_raised
from new_versions as new left join old_rows as old on old.alert = new.alert
"""


def take_versions(cursor: Cursor, versions: pl.DataFrame) -> None:
    """New versions of alerts, at most one of each, with the columns of `alert_versions` but `seq`; their state stays."""
    frame = versions.drop("body")
    cursor.register("new_versions", frame.with_columns(pl.col(pl.Null).cast(pl.String)).to_arrow())
    cursor.execute(
        "create or replace temporary table old_rows as"
        " select alert, state, assignee, revision, first_raised from kept_alerts semi join new_versions using (alert)"
    )
    cursor.execute("delete from kept_alerts where alert in (select alert from old_rows)")
    cursor.execute(f"insert into kept_alerts by name {_STANDING}")
    cursor.execute("drop table old_rows")
    cursor.unregister("new_versions")


def take_act(cursor: Cursor, alert: str, state: str | None, assignee: str | None) -> None:
    """An act on an alert: it is at its next revision. An act without a state leaves the state and who has it."""
    moved = ", state = ?, assignee = nullif(?, '')" if state is not None else ""
    given = [state, assignee] if state is not None else []
    cursor.execute(f"update kept_alerts set revision = revision + 1{moved} where alert = ?", [*given, alert])
