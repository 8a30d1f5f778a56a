"""What a hostile partner sends: bombs, markup that reaches out, names that climb, values that lie. Each is refused or accounted
for, nothing is written where it does not belong, and the next submission goes in."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.iso_messages import pacs008, transfer
from support.workbooks import good, workbook

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
MUCH = 200 * 1024 * 1024


def _with_member(name: str, data: bytes) -> bytes:
    """A workbook with one more file in it."""
    kept = io.BytesIO(workbook([good("R-1")]))
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return kept.getvalue()


MESSAGE = pacs008(transfer(1)).split("?>")[-1]


def _laughing() -> bytes:
    lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE D [<!ENTITY l0 "lol">{lols}]>{MESSAGE}'.replace(
        "Awa Diallo", "&l9;"
    ).encode()


def _reaching(what: str) -> bytes:
    head = f'<?xml version="1.0"?><!DOCTYPE D [<!ENTITY x SYSTEM "{what}">]>'
    return (head + MESSAGE.replace("Awa Diallo", "&x;")).encode()


HOSTILE: dict[str, tuple[str, str, bytes]] = {
    "a billion laughs": ("amplification", "laugh.xml", _laughing()),
    "an entity that reads a file": ("DOCTYPE", "reach.xml", _reaching("file:///etc/passwd")),
    "an entity that calls home": ("DOCTYPE", "call.xml", _reaching("http://127.0.0.1:9/x")),
    "a doctype from elsewhere": ("DOCTYPE", "dtd.xml", b'<!DOCTYPE D SYSTEM "http://127.0.0.1:9/d.dtd">' + MESSAGE.encode()),
    "nesting in XML": ("Excessive depth", "deep.xml", b"<a>" * 60_000),
    "nesting in JSON": ("not_json", "deep.ndjson", b'{"reference":' + b"[" * 150_000),
    "a zip bomb": ("times its size", "bomb.xlsx", _with_member("xl/worksheets/bomb.xml", b"0" * (60 << 20))),
    "a member that climbs": ("", "climb.xlsx", _with_member("../../../../keys/planted", b"planted")),
    "a member from the root": ("", "root.xlsx", _with_member("/tmp/planted-by-thalweg-test", b"planted")),
    "one cell": ("cell_too_large", "cell.csv", (HEADER + "R-1,2026-03-02,transfer,1,EUR,A," + "x" * 190_000).encode()),
    "numbers beyond all bounds": ("not_a_number", "huge.csv", (HEADER + "R-1,2026-03-02,transfer,1e999999999,EUR,A,B\n").encode()),
    "NUL and lone surrogates": ("not_json", "nul.ndjson", b'{"reference":"\\ud800\\u0000","amount":"1"}\n\x00\n'),
    "a key that stands twice": ("duplicate_key", "twice.ndjson", b'{"reference":"A","reference":"B"}\n'),
    "half a Parquet file": ("broken", "half.parquet", b"PAR1" + b"\xff" * 5000 + b"PAR1"),
    "an amount that runs": ("not_a_number", "run.csv", (HEADER + 'R-1,2026-03-02,transfer,"=cmd|\' /C calc\'!A0",EUR,A,B\n').encode()),
    "nothing": ("empty", "empty.csv", b""),
}  # fmt: skip


def _files(root: Path) -> set[str]:
    """What lies in a house beside what any submission leaves there."""
    usual = {"originals", "segments", "batches", "journal", "spool", "uploads"}
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    return {each for each in found if each.split("/")[0] not in usual and not each.startswith("ledger.duckdb")}


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_a_partner_sends_is_refused_or_accounted_for(world: Any, what: str) -> None:
    said, name, data = HOSTILE[what]
    assert len(data) < 200_000
    root, memory = world.house.home.root, psutil.Process()
    before, held = _files(root), memory.memory_info().rss
    answer = world.program("bank-b").post("/v1/batches", params={"name": name}, content=data)
    assert answer.status_code == (422 if said else 201), answer.text
    assert said in answer.json().get("detail", "")
    counted = answer.json().get("batch", {}) if answer.status_code == 422 else answer.json()
    if isinstance(counted, dict) and "rows" in counted:
        assert counted["rows"] == counted["accepted"] + counted["duplicates"] + counted["rejected"]
        assert not said or counted["accepted"] == 0
    assert "root:" not in answer.text
    assert _files(root) == before
    assert not Path("/tmp/planted-by-thalweg-test").exists()
    assert memory.memory_info().rss - held < MUCH, "it is read in a child"
    assert list(world.house.home.spool.iterdir()) == []


def test_after_all_that_the_next_submission_goes_in(world: Any) -> None:
    line = "AFTER-1,2026-03-02T10:00:00Z,transfer,10.50,EUR,A,B\n"
    assert world.submit("bank-b", (HEADER + line).encode())["accepted"] == 1
    assert world.program(None).get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "name", ["../../keys/receipt", "/etc/passwd", "a\r\nset-cookie: x=1", "\u202egpj.exe", "<img src=x onerror=alert(1)>", "x" * 255]
)  # fmt: skip
def test_a_name_is_a_name_and_never_a_place_a_header_or_markup(world: Any, name: str) -> None:
    data = (HEADER + f"N-{len(name)}-{ord(name[0])},2026-03-02T10:00:00Z,transfer,1,EUR,A,B\nbad\n").encode()
    before = _files(world.house.home.root)
    answer = world.program("bank-b").post("/v1/batches", params={"name": name}, content=data)
    batch = (answer.json().get("batch") if answer.status_code == 201 else answer.json()["batch"]["batch"]) or ""
    assert batch.startswith("b_")
    page = world.browser("bank-b").get(f"/batches/{batch}")
    rows = world.program("bank-b").get(f"/v1/batches/{batch}/rejected-rows")
    assert (page.status_code, rows.status_code) == (200, 200)
    assert "<img src=x" not in page.text
    assert "set-cookie" not in {**answer.headers, **rows.headers}
    assert name not in rows.headers["content-disposition"]
    assert _files(world.house.home.root) == before


@pytest.mark.parametrize("mapping", ["../../etc/passwd", "/etc/passwd", "..", "%2e%2e", "amlsim\x00.toml"])
def test_a_mapping_is_a_name_or_a_document_and_never_a_path(world: Any, mapping: str) -> None:
    answer = world.program("bank-b").post("/v1/batches", params={"mapping": mapping}, content=b"x")
    assert answer.status_code == 422
    assert "root:" not in answer.text


def test_the_key_of_another_partners_submission_is_no_oracle(world: Any) -> None:
    data = (HEADER + "ORACLE-1,2026-03-02T10:00:00Z,transfer,1,EUR,A,B\n").encode()
    other = (HEADER + "ORACLE-2,2026-03-02T10:00:00Z,transfer,1,EUR,A,B\n").encode()
    key = {"idempotency-key": "march"}
    first = world.program("bank-a").post("/v1/batches", content=data, headers=key)
    again = world.program("bank-b").post("/v1/batches", content=data, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["batch"] != again.json()["batch"]
    assert again.json()["duplicates"] == 0
    reused = world.program("bank-a").post("/v1/batches", content=other, headers=key)
    assert reused.status_code == 422
    assert world.program("bank-b").post("/v1/batches", content=other).status_code == 201


def test_no_answer_repeats_the_host_that_a_client_invents(world: Any) -> None:
    poisoned = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    for caller, path in (
        (world.browser(), "/alerts"),
        (world.browser(), "/sign-in"),
        (world.program("bank-a"), "/v1/batches"),
    ):
        answer = caller.get(path, headers=poisoned)
        assert "evil.example" not in answer.text + json.dumps(dict(answer.headers))
