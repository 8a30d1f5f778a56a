"""The whole way over HTTP with a real run: submitted, found, explained, decided, replayed, and every step in the journal."""

from __future__ import annotations

from typing import Any

import pytest

HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"


@pytest.mark.slow
def test_from_a_submission_to_a_decision_to_an_identical_replay(world: Any) -> None:
    deposits = "".join(
        f"J-{day},2026-03-{day:02d}T09:00:00Z,cash_deposit,{9300 + day}.00,EUR,,JOURNEY\n" for day in range(1, 8)
    )
    wages = "".join(f"W-{n},2026-03-05T10:00:00Z,transfer,{1200 + n}.00,EUR,WORKS,STAFF-{n}\n" for n in range(20))
    size = world.house.journal.size
    batch = world.submit("bank-b", (HEADER + deposits + wages).encode())
    asked = {"detectors": ["cash-structuring"]}
    run = world.program("analyst").post("/v1/runs", json=asked, headers={"prefer": "wait=120"}).json()
    assert run["status"] == "finished"
    analyst = world.program("analyst")
    found = analyst.get("/v1/alerts", params={"detector": "cash-structuring", "state": "new", "limit": 200}).json()[
        "items"
    ]
    # Other tests share the house: what their batches raise is none of this one's.
    (alert,) = [each for each in found if each["subject"].endswith("|JOURNEY")]
    assert not [each for each in found if each["subject"].endswith("|WORKS") or "|STAFF-" in each["subject"]]
    read = analyst.get(f"/v1/alerts/{alert['id']}")
    assert read.json()["alert"]["findings"][0]["explanation"]["indicators"]
    evidence = analyst.get(f"/v1/alerts/{alert['id']}/transactions").json()["items"]
    assert {each["reference"] for each in evidence} == {f"J-{day}" for day in range(1, 8)}
    assert {each["batch"] for each in evidence} == {batch["batch"]}
    page = world.browser("analyst").get(f"/alerts/{alert['id']}").text
    assert "JOURNEY" in page
    assert "<svg class=" in page
    decision = {"act": "escalate", "reason": "suspicion_confirmed"}
    headers = {"if-match": read.headers["etag"]}
    decided = analyst.post(f"/v1/alerts/{alert['id']}/decisions", json=decision, headers=headers)
    assert decided.json()["state"] == "escalated"
    verdict = world.program("auditor").post(f"/v1/runs/{run['run']}/replays").json()
    assert (verdict["verdict"], verdict["original_digest"]) == ("identical", run["digest"])
    told = [entry for entry in world.entries(size) if entry != "reference.loaded"]
    assert told == [
        "batch.accepted", "run.started", "run.finished", "alert.read", "alert.read", "alert.read", "alert.decided", "run.replayed",
    ]  # fmt: skip
