"""Does it stay within the subset of SQL that gives the same rows on every engine, at any thread count, with no clock?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from detectors.lint.draft import Check, Draft, Fault
from detectors.sqlbind import HOUSE_ARITY, bind

_BINARY = frozenset({"this", "expression"})
_UNARY = frozenset({"this"})
_MANY = frozenset({"expressions"})

ALLOWED: dict[type[exp.Expr], frozenset[str]] = {
    exp.Select: frozenset({"expressions", "from_", "joins", "where", "group", "having", "qualify", "windows", "order",
                           "limit", "with_", "distinct"}),
    exp.Union: frozenset({"this", "expression", "distinct", "with_", "order", "limit"}),
    exp.Except: frozenset({"this", "expression", "distinct", "with_", "order", "limit"}),
    exp.Intersect: frozenset({"this", "expression", "distinct", "with_", "order", "limit"}),
    exp.With: _MANY, exp.CTE: frozenset({"this", "alias", "materialized"}), exp.Subquery: frozenset({"this", "alias"}),
    exp.From: _UNARY, exp.Table: frozenset({"this", "alias", "db", "catalog"}), exp.TableAlias: _UNARY,
    exp.Join: frozenset({"this", "on", "using", "side", "kind"}), exp.Where: _UNARY, exp.Group: _MANY,
    exp.Having: _UNARY, exp.Qualify: _UNARY, exp.Order: _MANY, exp.Ordered: frozenset({"this", "desc", "nulls_first"}),
    exp.Limit: frozenset({"expression"}), exp.Distinct: _MANY,
    exp.Window: frozenset({"this", "alias", "partition_by", "order", "spec", "over"}),
    exp.WindowSpec: frozenset({"kind", "start", "start_side", "end", "end_side"}),
    exp.Filter: _BINARY, exp.IgnoreNulls: _UNARY, exp.Star: frozenset(),
    exp.Column: frozenset({"this", "table"}), exp.Identifier: frozenset({"this", "quoted"}), exp.Alias: frozenset({"this", "alias"}),
    exp.Literal: frozenset({"this", "is_string"}), exp.Boolean: _UNARY, exp.Null: frozenset(), exp.Placeholder: _UNARY,
    exp.And: _BINARY, exp.Or: _BINARY, exp.Not: _UNARY, exp.EQ: _BINARY, exp.NEQ: _BINARY, exp.LT: _BINARY,
    exp.LTE: _BINARY, exp.GT: _BINARY, exp.GTE: _BINARY, exp.NullSafeEQ: _BINARY, exp.NullSafeNEQ: _BINARY,
    exp.Between: frozenset({"this", "low", "high"}), exp.In: frozenset({"this", "expressions", "query"}), exp.Is: _BINARY,
    exp.Exists: _UNARY, exp.Paren: _UNARY, exp.Neg: _UNARY, exp.Add: _BINARY, exp.Sub: _BINARY, exp.Mul: _BINARY,
    exp.Mod: _BINARY, exp.IntDiv: _BINARY,
    exp.Case: frozenset({"this", "ifs", "default"}), exp.If: frozenset({"this", "true", "false"}),
    exp.Cast: frozenset({"this", "to"}), exp.DataType: frozenset({"this", "expressions"}), exp.DataTypeParam: _UNARY,
    exp.Coalesce: frozenset({"this", "expressions"}), exp.Nullif: _BINARY, exp.Abs: _UNARY,
    exp.Greatest: frozenset({"this", "expressions", "ignore_nulls"}),
    exp.Least: frozenset({"this", "expressions", "ignore_nulls"}),
    exp.Sum: _UNARY, exp.Count: frozenset({"this", "big_int"}), exp.Min: _UNARY, exp.Max: _UNARY,
    exp.RowNumber: frozenset(), exp.Rank: frozenset(), exp.DenseRank: frozenset(),
    exp.Lag: frozenset({"this", "offset", "default"}), exp.Lead: frozenset({"this", "offset", "default"}),
    exp.Anonymous: frozenset({"this", "expressions"}),
}  # fmt: skip
"""Every construct that a rule may use, with the parts that it may have. Proven equal on the engines in use."""

_INSTEAD: dict[str, str] = {
    "DIV": "Compare ratios by cross-multiplication, or call per_mille(part, whole): `/` gives floating point on DuckDB.",
    "ARRAYAGG": "Call sorted_list(x): the order of list() is lost on other engines and varies with threads.",
    "GROUPCONCAT": "Call sorted_list(x): the order of text built row by row varies with threads.",
    "ANYVALUE": "Use min() or max(): any_value() takes whichever row comes first.",
    "FIRST": "Use min() or max(), or row_number() with a total order: first() takes whichever row comes first.",
    "LAST": "Use min() or max(), or row_number() with a total order: last() takes whichever row comes last.",
    "FIRSTVALUE": "Use min() or max(), or lag(): the first of several equal rows differs between runs.",
    "LASTVALUE": "Use min() or max(), or lead(): the last of several equal rows differs between runs.",
    "ARGMAX": "Use row_number() with a total order: arg_max() breaks ties by chance.",
    "ARGMIN": "Use row_number() with a total order: arg_min() breaks ties by chance.",
    "AVG": "Compare sum() with count() times the other side: avg() is floating point on DuckDB.",
    "MEDIAN": "Count the rows below: 2 * count(below) > count(*) says that the median lies below.",
    "QUANTILECONT": "Count the rows below: quantiles differ in type between engines.",
    "PERCENTILECONT": "Count the rows below: sqlglot gets percentile_cont wrong on other engines.",
    "STDDEV": "Use integer or decimal sums: stddev is floating point and depends on the threads.",
    "RAND": "Remove it: a run must replay to the byte.",
    "RANDOM": "Remove it: a run must replay to the byte.",
    "INTERVAL": "Count in whole seconds: `range between ($window_s - 1) preceding and current row`.",
    "CURRENTDATE": "Use $as_of_s: a rule has no clock.",
    "CURRENTTIMESTAMP": "Use $as_of_s: a rule has no clock.",
    "CURRENTTIME": "Use $as_of_s: a rule has no clock.",
    "LOCALTIMESTAMP": "Use $as_of_s: a rule has no clock.",
    "TIMETOUNIX": "Use t_s, which is in seconds already.",
    "EXPLODE": "A rule cannot make rows out of lists.",
    "TABLESAMPLE": "Remove it: a sample is another one in every run.",
}  # fmt: skip
_CLOCKS = frozenset(
    {"now", "today", "get_current_time", "get_current_timestamp", "current_localtimestamp", "transaction_timestamp"}
)
_SEE = "Keep to the constructs that docs/rule-authors.md lists: they give the same rows on every engine."


def only_allowed_constructs(draft: Draft) -> Iterator[Fault]:
    """What is not on the list is refused: clocks, chance, files, lists without order, and what sqlglot translates wrongly."""
    for node in draft.tree.walk():
        parts = ALLOWED.get(type(node))
        if parts is None:
            name = type(node).__name__.upper()
            yield draft.fault(node, f"{name} is not in the subset for rules", _INSTEAD.get(name, _SEE))
            continue
        for part, value in node.args.items():
            if part not in parts and value not in (None, [], False, ""):
                yield draft.fault(
                    node, f"{type(node).__name__.upper()} has `{part.strip('_')}`, which is not in the subset", _SEE
                )


def only_house_functions(draft: Draft) -> Iterator[Fault]:
    """A function that sqlglot does not know is one of our own, called as declared, or is refused."""
    for call in draft.tree.find_all(exp.Anonymous):
        name = str(call.this).lower()
        if name not in HOUSE_ARITY:
            remedy = _INSTEAD["CURRENTDATE"] if name in _CLOCKS else _INSTEAD.get(name.upper().replace("_", ""), _SEE)
            yield draft.fault(call, f"{name}() is not in the subset for rules", remedy)
        elif len(call.expressions) != HOUSE_ARITY[name]:
            yield draft.fault(call, f"{name}() takes {HOUSE_ARITY[name]} argument(s)", "See docs/rule-authors.md.")


_WHOLE = {exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT, exp.DType.BOOLEAN, exp.DType.VARCHAR, exp.DType.TEXT}


def exact_types(draft: Draft) -> Iterator[Fault]:
    """A sum of floating-point numbers depends on the order of the rows, and so on the threads."""
    for kind in draft.tree.find_all(exp.DataType):
        exact = kind.this in _WHOLE or (kind.this == exp.DType.DECIMAL and len(kind.expressions) == 2)
        if not exact:
            yield draft.fault(kind, "the type is not an exact one", "Cast to bigint, varchar or decimal(24, 4).")
    for literal in draft.tree.find_all(exp.Literal):
        if not literal.is_string and not str(literal.this).replace(".", "", 1).isdigit():
            yield draft.fault(literal, "a number with an exponent is floating point", "Write the digits out.")


_JOINS = frozenset(
    {("", ""), ("", "INNER"), ("LEFT", ""), ("LEFT", "OUTER"), ("", "CROSS"), ("", "SEMI"), ("", "ANTI")}
)


def plain_joins(draft: Draft) -> Iterator[Fault]:
    """ASOF and positional joins pick rows by physical order or have no counterpart on other engines."""
    for join in draft.tree.find_all(exp.Join):
        shape = (str(join.args.get("side") or "").upper(), str(join.args.get("kind") or "").upper())
        if shape not in _JOINS:
            yield draft.fault(
                join, f"a {' '.join(shape).strip()} join is not in the subset", "Use an inner, left, semi or anti join."
            )


def frame_bounds_are_literals(draft: Draft) -> Iterator[Fault]:
    """Spark takes only a plain literal as a bound, and an interval or a `groups` frame runs on one engine alone."""
    names = set(draft.meta.params)
    defaults = {name: parameter.default for name, parameter in draft.meta.params.items()}
    unknown = {str(p.this) for p in draft.tree.find_all(exp.Placeholder)} - names
    bound = bind(draft.tree, draft.meta.params, {**dict.fromkeys(unknown, 0), **defaults})
    for before, after in zip(draft.tree.find_all(exp.WindowSpec), bound.find_all(exp.WindowSpec), strict=True):
        if str(after.args.get("kind") or "").upper() not in {"RANGE", "ROWS"}:
            yield draft.fault(before, "the frame is neither RANGE nor ROWS", "Use a RANGE frame over whole seconds.")
        for side in ("start", "end"):
            limit = after.args.get(side)
            if isinstance(limit, exp.Expr) and not (isinstance(limit, exp.Literal) and limit.is_int):
                yield draft.fault(
                    before, "a bound of the frame is not a whole number", "Use whole numbers, parameters, + - and *."
                )


CHECKS: tuple[Check, ...] = (
    only_allowed_constructs,
    only_house_functions,
    exact_types,
    plain_joins,
    frame_bounds_are_literals,
)
