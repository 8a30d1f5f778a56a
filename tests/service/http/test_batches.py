"""Submitting over HTTP: receipts, idempotency, refusals that account for every row, limits, and what is nobody else's business."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from schemas.batch import Receipt
from service.journal.receipts import verify_receipt

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account,to_country\n"


def rows(prefix: str, count: int = 4) -> bytes:
    lines = (f"{prefix}-{n},2026-03-{n + 1:02d},transfer,{100 + n}.50,EUR,A-{prefix},B-{n},SN\n" for n in range(count))
    return (HEADER + "".join(lines)).encode()


def test_a_submission_gives_a_receipt_that_the_public_key_checks(world: Any, since: Since) -> None:
    data = rows("R")
    answer = world.program("bank-a").post("/v1/batches", params={"name": "march.csv"}, content=data)
    found = answer.json()
    assert answer.status_code == 201
    assert (found["status"], found["rows"], found["accepted"]) == ("accepted", 4, 4)
    assert found["digest"] == hashlib.sha256(data).hexdigest()
    assert answer.headers["location"] == f"/v1/batches/{found['batch']}"
    assert since() == ["batch.accepted"]
    pem = world.program(None).get("/v1/public-key").content
    again = world.program("bank-a").get(f"{answer.headers['location']}/receipt").json()
    assert again == found["receipt"]
    verify_receipt(Receipt(**again), load_pem_public_key(pem))  # type: ignore[arg-type]


def test_the_same_again_is_one_batch_and_the_same_receipt(world: Any, since: Since) -> None:
    client, data = world.program("bank-a"), rows("S")
    first = client.post("/v1/batches", content=data, headers={"idempotency-key": "k-1"})
    second = client.post("/v1/batches", content=data, headers={"idempotency-key": "k-1"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert since() == ["batch.accepted"]
    other = client.post("/v1/batches", content=rows("S2"), headers={"idempotency-key": "k-1"})
    assert (other.status_code, other.json()["type"].rpartition("/")[2]) == (422, "idempotency-key-reused")
    assert since() == ["batch.accepted"]


def test_unknown_columns_are_named_in_every_answer_about_a_batch(world: Any) -> None:
    client = world.program("bank-a")
    data = rows("U").replace(b"to_country", b"to_contry", 1)
    found = client.post("/v1/batches", content=data)
    wanted = [{"column": "to_contry", "nearest": "to_country"}]
    assert (found.status_code, found.json()["unknown_columns"]) == (201, wanted)
    assert client.post("/v1/batches", content=data).json() == found.json()
    assert client.get(found.headers["location"]).json() == found.json()
    refused = client.post("/v1/batches", content=data.replace(b"transfer", b"Transfer"))
    told = refused.json()["batch"]
    assert (refused.status_code, told["unknown_columns"]) == (422, wanted)
    assert told["refusal"]["why"] == refused.json()["detail"]
    assert client.get(f"/v1/batches/{told['batch']}").json() == told
    page = world.browser("bank-a").get(f"/batches/{told['batch']}").text
    assert "to_contry</bdi> (did you mean to_country?)" in page
    plain = world.submit("bank-a", rows("U2"))
    assert plain["unknown_columns"] == []
    assert "Unknown columns" not in world.browser("bank-a").get(f"/batches/{plain['batch']}").text


def test_a_form_does_what_the_raw_body_does(world: Any) -> None:
    data = rows("MULTIPART")
    answer = world.program("bank-a").post(
        "/v1/batches", files={"file": ("april.csv", data, "text/csv")}, data={"mapping": ""}
    )
    assert answer.status_code == 201
    assert answer.json()["name"] == "april.csv"
    assert answer.json()["digest"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"no boundary at all", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"garbage that is no form", "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_without_a_file_is_told_so(world: Any, content: bytes, kind: str, since: Since) -> None:
    answer = world.program("bank-a").post("/v1/batches", content=content, headers={"content-type": kind})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/request-invalid")
    assert since() == []


def test_a_refused_submission_is_recorded_and_says_what_to_do(world: Any, since: Since) -> None:
    bad = HEADER.encode() + b"X-1,2026-03-01,transfer,12.345,EUR,A,B,SN\nX-2,2026-03-01,transfer,12.5,EUR,A,B,SN\n"
    client = world.program("bank-a")
    answer = client.post("/v1/batches", content=bad)
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"].endswith("/submission-refused")
    assert problem["remedy"]
    batch = problem["batch"]
    assert (batch["status"], batch["rows"], batch["rejected"]) == ("refused", 2, 2)
    assert batch["rows"] == batch["accepted"] + batch["duplicates"] + batch["rejected"]
    assert since() == ["batch.refused"]
    cell = client.get(f"/v1/batches/{batch['batch']}/rejects").json()["items"][0]
    assert (cell["line"], cell["column"], cell["value"]) == (2, "amount", "12.345")
    assert cell["reason"]
    assert cell["remedy"]


def test_a_digest_that_does_not_fit_is_refused_before_anything_is_kept(world: Any, since: Since) -> None:
    data = rows("D")
    client = world.program("bank-a")
    wrong = base64.b64encode(hashlib.sha256(b"else").digest()).decode()
    right = base64.b64encode(hashlib.sha256(data).digest()).decode()
    for header in (f"sha-256=:{wrong}:", "sha-256=:not base64:"):
        answer = client.post("/v1/batches", content=data, headers={"content-digest": header})
        assert (answer.status_code, answer.json()["field"]) == (422, "Content-Digest")
    assert since() == []
    assert client.post("/v1/batches", content=data, headers={"content-digest": f"sha-256=:{right}:"}).status_code == 201


def test_a_body_above_the_limit_is_413_announced_or_not(world: Any, since: Since) -> None:
    client, data = world.program("bank-a"), rows("L", 9000)
    assert len(data) > world.house.settings.max_upload_bytes
    announced = client.post("/v1/batches", content=data)
    assert announced.status_code == 413
    assert announced.json()["type"].endswith("/too-large")
    streamed = client.post("/v1/batches", content=iter([data[:150_000], data[150_000:]]))
    assert streamed.status_code == 413
    small = client.post("/v1/accounts", content=b"x" * 70_000)
    assert small.status_code == 413
    assert since() == []


def test_nothing_is_left_in_the_spool(world: Any) -> None:
    world.submit("bank-a", rows("T"))
    world.program("bank-a").post("/v1/batches", content=b"x" * 300_000)
    assert list(world.house.home.spool.iterdir()) == []


def test_a_full_volume_is_507_before_anything_is_accepted(
    world: Any, monkeypatch: pytest.MonkeyPatch, since: Since
) -> None:
    import shutil

    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, -1))
    answer = world.program("bank-a").post("/v1/batches", content=rows("V"))
    assert answer.status_code == 507
    assert since() == []


def test_a_partner_cannot_see_anothers_batch_nor_tell_it_from_none(world: Any, since: Since) -> None:
    mine = world.submit("bank-a", rows("M"))
    theirs = world.program("bank-b")
    for path in ("", "/rejects", "/receipt"):
        hidden = theirs.get(f"/v1/batches/{mine['batch']}{path}")
        absent = theirs.get(f"/v1/batches/b_0000000000000000{path}")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.json() == absent.json()
        assert hidden.headers["content-length"] == absent.headers["content-length"]
    page = theirs.get("/v1/batches", params={"cursor": mine["batch"]})
    assert page.status_code == 404
    assert mine["batch"] not in theirs.get("/v1/batches").text
    assert since() == ["batch.accepted"] + ["access.denied"] * 7
    browser = world.browser("bank-b").get(f"/batches/{mine['batch']}")
    assert browser.status_code == 404
    assert mine["digest"] not in browser.text


def test_anothers_file_is_a_fresh_submission_and_no_oracle(world: Any) -> None:
    data = rows("O")
    first = world.program("bank-a").post("/v1/batches", content=data, headers={"idempotency-key": "same"})
    second = world.program("bank-b").post("/v1/batches", content=data, headers={"idempotency-key": "same"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["batch"] != second.json()["batch"]
    assert second.json()["duplicates"] == 0


def test_a_batch_cannot_be_replaced_by_another_partner(world: Any, since: Since) -> None:
    mine = world.submit("bank-a", rows("P"))
    answer = world.program("bank-b").post("/v1/batches", params={"replaces": mine["batch"]}, content=rows("Q"))
    assert answer.status_code == 404
    assert since() == ["batch.accepted"]


def test_pages_follow_one_another_without_gap_or_repeat_and_tell_no_count(world: Any) -> None:
    for number in range(5):
        world.submit("bank-b", rows(f"W{number}"))
    client, seen, cursor = world.program("bank-b"), [], None
    while True:
        page = client.get("/v1/batches", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [each["batch"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        assert cursor.startswith("b_")
    every = [each["batch"] for each in client.get("/v1/batches", params={"limit": 200}).json()["items"]]
    assert seen == every
    assert len(set(seen)) == len(seen) >= 5


def test_what_a_partner_is_told_does_not_depend_on_alerts(world: Any) -> None:
    before = world.submit("bank-a", rows("Y"))
    client = world.program("bank-a")
    paths = [f"/v1/batches/{before['batch']}", f"/v1/batches/{before['batch']}/receipt", "/v1/batches"]
    plain = [client.get(path).content for path in paths]
    page = world.browser("bank-a").get(f"/batches/{before['batch']}").content
    world.alert(before["batch"], ("Y-0", "Y-1"))
    assert [client.get(path).content for path in paths] == plain
    assert world.browser("bank-a").get(f"/batches/{before['batch']}").content == page


def test_reviewers_see_all_batches_and_an_admin_none(world: Any) -> None:
    mine = world.submit("bank-a", rows("Z"))
    for account in ("analyst", "supervisor", "auditor"):
        assert world.program(account).get(f"/v1/batches/{mine['batch']}").status_code == 200
    assert world.program("admin").get(f"/v1/batches/{mine['batch']}").status_code == 403
