"""What the page of an alert is built from: each part from the alert as it was frozen, in words that accuse nobody."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from schemas.alert import CandidateAlert
from service.access.roles import Person
from service.web.contexts import AlertPage, Standing, alert_page, possible_acts
from service.web.explained import BAR

ANALYST = Person("a.diallo", "analyst")
LINE = {"label": {"en": "Deposits"}, "observed": {"en": "6"}, "threshold": {"en": "3"}, "sense": "at_least"}


def _finding(detector: str = "cash-structuring", strength: int = 800, **explained: Any) -> dict[str, Any]:
    explanation = {
        "title": {"en": f"Title of {detector}", "fr": f"Titre de {detector}"},
        "sentence": {"en": f"{detector} at {strength}"},
        "indicators": [LINE | {"distance": 2000}],
        "benign": [{"en": "A shop"}],
        "next_step": {"en": "Ask."},
        "sources": ["FATF"],
        "logic_hash": "ab" * 32,
    }
    return {
        "id": f"f_{detector}_{strength}",
        "detector": detector,
        "kind": "rule",
        "family": "generic",
        "severity": "high",
        "status": "live",
        "subject": "X|1",
        "subject_account": "1",
        "window_start": "2026-03-02T00:00:00Z",
        "window_end": "2026-03-08T23:59:59Z",
        "strength": strength,
        "evidence": [],
        "members": [],
        "facts": {},
        "explanation": explanation | explained,
    }


def _page(language: str = "en", rows: tuple[dict[str, Any], ...] = (), **changed: Any) -> AlertPage:
    alert = {
        "key": "k",
        "subject": "X|1",
        "subject_account": "1",
        "score": 63_500,
        "severity": "high",
        "family": "generic",
        "detectors": ["cash-structuring"],
        "why": {"en": "Six deposits", "fr": "Six dépôts"},
        "members": [
            {"account": "1", "key": "X|1", "role": "collector"},
            {"account": "2", "key": "X|2", "role": "possible_victim"},
            {"account": "3", "key": "X|3", "role": "possible_victim"},
        ],
        "evidence": [],
        "window_start": "2026-03-02T00:00:00Z",
        "window_end": "2026-03-08T23:59:59Z",
        "parts": [],
        "findings": [_finding()],
    } | changed
    return alert_page(Standing("a_1", 3, "new", None, CandidateAlert.model_validate(alert)), rows, ANALYST, language)


def _row(**changed: Any) -> dict[str, Any]:
    return {
        "occurred_at": datetime(2026, 3, 2, 6, 37),
        "precision": "second",
        "from_account": "1",
        "to_account": "2",
        "from_key": "X|1",
        "to_key": "X|2",
        "from_country": "SN",
        "to_country": "AE",
        "amount": Decimal("1234.5000"),
        "currency": "EUR",
        "channel": "mobile_money",
        "reference": "R-1",
        "batch": "b_1",
        "submitter": "bank-a",
    } | changed


def test_those_who_may_be_victims_are_marked_for_protection_and_grouped() -> None:
    assert [(row.role, row.accounts, row.protect) for row in _page().members] == [
        ("receives the money", ("1",), False),
        ("may be a victim: protect", ("2", "3"), True),
    ]


@pytest.mark.parametrize(
    ("payers", "said"),
    [
        ((None, None), "receives the money"),
        (("2", "2"), "receives the money"),
        (("2", None), "receives the money"),
        (("2", "3"), "collects from several"),
    ],
    ids=["cash", "one payer", "one payer and cash", "two payers"],
)
def test_only_whom_several_accounts_paid_is_said_to_collect_from_several(
    payers: tuple[str | None, ...], said: str
) -> None:
    rows = tuple(
        _row(from_account=payer, from_key=payer and f"X|{payer}", to_account="1", to_key="X|1", reference=f"R-{n}")
        for n, payer in enumerate(payers)
    )
    assert _page(rows=rows).members[0].role == said


def test_of_two_collectors_each_is_said_what_is_true_of_it() -> None:
    members = [{"account": name, "key": f"X|{name}", "role": "collector"} for name in ("1", "2", "4")]
    rows = tuple(
        _row(
            from_account=payer,
            from_key=f"X|{payer}",
            to_account=payee,
            to_key=f"X|{payee}",
            reference=f"{payer}{payee}",
        )
        for payer, payee in (("5", "1"), ("6", "1"), ("5", "2"), ("5", "4"), ("6", "4"))
    )
    assert [(row.role, row.accounts) for row in _page(rows=rows, members=members).members] == [
        ("collects from several", ("1", "4")),
        ("receives the money", ("2",)),
    ]


@pytest.mark.parametrize(
    ("sense", "distance", "bar", "times"),
    [
        ("at_least", 1000, BAR // 2, "1×"),
        ("at_least", 1850, 148, "1.8×"),
        ("at_least", 90_000, BAR, "90×"),
        ("at_most", 500, BAR, "2×"),
        ("at_most", 1000, BAR // 2, "1×"),
        ("at_most", 0, BAR, "> 100×"),
        ("at_least", None, None, ""),
    ],
)
def test_a_longer_bar_is_further_beyond_the_threshold_whichever_side_it_is(
    sense: str, distance: int | None, bar: int | None, times: str
) -> None:
    page = _page(findings=[_finding(indicators=[LINE | {"sense": sense, "distance": distance}])])
    row = page.whys[0].indicators[0]
    assert (row.bar, row.times) == (bar, times)


def test_each_detector_speaks_once_by_its_strongest_finding() -> None:
    page = _page(findings=[_finding(strength=500), _finding("pass-through", 400), _finding(strength=900)])
    assert [why.sentence for why in page.whys] == ["cash-structuring at 900", "pass-through at 400"]


def test_each_finding_names_the_account_that_it_was_made_of() -> None:
    other = _finding("pass-through", 400) | {"subject": "X|2", "subject_account": "2"}
    page = _page(findings=[_finding(strength=500), other])
    assert [why.account == page.subject for why in page.whys] == [True, False]
    assert page.whys[1].account == "2"


def test_effects_of_a_model_push_up_or_down_around_the_middle() -> None:
    effects = [
        {"feature": "f", "label": {"en": "F"}, "observed": "1", "peers": "2", "effect": effect}
        for effect in (400, -100)
    ]
    up, down = _page(findings=[_finding(effects=effects)]).whys[0].effects
    assert (up.offset, up.bar, up.effect, up.up) == (BAR // 2, BAR // 2, "+0.40", True)
    assert (down.offset, down.bar, down.effect, down.up) == (BAR // 2 - 20, 20, "-0.10", False)


def test_evidence_is_shown_as_exactly_as_it_was_stated() -> None:
    known, vague, cash = _page(
        rows=(
            _row(),
            _row(precision="day", from_country=None, to_country=None, reference="R-2"),
            _row(from_account=None, from_key=None, from_country=None, channel="cash_deposit", reference="R-3"),
        )
    ).evidence
    assert (known.time, known.machine_time, known.corridor) == ("2 Mar 2026 06:37", "2026-03-02T06:37:00Z", "SN → AE")
    assert known.amount == "1,234.50\u00a0EUR"
    assert (vague.time, vague.machine_time, vague.corridor) == ("2 Mar 2026", "2026-03-02", "")
    assert (cash.source, cash.corridor, cash.channel) == ("", "AE", "cash deposit")


def test_a_long_account_number_is_shortened_in_the_picture_only() -> None:
    page = _page(rows=(_row(from_account="SN08SN0100152000048500003035", from_key="K"),))
    assert page.labels["K"] == "…00048500003035"
    assert page.evidence[0].source == "SN08SN0100152000048500003035"


TWO_REPORTS = (_row(), _row(submitter="bank-b", batch="b_2", reference="B-1"), _row(reference="R-2"))
EVIDENCE = [{"batch": row["batch"], "reference": row["reference"]} for row in TWO_REPORTS]


def test_of_a_flow_that_two_report_both_rows_stand_and_name_each_other() -> None:
    page = _page(rows=TWO_REPORTS, evidence=EVIDENCE, same_flow=[EVIDENCE[:2]])
    assert [(row.reference, row.also) for row in page.evidence] == [("R-1", "B-1"), ("B-1", "R-1"), ("R-2", "")]
    assert (page.counted, page.reported_twice) == ("2 transactions", "1")


def test_what_is_not_listed_is_counted_and_no_flow_is_said_to_be_reported_twice_where_none_is() -> None:
    page = _page(rows=TWO_REPORTS, evidence=EVIDENCE, evidence_left_out=1000)
    assert (page.counted, page.reported_twice) == ("1,003 transactions", "")
    assert not any(row.also for row in page.evidence)


def test_a_flow_that_two_report_is_drawn_once_and_like_payments_that_are_not_one_flow_are_drawn_as_two() -> None:
    other = _row(from_account="3", from_key="X|3", reference="R-9")
    rows = (*TWO_REPORTS[:2], other)
    once = _page(rows=rows, evidence=EVIDENCE[:2], same_flow=[EVIDENCE[:2]]).picture
    two = _page(rows=rows, evidence=EVIDENCE[:2]).picture
    assert once is not None
    assert two is not None
    assert once == _page(rows=(TWO_REPORTS[0], other)).picture
    assert [line.width for line in once.lines] == ["7.2", "7.2"]
    assert [line.width for line in two.lines] == ["7.2", "4.2"]


def test_a_page_in_french_takes_what_is_frozen_in_french() -> None:
    page = _page("fr")
    assert (page.title, page.lead) == ("Titre de cash-structuring", "Six dépôts")
    assert page.period == "2 mars 2026 – 8 mars 2026"


def test_a_score_part_without_a_baseline_says_that_it_is_not_measured() -> None:
    part = {"detector": "d", "family": "generic", "flagged": 0, "population": 0, "surprisal": 1000}
    part |= {"strength": 730, "weight": 3, "damping": 1000, "points": 2143}
    row = _page(parts=[part, part | {"population": 10, "points": 4286}]).parts
    assert (row[0].measured, row[0].share, row[0].bar, row[0].strength) == (False, "33 %", 53, "73 %")
    assert (row[1].measured, row[1].share, row[1].bar) == (True, "67 %", 107)


def test_the_acts_on_offer_are_those_of_the_table_and_the_role() -> None:
    assert set(possible_acts("new", ANALYST)) == {"assign", "escalate", "dismiss"}
    assert possible_acts("dismissed", ANALYST) == ()
    assert possible_acts("dismissed", Person("s.ba", "supervisor")) == ("reopen",)
    assert possible_acts("new", Person("o.sow", "auditor")) == ()


@pytest.mark.parametrize(
    ("kind", "against", "told"),
    [
        ("pattern", "chance", "against shuffled payments"),
        ("model", "held_back", "against accounts held back"),
        ("model", "chance", "against accounts held back"),
        ("rule", "baseline", ""),
    ],
    ids=["a network", "a model", "a model of before the two were told apart", "a rule"],
)
def test_what_a_part_was_measured_against_is_told_as_it_was(kind: str, against: str, told: str) -> None:
    part = {"detector": "cash-structuring", "family": "generic", "flagged": 3, "population": 1000, "surprisal": 7967}
    part |= {"strength": 800, "weight": 5, "damping": 1000, "points": 3186, "against": against}
    page = _page(parts=[part], findings=[_finding() | {"kind": kind}])
    assert [row.against for row in page.parts] == [told]
