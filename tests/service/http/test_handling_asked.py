"""What a submitter says of the handling as it sends a file: it binds from the first moment, whichever way the file comes in."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
RED = {"tlp": "RED", "onward": "never", "caveats": ["Do not contact the customer."]}
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def nothing_stays_red(world: Any) -> Iterator[None]:
    """Other tests share the house."""
    yield
    rows = world.house.ledger.query("select batch from batches where handling_asked is not null and partner = 'bank-a'")
    for (batch,) in rows:
        assert world.program("bank-a").post(f"/v1/batches/{batch}/handling", json={}).status_code == 200


def row() -> bytes:
    return f"{HEADER}HA-{next(_numbers)},2026-03-02T10:00:00Z,transfer,10.50,EUR,A,B\n".encode()


def send(world: Any, data: bytes, said: Any = None, **headers: str) -> Any:
    told = {} if said is None else {"thalweg-handling": json.dumps(said)}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return world.program("bank-a").post("/v1/batches", content=data, headers=told | named)


def handling(world: Any, batch: str) -> dict[str, Any]:
    found: dict[str, Any] = world.program("bank-a").get(f"/v1/batches/{batch}/handling").json()
    return found


def by_header(world: Any, data: bytes, said: Any) -> Any:
    return send(world, data, said).json()["batch"]


def by_form(world: Any, data: bytes, said: Any) -> Any:
    parts = {"file": ("march.csv", data)}
    answer = world.program("bank-a").post("/v1/batches", files=parts, data={"handling": json.dumps(said)})
    return answer.json()["batch"]


def in_pieces(world: Any, data: bytes, said: Any) -> Any:
    client = world.program("bank-a")
    place = client.post("/v1/uploads", json={"handling": said}).json()["upload"]
    headers = {"content-type": "application/partial-upload", "upload-offset": "0", "upload-complete": "?1"}
    return client.patch(f"/v1/uploads/{place}", content=data, headers=headers).json()["batch"]


def on_the_page(world: Any, data: bytes, said: Any) -> Any:
    fields = said | {"caveats": "\n".join(said["caveats"]), "use": "", "purpose": " "}
    answer = world.browser("bank-a").post("/batches", files={"file": ("march.csv", data)}, data=fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


@pytest.mark.parametrize("way", [by_header, by_form, in_pieces, on_the_page])
def test_what_is_said_with_a_file_holds_from_the_entry_that_records_it(world: Any, since: Since, way: Any) -> None:
    batch = way(world, row(), RED)
    held = handling(world, batch)
    assert {name: held[name] for name in RED} == RED
    assert (held["use"], held["purpose"]) == ("intelligence", "financial intelligence")
    assert since() == ["batch.accepted"]
    told = world.program("bank-a").get(f"/v1/batches/{batch}").json()["handling_asked"]
    assert {name: each for name, each in told.items() if each} == RED


def test_an_alert_on_it_inherits_what_was_said(world: Any) -> None:
    batch = send(world, row(), {"tlp": "AMBER+STRICT", "caveats": ["Ours."]}).json()["batch"]
    told = world.program("analyst").get(f"/v1/alerts/{world.alert(batch)}/handling").json()["handling"]
    assert (told["tlp"], told["caveats"]) == ("AMBER+STRICT", ["Ours."])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"tlp": "GREEN"}, "handling.tlp"),
        ({"onward": "free"}, "handling.onward"),
        ({"use": "evidence"}, "handling.use"),
        ({"tlp": "PURPLE"}, "handling.tlp"),
        ({"color": "RED"}, "handling.color"),
        (["RED"], "handling"),
        ({"caveats": ["x"] * 21}, "handling.caveats"),
    ],
)
def test_looser_than_agreed_or_unknown_is_refused_and_nothing_is_kept(
    world: Any, since: Since, said: Any, field: str
) -> None:
    for answer in (send(world, row(), said), send(world, row(), said, upload_complete="?0")):
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert since() == []


def test_a_partner_with_an_agreement_is_held_to_that_and_keeps_its_caveats(world: Any) -> None:
    agreed = {"tlp": "GREEN", "use": "evidence", "onward": "free", "caveats": ["Agreed."]}
    admin = world.program("admin")
    assert admin.post("/v1/partners/bank-a/handling", json=agreed).status_code == 200
    try:
        data = row()
        batch = send(world, data, {"onward": "consent", "caveats": ["Ours."]}, idempotency_key="agreed-1").json()[
            "batch"
        ]
        assert handling(world, batch) == agreed | {
            "purpose": "financial intelligence",
            "onward": "consent",
            "caveats": ["Agreed.", "Ours."],
        }
        refused = send(world, row(), {"tlp": "CLEAR"})
        assert (refused.status_code, refused.json()["field"], "GREEN" in refused.json()["detail"]) == (
            422,
            "handling.tlp",
            True,
        )
    finally:
        admin.post("/v1/partners/bank-a/handling", json={})
    again = send(world, data, {"onward": "consent", "caveats": ["Ours."]}, idempotency_key="agreed-1")
    assert (again.status_code, again.json()["batch"]) == (200, batch)


def test_the_handling_is_part_of_what_an_idempotency_key_stands_for(world: Any, since: Since) -> None:
    data = row()
    first = send(world, data, RED, idempotency_key="handled-1")
    again = send(world, data, dict(reversed(RED.items())), idempotency_key="handled-1")
    assert (first.status_code, again.status_code, again.json() == first.json()) == (201, 200, True)
    for other in (None, RED | {"use": "intelligence"}):
        answer = send(world, data, other, idempotency_key="handled-1")
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "idempotency-key-reused")
    assert since() == ["batch.accepted"]


def test_the_same_bytes_under_another_handling_are_no_repeat_and_no_new_submission(world: Any, since: Since) -> None:
    data = row()
    batch = send(world, data).json()["batch"]
    other = send(world, data, RED)
    assert (other.status_code, other.json()["field"], other.json()["value"]) == (409, "handling", batch)
    assert send(world, data).json()["batch"] == batch
    assert since() == ["batch.accepted"]


def test_a_file_judged_only_is_held_to_what_is_agreed(world: Any, since: Since) -> None:
    client = world.program("bank-a")
    said = {"thalweg-handling": '{"tlp": "CLEAR"}'}
    assert client.post("/v1/batches?dry_run=true", content=row(), headers=said).json()["field"] == "handling.tlp"
    assert since() == []
