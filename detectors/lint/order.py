"""Can two runs over the same rows differ because rows came in another order? Every choice among rows needs a total order."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from detectors.lint.draft import Check, Draft, Fault

_PICKS_A_ROW = (exp.RowNumber, exp.Lag, exp.Lead)
_NEEDS_SOME_ORDER = (exp.Rank, exp.DenseRank)
UNIQUE = ("txn", "account")
"""Columns that end a total order. `txn` numbers the transactions in (occurred_at, submitter, reference)."""
_REMEDY = "End the order with `txn` (of one account) or `account`, ascending or descending."


def _named_windows(node: exp.Expr) -> dict[str, exp.Window]:
    select = node.find_ancestor(exp.Select)
    named = select.args.get("windows") or [] if select else []
    return {window.name.lower(): window for window in named}


def _resolved(window: exp.Window) -> exp.Window:
    """The window itself, or the one that it names in the WINDOW clause of its SELECT."""
    name = window.args.get("alias")
    if name is None:
        return window
    return _named_windows(window).get(name.name.lower(), window)


def _keys(window: exp.Window) -> list[str]:
    order = window.args.get("order")
    if order is None:
        return []
    return [key.this.name.lower() if isinstance(key.this, exp.Column) else "" for key in order.expressions]


def _partition(window: exp.Window) -> set[str]:
    return {part.name.lower() for part in window.args.get("partition_by") or [] if isinstance(part, exp.Column)}


def _reads_flows(window: exp.Window) -> bool:
    select = window.find_ancestor(exp.Select)
    return select is not None and any(table.name.lower() == "flows" for table in select.find_all(exp.Table))


def _is_total(window: exp.Window) -> bool:
    keys = _keys(window)
    if not keys or keys[-1] not in UNIQUE:
        return False
    # `flows` has two rows a transaction, one for each account: without the account, txn is not unique there.
    return keys[-1] == "account" or not _reads_flows(window) or "account" in _partition(window) | set(keys)


def _function(window: exp.Window) -> exp.Expr:
    inner = window.this
    while isinstance(inner, exp.IgnoreNulls | exp.Filter):
        inner = inner.this
    return inner  # type: ignore[no-any-return]


def windows_have_a_total_order(draft: Draft) -> Iterator[Fault]:
    """row_number, lag and lead, and every ROWS frame, depend on which of two equal rows comes first.

    A RANGE frame takes all equal rows together, so sum, count, min and max over it need no total order.
    """
    for window in draft.tree.find_all(exp.Window):
        if isinstance(window.this, exp.Identifier):
            continue  # a definition in the WINDOW clause: judged where it is used
        meant = _resolved(window)
        spec = window.args.get("spec") or meant.args.get("spec")
        by_rows = spec is not None and str(spec.args.get("kind")).upper() == "ROWS"
        function = _function(window)
        if (by_rows or isinstance(function, _PICKS_A_ROW)) and not _is_total(meant):
            yield draft.fault(window, "the window has no total order", _REMEDY)
        if isinstance(function, _NEEDS_SOME_ORDER) and not _keys(meant):
            yield draft.fault(window, "the rank has no order", "Add an ORDER BY.")


def range_frames_have_one_key(draft: Draft) -> Iterator[Fault]:
    """An offset in a RANGE frame is a distance along one key; engines refuse or ignore a second one."""
    for window in draft.tree.find_all(exp.Window):
        spec = window.args.get("spec")
        if spec is None or str(spec.args.get("kind")).upper() != "RANGE":
            continue
        bounds = (spec.args.get("start"), spec.args.get("end"))
        if any(isinstance(bound, exp.Expr) for bound in bounds) and len(_keys(window)) != 1:
            yield draft.fault(
                window, "a RANGE frame with a distance needs one order key", "Order by one column of seconds."
            )


def no_cut_without_order(draft: Draft) -> Iterator[Fault]:
    """LIMIT and DISTINCT ON keep whichever rows come first."""
    for limit in draft.tree.find_all(exp.Limit):
        order = limit.parent.args.get("order") if limit.parent else None
        last = order.expressions[-1].this if order else None
        if not (isinstance(last, exp.Column) and last.name.lower() in UNIQUE):
            yield draft.fault(limit, "LIMIT without a total order", _REMEDY)
    for distinct in draft.tree.find_all(exp.Distinct):
        if distinct.args.get("on"):
            yield draft.fault(
                distinct, "DISTINCT ON keeps whichever row comes first", "Use row_number() with a total order."
            )


CHECKS: tuple[Check, ...] = (windows_have_a_total_order, range_frames_have_one_key, no_cut_without_order)
