"""The rules of the house, as far as a machine can hold them: sizes, names, the lock file, and what no module may do."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("schemas", "detectors", "service", "fixtures")
LONGEST = 330
TOP = {
    "schemas", "detectors", "service", "fixtures", "tests", "docs", ".ci", ".gitignore", ".dockerignore", "Makefile",
    "pyproject.toml", "requirements.lock", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
    "Dockerfile", "docker-compose.yml",
}  # fmt: skip
VAGUE = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "stuff", "base"}


def _modules(*packages: str) -> Iterator[Path]:
    for package in packages or PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a clone")
    return [name for name in listed.stdout.split("\0") if name]


def _lines(path: Path) -> int:
    """The lines of a file; a detector's head (a rule's, a pattern's META), which holds its sources and examples as tables, is
    not counted."""
    text = path.read_text("utf-8")
    if path.suffix == ".sql":
        text = text.rpartition("---*/")[2]
    lines = len(text.splitlines())
    if path.suffix == ".py" and path.is_relative_to(ROOT / "detectors"):
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.end_lineno is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and target.id == "META":
                    lines -= node.end_lineno - node.lineno
    return lines


def test_a_file_that_passes_330_lines_is_two_rooms() -> None:
    long = {
        _name(path): _lines(path)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*"))
        if path.suffix in {".py", ".sql", ".html", ".css"} and _lines(path) > LONGEST
    }
    assert not long, f"longer than {LONGEST} lines, split them: {long}"


def test_the_top_of_the_house_is_as_designed() -> None:
    assert {name.partition("/")[0] for name in _tracked()} <= TOP


def test_nothing_private_and_nothing_built_is_kept() -> None:
    kept = [name for name in _tracked() if re.search(r"(\.env|\.pem|\.key|\.duckdb|\.pyc)$|^var/|node_modules/", name)]
    assert not kept


def test_every_module_says_what_it_is_for() -> None:
    silent = [_name(path) for path in _modules() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert not silent, f"no docstring: {silent}"


def test_no_module_is_named_after_its_machinery() -> None:
    assert not [_name(path) for path in _modules() if path.stem in VAGUE]


def test_only_the_command_line_prints() -> None:
    found = [
        f"{_name(path)}:{node.lineno}"
        for path in _modules()
        if "service/cli/" not in _name(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not found


def _swallows(handler: ast.ExceptHandler, lines: list[str]) -> bool:
    """Whether a handler names no error, or passes over one without a reason beside it."""
    if handler.type is None:
        return True
    if not all(isinstance(step, ast.Pass) for step in handler.body):
        return False
    broad = isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    return broad or "#" not in lines[handler.body[0].lineno - 1]


def test_no_error_is_swallowed() -> None:
    found = [
        f"{_name(path)}:{node.lineno}"
        for path in _modules()
        for text in [path.read_text("utf-8")]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler) and _swallows(node, text.splitlines())
    ]
    assert not found, "name the error and say what becomes of it"


def test_a_secret_is_never_compared_by_equality() -> None:
    secret = re.compile(r"secret|token|password|passphrase|key_hash|api_key", re.IGNORECASE)
    found = [
        f"{_name(path)}:{node.lineno}"
        for path in _modules("service")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Compare) and any(isinstance(sign, ast.Eq | ast.NotEq) for sign in node.ops)
        if any(
            secret.search(part.id if isinstance(part, ast.Name) else part.attr)
            for part in (node.left, *node.comparators)
            if isinstance(part, ast.Name | ast.Attribute)
        )
    ]
    assert not found, "use hmac.compare_digest"


def test_what_finds_has_no_clock_and_no_environment() -> None:
    clock = {"now", "utcnow", "today", "time", "monotonic", "getenv", "environ"}
    modules = {"datetime", "date", "time", "os"}
    found = [
        f"{_name(path)}:{node.lineno} {node.value.id}.{node.attr}"
        for path in _modules("schemas", "detectors")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if node.value.id in modules and node.attr in clock
    ]
    assert not found


def _lock() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


def test_the_lock_names_files_by_hash_and_holds_no_address() -> None:
    text = _lock()
    assert not re.search(r"://|^--|@ ", text, re.MULTILINE)
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_lock_holds_everything_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    asked += project["project"]["optional-dependencies"]["dev"]
    names = {re.split(r"[\[<>=!~ ]", line, maxsplit=1)[0].lower() for line in asked}
    locked = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", _lock(), re.MULTILINE))
    assert names <= locked, f"run `make lock`: {names - locked} missing"


def test_every_setting_is_documented() -> None:
    settings = ROOT / "service" / "settings.py"
    known = {
        step.target.id
        for node in ast.walk(ast.parse(settings.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
        for step in node.body
        if isinstance(step, ast.AnnAssign) and isinstance(step.target, ast.Name) and step.target.id != "model_config"
    }
    documented = set(re.findall(r"`THALWEG_([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text("utf-8")))
    assert known, "service/settings.py declares no setting"
    missing, invented = {name.upper() for name in known} - documented, documented - {name.upper() for name in known}
    assert not missing, f"not in docs/settings.md: {missing}"
    assert not invented - {"FAULT_POINT", "FAULT_COUNT"}, f"documented, but no such setting: {invented}"


def test_the_supported_pythons_are_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert "(3, 11) <= sys.version_info[:2] < (3, 14)" in (ROOT / "Makefile").read_text("utf-8")
    assert (3, 11) <= sys.version_info[:2] < (3, 14)
