"""A rule file as a detector: bind the parameters, run the SELECT over a snapshot, shape the rows into findings.

The runner adds what every rule needs and none should write itself: members with roles, the cap on evidence, facts as
canonical JSON. It never runs a rule that the lint refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import polars as pl
from sqlglot import exp

from detectors.api import Params, SnapshotView
from detectors.exclusions import without_excluded
from detectors.lint import lint
from detectors.lock import Locked, logic_hash_of_rule, prose_hash
from detectors.peaks import with_evidence
from detectors.rulefile import RuleFile, parse_statements, read_meta, read_rule_file
from detectors.sqlbind import bind, for_duckdb
from schemas.canonical import canonical_json, digest_file
from schemas.detector import DetectorMeta
from schemas.errors import DetectorInvalid
from schemas.finding import RAW_FINDING
from schemas.money import minor_units
from schemas.transaction import DAY_SECONDS

EVIDENCE_LIMIT = 200
"""How many transactions a finding lists: the largest ones. An analyst reads no more, and a hub would fill the memory."""

LEAST_ACCUSING = ("possible_victim", "payer", "beneficiary", "mule", "collector", "controller")
"""Roles from the mildest. An account that stands on both sides of the evidence is given the milder of its two roles."""

_SHAPE = Path(__file__).parent / "sqlrule.sql"
_STRENGTH = 1000


@dataclass(frozen=True)
class SqlRule:
    """A rule that passed the lint. Made by `load_rule`."""

    meta: DetectorMeta
    source_path: Path
    file: RuleFile = field(repr=False)
    logic_hash: str
    prose_hash: str
    code_digest: str

    @cached_property
    def tree(self) -> exp.Query:
        """The SQL as a syntax tree: read when it is first needed, since most commands run no rule."""
        tree = parse_statements(self.file)[0]
        assert isinstance(tree, exp.Query)  # noqa: S101 - the lint has seen to it
        return tree

    def find(self, view: SnapshotView, params: Params) -> pl.DataFrame:
        """The findings of this rule, as RAW_FINDING. Parameters that are not given stand at their defaults."""
        if view.missing(self.meta):
            return pl.DataFrame(schema=RAW_FINDING)
        try:
            rows = view.sql(self._text({**self.meta.settled(params), "as_of_s": view.as_of_s}))
        except duckdb.Error as broken:
            # Its first sentence: what follows names settings that a rule has not, and the SQL as the runner wrapped it.
            said = re.split(r"\n|(?<=[^.]\.) Use |\. You might", str(broken))[0].rstrip(".")
            raise self._broken(f"DuckDB could not run the rule: {said}") from broken
        return without_excluded(view, self.meta, self._findings(rows, view.base_currency))

    def _text(self, values: Mapping[str, int | Decimal]) -> str:
        """The SQL as DuckDB runs it with these values. The last one is kept: most examples of a rule differ in their rows alone, and
        to work in its tree was an eighth of the time that one took."""
        read = {str(each.this) for each in self._whole.find_all(exp.Placeholder)}
        key = tuple((name, value) for name, value in sorted(values.items()) if name in read)
        text = self._texts.get(key)
        if text is None:
            text = self._shaped(for_duckdb(bind(self._whole, self.meta.params, values)))
            self._texts.clear()
            self._texts[key] = text
        return text

    @cached_property
    def _texts(self) -> dict[tuple[tuple[str, int | Decimal], ...], str]:
        return {}

    @cached_property
    def _whole(self) -> exp.Query:
        if self.meta.peaks is None:
            return self.tree
        facts = ["subject", "window_start_s", "window_end_s", "strength", *self._fact_columns()]
        return with_evidence(self.tree, self.meta.peaks, facts)

    def _shaped(self, rule: str) -> str:
        ranks = {member: LEAST_ACCUSING.index(role) for member, role in self.meta.roles.items()}
        return _SHAPE.read_text(encoding="utf-8").format(
            rule=rule,
            facts="".join(f", {name}" for name in self._fact_columns()),
            evidence_limit=EVIDENCE_LIMIT,
            **{f"{member}_rank": rank for member, rank in ranks.items()},
        )

    def _fact_columns(self) -> list[str]:
        given = {name.lower() for name in self.tree.named_selects}
        return [*self.meta.facts, *(["currency"] if "currency" in given else [])]

    def _findings(self, rows: pl.DataFrame, base_currency: str) -> pl.DataFrame:
        if rows["evidence"].null_count():
            raise self._broken("a finding has no evidence")
        strengths = rows["strength"]
        if strengths.null_count() or not strengths.is_between(0, _STRENGTH).all():
            raise self._broken("a strength is missing or outside 0 to 1000")
        facts = pl.Series("facts", list(self._facts(rows, base_currency)), dtype=pl.String)
        role = pl.element().struct.field("rank").replace_strict(dict(enumerate(LEAST_ACCUSING)), return_dtype=pl.String)
        member = pl.struct(pl.element().struct.field("account").cast(pl.Int32), role.alias("role"))
        return (
            rows.with_columns(facts, pl.col("members").list.eval(member))
            .select(pl.col(name).cast(kind) for name, kind in RAW_FINDING.items())
            .sort("subject", "window_start_s", "window_end_s", "evidence", "strength", "facts")
        )

    def _facts(self, rows: pl.DataFrame, base_currency: str) -> Iterator[str]:
        """The facts of each finding as canonical JSON. Loops over findings, never over transactions."""
        columns = ["left_out", *self._fact_columns()]
        for row in rows.select(columns).iter_rows(named=True):
            currency = str(row.get("currency") or base_currency)
            facts: dict[str, Any] = {
                name: write_fact(kind, row[name], currency) for name, kind in self.meta.facts.items()
            }
            if "money" in self.meta.facts.values():
                facts["currency"] = currency
            if row["left_out"]:
                facts["left_out"] = int(row["left_out"])
            yield canonical_json(facts).decode()

    def _broken(self, why: str) -> DetectorInvalid:
        return DetectorInvalid(
            why,
            where=f"{self.source_path}:{self.file.sql_line}",
            value=self.meta.id,
            remedy="Mend the rule and its examples.",
        )


def write_fact(kind: str, value: Any, currency: str) -> int | str | None:
    """A fact as canonical JSON takes it: money as text at the currency's minor units, a date as ISO text, else an integer."""
    if value is None:
        return None
    if kind == "money":
        places = Decimal(1).scaleb(-minor_units().get(currency, 4))
        return format(Decimal(value).quantize(places), "f")
    if kind == "date":
        from_epoch = pl.Series([int(value) // DAY_SECONDS], dtype=pl.Int32).cast(pl.Date)
        return str(from_epoch.item())
    return str(value) if kind in {"text", "way"} else int(value)


def load_rule(path: Path) -> SqlRule:
    """Read, judge and hash one rule file. Raises the first DetectorInvalid; `judge_rule` gives them all."""
    rule, faults = judge_rule(path)
    if rule is None:
        raise faults[0]
    return rule


def judge_rule(
    path: Path, judged: Mapping[str, Locked] = MappingProxyType({})
) -> tuple[SqlRule | None, list[DetectorInvalid]]:
    """The rule of a file, or every reason why it cannot be loaded.

    `judged` are rules that have passed the lint before, by the SHA-256 of their file: one that is byte for byte the same is not
    judged again, and has the hashes that it had.
    """
    try:
        return _judged(path, judged)
    except RecursionError:
        nested = "the rule is nested too deeply to be read"
        remedy = "Close brackets that stay open, and split long chains of conditions into steps."
        return None, [DetectorInvalid(nested, where=f"{path}:1", remedy=remedy)]


def _judged(path: Path, judged: Mapping[str, Locked]) -> tuple[SqlRule | None, list[DetectorInvalid]]:
    try:
        file = read_rule_file(path)
        digest = digest_file(path)
        before = judged.get(digest)
        if before is not None:
            meta = read_meta(file)
            return SqlRule(meta, file.path, file, before.logic, before.prose, digest), []
    except DetectorInvalid as refused:
        return None, [refused]
    faults = lint(file)
    return (None, faults) if faults else (_built(file, digest), [])


def _built(file: RuleFile, digest: str) -> SqlRule:
    meta = read_meta(file)
    return SqlRule(meta, file.path, file, logic_hash_of_rule(meta, file.sql), prose_hash(meta), digest)
