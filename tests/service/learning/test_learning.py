"""Learned weights from proposal to run: a second person promotes, later runs are ordered by them, and everything replays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.decided import candidate, decide, decided_world, finish_run
from support.houses import OPERATOR, RULES

from schemas.errors import AccessDenied, Conflict, DigestMismatch, NotFound, RequestInvalid
from schemas.run import Manifest
from service.access.roles import OPERATOR as AT_THE_MACHINE
from service.access.roles import Actor
from service.access.visibility import NOTHING, Scope
from service.alerts.book import EVERYTHING
from service.house import House, open_house
from service.learning.decisions import decisions, detector_records
from service.ledger.ledger import Ledger
from service.runs.replay import replay
from service.settings import Settings

SUE, SAM = Actor("sue", "supervisor"), Actor("sam", "supervisor")
STANDING = "select alert, version, score, body from standing_alerts order by alert"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[House]:
    with open_house(Settings(home=tmp_path / "empty", threads=2)) as house:
        yield house


def test_a_better_order_is_promoted_by_a_second_person_and_orders_the_next_run(house: House) -> None:
    before = next(each["run"] for each in house.runs.all() if not each["run"].startswith("r_L"))
    formula = {each["alert_key"]: each for each in house.alerts.page(EVERYTHING, limit=1000, whole=True)}
    proposed = house.learning.propose(by=SUE)
    assert proposed["better"]
    assert proposed["comparison"]["gain"]["interval_per_mille"][0] > 0
    assert house.learning.told()["promoted"] is None, "a proposal changes nothing"
    with pytest.raises(AccessDenied):
        house.learning.promote(proposed["model"], by=SUE)
    house.learning.promote(proposed["model"], by=SAM)
    after = house.runs.start(detectors=RULES, **OPERATOR)

    manifest = Manifest.model_validate_json((house.home.run(after["run"]) / "manifest.json").read_bytes())
    assert [ref.digest for ref in manifest.references if ref.kind == "learning"] == [proposed["model"]]
    standing = {each["alert_key"]: each for each in house.alerts.page(EVERYTHING, limit=1000, whole=True)}
    assert standing.keys() == formula.keys(), "with other weights an alert is no other alert"
    ran = [each for each in standing.values() if each["run"] == after["run"]]
    assert ran
    factor = {each["detector"]: each["per_mille"] for each in proposed["detectors"]}
    for each in ran:
        assert each["body"]["ordered_by"] == proposed["model"]
        assert each["body"]["formula_score"] == formula[each["alert_key"]]["score"]
        assert each["version"] == 2, "one queue has one scale"
        assert [part["learned"] for part in each["body"]["parts"]] == [factor[name] for name in each["detectors"]]
    options = house.runs._options
    for run in (before, after["run"]):
        assert replay(house.home, run, child=house.run_child, options=options)["verdict"] == "identical"

    path = house.home.reference / f"{proposed['model']}.csv"
    path.write_bytes(path.read_bytes().replace(b"per mille", b"per Mille"))
    with pytest.raises(DigestMismatch):
        house.runs.start(detectors=RULES, **OPERATOR)


def test_the_formula_orders_again_once_learned_weights_are_withdrawn(house: House) -> None:
    first = {each["alert"]: each["score"] for each in house.alerts.page(EVERYTHING, limit=1000)}
    model = house.learning.propose(by=SUE)["model"]
    house.learning.promote(model, by=SAM)
    house.runs.start(detectors=RULES, **OPERATOR)
    turned = {each["alert"]: each["score"] for each in house.alerts.page(EVERYTHING, limit=1000)}
    assert turned != first
    with pytest.raises(RequestInvalid):
        house.learning.withdraw(" ", by=SUE)
    house.learning.withdraw("the analysts' guidance has changed", by=SUE)
    with pytest.raises(Conflict):
        house.learning.withdraw("twice", by=SUE)
    house.runs.start(detectors=RULES, **OPERATOR)
    assert {each["alert"]: each["score"] for each in house.alerts.page(EVERYTHING, limit=1000)} == first
    acts = house.learning.told()["proposals"][0]["acts"]
    assert [(each["act"], each["actor"]) for each in acts] == [("promoted", "sam"), ("withdrawn", "sue")]


def test_nobody_promotes_at_the_machine_nor_what_is_not_there(house: House) -> None:
    model = house.learning.propose(by=AT_THE_MACHINE)["model"]
    with pytest.raises(AccessDenied):
        house.learning.promote(model, by=AT_THE_MACHINE)
    with pytest.raises(NotFound):
        house.learning.promote("0" * 64, by=SAM)
    house.learning.promote(model, by=SAM)


def test_a_second_proposal_needs_new_decisions_and_makes_the_first_one_old(house: House) -> None:
    first = house.learning.propose(by=SUE)
    with pytest.raises(Conflict, match="0 decisions count since the last proposal"):
        house.learning.propose(by=SUE)
    decided_world(house, 60, seed=2, prefix="M")
    second = house.learning.propose(by=SUE)
    assert [each["model"] for each in house.learning.told()["proposals"]] == [second["model"], first["model"]]
    with pytest.raises(Conflict, match="newer"):
        house.learning.promote(first["model"], by=SAM)


def test_what_was_tried_against_another_order_than_the_present_one_is_not_promoted(house: House) -> None:
    model = house.learning.propose(by=SUE)["model"]
    house.learning.promote(model, by=SAM)
    with pytest.raises(Conflict, match="tried against"):
        house.learning.promote(model, by=SAM)


def test_an_order_learned_from_chance_is_recorded_and_cannot_be_promoted(empty: House) -> None:
    decided_world(empty, 240, share=0.4)
    made = empty.learning.propose(by=SUE)
    assert not made["better"]
    with pytest.raises(Conflict, match="was not better"):
        empty.learning.promote(made["model"], by=SAM)


def test_without_enough_decisions_nothing_is_proposed_or_recorded(empty: House) -> None:
    decided_world(empty, 20)
    size = empty.journal.size
    assert empty.learning.told()["decisions"]["missing"] == "decisions that count so far: 20 of the 200 that are needed"
    with pytest.raises(Conflict, match="decisions that count so far: 20 of the 200"):
        empty.learning.propose(by=SUE)
    assert empty.journal.size == size


def test_a_rebuilt_ledger_tells_the_same(house: House) -> None:
    house.learning.promote(house.learning.propose(by=SUE)["model"], by=SAM)
    house.runs.start(detectors=RULES, **OPERATOR)
    told, standing = house.learning.told(), house.ledger.query(STANDING)
    learned_from = decisions(house.ledger)
    house.ledger.close()
    Ledger.rebuild(house.home, house.journal)
    with Ledger.open(house.home, house.journal) as ledger:
        again = type(house.learning)(house.home, ledger, house.record)
        assert again.told() == told
        assert decisions(ledger) == learned_from
        assert ledger.query(STANDING) == standing


def test_only_decisions_that_say_something_about_a_detector_count_and_each_alert_once(empty: House) -> None:
    made = [candidate(number, {"pass-through": 500}) for number in range(6)]
    finish_run(empty, "r_one", made)
    reasons = (
        "suspicion_confirmed",
        "data_error",
        "duplicate_of_other",
        "insufficient_information",
        "known_customer_profile",
    )
    for each, reason in zip(made, reasons, strict=False):
        decide(empty, each, reason)
    assert [each.worth for each in decisions(empty.ledger)] == [True, False]
    assert empty.learning.told()["decisions"]["without_bearing"] == dict.fromkeys(sorted(reasons[1:4]), 1)
    alert = empty.alerts.get(f"a_{made[0]['key'][:20]}", EVERYTHING)
    act = {"by": SUE, "scope": EVERYTHING}
    reopened = empty.alerts.act(
        alert["alert"], "reopen", revision=alert["revision"], reason="insufficient_information", **act
    )
    assert [each.worth for each in decisions(empty.ledger)] == [False], "what is open again is undecided"
    empty.alerts.act(alert["alert"], "dismiss", revision=reopened["revision"], reason="legitimate_business", **act)
    assert [each.worth for each in decisions(empty.ledger)] == [False, False]


def test_an_alert_drawn_from_below_the_line_counts_for_those_that_lie_there(empty: House) -> None:
    places = ["queue"] * 3 + ["sample"] * 2 + ["below"] * 8
    made = [candidate(number, {"pass-through": 500}, place=place) for number, place in enumerate(places)]
    finish_run(empty, "r_one", made)
    for each in made[:5]:
        decide(empty, each, "legitimate_business")
    assert [(each.weight, each.sampled) for each in decisions(empty.ledger)] == [(1000, False)] * 3 + [(5000, True)] * 2


def test_decisions_from_a_queue_that_learned_weights_ordered_are_marked(empty: House) -> None:
    made = [candidate(0, {"pass-through": 500}), candidate(1, {"pass-through": 500})]
    turned = made[1]["parts"][0] | {"learned": 2000, "points": made[1]["parts"][0]["points"] * 2}
    finish_run(empty, "r_one", [made[0], made[1] | {"ordered_by": "d" * 64, "parts": [turned]}])
    for each in made:
        decide(empty, each, "legitimate_business")
    plain, marked = decisions(empty.ledger)
    assert (plain.ordered_by, marked.ordered_by) == ("", "d" * 64)
    assert plain.parts == marked.parts, "learning sees what the formula made of an alert, whatever scored it"
    assert empty.learning.told()["decisions"]["by_learned_order"] == 1


def test_the_record_of_a_detector_counts_the_alerts_that_the_reader_may_see(empty: House) -> None:
    made = [candidate(0, {"pass-through": 500, "scatter-gather": 500}), candidate(1, {"pass-through": 500})]
    finish_run(empty, "r_one", made)
    decide(empty, made[0], "suspicion_confirmed")
    decide(empty, made[1], "legitimate_business")
    asked = ("pass-through", "scatter-gather", "never-decided")
    found = detector_records(empty.ledger, EVERYTHING, asked)
    assert {detector: (each["worth"], each["decided"]) for detector, each in found.items()} == {
        "pass-through": (1, 2),
        "scatter-gather": (1, 1),
    }
    assert found["pass-through"]["interval_per_mille"] == [95, 905]
    one = detector_records(empty.ledger, Scope("alert = ?", (f"a_{made[1]['key'][:20]}",)), asked)
    assert {detector: (each["worth"], each["decided"]) for detector, each in one.items()} == {"pass-through": (0, 1)}
    assert detector_records(empty.ledger, NOTHING, asked) == {}
