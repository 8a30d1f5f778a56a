"""Whose submission it is, by which mapping it is read, and what a fault of ours tells the partner who meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.errors import DigestMismatch, HomeUnavailable, StorageFull
from schemas.mapping import read_mapping

Since = Callable[[], list[str]]
DATA = "id,when,what,sum,payer,payee\nWHOM-{0},2026-03-02,transfer,12.50,A,B\n"
MAPPING = """
name = "theirs"
[columns]
reference = "id"
channel = "what"
amount = "sum"
from_account = "payer"
to_account = "payee"
[constants]
currency = "EUR"
[time]
column = "when"
"""


def _send(world: Any, account: str, number: int, **fields: str) -> Any:
    files = {"file": ("march.csv", DATA.format(number).encode(), "text/csv")}
    return world.program(account).post("/v1/batches", files=files, data=fields)


def test_a_mapping_can_come_along_as_toml_or_json_and_both_are_the_same(world: Any) -> None:
    document = read_mapping(MAPPING).model_dump(mode="json", by_alias=True, exclude_none=True)
    first = _send(world, "bank-a", 1, mapping=MAPPING)
    assert first.status_code == 201, first.text
    assert first.json()["accepted"] == 1
    again = _send(world, "bank-a", 1, mapping=json.dumps(document))
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize("mapping", ["[columns", "{", '{"columns": 3}', '{"a": 1, "a": 2}', "no such", "no-such"])
def test_a_mapping_that_is_none_is_told_so_and_nothing_is_kept(world: Any, mapping: str, since: Since) -> None:
    answer = _send(world, "bank-a", 2, mapping=mapping)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "mapping-invalid"), answer.text
    assert since() == []


def test_a_mapping_has_an_end(world: Any, since: Since) -> None:
    answer = _send(world, "bank-a", 2, mapping=f"{MAPPING}# {'x' * 140_000}")
    assert answer.status_code == 422
    assert since() == []


def test_an_operator_names_the_partner_and_a_partner_only_itself(world: Any, since: Since) -> None:
    unnamed = _send(world, "operator", 3, mapping=MAPPING)
    assert (unnamed.status_code, unnamed.json()["field"]) == (422, "partner")
    unknown = _send(world, "operator", 3, mapping=MAPPING, partner="nobody")
    assert unknown.status_code == 404
    assert since() == []
    assert _send(world, "operator", 3, mapping=MAPPING, partner="bank-b").json()["partner"] == "bank-b"
    own = _send(world, "bank-a", 3, mapping=MAPPING, partner="bank-a")
    assert own.json().get("partner") == "bank-a", own.text
    size = len(since())
    others = [_send(world, "bank-a", 4, mapping=MAPPING, partner=name).json() for name in ("bank-b", "nobody")]
    assert [each.pop("value") for each in others] == ["bank-b", "nobody"]
    assert others[0] == others[1], "it does not tell whether there is such a partner"
    assert others[0]["status"] == 422
    assert len(since()) == size


@pytest.mark.parametrize("path", ["/v1/batches", "/batches"])
@pytest.mark.parametrize(
    "fault",
    [
        DigestMismatch("a file has changed", where="segments/other-b_ZQ77.parquet", value="ZQ77", remedy="See b_ZQ77."),
        HomeUnavailable("the ledger could not take entry ZQ77", value="/srv/ZQ77", remedy="Entry ZQ77 stands."),
        StorageFull("no room for ZQ77", where="/srv/ZQ77"),
    ],
)
def test_a_fault_of_ours_names_no_file_and_no_number_to_a_partner(
    world: Any, monkeypatch: pytest.MonkeyPatch, fault: Exception, path: str
) -> None:
    def fails(*_: object, **__: object) -> Any:
        raise fault

    monkeypatch.setattr(type(world.house.intake), "submit", fails)
    client = world.program("bank-a") if path.startswith("/v1") else world.browser("bank-a")
    answer = client.post(path, files={"file": ("march.csv", b"x", "text/csv")})
    assert answer.status_code >= 500
    assert "ZQ77" not in answer.text, (
        answer.text
    )  # no hexadecimal number: the style sheet's address, say, may hold any of those
