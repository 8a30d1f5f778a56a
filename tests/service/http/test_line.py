"""The line of the queue's budget over HTTP and in the browser: what is on which side, and who is told what was drawn for review."""

from __future__ import annotations

import re
from typing import Any


def _decide(world: Any, alert: str, act: str, reason: str) -> Any:
    client = world.program("analyst")
    return client.post(
        f"/v1/alerts/{alert}/decisions", json={"act": act, "reason": reason}, headers={"if-match": '"1"'}
    )


def test_a_list_keeps_to_one_side_of_the_line_and_below_it_alerts_are_decided_like_any_other(world: Any) -> None:
    made = {place: world.alert(family="sanctions", place=place) for place in ("queue", "sample", "below")}
    client = world.program("analyst")

    def listed(**asked: str) -> tuple[set[str], int]:
        page = client.get("/v1/alerts", params={"family": "sanctions", **asked}).json()
        return {each["id"] for each in page["items"]}, page["count"]

    assert listed() == listed(place="queue") == ({made["queue"], made["sample"]}, 2)
    assert listed(place="below") == ({made["below"]}, 1)
    assert listed(place="all") == ({*made.values()}, 3)
    assert client.get("/v1/alerts", params={"place": "sample"}).status_code == 422, "nobody lists the sample"
    assert _decide(world, made["below"], "dismiss", "data_error").status_code == 200
    assert listed(place="below", state="dismissed") == ({made["below"]}, 1)


def test_whoever_judges_a_sample_is_not_told_that_it_is_one(world: Any) -> None:
    alert = world.alert(family="wildlife_timber", place="sample")

    def told(account: str) -> set[str]:
        client = world.program(account)
        (line,) = client.get("/v1/alerts", params={"family": "wildlife_timber"}).json()["items"]
        whole = client.get(f"/v1/alerts/{alert}").json()
        return {line["place"], whole["place"], whole["alert"]["place"]}

    assert told("analyst") == {"queue"}
    assert told("supervisor") == told("auditor") == told("operator") == {"sample"}
    browser = world.browser("analyst")
    assert all("sample" not in browser.get(page).text for page in ("/alerts", f"/alerts/{alert}"))


def test_supervisors_are_told_how_many_of_the_sample_were_worth_a_look_and_analysts_are_not(world: Any) -> None:
    supervisor = world.program("supervisor")
    before = supervisor.get("/v1/alerts/sample").json()
    _decide(world, world.alert(place="sample"), "escalate", "needs_investigation")
    after = supervisor.get("/v1/alerts/sample").json()
    assert {name: after[name] - before[name] for name in ("below", "sampled", "decided", "escalated")} == {
        "below": 0, "sampled": 1, "decided": 1, "escalated": 1,
    }  # fmt: skip
    assert world.program("analyst").get("/v1/alerts/sample").status_code == 403


def test_the_queue_page_leads_to_what_lies_below_its_line_and_counts_it_as_the_api_does(world: Any) -> None:
    above, below = (world.alert(place=place, score=99_000) for place in ("sample", "below"))
    browser, client = world.browser("analyst"), world.program("analyst")

    def counted(place: str) -> int:
        asked = {"place": place, "state": ["new", "assigned"]}
        return int(client.get("/v1/alerts", params=asked).json()["count"])

    queue, there = browser.get("/alerts").text, browser.get("/alerts?view=below").text
    assert above[:10] in queue
    assert below[:10] not in queue
    assert below[:10] in there
    assert above[:10] not in there
    assert re.search(r'href="/alerts\?view=below">Below the line \((\d+)\)<', queue)[1] == str(counted("below"))  # type: ignore[index]
    for text, place in ((queue, "queue"), (there, "below")):
        assert int(re.search(r'class="quiet">(\d+) alerts?<', text)[1]) == counted(place)  # type: ignore[index]
    assert f"/alerts/{below}?view=below" in there, "the way back leads to the same side"
