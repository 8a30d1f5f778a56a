"""Is it one SELECT over the relations that a rule may see, and nothing else?

Everything that is not expressly allowed is refused: the list of what SQL can do grows with every release of an engine.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from detectors.lint.draft import Check, Draft, Fault
from detectors.peaks import ANCHOR, LEG_COLUMNS, LEGS, NAMES, SIZE
from detectors.rulefile import RuleFile
from detectors.sqlbind import BUILT_IN

_SIDE = "t_s t_end_s day local_s channel amount amount_base currency is_reversal"
_VALID = "from_day to_day"
_OPTIONAL = (
    "from_country to_country from_kind to_kind place latitude longitude agent device phone merchant_category purpose"
)


def _columns(names: str) -> frozenset[str]:
    return frozenset(names.split())


RELATIONS: dict[str, frozenset[str]] = {
    "accounts": _columns("account key name country kind first_s last_s covered_s"),
    "transactions": _columns(f"txn {_SIDE} from_account to_account {_OPTIONAL}"),
    "flows": _columns(
        f"account counterparty direction txn {_SIDE} country home threshold threshold_base first_contact"
    ),
    "pairs": _columns("from_account to_account payments total_base first_txn first_s last_s"),
    "daily": _columns("account direction day payments total_base largest_base cash_base"),
    "segments": _columns(f"account segment {_VALID}"),
    "profiles": _columns(f"account sector income_base output_base {_VALID}"),
    "corridors": _columns(f"kind route step from_country to_country {_VALID}"),
    "calendar": _columns("country kind name first_day last_day"),
    "places": _columns("place country kind"),
    "merchants": _columns("merchant_category topic"),
    "mentions": _columns("txn topic term"),
    "quantities": _columns("txn unit quantity"),
    "prices": _columns("commodity day price_base"),
    "watched": _columns(f"account entry list kind grade humanitarian matched {_VALID}"),
}
"""The relations that a rule may read and their columns."""

OUTPUT = ("subject", "window_start_s", "window_end_s", "strength", "evidence")
PEAK_OUTPUT = ("subject", "window_start_s", "window_end_s", "strength", *ANCHOR)
_ROW_ID = "rowid"
_SESSION_NAMES = frozenset(
    ["user", "current_user", "session_user", "current_role", "current_catalog", "current_schema", "current_database"]
)


def one_select(file: RuleFile, statements: list[exp.Expr]) -> exp.Query | Fault:
    # A second statement could do anything at all, and a finding must follow from one reading of one snapshot.
    remedy = "Write exactly one SELECT; use WITH for the steps before it."
    if len(statements) != 1:
        return Fault(file.sql_line, f"a rule is one statement, and this file holds {len(statements)}", None, remedy)
    if not isinstance(statements[0], exp.Select | exp.SetOperation):
        kind = type(statements[0]).__name__.upper()
        return Fault(file.sql_line, "a rule only reads: it is one SELECT", kind, remedy)
    return statements[0]


def only_known_relations(draft: Draft) -> Iterator[Fault]:
    """Tables are the allow-listed relations or steps of this rule that stand above; so no file and no system table is read."""
    # In order: a step that reads the name of a later step would read a system table of that name instead.
    known = set(RELATIONS)
    for step in draft.tree.ctes:
        name = step.alias.lower()
        yield from _foreign_tables(draft, step.this, known)
        if name in known or name in RELATIONS:
            yield draft.fault(step, "two steps, or a step and a relation, have one name", "Give the step another name.")
        known.add(name)
    rest = draft.tree.copy()
    rest.set("with_", None)
    yield from _foreign_tables(draft, rest, known)


def _foreign_tables(draft: Draft, tree: exp.Expr, known: set[str]) -> Iterator[Fault]:
    allowed = ", ".join(sorted(RELATIONS))
    for table in tree.find_all(exp.Table):
        plain = isinstance(table.this, exp.Identifier) and not table.args.get("db") and not table.args.get("catalog")
        if not plain or table.name.lower() not in known:
            yield draft.fault(
                table, "the rule reads something that it may not see", f"A rule sees {allowed} and its own steps above."
            )


def with_stands_at_the_top(draft: Draft) -> Iterator[Fault]:
    """A nested WITH could give a system table's name to a step in one place and read the real one in another."""
    for clause in draft.tree.find_all(exp.With):
        if clause.args.get("recursive"):
            yield draft.fault(clause, "a recursive step has no bound", "Unroll the steps: a finding has few hops.")
        if clause.parent is not draft.tree:
            yield draft.fault(clause, "WITH stands inside another query", "Move the step to the WITH at the top.")


