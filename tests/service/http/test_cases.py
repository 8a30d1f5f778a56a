"""Cases over HTTP: what is hidden does not exist, files come out as bytes only, two people decide, and suppressions are never silent."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from fastapi.testclient import TestClient

Since = Callable[[], list[str]]


def opened(world: Any, *alerts: str, who: str = "analyst", title: str = "A matter") -> dict[str, Any]:
    answer = world.program(who).post("/v1/cases", json={"title": title, "alerts": list(alerts) or [world.alert()]})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/cases/{answer.json()['case']['id']}"
    found: dict[str, Any] = answer.json()["case"]
    return found


def act(world: Any, case: dict[str, Any], who: str, **asked: Any) -> Any:
    headers = {"if-match": f'"{case["revision"]}"'}
    return world.program(who).post(f"/v1/cases/{case['id']}/acts", json=asked, headers=headers)


def acted(world: Any, case: dict[str, Any], who: str, **asked: Any) -> dict[str, Any]:
    answer = act(world, case, who, **asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["case"]
    assert answer.headers["etag"] == f'"{found["revision"]}"'
    return found


def proposed(world: Any, case: dict[str, Any], who: str = "analyst") -> dict[str, Any]:
    for item in (1, 2):
        case = acted(world, case, who, act="tick", item=item)
    return acted(world, case, who, act="propose", outcome="disseminate", reason="It adds up.")


def attached(world: Any, case: dict[str, Any], data: bytes, name: str) -> Any:
    headers = {"if-match": f'"{case["revision"]}"'}
    return world.program("analyst").post(
        f"/v1/cases/{case['id']}/attachments", files={"file": (name, data)}, headers=headers
    )


def test_a_case_is_decided_by_two_people_over_the_api(world: Any, since: Since) -> None:
    case = proposed(world, opened(world))
    assert act(world, case, "analyst", act="review").status_code == 403
    case = acted(world, case, "analyst2", act="review")
    possible = world.program("analyst2").get(f"/v1/cases/{case['id']}").json()["possible"]
    assert {"confirm", "return", "note"} <= set(possible)
    case = acted(world, case, "analyst2", act="confirm", evidence=case["proposal"]["evidence"])
    assert (case["state"], case["decision"]["by"]) == ("decided", "analyst2")
    assert since().count("access.denied") == 1
    assert "case.read" in since()


def test_a_refusal_by_the_table_says_why(world: Any) -> None:
    case = proposed(world, opened(world))
    refused = act(world, case, "analyst", act="review")
    assert refused.json()["detail"] == "whoever proposed a decision cannot review it"
    moved = act(world, case, "analyst", act="confirm", evidence="0" * 64)
    assert (moved.status_code, moved.json()["type"].rpartition("/")[2]) == (409, "move-refused")


def test_an_act_names_the_revision_that_was_read(world: Any) -> None:
    case = opened(world)
    address = f"/v1/cases/{case['id']}/acts"
    assert world.program("analyst").post(address, json={"act": "note", "note": "x"}).status_code == 428
    acted(world, case, "analyst", act="note", note="First")
    stale = act(world, case, "analyst2", act="rename", title="Mine")
    assert (stale.status_code, stale.json()["type"].rpartition("/")[2]) == (409, "stale-version")


def test_the_frozen_evidence_comes_out_with_its_digest_and_is_never_shown(world: Any) -> None:
    case = proposed(world, opened(world))
    answer = world.program("auditor").get(f"/v1/cases/{case['id']}/evidence")
    assert sha256(answer.content).hexdigest() == case["proposal"]["evidence"] == answer.headers["x-digest-sha-256"]
    _is_only_bytes(answer)


def test_a_file_is_kept_under_its_digest_and_comes_out_as_bytes_whatever_it_is_called(world: Any) -> None:
    data = b"<html><script>alert(1)</script></html>"
    case = opened(world)
    answer = attached(world, case, data, "..\\..\\pay\u202eslip.html")
    (kept,) = answer.json()["case"]["attachments"]
    assert (kept["name"], kept["digest"]) == ("payslip.html", sha256(data).hexdigest())
    assert (world.house.home.originals / kept["digest"]).read_bytes() == data
    got = world.program("analyst2").get(f"/v1/cases/{case['id']}/attachments/1")
    assert got.content == data
    _is_only_bytes(got)
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''payslip.html"
    assert world.program("analyst2").get(f"/v1/cases/{case['id']}/attachments/2").status_code == 404


def _is_only_bytes(answer: Any) -> None:
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"


def test_a_file_without_a_name_or_beside_a_hidden_case_is_kept_nowhere(world: Any) -> None:
    case = opened(world)
    before = set(world.house.home.originals.iterdir())
    headers = {"if-match": '"1"', "content-type": "application/octet-stream"}
    bare = world.program("analyst").post(f"/v1/cases/{case['id']}/attachments", content=b"bare", headers=headers)
    assert bare.status_code == 422
    hidden = acted(world, case, "supervisor", act="restrict", people=["supervisor"])
    assert attached(world, hidden, b"unseen", "unseen.txt").status_code == 404
    assert set(world.house.home.originals.iterdir()) == before
    assert not [each for each in world.house.home.spool.iterdir() if each.name.startswith("upload-")]


@pytest.mark.parametrize("path", ["", "/evidence", "/attachments/1"])
def test_whoever_may_not_see_a_case_hears_that_there_is_none(world: Any, path: str) -> None:
    case = proposed(world, opened(world))
    case = acted(world, case, "supervisor", act="restrict", people=["supervisor", "analyst"])
    for who in ("analyst2", "auditor"):
        hidden = world.program(who).get(f"/v1/cases/{case['id']}{path}")
        absent = world.program(who).get(f"/v1/cases/c_{0:016x}{path}")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.json() == absent.json()
    assert act(world, case, "analyst2", act="note", note="x").status_code == 404
    listed = world.program("analyst2").get("/v1/cases", params={"alert": case["alerts"][0]}).json()
    assert (listed["items"], listed["count"]) == ([], 0)


def test_merging_with_a_hidden_case_says_what_an_absent_one_says(world: Any) -> None:
    hidden = acted(world, opened(world), "supervisor", act="restrict", people=["supervisor"])
    mine = opened(world)
    answers = [act(world, mine, "analyst", act="merge", other=other) for other in (hidden["id"], f"c_{0:016x}")]
    assert [each.status_code for each in answers] == [422, 422]
    assert answers[0].json()["detail"] == answers[1].json()["detail"] == "there is no such case"


def test_the_list_pages_through_cases_and_tells_what_waits_for_me(world: Any) -> None:
    case = proposed(world, opened(world, title="Waits"))
    program: TestClient = world.program("analyst2")
    assert case["id"] in [each["id"] for each in program.get("/v1/cases", params={"waiting": True}).json()["items"]]
    mine = world.program("analyst").get("/v1/cases", params={"waiting": True}).json()["items"]
    assert case["id"] not in [each["id"] for each in mine]
    first = program.get("/v1/cases", params={"limit": 1}).json()
    second = program.get("/v1/cases", params={"limit": 1, "cursor": first["next"]}).json()
    assert first["items"][0]["id"] != second["items"][0]["id"]
    assert program.get("/v1/cases", params={"cursor": "nonsense"}).status_code == 422


def test_what_is_not_an_act_is_refused_with_the_place(world: Any) -> None:
    case = opened(world)
    for asked in (
        {"act": "attach", "name": "x", "digest": "0" * 64, "size": 1},
        {"act": "win"},
        {"act": "tick", "item": 0},
    ):
        assert act(world, case, "analyst", **asked).status_code == 422


def test_a_suppression_needs_a_second_person_and_never_hides_what_was_there_before(world: Any) -> None:
    subject = "BANKA|SUPPRESSED"
    old = world.alert(subject=subject, subject_account="SUPPRESSED", family="fuel")
    asked = {"alert": old, "until": _in_days(30), "reason": "The shop banks its takings; seen on 3 March."}
    made = world.program("supervisor").post("/v1/suppressions", json=asked).json()
    address = f"/v1/suppressions/{made['suppression']}/decisions"
    assert world.program("analyst2").post(address, json={"act": "approve"}).status_code == 403
    own = world.program("supervisor").post(address, json={"act": "approve"})
    assert (own.status_code, own.json()["detail"]) == (403, "whoever proposed a suppression cannot approve it")
    assert world.program("supervisor").post(address, json={"act": "end"}).status_code == 409


def test_suppressed_alerts_stay_out_of_the_queue_and_are_found_where_the_queue_says(world: Any) -> None:
    subject, window = "BANKA|QUIET", {"window_start": "2025-01-01T00:00:00Z", "window_end": "2025-01-02T00:00:00Z"}
    about = {"subject": subject, "subject_account": "QUIET", "family": "timber_test"}
    old = world.alert(**about, window_start="2024-01-01T00:00:00Z", window_end="2024-01-02T00:00:00Z")
    asked = {"alert": old, "until": _in_days(30), "reason": "Known and checked."}
    made = world.program("analyst").post("/v1/suppressions", json=asked).json()
    assert (made["state"], made["in_force"]) == ("proposed", False)
    address = f"/v1/suppressions/{made['suppression']}/decisions"
    approved = world.program("supervisor").post(address, json={"act": "approve"}).json()
    assert (approved["in_force"], approved["decided_by"]) == (True, "supervisor")
    new = world.alert(**about, **window)
    critical = world.alert(
        **about | {"severity": "critical"}, window_start="2023-01-01T00:00:00Z", window_end="2023-01-02T00:00:00Z"
    )
    assert _listed(world, "queue") == {old, critical}
    assert _listed(world, "suppressed") == {new}
    assert _listed(world, "all") == {old, new, critical}
    assert world.program("analyst").get(f"/v1/alerts/{new}").status_code == 200
    ended = world.program("supervisor").post(address, json={"act": "end"}).json()
    assert (ended["state"], ended["decided_by"]) == ("ended", "supervisor")
    assert _listed(world, "queue") == {old, new, critical}


def _listed(world: Any, place: str) -> set[str]:
    answer = world.program("analyst").get("/v1/alerts", params={"family": "timber_test", "place": place}).json()
    assert answer["count"] == len(answer["items"])
    return {each["id"] for each in answer["items"]}


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_suppression_ends_after_today_and_within_a_year(world: Any, days: int) -> None:
    asked = {"alert": world.alert(), "until": _in_days(days), "reason": "x"}
    answer = world.program("analyst").post("/v1/suppressions", json=asked)
    assert (answer.status_code, answer.json()["field"]) == (422, "until")


def test_similar_decided_alerts_are_counted_without_those_that_are_hidden(world: Any) -> None:
    about = {"family": "alike_test"}
    new, dismissed, hidden = (world.alert(**about) for _ in range(3))
    for alert in (dismissed, hidden):
        answer = world.program("supervisor").post(
            f"/v1/alerts/{alert}/decisions",
            json={"act": "dismiss", "reason": "data_error"},
            headers={"if-match": '"1"'},
        )
        assert answer.status_code == 200
    world.program("supervisor").post(
        f"/v1/alerts/{hidden}/restriction", json={"people": ["supervisor"]}, headers={"if-match": '"2"'}
    )
    seen = world.program("analyst").get(f"/v1/alerts/{new}/similar").json()
    assert (seen["escalated"], seen["dismissed"], seen["reasons"]) == (0, 1, {"data_error": 1})
    assert [(each["alert"], each["apart"]) for each in seen["nearest"]] == [(dismissed, 0)]
    assert world.program("supervisor").get(f"/v1/alerts/{new}/similar").json()["dismissed"] == 2


def _in_days(days: int) -> str:
    from datetime import timedelta

    from service.house import utc_now

    return (utc_now().date() + timedelta(days=days)).isoformat()


def test_a_digest_that_does_not_fit_is_refused(world: Any) -> None:
    case = opened(world)
    headers = {"if-match": '"1"', "content-digest": f"sha-256=:{b64encode(sha256(b'other').digest()).decode()}:"}
    answer = world.program("analyst").post(
        f"/v1/cases/{case['id']}/attachments", files={"file": ("a.txt", b"this")}, headers=headers
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("odd", ["%00", "a'b", "%F0%9F%92%A9", "%ED%A0%80", "x" * 3000, "c_0000000000000000%0A"])
def test_an_id_that_is_none_is_met_with_a_refusal_everywhere(world: Any, odd: str) -> None:
    world.app.state.office.gate._refusals.forget("analyst")
    program = world.program("analyst")
    for path in (
        f"cases/{odd}",
        f"cases/{odd}/evidence",
        f"entities/{odd}",
        f"entities/{odd}/likeness",
        f"alerts/{odd}/similar",
    ):
        assert program.get(f"/v1/{path}").status_code in {404, 422}, path


@pytest.mark.parametrize(
    "body",
    [
        b'{"act":"note","note":"\\ud800"}',
        b'{"act":"tick","item":1e400}',
        b'{"act":"set_due","due":"9999-12-31"}',
        b'{"act":"add_alerts","alerts":["a_0"],"undoes":9007199254740993}',
        b'{"act":"split","alerts":[],"title":"x"}',
        b'{"act":null}',
        b"[]",
    ],
)
def test_what_could_not_be_recorded_is_refused_before_it_is(world: Any, since: Since, body: bytes) -> None:
    case = opened(world)
    headers = {"if-match": '"1"', "content-type": "application/json"}
    answer = world.program("analyst").post(f"/v1/cases/{case['id']}/acts", content=body, headers=headers)
    assert answer.status_code == 422
    assert since() == ["run.finished", "case.opened"]
