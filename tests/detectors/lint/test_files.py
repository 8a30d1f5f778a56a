"""What lies in a directory of rules and is none: each is refused with file, line and remedy, and nothing is waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from detectors.catalogue import Catalogue
from detectors.rulefile import LARGEST
from detectors.sqlrule import judge_rule
from tests.detectors.lint.drafts import HEAD, SQL, spoil, write_rule

Writer = Callable[[Path], object]


def whole(head: str = HEAD, sql: str = SQL) -> str:
    return f"/*---\n{head}\n---*/\n{sql}"


NO_RULES: dict[str, tuple[Writer, str, int]] = {
    "an empty file": (lambda path: path.write_bytes(b""), "does not open with a head", 1),
    "a folder": (lambda path: path.mkdir(), "this is no file", 1),
    "a pipe that nobody writes to": (os.mkfifo, "this is no file", 1),
    "a link to nowhere": (lambda path: path.symlink_to("nowhere"), "No such file", 1),
    "a link to itself": (lambda path: path.symlink_to(path.name), "cannot be read", 1),
    "a file in Latin-1": (lambda path: path.write_bytes(whole().encode("latin-1")), "not UTF-8", 4),
    "a file that never ends": (lambda path: path.write_text(whole() + "-- " + "x" * LARGEST), "larger than", 1),
    "text without quotes": (
        lambda path: path.write_text(whole(spoil(HEAD, '"low"', "low"))),
        "not valid TOML: Invalid value at column 12",
        9,
    ),
    "a text that is not closed": (
        lambda path: path.write_text(whole(HEAD.removesuffix('"""'))),
        "not valid TOML",
        len(HEAD.splitlines()) + 2,
    ),
    "lists in lists without end": (
        lambda path: path.write_text(whole("x = " + "[" * 5000 + "]" * 5000)),
        "not valid TOML",
        2,
    ),
    "a number without end": (lambda path: path.write_text(whole("x = " + "9" * 5000)), "not valid TOML", 2),
    "brackets in brackets without end": (
        lambda path: path.write_text(whole(sql=spoil(SQL, "500 as", "(" * 3000 + "500" + ")" * 3000 + " as"))),
        "nested too deeply",
        1,
    ),
}


@pytest.mark.parametrize(("write", "why", "line"), NO_RULES.values(), ids=list(NO_RULES))
def test_what_is_no_rule_is_refused_with_its_place(tmp_path: Path, write: Writer, why: str, line: int) -> None:
    path = tmp_path / "stray.sql"
    write(path)
    rule, (fault,) = judge_rule(path)
    assert rule is None
    assert why in fault.why
    assert fault.where == f"{path}:{line}"
    assert fault.remedy


def test_stray_files_take_nothing_else_from_the_catalogue(tmp_path: Path) -> None:
    for number, (write, _, _) in enumerate(NO_RULES.values()):
        write(tmp_path / f"stray-{number}.sql")
    write_rule(tmp_path, name="sound.sql")
    catalogue = Catalogue.load([tmp_path])
    assert len(catalogue.refused) == len(NO_RULES)
    assert catalogue.get("large-deposits").source_path == tmp_path / "sound.sql"
    assert all(catalogue.faults_of([f"stray-{number}"]) for number in range(len(NO_RULES)))


def test_a_mark_before_the_first_letter_and_the_line_ends_of_windows_are_read_over(tmp_path: Path) -> None:
    path = tmp_path / "windows.sql"
    path.write_bytes(whole().replace("\n", "\r\n").encode("utf-8-sig"))
    rule, faults = judge_rule(path)
    plain, _ = judge_rule(write_rule(tmp_path))
    assert faults == []
    assert rule is not None
    assert plain is not None
    assert rule.logic_hash == plain.logic_hash
