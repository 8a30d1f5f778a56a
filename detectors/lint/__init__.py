"""Judge a rule file before it may run: one module a matter, one small function a check, each with the reason for it.

`lint(file)` gives every fault that it finds, in the order of the file. It never runs the SQL and never mends it.
"""

from __future__ import annotations

from detectors.lint import examples, order, portable, structure, words
from detectors.lint.draft import Check, Draft, Fault
from detectors.rulefile import RuleFile, parse_statements, read_meta
from schemas.errors import DetectorInvalid

CHECKS: tuple[Check, ...] = (
    *structure.CHECKS,
    *portable.CHECKS,
    *order.CHECKS,
    *words.CHECKS,
    *examples.CHECKS,
)

__all__ = ["CHECKS", "Draft", "Fault", "lint"]


def lint(file: RuleFile) -> list[DetectorInvalid]:
    """Every fault of a rule as an error that names `path:line`, the value and the remedy; empty where the rule is sound."""
    try:
        meta = read_meta(file)
        statements = parse_statements(file)
    except DetectorInvalid as refused:
        return [refused]
    alone = structure.one_select(file, statements)
    if isinstance(alone, Fault):
        return [_as_error(file, alone)]
    draft = Draft(file=file, meta=meta, tree=alone)
    faults = [fault for check in CHECKS for fault in check(draft)]
    return [_as_error(file, fault) for fault in sorted(set(faults), key=lambda fault: (fault.line, fault.why))]


def _as_error(file: RuleFile, fault: Fault) -> DetectorInvalid:
    return file.fault(fault.why, line=fault.line, value=fault.value, remedy=fault.remedy)
