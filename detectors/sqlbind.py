"""Turn a rule's syntax tree into one that an engine can run: parameters as typed literals, house functions spelled out.

Nothing is ever pasted into text: every change is made in the tree, so that no value can become syntax.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from sqlglot import exp

from schemas.detector import Parameter

Value = int | Decimal
BUILT_IN = frozenset({"as_of_s"})
"""Placeholders that a rule may use without declaring them: the logical now of the run, in seconds since the epoch."""

PER_MILLE_CAP = 10**12
"""A thousand million times: no sum of money is so often another, so what a sentence states is the ratio and not the cap."""
_MONEY_UNITS = 10_000


def bind(tree: exp.Expr, params: Mapping[str, Parameter], values: Mapping[str, Value]) -> exp.Expr:
    """A copy of `tree` with each `$name` replaced by its value as a literal of the parameter's type and constants folded."""

    def fill(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder):
            name = str(node.this)
            return _literal(values[name], money=name in params and params[name].unit in {"money", "ratio"})
        return node

    return fold(tree.copy().transform(fill, copy=False))


def _literal(value: Value, *, money: bool) -> exp.Expr:
    if money:
        return exp.cast(exp.Literal.number(format(Decimal(value), "f")), "decimal(24, 4)")
    return exp.Literal.number(int(value)) if value >= 0 else exp.Neg(this=exp.Literal.number(-int(value)))


_ARITHMETIC: dict[type[exp.Expr], Callable[[int, int], int]] = {
    exp.Add: lambda a, b: a + b,
    exp.Sub: lambda a, b: a - b,
    exp.Mul: lambda a, b: a * b,
}


def fold(tree: exp.Expr) -> exp.Expr:
    """Work out `+`, `-` and `*` between whole literals. Spark takes only a plain literal as the bound of a frame."""
    for node in reversed(list(tree.walk())):
        kind = type(node)
        if kind not in _ARITHMETIC and not isinstance(node, exp.Paren):
            continue
        if isinstance(node, exp.Paren):
            if _whole(node.this) is not None:
                node.replace(node.this.copy())
            continue
        left, right = _whole(node.this), _whole(node.expression)
        if left is not None and right is not None:
            node.replace(_literal(_ARITHMETIC[kind](left, right), money=False))
    return tree


def _whole(node: object) -> int | None:
    if isinstance(node, exp.Neg):
        inner = _whole(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Literal) and not node.is_string and str(node.this).isdigit():
        return int(node.this)
    return None


def for_duckdb(tree: exp.Expr) -> str:
    """The SQL text that DuckDB runs: house functions spelled out, `//` held to whole numbers, no comments.

    It changes `tree`, which a caller makes for it with `bind`: copies of trees were half of the time before a rule ran.
    """
    return tree.transform(_spell_out, copy=False).sql(dialect="duckdb", comments=False, copy=False)


def _spell_out(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and str(node.this).lower() in HOUSE_FUNCTIONS:
        return HOUSE_FUNCTIONS[str(node.this).lower()](*node.expressions)
    if isinstance(node, exp.IntDiv):
        # On decimals DuckDB's `//` divides as floating point and does not even round: 10.5 // 3 is 3.5.
        node.set("this", exp.cast(node.this, "bigint"))
        node.set("expression", exp.cast(node.expression, "bigint"))
    return node


def _sorted_list(item: exp.Expr) -> exp.Expr:
    return exp.func("list_sort", exp.func("list", item, dialect="duckdb"), dialect="duckdb")


def _per_mille(part: exp.Expr, whole: exp.Expr) -> exp.Expr:
    """floor(1000 * part / whole), exact for integers and decimals(_, 4), at most PER_MILLE_CAP; NULL where whole is zero."""
    share = exp.IntDiv(
        this=exp.Mul(this=_ten_thousandths(part), expression=exp.Literal.number(1000)),
        expression=exp.Nullif(this=_ten_thousandths(whole), expression=exp.Literal.number(0)),
    )
    capped = exp.Least(this=share, expressions=[exp.Literal.number(PER_MILLE_CAP)])
    return exp.cast(capped, "bigint")


def _ten_thousandths(amount: exp.Expr) -> exp.Expr:
    exact = exp.Mul(this=exp.cast(amount.copy(), "decimal(38, 4)"), expression=exp.Literal.number(_MONEY_UNITS))
    return exp.cast(exact, "hugeint")


HOUSE_FUNCTIONS: dict[str, Callable[..., exp.Expr]] = {"sorted_list": _sorted_list, "per_mille": _per_mille}
"""Functions of our own that a rule may call. Each engine spells them in its own way, with the same result:

`sorted_list(x)`            the values in ascending order, whatever order they came in;
`per_mille(part, whole)`    floor(1000 * part / whole) in exact arithmetic, at most 1,000,000.
"""
HOUSE_ARITY = {"sorted_list": 1, "per_mille": 2}