def columns_are_known(draft: Draft) -> Iterator[Fault]:
    """Names that are no columns are functions of the session to some engines (`current_user`), or a physical row number."""
    known = {name for columns in RELATIONS.values() for name in columns}
    known |= {alias.alias.lower() for alias in draft.tree.find_all(exp.Alias)}
    for column in draft.tree.find_all(exp.Column):
        name = column.name.lower()
        if isinstance(column.this, exp.Star):
            continue
        if name not in known or name in _SESSION_NAMES or name == _ROW_ID:
            yield draft.fault(column, "no such column", "Use a column of the relations or one that a step names.")
    for alias in draft.tree.find_all(exp.Alias):
        if alias.alias.lower() in _SESSION_NAMES | {_ROW_ID}:
            yield draft.fault(alias, "this name means something else to an engine", "Choose another name.")


def no_star(draft: Draft) -> Iterator[Fault]:
    """`*` changes meaning when a relation gains a column, and hides from the reader what a step hands on."""
    for star in draft.tree.find_all(exp.Star):
        if not isinstance(star.parent, exp.Count):
            yield draft.fault(star, "`*` stands for columns", "Name the columns.")


def parameters_are_declared_and_used(draft: Draft) -> Iterator[Fault]:
    """An undeclared `$name` has no bounds and no reason; an unused parameter promises an effect that it does not have."""
    used = {str(draft.meta.peaks)}
    for placeholder in draft.tree.find_all(exp.Placeholder):
        name = str(placeholder.this or "")
        used.add(name)
        if name not in draft.meta.params and name not in BUILT_IN:
            yield draft.fault(
                placeholder, "the parameter is not declared", "Declare it under [params], with its reason."
            )
    said = {line.threshold for line in draft.meta.indicators}
    for name in sorted(set(draft.meta.params) - used):
        remedy = "Use it as `$" + name + "` or remove it."
        extra = " (it is only shown as a threshold)" if name in said else ""
        yield draft.head_fault(("params", name), f"the parameter is never used{extra}", remedy, value=name)


def output_columns(draft: Draft) -> Iterator[Fault]:
    """The runner turns the columns by name into findings and facts; a missing or an extra one is a mistake."""
    output = OUTPUT if draft.meta.peaks is None else PEAK_OUTPUT
    wanted = set(output) | (set(draft.meta.facts) - {"currency"})
    free = {"currency"} if draft.meta.peaks is None else {"currency", SIZE}
    given = [name.lower() for name in draft.tree.named_selects]
    for name in sorted(wanted - set(given)):
        yield draft.fault(draft.tree.selects[0], f"the SELECT does not give `{name}`", f"Add `… as {name}`.")
    for name in sorted(set(given) - wanted - free):
        yield draft.fault(
            next(column for column in draft.tree.selects if column.alias_or_name.lower() == name),
            f"the SELECT gives `{name}`, which is no fact",
            "Declare it under [facts] or drop it.",
        )
    if len(given) != len(set(given)):
        yield draft.fault(draft.tree.selects[0], "the SELECT gives a name twice", "Give each column its own name.")


def legs_of_a_window(draft: Draft) -> Iterator[Fault]:
    """A rule with `peaks` leaves the choice of windows and their evidence to the runner, which must find what it needs."""
    window = draft.meta.peaks
    if window is None:
        return
    parameter = draft.meta.params.get(window)
    if parameter is None or parameter.unit != "seconds":
        yield draft.head_fault(
            ("peaks",), "`peaks` names no parameter in seconds", "Name the length of the window.", window
        )
    steps = {step.alias.lower(): step.this.named_selects for step in draft.tree.ctes}
    apart = {"currency"} & {name.lower() for name in draft.tree.named_selects}
    for name in sorted({*LEG_COLUMNS, *apart} - {column.lower() for column in steps.get(LEGS, ())}):
        remedy = f"Write a step `{LEGS}` that gives {', '.join((*LEG_COLUMNS, *sorted(apart)))} of the rows that count."
        yield draft.head_fault(("peaks",), f"the step `{LEGS}` does not give `{name}`", remedy)
    for name in sorted(NAMES & steps.keys()):
        yield draft.head_fault(("peaks",), "a step has a name that the runner needs", "Give it another name.", name)


CHECKS: tuple[Check, ...] = (
    only_known_relations,
    with_stands_at_the_top,
    columns_are_known,
    no_star,
    parameters_are_declared_and_used,
    output_columns,
    legs_of_a_window,
)
