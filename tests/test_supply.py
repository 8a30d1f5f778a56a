"""What is installed: by hash, under licences that a service may stand on, and looked after by an audit that never lies."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
LESSER = {"pycountry"}
"""Under the LGPL: imported as it is, and replaceable by whoever installs it. Nothing else is under a licence of that family."""

LONGEST_NAME = 200
"""Beyond this the field is a whole text, also of what a wheel brings along: libgfortran in those of scipy stands under the GPL with
the exception of the GCC runtime library. The classifiers then name the licence."""


def _licences() -> dict[str, str]:
    """What every package says of its licence that the service needs at run time, by name."""
    wanted = list(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"])
    found: dict[str, str] = {}
    while wanted:
        asked = Requirement(wanted.pop())
        extras = asked.extras or {""}
        if asked.marker is not None and not any(asked.marker.evaluate({"extra": each}) for each in extras):
            continue
        installed = distribution(asked.name)
        name = re.sub(r"[-_.]+", "-", asked.name).lower()
        if name in found and extras == {""}:
            continue
        told = installed.metadata
        classes = [each for each in told.get_all("Classifier") or [] if each.startswith("License")]
        text = told.get("License") or ""
        short = text if len(text) < LONGEST_NAME or not classes else ""
        found[name] = " ".join([told.get("License-Expression") or "", short, *classes]).strip()
        for line in installed.requires or []:
            each = Requirement(line)
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras):
                each.marker = None
                wanted.append(str(each))
    return found


def test_nothing_under_the_gpl_runs_in_the_service() -> None:
    licences = _licences()
    assert len(licences) > len(LESSER) + 30
    assert [name for name, told in licences.items() if not told] == []
    family = {name for name, told in licences.items() if re.search(r"\b[AL]?GPL|GNU (Affero|Lesser|General)", told)}
    assert family == LESSER


@pytest.mark.parametrize("name", ["requirements.lock", ".ci/supply.lock"])
def test_whatever_is_installed_is_named_with_its_version_and_hash(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8").strip())
    assert len(blocks) > 20
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==\S+", block), block
        assert "--hash=sha256:" in block


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', 0, "1 of 1 packages audited, 0 known"),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}]}', 1, "a 1: CVE-1"),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', 0, "NOT AUDITED"),
        ("", 0, "NOT AUDITED"),
    ],
)
def test_an_audit_fails_for_a_weakness_and_says_where_it_could_ask_nobody(
    tmp_path: Path, told: str, code: int, said: str
) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/audit", tmp_path / ".ci/audit")
    tools = tmp_path / ".venv-supply/bin"
    tools.mkdir(parents=True)
    (tools / "python").symlink_to(sys.executable)
    auditor = tools / "pip-audit"
    auditor.write_text(f"#!/bin/sh\nfor each; do last=$each; done\nprintf '%s' '{told}' > \"$last\"\n")
    auditor.chmod(0o755)
    done = subprocess.run([tmp_path / ".ci/audit"], capture_output=True, text=True, check=False)
    assert (done.returncode, said in done.stdout) == (code, True), done
