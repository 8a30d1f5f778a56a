"""The book of cases: two people decide, on frozen evidence, by one table; every act is an entry and nothing else counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.standing import candidate, stand

from schemas.case import ACTS, Case, possible_acts
from schemas.case_acts import ACT, Opening
from schemas.errors import AccessDenied, DigestMismatch, MoveRefused, NotFound, RequestInvalid, StaleVersion
from service.access.roles import Actor
from service.cases.book import Listed
from service.cases.checks import Eyes
from service.house import House

ROLE = {"ana": "analyst", "ben": "analyst", "cleo": "analyst", "sue": "supervisor", "sid": "supervisor"}
See = Callable[[str], Eyes]
Make = Callable[[], str]


class Desk:
    """Acts upon one case as different people, each time at its present revision."""

    def __init__(self, house: House, eyes: See, case: Case) -> None:
        self.house, self.eyes, self.case = house, eyes, case

    def act(self, who: str, act: str, *, revision: int | None = None, **asked: Any) -> Case:
        shaped = ACT.validate_python({"act": act, **asked})
        by = Actor(who, ROLE[who])
        seen = self.case.revision if revision is None else revision
        self.case = self.house.cases.act(self.case.id, shaped, by=by, eyes=self.eyes(who), revision=seen)
        return self.case

    def ready(self, who: str = "ana") -> None:
        for item in self.case.checklist:
            if item.required and not item.done_by:
                self.act(who, "tick", item=item.number)

    def propose(self, who: str = "ana") -> Case:
        self.ready(who)
        return self.act(who, "propose", outcome="disseminate", reason="Three deposits hide one sum.")

    def confirm(self, who: str = "ben") -> Case:
        assert self.case.proposal
        return self.act(who, "confirm", evidence=self.case.proposal.evidence)


@pytest.fixture
def desk(house: House, eyes: See, alert: Make) -> Desk:
    opening = Opening(title="Deposits under the threshold", alerts=(alert(),))
    return Desk(house, eyes, house.cases.open(opening, by=Actor("ana", "analyst"), eyes=eyes("ana")))


def types_since(house: House, start: int) -> list[str]:
    return [each.entry.type for each in house.journal.read(start)]


def test_two_people_decide_and_every_act_is_an_entry(desk: Desk, house: House) -> None:
    start = house.journal.size
    proposed = desk.propose()
    assert (proposed.state, proposed.proposal and proposed.proposal.by) == ("proposed", "ana")
    assert desk.act("ben", "review").reviewer == "ben"
    decided = desk.confirm()
    assert (decided.state, decided.decision and decided.decision.by) == ("decided", "ben")
    assert types_since(house, start) == ["case.changed", "case.changed", "case.moved", "case.moved", "case.moved"]
    acts = house.cases.acts(decided.id)
    assert [each["act"] for each in acts] == ["open", "tick", "tick", "propose", "review", "confirm"]


@pytest.mark.parametrize("proposer", ["ana", "sue"])
def test_the_proposer_can_neither_review_nor_confirm_whatever_their_role(desk: Desk, proposer: str) -> None:
    desk.propose(proposer)
    with pytest.raises(AccessDenied, match="cannot review"):
        desk.act(proposer, "review")
    desk.act("ben", "review")
    with pytest.raises(AccessDenied):
        desk.confirm(proposer)
    with pytest.raises(AccessDenied, match="only the reviewer"):
        desk.confirm("cleo")
    assert desk.confirm("ben").state == "decided"


def test_without_a_second_review_nothing_is_decided(desk: Desk) -> None:
    desk.propose()
    with pytest.raises(MoveRefused, match="takes no act 'confirm'"):
        desk.confirm("ben")


@pytest.mark.parametrize("act", [name for name, rule in ACTS.items() if rule.voids and name != "attach"])
def test_editing_what_a_proposal_stands_on_voids_it(desk: Desk, alert: Make, act: str, house: House, eyes: See) -> None:
    second = alert()
    desk.act("ana", "add_alerts", alerts=[second])
    attached = _attach(desk)
    desk.propose()
    desk.act("ben", "review")
    asked: dict[str, dict[str, Any]] = {
        "add_alerts": {"alerts": [alert()]},
        "remove_alerts": {"alerts": [second]},
        "rename": {"title": "Another title"},
        "tick": {"item": 3},
        "add_item": {"text": "Ask the branch"},
        "detach": {"attachment": attached},
    }
    case = desk.act("cleo", act, **asked[act])
    assert (case.state, case.proposal, case.reviewer) == ("draft", None, None)


def test_a_note_and_a_task_leave_a_proposal_standing(desk: Desk) -> None:
    desk.propose()
    desk.act("ben", "review")
    desk.act("ben", "note", note="The branch has answered.")
    assert desk.act("ben", "add_task", text="Ring the bank", assignee="ana").state == "second_review"
    assert desk.act("ana", "finish_task", task=1).tasks[0].done_by == "ana"


def test_a_proposal_needs_the_victims_and_the_lawful_explanations_considered(desk: Desk) -> None:
    with pytest.raises(RequestInvalid, match="checklist") as refused:
        desk.act("ana", "propose", outcome="disseminate", reason="Why")
    assert refused.value.value == "victims_considered, lawful_explanations"


def test_the_evidence_is_frozen_under_its_digest_and_never_says_what_is_a_sample(desk: Desk, house: House) -> None:
    case = desk.propose()
    assert case.proposal
    kept = json.loads((house.home.originals / case.proposal.evidence).read_bytes())
    (alert,) = kept["alerts"]
    assert [row["reference"] for row in alert["transactions"]] == ["c0", "c1", "c2"]
    assert [row["amount"] for row in alert["transactions"]] == ["4200.0000", "3900.0000", "4500.0000"]
    assert "place" not in alert["body"]
    assert case.proposal.versions == {case.alerts[0]: 1}


def test_a_decision_names_the_evidence_that_was_read_and_needs_it_whole(desk: Desk, house: House) -> None:
    proposed = desk.propose()
    assert proposed.proposal
    desk.act("ben", "review")
    with pytest.raises(RequestInvalid, match="not the evidence"):
        desk.act("ben", "confirm", evidence="0" * 64)
    path = house.home.originals / proposed.proposal.evidence
    data = path.read_bytes()
    path.write_bytes(data.replace(b"4200", b"1200"))
    with pytest.raises(DigestMismatch):
        desk.confirm()
    path.write_bytes(data)
    assert desk.confirm().state == "decided"


def test_what_an_alert_says_later_does_not_reach_a_proposal_and_is_told(desk: Desk, house: House, eyes: See) -> None:
    case = desk.propose()
    before = house.cases.get(case.id, eyes("ben"))
    found = house.alerts.get(case.alerts[0], eyes("ana").alerts)
    changed = {name: found["body"][name] for name in ("subject", "key", "window_start", "window_end")}
    stand(house, candidate("b_none", ("c0", "c1", "c2", "new-1"), **changed))
    assert house.cases.newer_versions(case, eyes("ana")) == list(case.alerts)
    assert house.cases.get(case.id, eyes("ben")) == before


def test_an_old_revision_is_refused_and_changes_nothing(desk: Desk, house: House) -> None:
    desk.act("ana", "rename", title="First")
    size = house.journal.size
    with pytest.raises(StaleVersion):
        desk.act("ben", "rename", title="Second", revision=1)
    assert house.journal.size == size


def test_the_last_alert_stays_and_what_was_taken_out_comes_back(desk: Desk, alert: Make) -> None:
    first, second = desk.case.alerts[0], alert()
    desk.act("ana", "add_alerts", alerts=[second])
    desk.act("ana", "remove_alerts", alerts=[first])
    removal = desk.house.cases.acts(desk.case.id)[-1]
    with pytest.raises(RequestInvalid, match="must stay"):
        desk.act("ana", "remove_alerts", alerts=[second])
    with pytest.raises(RequestInvalid, match="no such act"):
        desk.act("ana", "add_alerts", alerts=[first], undoes=removal["seq"] + 7)
    assert desk.act("ana", "add_alerts", alerts=[first], undoes=removal["seq"]).alerts == (second, first)


def test_a_pause_moves_the_due_time_by_as_long_as_it_lasted(desk: Desk) -> None:
    desk.act("ana", "set_due", due="2027-01-15")
    assert desk.case.due_at == "2027-01-15T23:59:59.000000Z"
    paused = desk.act("ana", "pause", reason="The bank was asked")
    with pytest.raises(MoveRefused):
        desk.act("ana", "pause", reason="Twice")
    resumed = desk.act("ana", "resume")
    assert paused.paused_at
    assert resumed.due_at
    assert (resumed.paused_at, resumed.due_at > desk_due(paused)) == (None, True)


def desk_due(case: Case) -> str:
    assert case.due_at
    return case.due_at


def test_merging_takes_everything_over_and_splitting_parts_it_again(
    desk: Desk, house: House, eyes: See, alert: Make
) -> None:
    other = Desk(
        house,
        eyes,
        house.cases.open(Opening(title="The same", alerts=(alert(),)), by=Actor("ben", "analyst"), eyes=eyes("ben")),
    )
    other.ready("ben")
    other.act("ben", "add_task", text="Ask for slips")
    taken = other.case.alerts[0]
    merged = desk.act("ana", "merge", other=other.case.id)
    assert merged.alerts == (desk.case.alerts[0], taken)
    assert [each.done_by for each in merged.checklist if each.required] == ["ben", "ben"]
    assert merged.tasks[0].text == "Ask for slips"
    ended = house.cases.get(other.case.id, eyes("ana"))
    assert (ended.state, ended.merged_into) == ("merged", merged.id)
    assert possible_acts(ended, account="sue", role="supervisor") == ()
    parted = desk.act("ana", "split", alerts=[taken], title="Apart again")
    (_, born), *_ = [each for each in house.cases.page(eyes("ana")) if each[1].split_from == parted.id]
    assert (parted.alerts, born.alerts) == ((merged.alerts[0],), (taken,))


def test_a_restricted_case_does_not_exist_for_others_and_bars_nobody_named(desk: Desk, house: House, eyes: See) -> None:
    with pytest.raises(AccessDenied):
        desk.act("ana", "restrict", people=["ana"])
    with pytest.raises(RequestInvalid, match="must be among"):
        desk.act("sue", "restrict", people=["ana"])
    desk.act("sue", "restrict", people=["sue", "ana"])
    for stranger in ("ben", "sid", "aud"):
        with pytest.raises(NotFound):
            house.cases.get(desk.case.id, eyes(stranger))
        assert desk.case.id not in [case.id for _, case in house.cases.page(eyes(stranger), limit=1000)]
    with pytest.raises(RequestInvalid, match="not to them"):
        desk.act("ana", "lead", lead="ben")
    assert desk.act("ana", "note", note="Still here").people == ("ana", "sue")
    assert house.cases.get(desk.act("sue", "restrict", people=[]).id, eyes("ben"))


def test_a_case_is_hidden_where_one_of_its_alerts_is(desk: Desk, house: House, eyes: See) -> None:
    alert = desk.case.alerts[0]
    house.record(
        "alert.restricted", {"alert": alert, "people": ["sue", "ana"]}, actor="sue", role="supervisor", object=alert
    )
    with pytest.raises(NotFound):
        house.cases.get(desk.case.id, eyes("ben"))
    with pytest.raises(RequestInvalid, match="no such alert"):
        house.cases.open(Opening(title="Mine", alerts=(alert,)), by=Actor("ben", "analyst"), eyes=eyes("ben"))
    assert house.cases.get(desk.case.id, eyes("ana"))


def test_lists_tell_what_waits_for_whom(desk: Desk, house: House, eyes: See) -> None:
    desk.act("ana", "set_due", due="2020-01-01")
    desk.propose()
    count = house.cases.count
    waiting = [case.id for _, case in house.cases.page(eyes("ben"), only=Listed(waiting_for="ben"), limit=1000)]
    assert desk.case.id in waiting
    assert desk.case.id not in [
        case.id for _, case in house.cases.page(eyes("ana"), only=Listed(waiting_for="ana"), limit=1000)
    ]
    late = Listed(due_before="2026-01-01T00:00:00.000000Z")
    assert count(eyes("ana"), only=late) == 1
    desk.act("ana", "pause", reason="Waiting")
    assert count(eyes("ana"), only=late) == 0


def test_pages_follow_one_another_where_two_cases_changed_in_one_entry(house: House, eyes: See) -> None:
    whole = [case.id for _, case in house.cases.page(eyes("sue"), limit=1000)]
    paged: list[str] = []
    before = None
    while page := house.cases.page(eyes("sue"), before=before, limit=1):
        paged += [case.id for _, case in page]
        before = (page[-1][0], page[-1][1].id)
    assert paged == whole
    assert len(set(paged)) == len(paged) == house.cases.count(eyes("sue"))


def test_reopening_is_a_supervisors_and_starts_anew(desk: Desk) -> None:
    desk.propose()
    desk.act("ben", "review")
    desk.confirm()
    with pytest.raises(AccessDenied):
        desk.act("ben", "reopen", reason="New facts")
    with pytest.raises(MoveRefused):
        desk.act("ana", "rename", title="Too late")
    case = desk.act("sue", "reopen", reason="New facts")
    assert (case.state, case.proposal, case.decision) == ("draft", None, None)


def _attach(desk: Desk) -> int:
    from schemas.case_acts import Attach
    from service.cases import evidence

    data = f"slip of {desk.case.id}".encode()
    digest = evidence.keep(desk.house.home, data)
    asked = Attach(act="attach", name="slip.txt", digest=digest, size=len(data))
    desk.case = desk.house.cases.act(
        desk.case.id, asked, by=Actor("ana", "analyst"), eyes=desk.eyes("ana"), revision=desk.case.revision,
        files={f"originals/{digest}": digest},
    )  # fmt: skip
    return desk.case.attachments[-1].number
