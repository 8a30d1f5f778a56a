"""The table of moves: what everybody reads is one table, and it holds for every state, act and person."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.case import ACTS, STANDARD_ITEMS, STATES, Case, Proposal, plain_name, possible_acts, rule_for, table_of
from schemas.case_acts import ACT, RECORDED
from schemas.errors import AccessDenied, MoveRefused
from service.cases.fold import _CHANGES
from service.web import case_words

PAGE = Path(__file__).resolve().parents[3] / "docs" / "cases.md"
AT = "2026-03-02T00:00:00.000000Z"


def case(state: str) -> Case:
    proposal = Proposal(outcome="disseminate", reason="x", by="ana", at=AT, evidence="0" * 64, size=1, versions={})
    under = state not in ("draft", "merged")
    return Case(
        id="c_1", revision=1, state=state, title="t", opened_at=AT, opened_by="ana", changed_at=AT,  # type: ignore[arg-type]
        proposal=proposal if under else None, reviewer="ben" if state == "second_review" else None,
    )  # fmt: skip


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", [("ana", "supervisor"), ("ben", "analyst"), ("aud", "auditor")])
def test_what_is_offered_is_exactly_what_is_allowed(state: str, who: tuple[str, str]) -> None:
    standing, (account, role) = case(state), who
    offered = possible_acts(standing, account=account, role=role)
    for act in ACTS:
        try:
            rule_for(standing, act, account=account, role=role)
            assert act in offered
        except (MoveRefused, AccessDenied):
            assert act not in offered
    if role == "auditor":
        assert offered == ()
    if account == "ana":
        assert not {"review", "confirm", "return"} & set(offered)


def test_no_way_leads_to_a_decision_but_through_a_second_person() -> None:
    assert [act for act, rule in ACTS.items() if rule.to == "decided"] == ["confirm"]
    assert ACTS["confirm"].at == ("second_review",)
    assert [act for act, rule in ACTS.items() if rule.to == "second_review"] == ["review"]
    assert all(ACTS[act].barred == "proposer" for act in ("review", "confirm"))


def test_every_act_has_its_shape_its_word_and_its_place_in_the_fold() -> None:
    assert ACTS.keys() - {"attach"} == _names(ACT)
    assert ACTS.keys() == _names(RECORDED)
    assert ACTS.keys() | {"open", "merged"} == case_words.DONE.keys()
    assert _CHANGES.keys() | {"note", "merge"} == ACTS.keys()
    assert case_words.STATE.keys() == set(STATES)
    assert case_words.ITEM.keys() == STANDARD_ITEMS.keys()


def _names(shapes: TypeAdapter[Any]) -> set[str]:
    return set(re.findall(r'"const": "(\w+)"', json.dumps(shapes.json_schema())))


def test_the_page_of_cases_prints_the_table_as_it_is() -> None:
    rows = [
        f"| `{row['act']}` | {row['in']} | {row['leads to'] or 'stays'} | {row['who']} | {row['voids']} |"
        for row in table_of(ACTS)
    ]
    assert "\n".join(rows) in PAGE.read_text("utf-8")


@pytest.mark.parametrize("due", ["9999-12-31", "0001-01-01"])
def test_a_day_that_could_not_be_folded_is_never_recorded(due: str) -> None:
    with pytest.raises(ValidationError):
        ACT.validate_python({"act": "set_due", "due": due})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a/b\\c.txt", "c.txt"),
        ("x\u202egpj.exe", "xgpj.exe"),
        ("\r\nset: x", "set: x"),
        ("", "file"),
        ("..", ".."),
        ("é" * 300, "é" * 200),
    ],
)
def test_a_name_of_a_file_is_only_its_last_part_without_what_is_not_seen(given: str, kept: str) -> None:
    assert plain_name(given) == kept
