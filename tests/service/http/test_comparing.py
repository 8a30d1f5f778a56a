"""What an auditor looks at: how two runs differ and why, the figures of a period, and the journal read again from its files."""

from __future__ import annotations

from typing import Any

import pytest
from support.houses import world_csv
from support.worlds import make_candidate

from schemas.run import Manifest
from service.access.roles import OPERATOR
from service.runs.differ import RunFiles, differ

RULES = ["cash-structuring", "inbound-many-senders"]
WHO = {"actor": "operator", "role": "operator"}


@pytest.fixture(scope="module")
def runs(world: Any) -> tuple[str, str]:
    """Two runs over the same data, the later one without a detector."""
    world.submit("bank-a", world_csv().encode())
    found = [world.house.runs.start(detectors=chosen, **WHO)["run"] for chosen in (RULES, RULES[1:])]
    return found[0], found[1]


def _manifest(world: Any, run: str) -> Manifest:
    return Manifest.model_validate_json((world.house.home.run(run) / "manifest.json").read_bytes())


def test_two_runs_differ_by_what_they_were_given_and_by_the_alerts_that_came_of_it(world: Any, runs: Any) -> None:
    earlier, later = runs
    told = world.program("auditor").get(f"/v1/runs/{later}/diff/{earlier}").json()
    assert {"what": "detector cash-structuring", "was": "live", "now": None} in told["inputs"]
    assert [each["detectors"] for each in told["removed"]] == [["cash-structuring"]]
    assert (told["added"], told["unseen"]) == ([], 0)
    assert "SPLIT" not in str(told), "no account is named"
    back = world.program("auditor").get(f"/v1/runs/{earlier}/diff/{later}").json()
    assert [each["alert"] for each in back["added"]] == [each["alert"] for each in told["removed"]]
    same = world.program("auditor").get(f"/v1/runs/{earlier}/diff/{earlier}").json()
    assert (same["inputs"], same["moved"], same["added"]) == ([], [], [])
    assert world.program("auditor").get(f"/v1/runs/{earlier}/diff/r_none").status_code == 404
    page = world.browser("auditor").get(f"/runs/{later}/diff", params={"other": earlier}).text
    assert f'href="/alerts/{told["removed"][0]["alert"]}"' in page
    assert f'<option value="{earlier}" selected>' in world.browser("auditor").get(f"/runs/{later}").text


def test_an_alert_that_a_reader_may_not_see_is_counted_and_not_told(world: Any, runs: Any) -> None:
    earlier, later = runs
    place = f"/v1/runs/{later}/diff/{earlier}"
    (gone,) = world.program("analyst").get(place).json()["removed"]
    asked = {"people": ["supervisor"]}
    alert = world.program("supervisor").get(f"/v1/alerts/{gone['alert']}")
    answer = world.program("supervisor").post(
        f"/v1/alerts/{gone['alert']}/restriction", json=asked, headers={"if-match": alert.headers["etag"]}
    )
    assert answer.status_code == 200, answer.text
    for reader, unseen in (("analyst", 1), ("auditor", 1), ("supervisor", 0)):
        told = world.program(reader).get(place).json()
        assert (told["unseen"], len(told["removed"])) == (unseen, 1 - unseen), reader


def test_an_alert_whose_evidence_grew_is_the_same_one_and_tells_which_detector_moved_it(world: Any, runs: Any) -> None:
    manifest = _manifest(world, runs[0])
    one = make_candidate(9_000_001, "b_none", ("A",))
    (part,) = one["parts"]
    grown = one | {"key": "f" * 32, "score": one["score"] + 4_000}
    grown["parts"] = [part | {"points": part["points"] + 3_000, "strength": 900}, part | {"detector": "pass-through"}]
    told = differ(RunFiles(manifest, [one]), RunFiles(manifest, [grown]))
    (moved,) = told["moved"]
    assert (moved["was"], moved["score"], told["added"], told["removed"]) == (one["score"], grown["score"], [], [])
    assert [(each["detector"], each["was"], each["now"]) for each in moved["why"]] == [
        ("cash-structuring", part["points"], part["points"] + 3_000),
        ("pass-through", None, part["points"]),
    ]
    assert moved["why"][0]["parts"] == {"strength": [800, 900]}
    elsewhere = grown | {"window_start": "2027-01-01T00:00:00Z", "window_end": "2027-01-02T00:00:00Z"}
    told = differ(RunFiles(manifest, [one]), RunFiles(manifest, [elsewhere]))
    assert (len(told["added"]), len(told["removed"]), told["moved"]) == (1, 1, [])


