"""Originators and their data: what they allow binds what is derived, and nothing that they see depends on what was found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from service.handling.feedback import feedback
from service.ledger.store import Store
from service.runs.candidates import MAX_SHOWN_EVIDENCE

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
EXPORT = {"recipient": "FIU of Senegal", "kind": "foreign_fiu", "use": "intelligence", "purpose": "request 31"}


def _submit(world: Any, account: str, reference: str) -> str:
    line = f"{reference},2026-03-02T10:00:00Z,transfer,10.50,EUR,A-{reference},B\n"
    found: str = world.submit(account, (HEADER + line).encode())["batch"]
    return found


def _handle(world: Any, batch: str, **said: Any) -> None:
    answer = world.program("bank-a").post(f"/v1/batches/{batch}/handling", json=said)
    assert answer.status_code == 200, answer.text


def test_an_alert_carries_the_strictest_word_of_those_whose_data_it_stands_on(world: Any, since: Since) -> None:
    mild, strict = _submit(world, "bank-a", "H-1"), _submit(world, "bank-b", "H-2")
    _handle(world, mild, tlp="GREEN", onward="free", use="evidence", caveats=["Ask before calling."])
    alert = world.alert(mild, ("H-1",))
    evidence = [{"batch": mild, "reference": "H-1b"}, {"batch": strict, "reference": "H-2"}]
    both = world.alert(mild, evidence=evidence)
    one, two = (world.program("analyst").get(f"/v1/alerts/{each}/handling").json() for each in (alert, both))
    assert (one["handling"]["tlp"], one["handling"]["onward"], one["owners"]) == ("GREEN", "free", ["bank-a"])
    assert (two["handling"]["tlp"], two["handling"]["onward"], two["owners"]) == (
        "AMBER",
        "consent",
        ["bank-a", "bank-b"],
    )
    assert two["handling"]["caveats"] == ["Ask before calling."]
    assert since().count("batch.handled") == 1


def test_an_alert_whose_evidence_is_not_all_named_is_as_strict_as_the_whole_house(world: Any) -> None:
    batch, other = _submit(world, "bank-a", "H-3"), _submit(world, "bank-a", "H-4")
    _handle(world, batch, tlp="CLEAR", onward="free", use="evidence")
    _handle(world, other, tlp="RED")
    evidence = [{"batch": batch, "reference": f"H-3-{number}"} for number in range(MAX_SHOWN_EVIDENCE)]
    alert = world.alert(batch, evidence=evidence, evidence_left_out=7)
    assert world.program("analyst").get(f"/v1/alerts/{alert}/handling").status_code == 404
    found = world.program("supervisor").get(f"/v1/alerts/{alert}/handling").json()
    assert (found["handling"]["tlp"], found["whole"]) == ("RED", False)
    _handle(world, other, tlp="AMBER")


def test_an_export_is_refused_by_the_caveat_and_goes_once_the_originator_agrees(world: Any, since: Since) -> None:
    batch = _submit(world, "bank-a", "H-5")
    alert = world.alert(batch, ("H-5",))
    supervisor = world.program("supervisor")
    refused = supervisor.post(f"/v1/alerts/{alert}/exports", json=EXPORT)
    assert (refused.status_code, refused.json()["field"], refused.json()["value"]) == (403, "onward", batch)
    assert refused.json()["type"].endswith("/handling-forbids")
    assert "alert.exported" not in since()
    said = {"recipient": "  fiu of  SENEGAL ", "document": "letter 114"}
    assert world.program("analyst").post(f"/v1/batches/{batch}/consents", json=said).status_code == 200
    sent = supervisor.post(f"/v1/alerts/{alert}/exports", json=EXPORT)
    assert (sent.status_code, sent.json()["handling"]["tlp"], sent.json()["owners"]) == (201, "AMBER", ["bank-a"])
    assert since()[-1] == "alert.exported"
    assert supervisor.post(f"/v1/alerts/{alert}/exports", json=EXPORT | {"use": "evidence"}).status_code == 403
    assert supervisor.post(f"/v1/alerts/{alert}/exports", json=EXPORT | {"recipient": "Another"}).status_code == 403
    _handle(world, batch, tlp="RED")
    assert supervisor.post(f"/v1/alerts/{alert}/exports", json=EXPORT).status_code == 404
    told = {"json": {"people": ["supervisor"]}, "headers": {"if-match": '"1"'}}
    assert supervisor.post(f"/v1/alerts/{alert}/restriction", **told).status_code == 200
    red = supervisor.post(f"/v1/alerts/{alert}/exports", json=EXPORT)
    assert (red.status_code, red.json()["field"]) == (403, "tlp")


def test_a_restricted_alert_leaves_by_nobody_who_may_not_see_it(world: Any) -> None:
    alert = world.alert(_submit(world, "bank-a", "H-6"), ("H-6",))
    world.house.record(
        "alert.restricted", {"alert": alert, "people": ["analyst"]}, actor="supervisor", role="supervisor", object=alert
    )
    assert world.program("supervisor").post(f"/v1/alerts/{alert}/exports", json=EXPORT).status_code == 404


def test_what_holds_for_a_partner_holds_for_its_batches_until_it_says_otherwise(world: Any, since: Since) -> None:
    batch = _submit(world, "bank-b", "H-7")
    reader = world.program("bank-b")
    assert reader.get(f"/v1/batches/{batch}/handling").json()["tlp"] == "AMBER"
    agreed = world.program("admin").post("/v1/partners/bank-b/handling", json={"tlp": "AMBER+STRICT"})
    assert agreed.status_code == 200
    assert reader.get(f"/v1/batches/{batch}/handling").json()["tlp"] == "AMBER+STRICT"
    reader.post(f"/v1/batches/{batch}/handling", json={"tlp": "GREEN"})
    assert reader.get(f"/v1/batches/{batch}/handling").json()["tlp"] == "GREEN"
    assert world.program("bank-a").get(f"/v1/batches/{batch}/handling").status_code == 404
    assert world.program("bank-a").post(f"/v1/batches/{batch}/handling", json={"tlp": "CLEAR"}).status_code == 404
    world.program("admin").post("/v1/partners/bank-b/handling", json={"tlp": "AMBER"})
    assert since()[:3] == ["batch.accepted", "partner.handled", "batch.handled"]


def test_the_unit_alone_releases_nothing_and_the_partner_releases_what_it_gave(world: Any, since: Since) -> None:
    admin, reader = world.program("admin"), world.program("bank-b")
    agreed = {"tlp": "AMBER+STRICT", "caveats": ["Ours."]}
    assert admin.post("/v1/partners/bank-b/handling", json=agreed).status_code == 200
    before = _submit(world, "bank-b", "H-10")
    assert admin.post("/v1/partners/bank-b/handling", json={"tlp": "GREEN", "use": "intelligence"}).status_code == 200
    after = _submit(world, "bank-b", "H-11")
    held, later = (reader.get(f"/v1/batches/{each}/handling").json() for each in (before, after))
    assert (held["tlp"], held["caveats"], later["tlp"], later["caveats"]) == ("AMBER+STRICT", ["Ours."], "GREEN", [])
    place, operator = f"/v1/batches/{before}/handling", world.program("operator")
    for said, field in ((agreed | {"tlp": "GREEN"}, "tlp"), ({"tlp": "RED"}, "caveats")):
        refused = operator.post(place, json=said)
        assert (refused.status_code, refused.json()["field"]) == (403, field)
        assert since()[-1] == "access.denied"
    assert operator.post(place, json=agreed | {"onward": "never"}).status_code == 200
    assert reader.post(place, json={"tlp": "CLEAR", "onward": "free"}).json()["tlp"] == "CLEAR"
    assert since()[-2:] == ["batch.handled"] * 2
    admin.post("/v1/partners/bank-b/handling", json={})
    assert reader.get(place).json()["tlp"] == "CLEAR"


def test_a_partner_gets_the_same_bytes_by_the_same_work_whether_or_not_alerts_came_of_it(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hit, clean = _submit(world, "bank-a", "H-8"), _submit(world, "bank-a", "H-9")
    places = ["/v1/batches", "/v1/feedback", "/v1/account"]
    places += [
        f"/v1/batches/{batch}{part}" for batch in (hit, clean) for part in ("", "/receipt", "/rejects", "/handling")
    ]
    asked: list[str] = []

    def counted(real: Any) -> Any:
        def call(store: Any, sql: str, params: Any = ()) -> Any:
            asked.append(sql)
            return real(store, sql, params)

        return call

    for name in ("query", "frame"):
        monkeypatch.setattr(Store, name, counted(getattr(Store, name)))

    def all_answers() -> tuple[list[tuple[int, bytes]], list[str]]:
        asked.clear()
        found = [world.program("bank-a").get(place) for place in places]
        pages = [world.browser("bank-a").get(f"/batches/{batch}") for batch in (hit, clean)]
        return [(each.status_code, each.content) for each in found + pages], list(asked)

    before, work_before = all_answers()
    alert = world.alert(hit, ("H-8",))
    analyst = world.program("analyst")
    decision = {"act": "escalate", "reason": "suspicion_confirmed"}
    decided = analyst.post(f"/v1/alerts/{alert}/decisions", json=decision, headers={"if-match": '"1"'})
    assert decided.status_code == 200
    after, work_after = all_answers()
    assert after == before
    assert work_after == work_before
    assert len(work_before) > len(places)
    assert all(status == 200 for status, _ in before)


def test_feedback_is_late_rounded_and_silent_about_few(world: Any) -> None:
    query = _quarter(world, subjects=12, batches=5)
    assert [each.helped for each in feedback(query, "bank-f", datetime(2026, 6, 30, tzinfo=UTC))] == [None]
    (told,) = feedback(query, "bank-f", datetime(2026, 7, 1, tzinfo=UTC))
    assert (told.quarter, told.batches, told.helped) == ("2026-Q1", 5, 10)
    for subjects, batches in ((4, 5), (12, 4), (0, 5)):
        (silent,) = feedback(
            _quarter(world, subjects=subjects, batches=batches), "bank-f", datetime(2027, 1, 1, tzinfo=UTC)
        )
        assert silent.helped is None
    late = _quarter(world, subjects=12, batches=5, decided="2026-07-02")
    assert [each.helped for each in feedback(late, "bank-f", datetime(2027, 1, 1, tzinfo=UTC))] == [None]


def _quarter(world: Any, *, subjects: int, batches: int, decided: str = "2026-04-02") -> Any:
    """A ledger's tables as they would be after a quarter with so many subjects escalated in so many batches."""
    import duckdb

    made = duckdb.connect()
    for table in ("batches", "alert_versions", "alert_evidence", "alert_acts"):
        columns = world.house.ledger.query(
            "select column_name, data_type from information_schema.columns where table_name = ? order by ordinal_position",
            [table],
        )
        made.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in columns)})")
    at = "2026-02-01T00:00:00.000000Z"
    columns = "seq, batch, partner, recorded_at, rows, accepted, duplicates, rejected"
    sent = f"insert into batches ({columns}) values (?, ?, 'bank-f', ?, 1, 1, 0, 0)"
    for number in range(batches):
        made.execute(sent, [number, f"b_{number}", at])
    for number in range(subjects):
        alert = f"a_{number}"
        made.execute(
            "insert into alert_versions (seq, alert, version, recorded_at, subject) values (1, ?, 1, ?, ?)",
            [alert, at, f"S-{number}"],
        )
        made.execute("insert into alert_evidence values (1, ?, 1, ?, 'r')", [alert, f"b_{number % batches}"])
        act = "insert into alert_acts (seq, alert, recorded_at, act, state) values (2, ?, ?, 'escalate', 'escalated')"
        made.execute(act, [alert, f"{decided}T00:00:00.000000Z"])
    return lambda sql, params=(): made.execute(sql, params).fetchall()
