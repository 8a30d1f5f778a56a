"""Uploads in pieces: they resume where the line broke, and nothing that is not whole and right becomes a submission."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
PIECE = {"content-type": "application/partial-upload"}


def rows(prefix: str, count: int = 4) -> bytes:
    lines = (
        f"{prefix}-{n},2026-03-{n % 28 + 1:02d},transfer,{100 + n}.50,EUR,A-{prefix},B-{n}\n" for n in range(count)
    )
    return (HEADER + "".join(lines)).encode()


def sha(data: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def begin(client: Any, content: bytes = b"", **headers: str) -> Any:
    headers = {"upload-complete": "?0"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/batches", params={"name": "march.csv"}, content=content, headers=headers)


def send(client: Any, where: str, offset: int, content: bytes, *, last: bool, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    said = PIECE | {"upload-offset": str(offset), "upload-complete": f"?{int(last)}"} | named
    return client.patch(where, content=content, headers=said)


def kind(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


def test_a_file_in_pieces_is_the_submission_that_it_is_whole(world: Any, since: Since) -> None:
    client, data = world.program("bank-a"), rows("PIECES")
    begun = begin(client, data[:50], repr_digest=sha(data), upload_length=str(len(data)))
    where = begun.headers["location"]
    assert (begun.status_code, begun.headers["upload-offset"], begun.headers["upload-complete"]) == (201, "50", "?0")
    assert "max-size=200000" in begun.headers["upload-limit"]
    middle = send(client, where, 50, data[50:90], last=False)
    assert (middle.status_code, middle.headers["upload-offset"]) == (204, "90")
    assert since() == []
    asked = client.head(where)
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("90", str(len(data)))
    done = send(client, where, 90, data[90:], last=True)
    assert (done.status_code, done.headers["upload-complete"]) == (201, "?1")
    assert done.json()["digest"] == hashlib.sha256(data).hexdigest()
    assert since() == ["batch.accepted"]
    told = client.get(where)
    assert (told.json()["state"], told.json()["batch"]) == ("done", done.json()["batch"])
    assert told.headers["location"] == done.headers["location"]
    assert client.get(told.headers["location"]).json() == done.json()


def test_a_piece_at_another_offset_is_refused_with_the_right_one(world: Any, since: Since) -> None:
    client, data = world.program("bank-a"), rows("OFFSET")
    where = begin(client, data[:50]).headers["location"]
    wrong = send(client, where, 40, data[40:], last=True)
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, "50")
    assert wrong.json()["type"] == "https://iana.org/assignments/http-problem-types#mismatching-upload-offset"
    assert (wrong.json()["expected-offset"], wrong.json()["provided-offset"]) == (50, 40)
    assert since() == []
    assert send(client, where, 50, data[50:], last=True).status_code == 201
    again = send(client, where, len(data), b"", last=True)
    assert (again.status_code, kind(again)) == (400, "http-problem-types#completed-upload")


def test_a_length_that_does_not_hold_is_refused_and_the_upload_is_gone(world: Any) -> None:
    client, data = world.program("bank-a"), rows("LENGTH")
    where = begin(client, upload_length="20").headers["location"]
    assert send(client, where, 0, data, last=False).status_code == 400
    assert client.get(where).status_code == 404
    where = begin(client, upload_length=str(len(data))).headers["location"]
    assert send(client, where, 0, data[:-9], last=True).status_code == 422
    assert client.head(where).headers["upload-offset"] == "0"
    assert begin(client, upload_length="200001").status_code == 413
    assert begin(client, rows("L", 9000)).status_code == 413


def test_a_damaged_piece_is_taken_back_and_a_damaged_whole_is_no_submission(world: Any, since: Since) -> None:
    client, data = world.program("bank-a"), rows("DAMAGE")
    where = begin(client, data[:50], repr_digest=sha(data)).headers["location"]
    damaged = send(client, where, 50, b"x" * 20, last=False, content_digest=sha(data[50:70]))
    assert (damaged.status_code, damaged.json()["field"]) == (422, "Content-Digest")
    assert client.head(where).headers["upload-offset"] == "50"
    assert send(client, where, 50, data[50:70], last=False, content_digest=sha(data[50:70])).status_code == 204
    whole = send(client, where, 70, data[70:-1] + b"9", last=True)
    assert (whole.status_code, whole.json()["field"]) == (422, "Repr-Digest")
    assert client.get(where).status_code == 404
    assert since() == ["access.denied"]


def test_who_never_heard_where_the_upload_is_asks_again_and_is_told(world: Any) -> None:
    client, data = world.program("bank-a"), rows("AGAIN")
    first = begin(client, data[:50], repr_digest=sha(data)).headers["location"]
    again = begin(client, repr_digest=sha(data))
    assert (again.headers["location"], again.headers["upload-offset"]) == (first, "50")
    theirs = begin(world.program("bank-b"), repr_digest=sha(data))
    assert theirs.headers["location"] != first
    keyed = begin(client, repr_digest=sha(data), idempotency_key="u-1").headers["location"]
    assert keyed != first
    assert begin(client, repr_digest=sha(data), idempotency_key="u-1").headers["location"] == keyed
    other = begin(client, repr_digest=sha(data + b"x"), idempotency_key="u-1")
    assert (other.status_code, kind(other)) == (422, "idempotency-key-reused")


def test_anothers_upload_does_not_exist(world: Any, since: Since) -> None:
    mine, theirs = world.program("bank-a"), world.program("bank-b")
    where = begin(mine, b"abc").headers["location"]
    absent = "/v1/uploads/u_0000000000000000"
    for method in ("get", "delete"):
        hidden, none = getattr(theirs, method)(where), getattr(theirs, method)(absent)
        assert hidden.status_code == none.status_code == 404
        assert hidden.json() == none.json()
    assert send(theirs, where, 3, b"x", last=True).status_code == 404
    assert theirs.get(f"{where}/events").status_code == 404
    assert mine.get("/v1/uploads/..%2f..%2fkeys").status_code == 404
    assert set(since()) == {"access.denied"}
    assert mine.head(where).headers["upload-offset"] == "3"
    assert mine.delete(where).status_code == 204
    assert mine.get(where).status_code == 404


def test_whoever_need_not_wait_is_told_where_to_look(world: Any, since: Since) -> None:
    client, data = world.program("bank-a"), rows("LATER")
    answer = client.post("/v1/batches", content=data, headers={"prefer": "respond-async"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "respond-async")
    where = answer.headers["location"]
    events = client.get(f"{where}/events")
    assert events.headers["content-type"].startswith("text/event-stream")
    last = json.loads(events.text.strip().rpartition("data: ")[2])
    assert (last["state"], last["upload"]) == ("done", where.rpartition("/")[2])
    assert since() == ["batch.accepted"]
    refused = client.post(
        "/v1/batches", params={"replaces": "b_0"}, content=rows("NO"), headers={"prefer": "respond-async"}
    )
    assert ended(client, refused.headers["location"])["problem"]["type"] == "not-found"


def ended(client: Any, where: str) -> dict[str, Any]:
    for _ in range(200):
        told: dict[str, Any] = client.get(where).json()
        if told["state"] in {"done", "failed"}:
            return told
        time.sleep(0.05)
    raise AssertionError(told)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_packed_body_is_the_file_inside(world: Any, coding: str) -> None:
    client, data = world.program("bank-a"), rows(f"PACK{coding}")
    packed = pa.compress(data, codec=coding, asbytes=True)
    answer = client.post(
        "/v1/batches", content=packed, headers={"content-encoding": coding, "content-digest": sha(packed)}
    )
    assert (answer.status_code, answer.json()["digest"]) == (201, hashlib.sha256(data).hexdigest())
    assert client.post("/v1/batches", content=data).status_code == 200
    begun = begin(client, packed[:30], content_encoding=coding, repr_digest=sha(packed))
    again = send(client, begun.headers["location"], 30, packed[30:], last=True)
    assert (again.status_code, again.json()["batch"]) == (200, answer.json()["batch"])
    for broken in (packed[:-4], data, packed[:20] + b"\0\0\0\0" + packed[24:]):
        told = client.post("/v1/batches", content=broken, headers={"content-encoding": coding})
        assert (told.status_code, told.json()["field"]) == (422, "Content-Encoding")


def test_a_bomb_is_refused_and_an_unknown_coding_is_too(world: Any, since: Since) -> None:
    client = world.program("bank-a")
    bomb = gzip.compress(b"0" * 20_000_000)
    assert len(bomb) < 20_000
    for _ in range(2):
        told = client.post("/v1/batches", content=bomb, headers={"content-encoding": "gzip"})
        assert (told.status_code, kind(told)) == (413, "too-large")
    unknown = client.post("/v1/batches", content=b"x", headers={"content-encoding": "gzip, gzip"})
    assert (unknown.status_code, kind(unknown)) == (415, "unsupported-content-coding")
    assert since() == []
    assert list(world.house.home.spool.iterdir()) == []


def test_a_dry_run_tells_what_would_become_of_it_and_records_nothing(world: Any, since: Since) -> None:
    client, data = world.program("bank-a"), rows("DRY", 20)
    world.submit("bank-a", data.replace(b"100.50", b"100.5x"))
    before = sorted(path.name for path in world.house.home.originals.iterdir())
    told = client.post("/v1/batches", params={"dry_run": "true"}, content=data)
    assert (told.status_code, told.json()["verdict"]) == (200, "accepted")
    assert (told.json()["accepted"], told.json()["duplicates"]) == (1, 19)
    bad = client.post("/v1/batches", params={"dry_run": "true"}, content=data.replace(b"transfer", b"Transfer")).json()
    assert (bad["verdict"], bad["rejected"], bad["rejects"][0]["column"]) == ("refused", 20, "channel")
    assert bad["refusal"]["why"]
    assert since() == ["batch.accepted"]
    assert sorted(path.name for path in world.house.home.originals.iterdir()) == before
    assert list(world.house.home.spool.iterdir()) == []


def test_of_many_submissions_under_one_key_one_has_an_effect(world: Any, since: Since) -> None:
    data = rows("MANY", 200)

    def post(_: int) -> Any:
        return world.program("bank-a").post("/v1/batches", content=data, headers={"idempotency-key": "many"})

    with ThreadPoolExecutor(32) as senders:
        answers = list(senders.map(post, range(32)))
    codes = [answer.status_code for answer in answers]
    assert codes.count(201) == 1
    assert set(codes) <= {200, 201, 409}
    for answer in answers:
        if answer.status_code == 409:
            assert kind(answer) == "in-flight"
            assert int(answer.headers["retry-after"]) >= 1
    assert len({answer.json()["batch"] for answer in answers if answer.status_code != 409}) == 1
    assert since() == ["batch.accepted"]
    assert post(0).status_code == 200


def test_where_a_key_is_required_a_submission_without_one_is_told_so(
    world: Any, monkeypatch: pytest.MonkeyPatch, since: Since
) -> None:
    office = world.app.state.office
    required = office.settings.model_copy(update={"require_idempotency_key": True})
    monkeypatch.setitem(world.app.state._state, "office", replace(office, settings=required))
    client = world.program("bank-a")
    for headers in ({}, {"upload-complete": "?0"}):
        told = client.post("/v1/batches", content=rows("KEY"), headers=headers)
        assert (told.status_code, kind(told)) == (400, "idempotency-key-missing")
    assert since() == []
    assert client.post("/v1/batches", content=rows("KEY"), headers={"idempotency-key": "given"}).status_code == 201


def test_when_too_many_wait_the_next_is_told_when_to_come_again(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    queue, client = world.app.state.office.queue, world.program("bank-a")
    monkeypatch.setattr(queue, "_most", 4)
    monkeypatch.setitem(queue._partners, "bank-a", 3)
    mine = client.post("/v1/batches", content=rows("WAIT"))
    assert (mine.status_code, kind(mine)) == (429, "rate-limited")
    monkeypatch.setitem(queue._partners, "bank-b", 1)
    everybody = client.post("/v1/batches", content=rows("WAIT"))
    assert (everybody.status_code, kind(everybody)) == (503, "busy")
    assert int(everybody.headers["retry-after"]) >= 1


def test_an_upload_may_bring_its_own_mapping_before_its_first_bytes(world: Any) -> None:
    client = world.program("bank-a")
    data = b"ref;when;sum;von;nach\nM1;2026-03-01;12.50;A;B\n"
    ours = {"reference": "ref", "occurred_at": "when", "amount": "sum", "from_account": "von", "to_account": "nach"}
    mapping = {"name": "ours", "columns": ours, "constants": {"channel": "transfer", "currency": "EUR"}}
    asked = {"name": "own.csv", "mapping": mapping, "length": len(data), "digest": hashlib.sha256(data).hexdigest()}
    begun = client.post("/v1/uploads", json=asked)
    assert (begun.status_code, begun.json()["state"], begun.json()["offset"]) == (201, "open", 0)
    assert client.post("/v1/uploads", json=asked).headers["location"] == begun.headers["location"]
    done = send(client, begun.headers["location"], 0, data, last=True)
    assert (done.status_code, done.json()["accepted"], done.json()["name"]) == (201, 1, "own.csv")
    assert client.post("/v1/uploads", json=asked | {"length": 300_000}).status_code == 413
    assert client.post("/v1/uploads", json=asked | {"mapping": "none-such"}).status_code == 422


def test_the_page_of_a_long_submission_says_how_far_it_is_and_leads_to_the_batch(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.web.arriving._WAITED_FOR", 0.0)
    browser = world.browser("bank-a")
    sent = browser.post("/batches", files={"file": ("page.csv", rows("PAGE"))}, data={"mapping": ""})
    where = sent.headers["location"]
    assert (sent.status_code, where.startswith("/uploads/u_")) == (303, True)
    assert ended(world.program("bank-a"), f"/v1{where}")["state"] == "done"
    assert browser.get(where).headers["location"].startswith("/batches/b_")
    assert world.browser("bank-b").get(where).status_code == 404
    open_one = begin(world.program("bank-a"), b"half").headers["location"].removeprefix("/v1")
    page = browser.get(open_one).text
    assert "has not arrived whole" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    failed = browser.post("/batches", files={"file": ("page.csv", rows("X"))}, data={"mapping": "", "replaces": "b_0"})
    assert ended(world.program("bank-a"), f"/v1{failed.headers['location']}")["state"] == "failed"
    assert "Nothing was recorded." in browser.get(failed.headers["location"]).text


def test_options_tells_the_limits_of_an_upload_to_those_who_may_submit(world: Any) -> None:
    client = world.program("bank-a")
    where = begin(client, rows("OPTIONS")[:50]).headers["location"]
    for address, method in ((where, "PATCH"), ("/v1/uploads", "POST"), ("/v1/batches", "POST")):
        answer = client.options(address)
        assert (answer.status_code, answer.headers["upload-limit"]) == (204, "max-size=200000, max-age=604800")
        assert method in answer.headers["allow"].split(", ")
        assert not any(name.startswith("access-control") for name in answer.headers)
    assert world.program("bank-b").options(where).status_code == 404
    assert world.program(None).options(where).status_code == 401
    assert client.delete(where).status_code == 204


def test_an_account_has_a_few_event_streams_at_a_time_and_one_more_is_told_when_to_come_again(world: Any) -> None:
    client, streams = world.program("bank-a"), world.app.state.office.streams
    where = begin(client, rows("STREAMS")[:50]).headers["location"]
    open_ones = [streams.begin("bank-a") for _ in range(4)]
    refused = client.get(f"{where}/events")
    assert (refused.status_code, kind(refused), refused.headers["retry-after"]) == (429, "rate-limited", "10")
    ending = streams.begin("bank-b")
    ending()
    open_ones.pop()()
    data = rows("STREAMS")
    assert send(client, where, 50, data[50:], last=True).status_code == 201
    assert client.get(f"{where}/events").text.count("event: upload") == 1
    for end in open_ones:
        end()
    assert (dict(streams._open), client.get(f"{where}/events").status_code) == ({}, 200)
