"""The verifier that the auditor's page prints works as printed, and agrees with ours."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.batch import BatchCounts
from service.journal.keys import receipt_key
from service.journal.receipts import sign_receipt, signed_bytes
from service.journal.verify import verify_journal
from tests.service.journal.samples import ENTRIES, PAYLOADS

_PAGE = (Path(__file__).parents[3] / "docs" / "auditor.md").read_text()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    blocks = re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL)
    assert len(blocks) == 1
    script = tmp_path_factory.mktemp("auditor") / "check.py"
    script.write_text(blocks[0])
    return script


def _run(script: Path, directory: Path) -> str:
    done = subprocess.run([sys.executable, "-I", script, directory], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_it_finds_the_same_size_and_head(printed: Path, filled: Path) -> None:
    report = verify_journal(filled)
    assert _run(printed, filled) == f"{report.entries} entries, head {report.head}"


@pytest.mark.parametrize(
    ("name", "old", "new"), [(ENTRIES, b'"seq":3', b'"seq":4'), (PAYLOADS, b"ab" * 32, b"ac" * 32)]
)
def test_it_names_the_same_first_bad_entry(printed: Path, filled: Path, name: str, old: bytes, new: bytes) -> None:
    path = filled / name
    path.write_bytes(path.read_bytes().replace(old, new))
    report = verify_journal(filled)
    assert report.first_bad is not None
    assert f"entry {report.first_bad.seq}" in _run(printed, filled)


def test_a_torn_line_and_a_lost_payload_file_are_bad_to_it_too(printed: Path, filled: Path) -> None:
    whole = (filled / ENTRIES).read_bytes()
    (filled / ENTRIES).write_bytes(whole[:-1])
    assert "first bad: entry 5" in _run(printed, filled)
    (filled / ENTRIES).write_bytes(whole)
    (filled / PAYLOADS).unlink()
    assert "first bad: entry 0" in _run(printed, filled)


def test_what_a_receipt_signs_can_be_made_with_the_standard_library(tmp_path: Path) -> None:
    counts = BatchCounts(rows=3, accepted=3, duplicates=0, rejected=0)
    key = receipt_key(tmp_path)
    receipt = sign_receipt(
        key,
        batch="b-1",
        partner="Douane de Ségou",
        status="accepted",
        original="0a" * 32,
        segment=None,
        counts=counts,
        at="2025-03-01T08:00:00.000000Z",
    )
    fields = json.loads(receipt.model_dump_json())
    signature = base64.b64decode(fields.pop("signature"))
    signed = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert signed == signed_bytes(receipt)
    key.public.verify(signature, signed)