def test_the_figures_of_a_period_are_those_of_the_acts_in_it(world: Any) -> None:
    client = world.program("supervisor")
    before = client.get("/v1/statistics").json()
    alert = world.alert(severity="high")
    found = world.program("analyst").get(f"/v1/alerts/{alert}")
    decision = {"act": "dismiss", "reason": "legitimate_business"}
    decided = world.program("analyst").post(
        f"/v1/alerts/{alert}/decisions", json=decision, headers={"if-match": found.headers["etag"]}
    )
    assert decided.status_code == 200, decided.text
    after = client.get("/v1/statistics").json()
    for part, name in (("raised", "high"), ("decisions", "dismissed"), ("reasons", "legitimate_business")):
        assert after[part].get(name, 0) == before[part].get(name, 0) + 1, part
    assert after["acts"]["alert.decided"] == before["acts"].get("alert.decided", 0) + 1
    assert after["hours_to_decide"]["median"] == 0
    row = next(each for each in after["detectors"] if each["detector"] == "cash-structuring")
    assert row["decided"] >= 1
    long_ago = client.get("/v1/statistics", params={"since": "2020-01-01", "until": "2020-01-31"}).json()
    assert (long_ago["raised"], long_ago["acts"], long_ago["hours_to_decide"]) == ({}, {}, None)
    assert client.get("/v1/statistics", params={"since": "2020-02-01", "until": "2020-01-31"}).status_code == 422
    assert client.get("/v1/statistics", params={"since": "May"}).status_code == 422
    assert world.program("analyst").get("/v1/statistics").status_code == 403
    page = world.browser("auditor").get("/statistics?since=2020-02-01&until=2020-01-31")
    assert (page.status_code, "The period ends before it begins" in page.text) == (422, True)
    assert "Legitimate business" in page.text
    assert "Nothing was recorded" not in page.text


def test_the_journal_is_read_again_from_its_files_and_the_first_bad_entry_is_named(world: Any) -> None:
    told = world.program("auditor").get("/v1/journal/verification").json()
    assert (told["ok"], told["first_bad"]) == (True, None)
    assert told["entries"] <= world.house.journal.size
    assert "Every entry is what was recorded." in world.browser("auditor").get("/journal/verification").text
    world.house.accounts.create("tamper", name="T", role="analyst", by=OPERATOR)
    path = sorted(world.house.home.journal.glob("?????????.ndjson"))[0]
    whole = path.read_bytes()
    lines = whole.split(b"\n")
    lines[7] = lines[7].replace(b'"operator"', b'"nobodyxx"', 1)
    try:
        path.write_bytes(b"\n".join(lines))
        told = world.program("auditor").get("/v1/journal/verification").json()
        assert (told["ok"], told["first_bad"]["seq"], told["first_bad"]["line"]) == (False, 7, 8)
        page = world.browser("auditor").get("/journal/verification").text
        assert "The journal is not what was recorded." in page
        assert f"{path.name}:8" in page
    finally:
        path.write_bytes(whole)
    payloads = path.with_suffix(".payloads.ndjson")
    kept = payloads.read_bytes()
    try:
        payloads.write_bytes(kept.replace(kept.split(b"\n")[7], b'{"payload":null,"salt":null,"seq":7}'))
        told = world.program("auditor").get("/v1/journal/verification").json()
        assert (told["ok"], told["first_bad"], told["erased"]) == (False, None, [7])
        page = world.browser("auditor").get("/journal/verification").text
        assert "Payloads were destroyed of these entries: 7" in page
    finally:
        payloads.write_bytes(kept)
    assert world.program("auditor").get("/v1/journal/verification").json()["ok"]
