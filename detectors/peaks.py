"""For rules that look at windows: of windows that overlap, the strongest stands, and its legs are the evidence.

A rule with `peaks = "window_s"` gives one row for each window that ends at a transaction: `subject, txn, t_s` of that last
transaction, the window, strength and facts, with `size` where equal strengths are to be told apart. Its step `legs` holds the
rows that count, as `account, txn, t_s`; none before the window that the rule gives is evidence, for it was not counted. A rule
that gives `currency` has it in `legs` too and looks at each currency apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
LEGS = "legs"
LEG_COLUMNS = ("account", "txn", "t_s")
ANCHOR = ("txn", "t_s")
SIZE = "size"
NAMES = frozenset({"candidates", "by_strength", "strongest", "listed_legs"})
"""Steps that the runner adds."""


def with_evidence(rule: exp.Query, window: str, outputs: Sequence[str]) -> exp.Query:
    """The rule as one that gives findings: `outputs` and their evidence. `window` names the parameter of its length."""
    given = [name.lower() for name in rule.named_selects]
    apart = ["subject", "currency"] if "currency" in given else ["subject"]
    size = "size desc, " if SIZE in given else ""
    shown = [name for name in outputs if name in given]
    same = " and ".join(f"l.{'account' if name == 'subject' else name} = s.{name}" for name in apart)
    tail = sqlglot.parse_one(
        f"""
        with by_strength as (
            select {_list(given)}, row_number() over (partition by {_list(apart)} order by strength desc, {size}txn) as nth
            from candidates
        ),
        strongest as (
            select {_list(given)}, nth,
                   min(nth) over (
                       partition by {_list(apart)} order by t_s
                       range between (${window} - 1) preceding and (${window} - 1) following
                   ) as nth_nearby
            from by_strength
        ),
        listed_legs as (
            select {_list(apart, "s.")}, s.txn, sorted_list(l.txn) as evidence
            from strongest as s
            join {LEGS} as l
              on {same} and l.t_s between greatest(s.t_s - (${window} - 1), s.window_start_s) and s.t_s
            where s.nth = s.nth_nearby
            group by {_list(apart, "s.")}, s.txn
        )
        select {_list(shown, "s.")}, e.evidence
        from strongest as s
        join listed_legs as e on {" and ".join(f"e.{name} = s.{name}" for name in (*apart, "txn"))}
        """,
        dialect=DIALECT,
    )
    assert isinstance(tail, exp.Select)  # noqa: S101 - the text above is one
    last = rule.copy()
    steps, added = last.ctes, tail.ctes
    last.set("with_", None)
    candidates = exp.CTE(this=last, alias=exp.TableAlias(this=exp.to_identifier("candidates")))
    tail.set("with_", exp.With(expressions=[*steps, candidates, *added]))
    return tail


def _list(names: Sequence[str], prefix: str = "") -> str:
    return ", ".join(f"{prefix}{name}" for name in names)
