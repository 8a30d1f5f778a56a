"""Rejected rows come back as a file that is mended and submitted alone, whatever stood in them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account,purpose,teller\n"


def rows(prefix: str, bad: dict[int, str], count: int = 40) -> bytes:
    """Good rows, but for the amounts that are given by their number."""
    lines = (
        f'{prefix}-{n},2026-03-{n % 28 + 1:02d},transfer,{bad.get(n, "12.50")},EUR,A-{prefix},+2237{n:06d},"rent, ""March""",T{n}\n'
        for n in range(count)
    )
    return (HEADER + "".join(lines)).encode()


def table(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))


def written(found: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(found[0]))
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_what_is_mended_is_accepted_alone_as_it_would_have_been(world: Any, form: str) -> None:
    client = world.program("bank-a")
    first = world.submit("bank-a", rows(f"MEND{form}", {3: "12.5O", 17: "12.505"}))
    assert (first["accepted"], first["rejected"]) == (38, 2)
    answer = client.get(f"/v1/batches/{first['batch']}/rejected-rows", params={"format": form})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    found = table(answer.content) if form == "csv" else [json.loads(line) for line in answer.text.splitlines()]
    assert [each["rejected_line"] for each in found] == ["5", "19"]
    assert found[0]["rejected_because"].startswith("amount: ")
    assert (found[0]["amount"], found[0]["purpose"]) == ("12.5O", 'rent, "March"')
    for each in found:
        each["amount"] = "12.50"
    mended = written(found) if form == "csv" else "\n".join(map(json.dumps, found)).encode()
    second = client.post("/v1/batches", params={"name": f"mended.{form}"}, content=mended).json()
    assert (second["accepted"], second["rejected"], second["duplicates"]) == (2, 0, 0)
    assert [each["column"] for each in second["unknown_columns"]] == ["teller"]
    whole = client.post("/v1/batches", params={"dry_run": "true"}, content=rows(f"MEND{form}", {})).json()
    assert (whole["duplicates"], whole["accepted"], whole["rejected"]) == (40, 0, 0)


def test_of_a_file_that_is_refused_every_row_comes_back(world: Any) -> None:
    client = world.program("bank-a")
    refused = client.post("/v1/batches", content=rows("ALL", dict.fromkeys(range(10), "x"), 20)).json()["batch"]
    found = table(client.get(f"/v1/batches/{refused['batch']}/rejected-rows").content)
    assert len(found) == refused["rejected"] == 20
    assert [bool(each["rejected_because"]) for each in found] == [True] * 10 + [False] * 10
    for each in found:
        each["amount"] = "12.50"
    again = client.post("/v1/batches", content=written(found)).json()
    assert (again["accepted"], again["rejected"]) == (20, 0)


def test_a_row_that_is_known_by_its_line_keeps_it(world: Any) -> None:
    client = world.program("bank-a")
    columns = {"occurred_at": "when", "amount": "sum", "from_account": "von", "to_account": "nach"}
    mapping = {
        "name": "by-line",
        "reference": "row-@row",
        "columns": columns,
        "constants": {"channel": "transfer", "currency": "EUR"},
    }
    lines = [f"2026-03-01;{'x' if n == 7 else n + 1}.00;A;B" for n in range(30)]
    file = ("when;sum;von;nach\n" + "\n".join(lines) + "\n").encode()
    form = {"data": {"mapping": json.dumps(mapping)}}
    first = client.post("/v1/batches", files={"file": ("l.csv", file)}, **form).json()
    assert (first["accepted"], first["rejected"]) == (29, 1)
    text = client.get(f"/v1/batches/{first['batch']}/rejected-rows").content
    assert text.decode("utf-8-sig").splitlines()[0] == "when;sum;von;nach;rejected_line;rejected_because"
    second = client.post("/v1/batches", files={"file": ("m.csv", text.replace(b"x.00", b"8.00"))}, **form).json()
    assert (second["accepted"], second["rejected"]) == (1, 0)
    mended = file.replace(b"x.00", b"8.00")
    again = client.post("/v1/batches", params={"dry_run": "true"}, files={"file": ("n.csv", mended)}, **form).json()
    assert (again["duplicates"], again["accepted"]) == (30, 0)


def test_rows_without_a_reject_and_rows_of_another_are_not_there(world: Any) -> None:
    mine = world.submit("bank-a", rows("NONE", {}))
    path = f"/v1/batches/{mine['batch']}/rejected-rows"
    assert world.program("bank-a").get(path).status_code == 404
    assert world.program("bank-b").get(path).status_code == 404
    assert world.program("bank-a").get(path, params={"format": "exe"}).status_code == 422
    assert list(world.house.home.spool.iterdir()) == []


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.text(st.sampled_from("=+-@'\"a1, ;|é"), min_size=1, max_size=6).filter(lambda text: text.strip() == text)
)
def test_nothing_that_a_spreadsheet_would_run_stands_in_the_file_and_nothing_is_lost(world: Any, value: str) -> None:
    client = world.program("bank-a")
    quoted = value.replace('"', '""')
    lines = [f'I-{value.encode().hex()},2026-03-01,transfer,oops,EUR,A,B,"{quoted}",t\n']
    first = client.post("/v1/batches", content=(HEADER + lines[0]).encode())
    batch = first.json().get("batch")
    batch = batch if isinstance(batch, str) else batch["batch"]
    text = client.get(f"/v1/batches/{batch}/rejected-rows").content
    (cell,) = [each["purpose"] for each in table(text)]
    assert cell[0] not in "=+-@\t\r"
    mended = client.post("/v1/batches", params={"dry_run": "true"}, content=text.replace(b"oops", b"5.00")).json()
    assert (mended["accepted"], mended["rejects"]) == (1, [])
    (plain,) = [
        json.loads(line)["purpose"]
        for line in client.get(f"/v1/batches/{batch}/rejected-rows?format=ndjson").text.splitlines()
    ]
    assert plain == value
