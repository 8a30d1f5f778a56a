"""What a partner may send in a day: set by the keeper, kept in the journal, and no reason to withhold an earlier receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.errors import QuotaExceeded
from service.quotas import Quota

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
MORNING = datetime(2026, 3, 1, 6, tzinfo=UTC)


def rows(prefix: str) -> bytes:
    return (HEADER + f"{prefix}-1,2026-03-01,transfer,10.00,EUR,A,B\n").encode()


@pytest.fixture
def limited(world: Any) -> Iterator[Callable[..., Any]]:
    admin = world.program("admin")

    def limit(**limits: int) -> Any:
        return admin.post("/v1/partners/bank-b/quota", json=limits)

    yield limit
    assert limit().json()["batches_a_day"] is None


def test_above_the_quota_a_submission_waits_for_tomorrow_and_a_repeated_one_is_answered(
    world: Any, limited: Callable[..., Any], since: Since
) -> None:
    client = world.program("bank-b")
    first = client.post("/v1/batches", content=rows("Q1"), headers={"idempotency-key": "quota-1"})
    sent = world.program("admin").get("/v1/partners/bank-b/quota").json()
    assert limited(batches_a_day=sent["batches_today"]).status_code == 200
    told = client.post("/v1/batches", content=rows("Q2"))
    assert (told.status_code, told.json()["type"].rpartition("/")[2]) == (429, "quota-exceeded")
    assert 0 < int(told.headers["retry-after"]) <= 86_401
    later = client.post("/v1/batches", content=rows("Q2"), headers={"prefer": "respond-async"})
    events = client.get(f"{later.headers['location']}/events").text
    assert '"quota-exceeded"' in events.rpartition("data: ")[2]
    for headers in ({"idempotency-key": "quota-1"}, {}):
        again = client.post("/v1/batches", content=rows("Q1"), headers=headers)
        assert (again.status_code, again.json()) == (200, first.json())
    assert client.post("/v1/batches", params={"dry_run": "true"}, content=rows("Q2")).status_code == 200
    assert world.program("bank-a").post("/v1/batches", content=rows("Q2")).status_code == 201
    assert limited(bytes_a_day=sent["bytes_today"] + len(rows("Q2"))).status_code == 200
    assert client.post("/v1/batches", content=rows("Q2")).status_code == 201
    assert client.post("/v1/batches", content=rows("Q3")).status_code == 429
    assert since().count("partner.limited") == 2


def test_what_is_in_hand_counts_and_nothing_is_lost_at_the_edge() -> None:
    quota = Quota("bank", 3, 100, batches_today=1, bytes_today=40)
    quota.require_room(60, MORNING)
    quota.require_room(10, MORNING, batches=1, bytes=50)
    for size, batches, taken in ((61, 0, 0), (11, 1, 50), (1, 2, 0)):
        with pytest.raises(QuotaExceeded) as told:
            quota.require_room(size, MORNING, batches=batches, bytes=taken)
        assert told.value.retry_seconds == timedelta(hours=18).total_seconds() + 1
    Quota("bank", None, None, 10**6, 10**15).require_room(10**12, MORNING)


def test_a_partner_that_there_is_not_has_no_quota(world: Any) -> None:
    admin = world.program("admin")
    assert admin.get("/v1/partners/nobody/quota").status_code == 404
    assert admin.post("/v1/partners/nobody/quota", json={}).status_code == 404
    assert admin.post("/v1/partners/bank-b/quota", json={"batches_a_day": -1}).status_code == 422
