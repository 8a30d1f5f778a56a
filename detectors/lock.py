"""What a detector computes and what it says, as two hashes, and the file that holds both for every detector.

The logic hash changes when findings may change; the prose hash when only words do. White space and comments change neither.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import sqlglot

from detectors.api import Detector
from schemas.canonical import digest_json, sha256, written
from schemas.detector import DetectorMeta

FORMAT_VERSION = 2
"""Of the rule format and of how the runner shapes findings. Raise it when the same rule would give other findings."""

LOCK_FILE = Path(__file__).parent / "catalogue.lock.toml"
CURE = "Run `thalweg detectors lock` and commit detectors/catalogue.lock.toml with the change."
_DIALECT = "duckdb"
_HEAD = {"META", "EXAMPLES", "__all__"}


class Locked(NamedTuple):
    """The two hashes of one detector, as recorded or as computed, and of a rule the SHA-256 of its file (else empty)."""

    logic: str
    prose: str
    file: str = ""


def logic_hash_of_rule(meta: DetectorMeta, sql: str) -> str:
    """SHA-256 over the words of the SQL without comments and spacing, and over what else decides a finding."""
    words = [[token.token_type.name, token.text] for token in sqlglot.tokenize(sql, dialect=_DIALECT)]
    spoken = [[kind, text if kind in {"STRING", "IDENTIFIER"} else text.lower()] for kind, text in words]
    return digest_json({"format": FORMAT_VERSION, "decides": _deciding(meta), "sql": spoken})


def logic_hash_of_python(meta: DetectorMeta, sources: Iterable[Path]) -> str:
    """SHA-256 over the syntax of the modules, without documentation and META, over other files as they are, and over the head.

    `sources` are the detector's own module and every file whose content decides its findings, in a fixed order.
    """
    logic: list[Any] = []
    for source in sources:
        data = source.read_bytes()
        logic.append([source.name, _syntax_of(data) if source.suffix == ".py" else sha256(data)])
    return digest_json({"format": FORMAT_VERSION, "decides": _deciding(meta), "python": logic})


def prose_hash(meta: DetectorMeta) -> str:
    """SHA-256 over what a reader sees: title, sentence, look-alikes, next step, sources, reasons and bounds."""
    return digest_json(
        {
            "title": meta.title,
            "why": meta.why,
            "benign": list(meta.benign),
            "next_step": meta.next_step,
            "sources": list(meta.sources),
            "indicators": [line.model_dump(mode="json") for line in meta.indicators],
            "params": {name: [p.reason, str(p.least), str(p.most)] for name, p in meta.params.items()},
        }
    )


def _deciding(meta: DetectorMeta) -> dict[str, Any]:
    """What of the head decides findings and their rank. The status does not: a run names it in its manifest."""
    return {
        "id": meta.id,
        "kind": meta.kind,
        "family": meta.family,
        "tier": meta.tier,
        "severity": meta.severity,
        "weight": meta.weight,
        "roles": meta.roles,
        "facts": dict(meta.facts),
        "needs": list(meta.needs),
        "tables": list(meta.tables),
        "exclusions": list(meta.exclusions),
        "peaks": meta.peaks,
        "params": {name: [str(parameter.default), parameter.unit] for name, parameter in meta.params.items()},
    }


@cache
def _syntax_of(module: bytes) -> Any:
    """The syntax of a module as canonical JSON; many detectors rest on the same ones."""
    return written(_syntax(ast.parse(module)))


def _syntax(node: Any) -> Any:
    """A syntax tree as plain lists, the same on every Python from 3.11: absent parts are left out, and so is documentation."""
    if isinstance(node, ast.AST):
        parts = [[name, _syntax(value)] for name, value in ast.iter_fields(node) if _counts(name, value)]
        return [type(node).__name__, parts]
    if isinstance(node, list):
        return [_syntax(item) for item in node if not _is_prose(item)]
    return node if isinstance(node, str | bool) or node is None else repr(node)


def _counts(name: str, value: Any) -> bool:
    return name not in {"type_comment", "kind", "ctx"} and value is not None and value != []


def _is_prose(statement: Any) -> bool:
    """Documentation, and what sets or brings in nothing but the head and the examples."""
    if isinstance(statement, ast.ImportFrom):
        return {alias.asname or alias.name for alias in statement.names} <= _HEAD
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    return isinstance(statement, ast.Assign | ast.AnnAssign) and names <= _HEAD and bool(names)


def compute(detectors: Iterable[Detector]) -> dict[str, Locked]:
    """The hashes of the detectors as they are now, by id."""
    return {
        d.meta.id: Locked(d.logic_hash, d.prose_hash, d.code_digest if d.meta.kind == "rule" else "")
        for d in sorted(detectors, key=lambda d: d.meta.id)
    }


def read(path: Path = LOCK_FILE) -> dict[str, Locked]:
    """The hashes as recorded; empty where there is no lock file."""
    if not path.exists():
        return {}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    entries = table.get("detectors", {}).items()
    return {name: Locked(entry["logic"], entry["prose"], entry.get("file", "")) for name, entry in entries}


@cache
def judged(path: Path = LOCK_FILE) -> Mapping[str, Locked]:
    """The rules that passed the lint when the lock was written, by the SHA-256 of their file; none of another format.

    Judging sixty rules takes seconds, and every command begins with the catalogue. A test judges them all again.
    """
    if not path.exists() or tomllib.loads(path.read_text(encoding="utf-8")).get("format") != FORMAT_VERSION:
        return {}
    return {entry.file: entry for entry in read(path).values() if entry.file}


def render(locked: dict[str, Locked]) -> str:
    """The text of a lock file: the same hashes give the same bytes."""
    lines = [
        "# Written by `thalweg detectors lock`; a review of a detector begins with what changed here.",
        f"format = {FORMAT_VERSION}",
    ]
    for name, entry in sorted(locked.items()):
        lines += ["", f"[detectors.{name}]", f'logic = "{entry.logic}"', f'prose = "{entry.prose}"']
        lines += [f'file = "{entry.file}"'] if entry.file else []
    return "\n".join(lines) + "\n"


def write(detectors: Iterable[Detector], path: Path = LOCK_FILE) -> None:
    """Record the hashes of the detectors as they are now."""
    path.write_text(render(compute(detectors)), encoding="utf-8")


def check(detectors: Iterable[Detector], path: Path = LOCK_FILE) -> list[str]:
    """What differs from the lock file, one sentence a detector that names it and the cure; empty where all agree."""
    now, before = compute(detectors), read(path)
    problems = []
    for name in sorted(now.keys() | before.keys()):
        if name not in before:
            problems.append(f"{name}: the detector is not in the lock file. {CURE}")
        elif name not in now:
            problems.append(f"{name}: the lock file names a detector that is not there. {CURE}")
        elif now[name].logic != before[name].logic:
            problems.append(f"{name}: its logic has changed: it may flag other accounts than before. {CURE}")
        elif now[name].prose != before[name].prose:
            problems.append(f"{name}: its words have changed, its findings have not. {CURE}")
        elif now[name].file != before[name].file:
            problems.append(f"{name}: its file has changed, its logic and words have not. {CURE}")
    return problems
